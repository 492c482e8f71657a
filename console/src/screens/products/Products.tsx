import type { Product, QueryOf } from '@jangteo/client';
import { Link, useLocation } from 'wouter';
import { useApi } from '../../api/index.js';
import type { Column } from '../../ui/DataTable.js';
import { FilteredList } from '../../ui/FilteredList.js';
import { countOf } from '../../ui/format.js';
import { moneyColumn } from '../../ui/money-column.js';
import { Time } from '../../ui/Time.js';
import { useLanguage, useWordsOf, type Language } from '../../words/index.js';
import { NewProduct } from './ProductForm.js';
import { ProductStatus } from './ProductStatus.js';
import { words as productWords, type ProductWords } from './words.js';

const columnsOf = ({ columns, statuses }: ProductWords, language: Language): readonly Column<Product>[] => [
  {
    id: 'name',
    head: columns.name,
    isWide: true,
    cell: ({ productId, name }) => (
      <Link href={`/products/${productId}`} title={name}>
        {name}
      </Link>
    ),
    text: ({ name }) => name,
  },
  {
    id: 'status',
    head: columns.status,
    cell: ({ status }) => <ProductStatus status={status} />,
    text: ({ status }) => statuses[status],
  },
  {
    id: 'category',
    head: columns.category,
    from: 'tablet',
    cell: ({ category }) => category ?? '–',
    text: ({ category }) => category ?? '',
  },
  moneyColumn({ id: 'price', head: columns.price }, ({ price }) => price),
  {
    id: 'stock',
    head: columns.stock,
    align: 'right',
    cell: ({ stock }) => countOf(stock, language),
    text: ({ stock }) => String(stock),
  },
  {
    id: 'updated',
    head: columns.updated,
    align: 'right',
    from: 'tablet',
    cell: ({ updatedAt }) => (updatedAt === undefined ? '–' : <Time at={updatedAt} />),
    text: ({ updatedAt }) => updatedAt ?? '',
  },
];

/** All products of the shop, those that customers do not see too. */
export default function Products() {
  const words = useWordsOf(productWords);
  const language = useLanguage();
  const api = useApi();
  const [, navigate] = useLocation();
  const { newest, ...sorts } = words.sorts;
  return (
    <FilteredList
      page="products"
      words={words}
      fields={{
        q: 'search',
        status: words.statuses,
        stockBelow: 'number',
        sort: { '': newest, ...sorts },
      }}
      read={(query: QueryOf<'listAllProducts'>, options) => api.admin.products(query, options)}
      keyOf={({ productId }) => productId}
      columns={columnsOf(words, language)}
      command="npx jangteo products create --help"
      create={{
        verb: words.create,
        role: 'operator',
        form: (close) => (
          <NewProduct onClose={close} onDone={({ productId }) => navigate(`/products/${productId}`)} />
        ),
      }}
    />
  );
}

import type { Product, QueryOf } from '@jangteo/client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useApi, useMay } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import { Button } from '../../ui/Button.js';
import { cellsOf, type Column } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { Filters, SelectField, TextField } from '../../ui/Filters.js';
import { countOf } from '../../ui/format.js';
import { EXPORTED_ROWS_MAX, ListActions } from '../../ui/ListActions.js';
import { ListBody } from '../../ui/ListBody.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Money } from '../../ui/Money.js';
import { Page } from '../../ui/Page.js';
import { Time } from '../../ui/Time.js';
import { useKeys } from '../../ui/use-keys.js';
import { useLanguage, useWords, useWordsOf, type Language } from '../../words/index.js';
import { NewProduct } from './ProductForm.js';
import { ProductStatus } from './ProductStatus.js';
import { words as productWords, type ProductWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 5_000;
const FILTERS = ['q', 'status', 'stockBelow', 'sort'] as const;

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
  {
    id: 'price',
    head: columns.price,
    align: 'right',
    cell: ({ price }) => <Money amount={price} />,
    text: ({ price }) => String(price),
  },
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
  const shared = useWords();
  const language = useLanguage();
  const api = useApi();
  const mayCreate = useMay('admin');
  const [address, change] = useAddress();
  const [, navigate] = useLocation();
  const [isCreating, create] = useState(false);
  const { cursor } = address;
  const given = FILTERS.filter((name) => address[name] !== undefined);
  const isNumber = (text: string) => /^\d+$/.test(text);
  const query = Object.fromEntries(
    given.map((name) => [
      name,
      name === 'stockBelow' && isNumber(address[name]!) ? Number(address[name]) : address[name],
    ]),
  ) as QueryOf<'listAllProducts'>;
  const list = useList(
    ['products', query, cursor],
    (signal) => api.admin.products({ ...query, limit: PAGE }, { signal }).page(cursor),
    ({ productId }) => productId,
    EVERY_MS,
  );
  useKeys({ r: list.refresh });
  const columns = columnsOf(words, language);
  const set = (name: (typeof FILTERS)[number]) => (value: string) =>
    change({ [name]: value, cursor: undefined });
  const clear = () =>
    change({ ...Object.fromEntries(FILTERS.map((name) => [name, undefined])), cursor: undefined });
  const wordOf = (value: string): string =>
    ({ ...words.statuses, ...words.sorts })[value as keyof ProductWords['statuses']] ?? value;
  return (
    <Page
      title={shared.pages.products}
      live={<LiveLine {...list.freshness} />}
      actions={
        <>
          <ListActions
            name="products"
            cells={list.rows && cellsOf(columns, list.rows)}
            all={async () =>
              cellsOf(columns, await api.admin.products({ ...query, limit: 100 }).first(EXPORTED_ROWS_MAX))
            }
          />
          <Button
            kind="main"
            icon={<Plus aria-hidden />}
            refusal={mayCreate ? undefined : shared.actions.notAllowed('admin')}
            onClick={() => create(true)}
          >
            {words.create}
          </Button>
        </>
      }
    >
      <Filters
        chips={given.map((name) => ({ name, label: `${words.filters[name]}: ${wordOf(address[name]!)}` }))}
        onRemove={(name) => change({ [name]: undefined, cursor: undefined })}
        onClear={clear}
      >
        <TextField label={words.filters.q} value={address['q'] ?? ''} type="search" onChange={set('q')} />
        <SelectField
          label={words.filters.status}
          value={address['status'] ?? ''}
          options={[['', words.any], ...Object.entries(words.statuses)]}
          onChange={set('status')}
        />
        <TextField
          label={words.filters.stockBelow}
          value={address['stockBelow'] ?? ''}
          type="number"
          onChange={set('stockBelow')}
        />
        <SelectField
          label={words.filters.sort}
          value={address['sort'] ?? ''}
          options={[
            ['', words.sorts.newest],
            ...Object.entries(words.sorts).filter(([sort]) => sort !== 'newest'),
          ]}
          onChange={set('sort')}
        />
      </Filters>
      <ListBody
        list={list}
        caption={words.caption}
        columns={columns}
        keyOf={({ productId }) => productId}
        onOpen={({ productId }) => navigate(`/products/${productId}`)}
        empty={
          given.length > 0 ? (
            <Empty why={words.none} action={<Button onClick={clear}>{shared.actions.clear}</Button>} />
          ) : (
            <Empty why={words.empty} command="npx jangteo products create --help" />
          )
        }
      />
      {isCreating && (
        <NewProduct
          onClose={() => create(false)}
          onDone={({ productId }) => navigate(`/products/${productId}`)}
        />
      )}
    </Page>
  );
}

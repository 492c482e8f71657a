import type { SalesOfProduct } from '@jangteo/client';
import type { QueryKey } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useApi } from '../../api/index.js';
import { useFresh } from '../../api/fresh.js';
import { DataTable } from '../../ui/DataTable.js';
import { countOf, shortOf } from '../../ui/format.js';
import { ListActions } from '../../ui/ListActions.js';
import { moneyColumn } from '../../ui/money-column.js';
import { Panel } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { useLanguage, useWordsOf, type Language } from '../../words/index.js';
import { words as salesWords, type SalesWords } from './words.js';
import { cellsOf, type Column } from '../../ui/tables.js';

const SHOWN = 20;
/** What sold most in weeks changes slowly, and costs more to add up. */
const EVERY_MS = 60_000;

/** What is known of at least one of them. */
interface Known {
  readonly money: boolean;
  readonly categories: boolean;
}

const columnsOf = (
  words: SalesWords,
  language: Language,
  known: Known,
): readonly Column<SalesOfProduct>[] => [
  {
    id: 'product',
    head: words.product,
    isWide: true,
    cell: ({ productId, name }) => (
      <Link href={`/products/${productId}`} title={name ?? productId}>
        {name ?? `${shortOf(productId)} (${words.nameless})`}
      </Link>
    ),
    text: ({ productId, name }) => name ?? productId,
  },
  ...(known.categories
    ? [
        {
          id: 'category',
          head: words.category,
          from: 'tablet',
          cell: ({ category }) => category ?? '–',
          text: ({ category }) => category ?? '',
        } satisfies Column<SalesOfProduct>,
      ]
    : []),
  ...(known.money
    ? [moneyColumn<SalesOfProduct>({ id: 'revenue', head: words.sums.revenue }, ({ revenue }) => revenue)]
    : []),
  {
    id: 'units',
    head: words.sums.units,
    align: 'right',
    cell: ({ units }) => countOf(units, language),
    text: ({ units }) => String(units),
  },
  {
    id: 'orders',
    head: words.sums.orders,
    align: 'right',
    from: 'tablet',
    cell: ({ orders }) => (orders === undefined ? '–' : countOf(orders, language)),
    text: ({ orders }) => String(orders ?? ''),
  },
];

/** The products that sold most in a time; the rest of the page does without them where they are not known. */
export function Products({
  name,
  times,
}: {
  /** Names the time. */
  readonly name: QueryKey;
  readonly times: () => { readonly from?: string; readonly to?: string };
}) {
  const words = useWordsOf(salesWords);
  const language = useLanguage();
  const api = useApi();
  const {
    data: rows,
    error,
    isEarlier,
    refresh,
  } = useFresh(
    ['productSales', ...name],
    (signal) => api.admin.productSales({ limit: SHOWN, ...times() }, { signal }),
    { everyMs: EVERY_MS },
  );
  const known = {
    money: rows?.[0]?.revenue !== undefined,
    categories: rows?.some(({ category }) => category !== undefined) === true,
  };
  const columns = columnsOf(words, language, known);
  const title = words.products[known.money ? 'revenue' : 'units'];
  return (
    <Panel
      title={title}
      actions={
        <ListActions name="product-sales" cells={rows && cellsOf(columns, rows)} isEarlier={isEarlier} />
      }
    >
      {error !== null && <Problem error={error} onRetry={refresh} />}
      {rows === undefined && error === null && <Skeleton lines={5} />}
      {rows !== undefined && (
        <DataTable
          caption={title}
          columns={columns}
          rows={rows}
          keyOf={({ productId }) => productId}
          isAside
        />
      )}
    </Panel>
  );
}

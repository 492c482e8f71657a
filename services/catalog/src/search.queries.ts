import { productStatus, type ProductSort } from '@jangteo/contracts';
import { columnsOf, type Statements } from '@jangteo/database';
import type { LiveProduct } from './domain/cached-product.js';
import type { ProductSearch, Way } from './domain/search.js';
import { weighedOptionsOf } from './product.queries.js';

/** A product that was looked at. */
export type SearchedProduct = LiveProduct & {
  /** The index of its page. */
  readonly page: number;
  /** What the list is sorted by, of this product; nothing where it is the id alone. */
  readonly key: string | null;
  /** False for one that is not on the page: the last one that was looked at. */
  readonly isFound: boolean;
  /** Its place among all that were looked at, 1 first. */
  readonly place: number;
  /** False for one that the page has no room for, by the bytes of its options. */
  readonly fits: boolean;
};

/**
 * The order of a list, by columns of `products` and the key beside them; and whatever comes behind a product in it. Each
 * level of a statement is ordered by the same columns, so that none sorts what the one below has in order.
 */
interface Sorted {
  readonly key: string;
  readonly order: string;
  readonly behind: string;
}

const FIRST_ID = `'00000000-0000-0000-0000-000000000000'`;
const LAST_ID = `'ffffffff-ffff-ffff-ffff-ffffffffffff'`;

/** Names are sorted by their first letters, so that a cursor can hold what they are sorted by. */
const NAME = '(name_order(name) COLLATE "C")';

const SORTS: Readonly<Record<ProductSort, Sorted>> = {
  oldest: {
    key: 'NULL::text',
    order: 'product_id',
    behind: `product_id > coalesce(asked.id, ${FIRST_ID})`,
  },
  newest: {
    key: 'NULL::text',
    order: 'product_id DESC',
    behind: `product_id < coalesce(asked.id, ${LAST_ID})`,
  },
  name: {
    key: NAME,
    order: 'key, product_id',
    behind: `(${NAME}, product_id) > (coalesce(asked.key, ''), coalesce(asked.id, ${FIRST_ID}))`,
  },
  price: {
    key: 'price::text',
    order: 'price, product_id',
    behind: `(price, product_id) > (coalesce(asked.key::bigint, -1), coalesce(asked.id, ${FIRST_ID}))`,
  },
  '-price': {
    key: 'price::text',
    order: 'price DESC, product_id DESC',
    behind: `(price, product_id)
      < (coalesce(asked.key::bigint, ${Number.MAX_SAFE_INTEGER}), coalesce(asked.id, ${LAST_ID}))`,
  },
};

const IN_PRICE_RANGE = 'price BETWEEN asked.min_price AND asked.max_price';

/** More than that are never sorted: whoever has that many to look at goes along the order of the list instead. */
export const CANDIDATES_MAX = 2_000;

/** As many as there can be where a moment ago there were not too many. */
const CANDIDATES = 2 * CANDIDATES_MAX;

const HAS_GRAMS = 'name_grams(name) @> query_grams(asked.q)';

const along = ({ key, order, behind }: Sorted, from: string, bounds: string): string => `
  SELECT *, ${key} AS key FROM products
  WHERE ${from} AND ${behind} ${bounds} ORDER BY ${order} LIMIT asked.bound`;

const among = ({ key, behind }: Sorted, candidates: string): string => `
  SELECT *, ${key} AS key FROM (${candidates} LIMIT ${CANDIDATES}) AS products
  WHERE (asked.status IS NULL OR status = asked.status) AND ${behind}`;

/** Of the sorts, those for which a range of prices is a part of an index. */
const boundsOf = (sort: ProductSort): string => (sort.endsWith('price') ? `AND ${IN_PRICE_RANGE}` : '');

/** The products that are looked at on each way, as an index leads to them. */
function lookedAt(way: Way, sort: ProductSort): string {
  const sorted = SORTS[sort];
  switch (way) {
    case 'order':
      // Merged, not sorted: as much is read of each status as a page takes.
      return productStatus.options
        .map((status) => `status = '${status}' AND coalesce(asked.status, '${status}') = '${status}'`)
        .map((wanted) => `(${along(sorted, wanted, boundsOf(sort))})`)
        .join(' UNION ALL ');
    case 'category':
      return along(sorted, `status = 'SELLABLE' AND category = asked.category`, boundsOf(sort));
    case 'name':
      return among(sorted, `SELECT * FROM products WHERE ${HAS_GRAMS}`);
    case 'price':
      return among(sorted, `SELECT * FROM products WHERE status = 'SELLABLE' AND ${IN_PRICE_RANGE}`);
    case 'ids':
      return among(
        sorted,
        'SELECT * FROM products WHERE product_id = ANY (SELECT unnest(asked.ids::uuid[]))',
      );
  }
}

/** Of a product that is looked at. Nothing of it is EXISTS, which PostgreSQL may answer out of all options of the shop. */
const LISTED_OPTIONS = `FROM options WHERE options.product_id = products.product_id AND options.status = 'SELLABLE'`;

/** Recognises a product that is what was looked for. */
const IS_FOUND = `
  (asked.q IS NULL OR position(name_key(asked.q) IN name_key(name)) > 0)
  AND (asked.category IS NULL OR category = asked.category)
  AND ${IN_PRICE_RANGE}
  AND (NOT asked.in_stock OR (SELECT coalesce(max(stock), 0) ${LISTED_OPTIONS}) > 0)
  AND (asked.stock_below IS NULL OR asked.stock_below > (SELECT coalesce(sum(stock), 0) ${LISTED_OPTIONS}))`;

const statementOf = (way: Way, sort: ProductSort): string => {
  const { order } = SORTS[sort];
  return `
  SELECT (asked.number - 1)::int AS page, found.product_id AS "productId", found.version, found.status, found.key,
    found.is_found AS "isFound", found.place, stocks,
    row_number() OVER so_far = 1 OR sum(bytes) OVER so_far <= $1 AS fits
  FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::boolean[], $8::bigint[],
      $9::text[], $10::text[], $11::uuid[], $12::int[], $13::int[]) WITH ORDINALITY
    AS asked (status, q, category, min_price, max_price, in_stock, stock_below, ids, key, id, bound, size, number)
  CROSS JOIN LATERAL (
    SELECT product_id, version, status, key, place, is_found FROM (
      SELECT products.*, row_number() OVER (ORDER BY ${order}) AS place, ${IS_FOUND} AS is_found
      FROM (SELECT * FROM (${lookedAt(way, sort)}) AS products ORDER BY ${order} LIMIT asked.bound) AS products
    ) AS looked_at
    WHERE is_found OR place = asked.bound ORDER BY ${order} LIMIT asked.size + 1
  ) AS found
  CROSS JOIN LATERAL ${weighedOptionsOf('found')}
  WINDOW so_far AS (PARTITION BY asked.number ORDER BY found.place)
  ORDER BY asked.number, found.place`;
};

const statements = new Map<string, string>();

/** Each is written once, so that its text is constant. */
function statementFor(way: Way, sort: ProductSort): string {
  const name = `${way} ${sort}`;
  const text = statements.get(name) ?? statementOf(way, sort);
  statements.set(name, text);
  return text;
}

/**
 * Reads many pages of lists that go one way and are sorted alike. Of each, as many products are looked at as it is
 * bound to at most, and those are read that were found, and the last one that was looked at.
 *
 * @param bytesMax of the answers, names of products and their texts aside
 */
export async function searchProducts(
  database: Statements,
  { way, sort }: Pick<ProductSearch, 'way' | 'sort'>,
  pages: readonly ProductSearch[],
  bytesMax: number,
): Promise<SearchedProduct[]> {
  const columns = columnsOf(pages, [
    ...([
      'status',
      'q',
      'category',
      'minPrice',
      'maxPrice',
      'inStock',
      'stockBelow',
      'ids',
      'key',
      'id',
    ] as const),
    ...(['bound', 'size'] as const),
  ]);
  return await database.rows<SearchedProduct>(statementFor(way, sort), [bytesMax, ...columns]);
}

/** How many products a name and a range of prices leave to look at, as far as they are few. */
export interface Candidates {
  readonly byName: number;
  readonly byPrice: number;
}

/** Counts what each of two indexes leaves, up to one more than are ever sorted. */
export async function countCandidates(
  database: Statements,
  searches: readonly Pick<ProductSearch, 'q' | 'minPrice' | 'maxPrice'>[],
): Promise<Candidates[]> {
  return await database.rows<Candidates>(
    `SELECT (
       SELECT count(*) FROM (SELECT FROM products WHERE ${HAS_GRAMS} LIMIT ${CANDIDATES_MAX + 1}) AS found
     ) AS "byName", (
       SELECT count(*) FROM (
         SELECT FROM products WHERE status = 'SELLABLE' AND ${IN_PRICE_RANGE} LIMIT ${CANDIDATES_MAX + 1}
       ) AS found
     ) AS "byPrice"
     FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY
       AS asked (q, min_price, max_price, number) ORDER BY number`,
    columnsOf(searches, ['q', 'minPrice', 'maxPrice']),
  );
}

import {
  MONEY_MAX,
  type listAllProducts,
  type listProducts,
  type PayloadOf,
  type ProductSort,
  type ProductStatus,
} from '@jangteo/contracts';

/**
 * The ways to what is looked for: along the order of the list, all of it or within a category; or through an index that
 * leaves so few products that they are all looked at and sorted.
 */
export type Way = 'order' | 'category' | 'name' | 'price' | 'ids';

/** What a list of products is of, and where it goes on. */
export interface ProductSearch {
  readonly way: Way;
  readonly sort: ProductSort;
  readonly status: ProductStatus | null;
  readonly q: string | null;
  readonly category: string | null;
  readonly minPrice: number;
  readonly maxPrice: number;
  readonly inStock: boolean;
  readonly stockBelow: number | null;
  /** As an array of PostgreSQL. */
  readonly ids: string | null;
  /** What the list is sorted by, of the last product of the page before; and its id. */
  readonly key: string | null;
  readonly id: string | null;
  /** The most products that are looked at. */
  readonly bound: number;
  readonly size: number;
}

/** Whoever looks for what is rare goes on from page to page, and none of them takes long. */
export const LOOKED_AT_MAX = 2_000;

/** The place behind which a page begins. */
export interface After {
  readonly key: string | null;
  readonly id: string;
}

type Asked = Omit<PayloadOf<typeof listProducts>, 'cursor'> &
  Pick<PayloadOf<typeof listAllProducts>, 'status' | 'stockBelow'>;

/** A search before it is known which way it goes. */
export function searchOf(asked: Asked, sort: ProductSort, after: After | undefined): ProductSearch {
  const { q = null, category = null, minPrice = 0, maxPrice = MONEY_MAX, inStock = false } = asked;
  const { status = null, stockBelow = null, productIds, limit } = asked;
  const way = wayOf(asked);
  const search = {
    way,
    sort,
    status,
    q,
    category,
    minPrice,
    maxPrice,
    inStock,
    stockBelow,
    ids: productIds === undefined ? null : `{${productIds.join(',')}}`,
    key: after?.key ?? null,
    id: after?.id ?? null,
    size: limit,
  };
  return { ...search, bound: boundOf(search) };
}

function wayOf({ productIds, category }: Asked): Way {
  if (productIds !== undefined) return 'ids';
  return category === undefined ? 'order' : 'category';
}

type Filters = Omit<ProductSearch, 'bound'>;

function isPriced({ minPrice, maxPrice }: Pick<Filters, 'minPrice' | 'maxPrice'>): boolean {
  return minPrice > 0 || maxPrice < MONEY_MAX;
}

/** On the way along an order each product is found, unless something is asked that the order says nothing of. */
function boundOf(search: Filters): number {
  const { way, sort, q, inStock, stockBelow, size } = search;
  const isPricedAside = isPriced(search) && !sort.endsWith('price');
  const isAllFound = q === null && !inStock && stockBelow === null && !isPricedAside;
  return isAllFound && way !== 'ids' ? size + 1 : LOOKED_AT_MAX;
}

/** Tells whether it has to be counted which way is short. */
export function hasChoice(search: ProductSearch): boolean {
  return search.way !== 'ids' && (search.q !== null || (isPriced(search) && !search.sort.endsWith('price')));
}

/**
 * The search on its shortest way.
 *
 * @param candidates what a name and a range of prices leave to look at
 * @param candidatesMax more than that are never sorted
 */
export function onShortestWay(
  search: ProductSearch,
  { byName, byPrice }: { readonly byName: number; readonly byPrice: number },
  candidatesMax: number,
): ProductSearch {
  if (search.q !== null && byName <= candidatesMax) return { ...search, way: 'name' };
  const isForSale = search.status === 'SELLABLE';
  if (isForSale && isPriced(search) && byPrice <= candidatesMax) return { ...search, way: 'price' };
  return search;
}

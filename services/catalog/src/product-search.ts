import { id, type ProductSort } from '@jangteo/contracts';
import { decodeCursor, encodeCursor, type Database } from '@jangteo/database';
import { hasChoice, onShortestWay, type After, type ProductSearch } from './domain/search.js';
import { CANDIDATES_MAX, countCandidates, searchProducts, type SearchedProduct } from './search.queries.js';

/** A page of what was found, and the cursor behind the last product that was looked at, where the list goes on. */
export interface FoundPage {
  readonly sort: ProductSort;
  readonly rows: readonly SearchedProduct[];
  readonly next: string | undefined;
}

/** Makes the cursor of the place behind a product: the oldest go by their ids, as they always have. */
export function cursorAt(sort: ProductSort, { key, id: last }: After): string {
  if (sort === 'oldest') return encodeCursor([last]);
  return encodeCursor(key === null ? [sort, last] : [sort, key, last]);
}

/** Reads a cursor of a list that is sorted like this; `undefined` for any other. */
export function afterOf(sort: ProductSort, cursor: string): After | undefined {
  if (sort === 'oldest') {
    const [last] = decodeCursor(cursor, ['id']) ?? [];
    return last === undefined ? undefined : { key: null, id: id.parse(last) };
  }
  const parts = decodeCursor(cursor, sort === 'newest' ? ['string', 'id'] : ['string', 'string', 'id']);
  if (parts?.[0] !== sort) return undefined;
  const [key, last] = sort === 'newest' ? [null, parts[1]] : [String(parts[1]), parts[2]];
  return isKeyOf(sort, key) ? { key, id: id.parse(last) } : undefined;
}

/** Recognises what a list is sorted by in what came from a client. */
function isKeyOf(sort: ProductSort, key: string | null): boolean {
  if (key === null || sort === 'name') return !key?.includes('\0');
  return /^\d{1,16}$/.test(key);
}

/** Finds products, those of lists that go one way and are sorted alike in one statement. */
export async function findProducts(
  database: Database,
  searches: readonly ProductSearch[],
  bytesMax: number,
): Promise<FoundPage[]> {
  const chosen = await onShortestWays(database, searches);
  const pages = new Map<ProductSearch, FoundPage>();
  for (const alike of Map.groupBy(chosen, ({ way, sort }) => `${way} ${sort}`).values()) {
    const rows = await searchProducts(database, alike[0] as ProductSearch, alike, bytesMax);
    const rowsOf = Map.groupBy(rows, ({ page }) => page);
    alike.forEach((search, index) => pages.set(search, pageOf(search, rowsOf.get(index) ?? [])));
  }
  return chosen.map((search) => pages.get(search) as FoundPage);
}

async function onShortestWays(
  database: Database,
  searches: readonly ProductSearch[],
): Promise<ProductSearch[]> {
  const asked = searches.filter(hasChoice);
  const counts = asked.length === 0 ? [] : await countCandidates(database, asked);
  const candidates = new Map(asked.map((search, index) => [search, counts[index]]));
  return searches.map((search) => {
    const left = candidates.get(search);
    return left === undefined ? { ...search } : onShortestWay(search, left, CANDIDATES_MAX);
  });
}

function pageOf({ sort, size, bound }: ProductSearch, rows: readonly SearchedProduct[]): FoundPage {
  const found = rows.filter(({ isFound }) => isFound);
  const last = found.findLastIndex(({ fits }, index) => index < size && (fits || index === 0));
  const shown = found.slice(0, last + 1);
  const isCut = shown.length < found.length;
  const behind = isCut ? shown.at(-1) : rows.findLast(({ place }) => place === bound);
  const next = behind && cursorAt(sort, { key: behind.key, id: behind.productId });
  return { sort, rows: shown, next };
}

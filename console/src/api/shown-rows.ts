import type { ListPage } from '@jangteo/client';

/** Rows of a list as they are shown while newer ones come. */
export interface ShownRows<Row> {
  readonly rows: readonly Row[];
  /** Rows that newer ones have pushed off the page: they are as they were when they were last on it. */
  readonly past: ReadonlySet<string>;
  /** Rows that came since, and are not shown until somebody wants them: nothing moves under the hand. */
  readonly newRows: number;
  /** There are more than can be told from one page. */
  readonly isMore: boolean;
}

export const allOf = <Row>(rows: readonly Row[]): ShownRows<Row> => ({
  rows,
  past: new Set(),
  newRows: 0,
  isMore: false,
});

/**
 * What is shown of a list once its page was read anew. What is missing between rows that are there has left the list;
 * what is missing behind the last of them was pushed off the page, unless the page goes on behind it.
 *
 * @param shown the rows as they are shown
 * @param isOldestFirst newer rows come at its end, and push nothing off
 */
export function shownWith<Row>(
  shown: readonly Row[],
  { items, next }: ListPage<Row>,
  keyOf: (row: Row) => string,
  isOldestFirst = false,
): ShownRows<Row> {
  const latest = new Map(items.map((row) => [keyOf(row), row]));
  const wasShown = new Set(shown.map(keyOf));
  const lastThere = shown.findLastIndex((row) => latest.has(keyOf(row)));
  const goesOn = lastThere >= 0 && !wasShown.has(keyOf(items.at(-1)!));
  const arePushedOff = next !== undefined && !goesOn && !isOldestFirst;
  const past = shown.slice(lastThere + 1).map(keyOf);
  const kept = arePushedOff ? new Set(past) : new Set<string>();
  const rows = shown.flatMap((row) => latest.get(keyOf(row)) ?? (kept.has(keyOf(row)) ? row : []));
  // A list nothing of which is there any more is shown as it is.
  if (rows.length === 0) return allOf(items);
  const newRows = items.filter((row) => !wasShown.has(keyOf(row))).length;
  return { rows, past: kept, newRows, isMore: lastThere < 0 };
}

/**
 * Rows as they are now, and those that are among them no more though something was done to them: what came of it stays
 * where it was asked for.
 *
 * @param before whether one row stands before another
 */
export function withKept<Row>(
  rows: readonly Row[],
  kept: readonly Row[],
  keyOf: (row: Row) => string,
  before: (one: Row, other: Row) => boolean,
): Row[] {
  const there = new Set(rows.map(keyOf));
  return kept
    .filter((row) => !there.has(keyOf(row)))
    .reduce<Row[]>(
      (all, row) => {
        const at = all.findIndex((other) => before(row, other));
        return all.toSpliced(at < 0 ? all.length : at, 0, row);
      },
      [...rows],
    );
}

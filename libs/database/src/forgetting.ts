import type { Statements } from './database.js';

/**
 * For a WITH clause: tells the triggers of kept sums that what is deleted was kept long enough, or comes back. The
 * main query has to read from it.
 */
export const PRUNING = `pruning AS (SELECT set_config('books.pruning', 'on', true))`;

/** The last id of a table up to which rows are in the kept sums: only those are deleted. */
export const sealedIn = (table: string): string =>
  `(SELECT sealed_to FROM book_marks WHERE source = '${table}')`;

interface Oldest {
  /** The column with a row's time; an index, with the condition `where` if there is one, leads to it. */
  readonly by: string;
  /** The time up to which rows go, of the type of that column. */
  readonly until?: string;
  readonly where?: string;
  /** The column with the id by which rows are in the kept sums, where sums are kept of the table. */
  readonly summedBy?: string;
}

/**
 * The SQL that deletes the oldest rows of a table: $1 is how many seconds rows are kept, $2 how many of them go at
 * most. It waits for nobody: what another replica is at is left to it. The array is made once, and by it alone rows are
 * found, by their place, whatever the planner takes the table for.
 */
export function oldestOf(table: string, options: Oldest): string {
  const { by, until = 'now() - make_interval(secs => $1)', where, summedBy } = options;
  const conditions = [
    ...(where === undefined ? [] : [where]),
    ...(summedBy === undefined ? [] : [`${summedBy} <= ${sealedIn(table)}`]),
    `${by} < ${until}`,
  ];
  return `WITH ${summedBy === undefined ? '' : `${PRUNING}, `}gone AS (
    DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM ${table} WHERE ${conditions.join(' AND ')}
      ORDER BY ${by} LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING 1
  ) SELECT count(*) AS deleted FROM gone${summedBy === undefined ? '' : ' CROSS JOIN pruning'}`;
}

/** Runs such a statement. @returns how many rows it deleted */
export async function forget(
  database: Statements,
  statement: string,
  { keptSeconds, limit }: { readonly keptSeconds: number; readonly limit: number },
): Promise<number> {
  const [row] = await database.rows<{ deleted: number }>(statement, [keptSeconds, limit]);
  return row?.deleted ?? 0;
}

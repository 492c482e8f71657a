import type { Statements } from './database.js';

/**
 * The SQL that deletes the oldest rows of a table: $1 is how many seconds rows are kept, $2 how many of them go at
 * most. It waits for nobody: what another replica is at is left to it.
 *
 * @param key the column by which rows are deleted
 * @param by the column with a row's time; an index with the condition `where` leads to it
 */
export function oldestOf(
  table: string,
  { key, by, where }: { readonly key: string; readonly by: string; readonly where: string },
): string {
  return `WITH gone AS (
    DELETE FROM ${table} WHERE ${key} = ANY(ARRAY(
      SELECT ${key} FROM ${table} WHERE ${where} AND ${by} < now() - make_interval(secs => $1)
      ORDER BY ${by} LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING 1
  ) SELECT count(*) AS deleted FROM gone`;
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

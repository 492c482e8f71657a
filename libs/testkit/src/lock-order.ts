import { eventually } from '@jangteo/infra';
import { withClient } from './test-database.js';

/** Two rows of a table by their keys. */
export interface RowPair {
  readonly table: string;
  readonly key: string;
  /** The one whose key is lower, and the one whose key is higher. */
  readonly ids: readonly [string, string];
}

/**
 * Checks that work which locks two rows begins with the lower key: it is made to wait for that one, and meanwhile the
 * higher one has to be free. Which of the two it names first is up to the caller.
 *
 * @param url a connection to the database on which the work is done
 */
export async function locksLowerFirst(
  url: string,
  { table, key, ids: [lower, higher] }: RowPair,
  work: () => Promise<unknown>,
): Promise<boolean> {
  const lock = `SELECT FROM ${table} WHERE ${key} = $1 FOR UPDATE`;
  return await withClient(url, async (holder) => {
    const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await holder.query('BEGIN');
    await holder.query(lock, [lower]);
    const working = work();
    try {
      return await withClient(url, async (watcher) => {
        const waiting = 'SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))';
        await eventually(async () => (await watcher.query(waiting, [rows[0]?.pid])).rowCount === 1);
        const { rowCount } = await watcher.query(`${lock} SKIP LOCKED`, [higher]);
        return rowCount === 1;
      });
    } finally {
      await holder.query('ROLLBACK');
      await working;
    }
  });
}

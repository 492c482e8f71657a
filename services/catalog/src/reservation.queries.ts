import type { Database } from '@jangteo/database';

export const PRUNED_AT_ONCE = 1_000;

/**
 * Drops some reservations that were released so many days ago. What is not in the kept sums yet stays.
 * The array is made once, and by it alone rows are found, whatever the planner takes the table for.
 *
 * @returns how many; fewer than {@link PRUNED_AT_ONCE} when no more are left
 */
export async function pruneReservations(database: Database, keptDays: number): Promise<number> {
  return await database.transaction(async (tx) => {
    await tx.rows(`SELECT set_config('books.pruning', 'on', true)`);
    const rows = await tx.rows(
      `DELETE FROM reservations WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM reservations
         WHERE released_at < now() - $1::int * interval '1 day'
           AND order_id <= (SELECT sealed_to FROM book_marks WHERE source = 'reservations')
         ORDER BY released_at LIMIT ${PRUNED_AT_ONCE} FOR UPDATE SKIP LOCKED))
       RETURNING 1 AS one`,
      [keptDays],
    );
    return rows.length;
  });
}

import type { Statements } from '@jangteo/database';

/** What is kept an hour longer than events are counted for it: none may change what is being removed. */
const MARGIN_HOURS = 1;

const REMOVED_A_STEP = 5_000;

/** Removes some figures of hours that no event is counted for any more. */
export async function pruneSales(tx: Statements, keptDays: number): Promise<void> {
  await tx.rows(
    `DELETE FROM hourly_sales WHERE (hour, product_id) IN (
       SELECT hour, product_id FROM hourly_sales
       WHERE hour < date_trunc('hour', now(), 'UTC') - make_interval(hours => 24 * $1::int + ${MARGIN_HOURS})
       ORDER BY hour, product_id LIMIT ${REMOVED_A_STEP})`,
    [keptDays],
  );
}

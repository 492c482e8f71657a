import type { Statements } from '@jangteo/database';

/** What is kept an hour longer than events are counted for it: none may change what is being removed. */
const MARGIN_HOURS = 1;

const REMOVED_A_STEP = 5_000;

/** Removes some figures of hours that no event is counted for any more. */
export async function pruneSales(tx: Statements, keptDays: number): Promise<void> {
  await tx.rows(
    // By place, since a plan made while the table was small would look for them in all of it.
    `DELETE FROM hourly_sales WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM hourly_sales
       WHERE hour < date_trunc('hour', now(), 'UTC') - make_interval(hours => 24 * $1::int + ${MARGIN_HOURS})
       ORDER BY hour, product_id LIMIT ${REMOVED_A_STEP}))`,
    [keptDays],
  );
}

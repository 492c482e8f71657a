import { columnsOf, oldestOf, type Statements } from '@jangteo/database';
import type { RowOfOrder } from '@jangteo/service';
import type { HourlyUnits, SaleStep } from './domain/sales.js';

/** Notes steps as counted, in key order, and tells which of them had not been. */
export async function insertNewSteps(tx: Statements, steps: readonly SaleStep[]): Promise<SaleStep[]> {
  return await tx.rows<SaleStep>(
    `INSERT INTO counted_steps (order_id, step)
     SELECT order_id, step FROM unnest($1::uuid[], $2::text[]) AS heard (order_id, step)
     ORDER BY order_id, step
     ON CONFLICT DO NOTHING RETURNING order_id AS "orderId", step`,
    columnsOf(steps, ['orderId', 'step']),
  );
}

/**
 * Adds units to the figures, in key order; each product and hour may be named once. Those of hours that are
 * not kept any more are left out: there is nothing that they could be added to.
 */
export async function addUnits(
  tx: Statements,
  units: readonly HourlyUnits[],
  keptDays: number,
): Promise<void> {
  await tx.rows(
    `INSERT INTO hourly_sales (hour, product_id, sold, cancelled)
     SELECT hour, product_id, sold, cancelled
     FROM unnest($1::timestamptz[], $2::uuid[], $3::bigint[], $4::bigint[])
       AS added (hour, product_id, sold, cancelled)
     WHERE hour >= date_trunc('hour', now(), 'UTC') - make_interval(hours => 24 * $5::int)
     ORDER BY hour, product_id
     ON CONFLICT (hour, product_id) DO UPDATE
     SET sold = hourly_sales.sold + excluded.sold, cancelled = hourly_sales.cancelled + excluded.cancelled`,
    [...columnsOf(units, ['hour', 'productId', 'sold', 'cancelled']), keptDays],
  );
}

/**
 * Says that figures changed, to replicas of the release before, which calculate the rankings anew when they did.
 * The row is shared by all batches, so this comes last before the commit.
 */
export async function markChanged(tx: Statements): Promise<void> {
  await tx.rows('UPDATE sales_changes SET changes = changes + 1');
}

/** Deletes figures of hours. */
export const OLD_SALES = oldestOf('hourly_sales', { by: 'hour' });

/** The events of orders that were counted; when is in no row. */
export async function readCountedOf(
  database: Statements,
  orderIds: readonly string[],
): Promise<RowOfOrder[]> {
  const rows = await database.rows<SaleStep>(
    `SELECT order_id AS "orderId", step FROM counted_steps WHERE order_id = ANY($1::uuid[])
     ORDER BY order_id, step DESC`,
    [orderIds],
  );
  return rows.map(({ orderId, step }) => ({ orderId, table: 'counted_steps', id: `${orderId}/${step}` }));
}

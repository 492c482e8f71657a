import type { ColumnOf, RuleOf } from '@jangteo/contracts';
import {
  digestSql,
  firstIdSql,
  hoursLookedAt,
  looksAtOrders,
  ordersLookedAt,
  recentOrders,
  SETTLED_ORDERS,
  type BookColumn,
  type Books,
} from '@jangteo/database';

/** The same digests from the order's status and from its saga's state. */
const statusOf = (expression: string): string =>
  digestSql(
    ['order_id'],
    `CASE ${expression} WHEN 'SUCCESS' THEN 1 WHEN 'CANCELLING' THEN 1 WHEN 'FAILED' THEN 2
      WHEN 'CANCELLED' THEN 3 ELSE 0 END`,
  );

const STATUSES = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, 1 AS amount, ${statusOf('status')} AS digest
  FROM orders WHERE ${SETTLED_ORDERS}`;

const SAGAS = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, 1 AS amount, ${statusOf('state')} AS digest
  FROM sagas WHERE ${SETTLED_ORDERS}`;

/** By a constraint of its table a saga is looked at again as long as it awaits an answer or owes an event. */
const UNSETTLED = 'SELECT order_id FROM sagas WHERE look_again_at IS NOT NULL';

/** Long enough for the deadline of an order, and for a service to be started anew. */
const PROGRESS_WITHIN = `interval '2 minutes'`;

const PROGRESS = `
  SELECT order_id AS key, coalesce((SELECT max(changed_at) FROM order_history AS h
    WHERE h.order_id = moving.order_id) > now() - ${PROGRESS_WITHIN}, false) AS holds
  FROM (${UNSETTLED}) AS moving`;

const PAYMENTS = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, total AS amount,
    ${digestSql(['order_id', 'user_id'], 'total')} AS digest
  FROM orders WHERE status = 'SUCCESS' AND total > 0 AND ${SETTLED_ORDERS}`;

/** All but those of orders that did not succeed, or no more: to know these few is cheaper than all others. */
const STOCK = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, quantity AS amount,
    ${digestSql(['order_id', 'option_id'], 'quantity')} AS digest
  FROM order_items WHERE ${SETTLED_ORDERS} AND NOT EXISTS (SELECT FROM orders
    WHERE orders.order_id = order_items.order_id AND status <> 'SUCCESS' AND subtotal IS NOT NULL)`;

/** Prices that customers were charged, line by line, and before the discount. */
const PRICES = `
  WITH charged AS (
    ${looksAtOrders((range) => `SELECT order_id, subtotal FROM orders WHERE status = 'SUCCESS' AND ${range}`)}
  )
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, price::numeric * quantity AS amount,
    ${digestSql(['order_id', 'option_id'], 'hashint8extended(price, quantity)')} AS digest
  FROM charged JOIN order_items USING (order_id)
  UNION ALL
  SELECT order_id, order_id, 1, 0, ${digestSql(['order_id'], 'subtotal')} FROM charged`;

const COUPONS = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, 1 AS amount,
    ${digestSql(['order_id', 'user_coupon_id'], '0')} AS digest
  FROM orders WHERE status = 'SUCCESS' AND user_coupon_id IS NOT NULL AND ${SETTLED_ORDERS}`;

/** Also of an order that has no coupon, and so must have none. */
const DISCOUNTS = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, discount AS amount,
    ${digestSql(['order_id'], 'discount')} AS digest
  FROM orders WHERE status = 'SUCCESS' AND discount > 0 AND ${SETTLED_ORDERS}`;

/** A success is one, and a cancellation, before which there was a success, another one. */
const STEPS = `
  SELECT order_id AS part_of, order_id AS key, 1 + cancelled AS counts, 1 + cancelled AS amount,
    ${digestSql(['order_id'], '1')} + cancelled * ${digestSql(['order_id'], '2')} AS digest
  FROM (SELECT order_id, (cancelled_at IS NOT NULL)::int AS cancelled FROM orders
    WHERE completed_at IS NOT NULL) AS ended WHERE ${SETTLED_ORDERS}`;

/** Records, of which those without a number yet are never summed, however old their order is. */
const RECORDS = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, 1 AS amount,
    ${digestSql(['order_id'], `CASE type WHEN 'order.completed' THEN 1 ELSE 2 END`)} AS digest
  FROM (
    SELECT order_id, type FROM platform_records WHERE ${SETTLED_ORDERS}
    UNION ALL SELECT order_id, type FROM platform_entries WHERE order_id NOT BETWEEN $1::uuid AND $2::uuid
  ) AS records`;

/** An order that took longer than this to succeed would be one on its own side only. */
const ENDS_WITHIN = `interval '24 hours'`;

const completedIn = (from: string, to: string): string =>
  `completed_at >= ${from}::timestamptz AND completed_at < ${to}::timestamptz
     AND order_id BETWEEN ${firstIdSql(`${from}::timestamptz - ${ENDS_WITHIN}`)}
       AND ${firstIdSql(`${to}::timestamptz + ${ENDS_WITHIN}`)}`;

/** Of hours that are over, since in this one there is always something on its way. */
const UNITS = `
  SELECT product_id AS part_of, hour || '/' || product_id AS key, 1 AS counts, sold - cancelled AS amount,
    ${digestSql(['product_id'], 'hashint8extended(hour, hashint8extended(sold, cancelled))')} AS digest
  FROM (
    SELECT product_id, extract(epoch FROM began_at)::bigint AS hour, sum(quantity) AS sold,
      coalesce(sum(quantity) FILTER (WHERE status = 'CANCELLED'), 0) AS cancelled
    FROM order_items JOIN (
      SELECT order_id, status, date_bin('1 hour', completed_at, 'epoch'::timestamptz) AS began_at FROM (
        SELECT order_id, status, completed_at FROM orders WHERE ${completedIn('$1', '$2')}
        UNION ALL SELECT order_id, status, completed_at FROM orders WHERE ${completedIn('$3', '$4')}
      ) AS of_hours
    ) AS completed USING (order_id)
    GROUP BY product_id, began_at) AS sales`;

const kept = (rows: string, source: string, book: string): BookColumn => ({
  rows,
  bounds: recentOrders,
  kept: { source, book },
});

/** Books with which those of all other services are compared. */
export const orderBooks: Books<RuleOf<'order'>, ColumnOf<'order'>> = {
  rules: {
    progress: { rows: PROGRESS, figures: [] },
  },
  columns: {
    orders: kept(STATUSES, 'orders', 'orders'),
    sagas: kept(SAGAS, 'sagas', 'sagas'),
    payments: kept(PAYMENTS, 'orders', 'payments'),
    stock: kept(STOCK, 'orders', 'stock'),
    prices: { rows: PRICES, bounds: ordersLookedAt },
    discounts: kept(DISCOUNTS, 'discounts', 'discounts'),
    coupons: kept(COUPONS, 'orders', 'coupons'),
    steps: kept(STEPS, 'orders', 'steps'),
    records: kept(RECORDS, 'platform_records', 'records'),
    hours: { rows: UNITS, bounds: (before) => hoursLookedAt(before) },
  },
  unsettled: UNSETTLED,
  sources: [
    { table: 'orders', ids: ['order_id'] },
    { table: 'sagas', ids: ['order_id'] },
    { table: 'platform_records', ids: ['order_id'] },
    { table: 'orders', name: 'discounts', ids: ['order_id'] },
  ],
};

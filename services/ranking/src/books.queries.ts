import type { ColumnOf, RuleOf } from '@jangteo/contracts';
import { digestSql, hoursLookedAt, recentOrders, SETTLED_ORDERS, type Books } from '@jangteo/database';

const LOOKED_AT = '(hour >= $1 AND hour < $2 OR hour >= $3 AND hour < $4)';

/**
 * An hour has the units of its products. Of its orders there are no fewer than of any product, and, as each has one, no
 * more than of all.
 */
const TOTALS = `
  SELECT hour::text, 0, 0, 0, sum(units) = sum(units_of_product)
    AND (hour < (SELECT orders_counted_from FROM calculation)
      OR sum(orders) BETWEEN max(orders_of_product) AND sum(orders_of_product))
  FROM (
    SELECT hour, units, orders, 0 AS units_of_product, 0 AS orders_of_product FROM hourly_totals WHERE ${LOOKED_AT}
    UNION ALL SELECT hour, 0, 0, units, orders FROM hourly_sales WHERE ${LOOKED_AT}) AS hours
  GROUP BY hour`;

/** Of nothing cancelled no more than was sold can be cancelled: those hours of products are told in one sum. */
const SALES = `
  WITH cancelled AS MATERIALIZED (
    SELECT hour, product_id, sold, cancelled, units FROM hourly_sales WHERE cancelled > 0
  )
  SELECT hour || '/' || product_id AS key, sold, cancelled, 1 AS hours, cancelled <= sold AS holds FROM cancelled
  UNION ALL
  SELECT NULL, coalesce(sum(units), 0) - (SELECT coalesce(sum(units), 0) FROM cancelled), 0, 0, true
  FROM hourly_totals
  UNION ALL ${TOTALS}`;

const STEPS = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, 1 AS amount,
    ${digestSql(['order_id'], `CASE step WHEN 'COMPLETED' THEN 1 ELSE 2 END`)} AS digest
  FROM counted_steps WHERE ${SETTLED_ORDERS}`;

/** Of hours that are over, since in this one there is always something on its way. */
const UNITS = `
  SELECT product_id AS part_of, extract(epoch FROM hour)::bigint || '/' || product_id AS key, 1 AS counts,
    units AS amount,
    ${digestSql(['product_id'], 'hashint8extended(extract(epoch FROM hour)::bigint, hashint8extended(sold, cancelled))')}
      AS digest
  FROM hourly_sales WHERE ${LOOKED_AT} AND sold > 0`;

/** Proof that every success and every cancellation is counted, with all of its units. */
export const rankingBooks: Books<Exclude<RuleOf<'ranking'>, 'statistics'>, ColumnOf<'ranking'>> = {
  rules: {
    sales: { rows: SALES, bounds: hoursLookedAt, figures: ['sold', 'cancelled'], counts: 'hours' },
  },
  columns: {
    steps: { rows: STEPS, bounds: recentOrders, kept: { source: 'counted_steps', book: 'steps' } },
    hours: { rows: UNITS, bounds: hoursLookedAt },
  },
  sources: [{ table: 'counted_steps', ids: ['order_id'] }],
};

import type { ColumnOf, RuleOf } from '@jangteo/contracts';
import { digestSql, hoursLookedAt, recentOrders, SETTLED_ORDERS, type Books } from '@jangteo/database';
import { EACH_WINDOW, LAST_PRODUCT } from './tally.sql.js';

const MINUTE_MS = 60_000;

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

/**
 * Each minute the rankings of another number of days, and the number of times that all of them had their turn. As 31 is
 * prime, audits at any other interval come to all of them.
 */
function windowLookedAt(before: Date): readonly [number, number] {
  const minutes = Math.floor(before.getTime() / MINUTE_MS);
  return [Math.max(1, minutes % 31), Math.floor(minutes / 31)];
}

/** More hours of products are not added up at a time: the places of a window of more are by turns. */
const HOURS_ADDED_UP_MAX = 24_000;

/**
 * While so many sales wait to be tallied nobody compares, nor rankings of a day ago, of whose windows hours may have been
 * pruned: they are late then, and say since when.
 */
const UNTALLIED_MAX = 10_000;

/**
 * The tally that rankings are shown of has of each window what all products sold in it, less what is not tallied yet, and
 * its list has all products down to the floor, in order, each with what it sold. All of it is written in one transaction
 * with what is tallied, and `rankings` are made the list whenever they differ. Each hour of a product is found by its key.
 */
const WINDOW = `
  WITH shown AS MATERIALIZED (
    SELECT hour, days, hour - make_interval(hours => 24 * days) AS since, product_ids, units, floor_units, floor_product_id
    FROM calculation JOIN tallies USING (hour) JOIN tally_leaders USING (hour)
    WHERE days = $5::int AND summed_to = '${LAST_PRODUCT}' AND NOT is_over AND hour > now() - interval '24 hours'
      AND (SELECT count(*) FROM (SELECT FROM untallied_sales LIMIT ${UNTALLIED_MAX + 1}) AS waiting) <= ${UNTALLIED_MAX}
  ), untallied AS MATERIALIZED (
    SELECT product_id, sum(its.units) AS units FROM shown JOIN untallied_sales AS its ON its.hour >= since GROUP BY 1
  ), tallied AS (
    SELECT sum(w.units) AS units, count(*) FILTER (WHERE w.units > 0 AND (floor_units IS NULL OR w.units > floor_units
      OR w.units = floor_units AND product_id <= floor_product_id)) AS listed
    FROM shown JOIN tally_sums USING (hour) CROSS JOIN LATERAL (
      SELECT (ARRAY[${EACH_WINDOW.columns}])[days] AS units) AS w
  ), places AS (
    SELECT place.*, hour, days, since, row_number() OVER (ORDER BY place.units DESC, product_id) AS rank,
      (place + $6::int) % ceil(24.0 * days * cardinality(product_ids) / ${HOURS_ADDED_UP_MAX}) = 0 AS is_added_up
    FROM shown CROSS JOIN unnest(product_ids, shown.units) WITH ORDINALITY AS place (product_id, units, place)
  ), sold AS (
    SELECT product_id, sum(its.units) AS units
    FROM places JOIN hourly_totals AS hours ON hours.hour >= since CROSS JOIN LATERAL (
      SELECT units FROM hourly_sales
      WHERE hourly_sales.hour = hours.hour AND hourly_sales.product_id = places.product_id LIMIT 1) AS its
    WHERE is_added_up GROUP BY 1
  )
  SELECT 'top of ' || days || ' days', 0, 0, 0, coalesce(tallied.units, 0)
      = (SELECT coalesce(sum(units), 0) FROM hourly_totals WHERE hour >= since)
        - (SELECT coalesce(sum(units), 0) FROM untallied)
    AND (product_ids IS NULL OR listed = cardinality(product_ids))
  FROM shown CROSS JOIN tallied
  UNION ALL
  SELECT 'top of ' || days || ' days/' || product_id, 0, 0, 0,
    rank = place AND places.units = (ARRAY[${EACH_WINDOW.columns}])[days]
      AND (NOT is_added_up OR places.units = coalesce(sold.units, 0) - coalesce(untallied.units, 0))
  FROM places LEFT JOIN tally_sums USING (hour, product_id)
  LEFT JOIN sold USING (product_id) LEFT JOIN untallied USING (product_id)`;

/** Of nothing cancelled no more than was sold can be cancelled: those hours of products are told in one sum. */
const SALES = `
  WITH cancelled AS MATERIALIZED (
    SELECT hour, product_id, sold, cancelled, units FROM hourly_sales WHERE cancelled > 0
  )
  SELECT hour || '/' || product_id AS key, sold, cancelled, 1 AS hours, cancelled <= sold AS holds FROM cancelled
  UNION ALL
  SELECT NULL, coalesce(sum(units), 0) - (SELECT coalesce(sum(units), 0) FROM cancelled), 0, 0, true
  FROM hourly_totals
  UNION ALL ${TOTALS}
  UNION ALL (${WINDOW})`;

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
    sales: {
      rows: SALES,
      bounds: (before) => [...hoursLookedAt(before), ...windowLookedAt(before)],
      figures: ['sold', 'cancelled'],
      counts: 'hours',
    },
  },
  columns: {
    steps: { rows: STEPS, bounds: recentOrders, kept: { source: 'counted_steps', book: 'steps' } },
    hours: { rows: UNITS, bounds: hoursLookedAt },
  },
  sources: [{ table: 'counted_steps', ids: ['order_id'] }],
};

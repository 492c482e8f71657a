import { orderCancelled, orderCompleted } from '@jangteo/contracts';
import { columnsOf, oldestOf, type Statements } from '@jangteo/database';
import { ORDER_OF_LETTER, type RowOfOrder } from '@jangteo/service';
import { firstOf, SHOWN_AT_LEAST, type Ranked } from './domain/places.js';
import type { HourlyOrders, HourlyUnits, SaleStep } from './domain/sales.js';

/** SQL of the first hour that is kept, where a parameter says for how many days. */
const keptFrom = (days: string): string =>
  `(date_trunc('hour', now(), 'UTC') - make_interval(hours => 24 * ${days}::int))`;

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
    `INSERT INTO hourly_sales (hour, product_id, sold, cancelled, orders)
     SELECT hour, product_id, sold, cancelled, orders
     FROM unnest($1::timestamptz[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[])
       AS added (hour, product_id, sold, cancelled, orders)
     WHERE hour >= ${keptFrom('$6')}
     ORDER BY hour, product_id
     ON CONFLICT (hour, product_id) DO UPDATE
     SET sold = hourly_sales.sold + excluded.sold, cancelled = hourly_sales.cancelled + excluded.cancelled,
       orders = hourly_sales.orders + excluded.orders`,
    [...columnsOf(units, ['hour', 'productId', 'sold', 'cancelled', 'orders']), keptDays],
  );
}

/**
 * Adds orders to the totals of their hours, which a trigger has made of their units. Those of hours that are not kept any
 * more are left out.
 */
export async function addOrders(tx: Statements, added: readonly HourlyOrders[]): Promise<void> {
  await tx.rows(
    `UPDATE hourly_totals SET orders = hourly_totals.orders + added.orders
     FROM unnest($1::timestamptz[], $2::bigint[]) AS added (hour, orders)
     WHERE hourly_totals.hour = added.hour AND hourly_totals.hour = ANY($1)`,
    columnsOf(added, ['hour', 'orders']),
  );
}

/** Sales of an hour or a day; orders are null where they are not known, or not all of them. */
export interface PeriodOfSales {
  readonly at: Date;
  readonly units: number;
  readonly orders: number | null;
}

export interface SalesWanted {
  readonly from: string;
  readonly to: string;
  readonly period: 'hour' | 'day';
  readonly productId?: string | undefined;
}

/** Whole periods of which every hour is kept, and none that is to come; each hour is found by its key. */
const salesFrom = (hourly: string): string => `
  SELECT date_trunc($3, hours.hour, 'UTC') AS at, greatest(coalesce(sum(its.units), 0), 0)::bigint AS units,
    CASE WHEN min(hours.hour) >= (SELECT orders_counted_from FROM calculation)
      THEN greatest(coalesce(sum(its.orders), 0), 0)::bigint END AS orders
  FROM generate_series(
    greatest(date_trunc($3, $1::timestamptz, 'UTC'),
      date_trunc($3, ${keptFrom('$4')} + ('1 ' || $3)::interval - interval '1 microsecond', 'UTC')),
    least($2::timestamptz, now()) - interval '1 microsecond', interval '1 hour') AS hours (hour)
  LEFT JOIN LATERAL (SELECT units, orders FROM ${hourly} LIMIT 1) AS its ON true
  GROUP BY 1 ORDER BY 1 LIMIT $5`;

const SALES = salesFrom('hourly_totals WHERE hour = hours.hour');
const SALES_OF_PRODUCT = salesFrom('hourly_sales WHERE hour = hours.hour AND product_id = $6::uuid');

/** Reads sales by hour or day, oldest first, `rowsMax` of them. */
export async function readSalesBy(
  database: Statements,
  { from, to, period, productId }: SalesWanted,
  keptDays: number,
  rowsMax: number,
): Promise<PeriodOfSales[]> {
  const range = [from, to, period, keptDays, rowsMax];
  if (productId === undefined) return await database.rows<PeriodOfSales>(SALES, range);
  return await database.rows<PeriodOfSales>(SALES_OF_PRODUCT, [...range, productId]);
}

/** Products that sold most in whole hours; orders are null where they are not known, or not all of them. */
const PRODUCTS = `
  SELECT product_id AS "productId", sum(units)::bigint AS units,
    CASE WHEN $1::timestamptz >= (SELECT orders_counted_from FROM calculation)
      THEN greatest(sum(orders), 0)::bigint END AS orders
  FROM hourly_sales WHERE hour >= $1::timestamptz AND hour < $2::timestamptz
  GROUP BY product_id HAVING sum(units) > 0 ORDER BY sum(units) DESC, product_id LIMIT $3`;

export interface SoldProduct extends Pick<PeriodOfSales, 'units' | 'orders'> {
  readonly productId: string;
}

interface RankedProduct extends SoldProduct, Ranked {}

/** The first products of a range of whole hours; `to` is left out. */
export interface TopOfRange {
  readonly from: string;
  readonly to: string;
  readonly limit: number;
}

/** Reads the products with most units in a range of whole hours, ties by id. */
export async function readProductsSold(
  database: Statements,
  { from, to, limit }: TopOfRange,
): Promise<SoldProduct[]> {
  return await database.rows<SoldProduct>(PRODUCTS, [from, to, limit]);
}

/** As many places are looked at as are wanted, and as many more, which tell how much less the others sold. */
const RANKED = `
  WITH lists AS (
    SELECT calculation.hour, orders_counted_from, product_ids, units,
      least(2 * $3::int, cardinality(product_ids)) AS taken
    FROM calculation CROSS JOIN rankings
    WHERE calculation.hour = date_trunc('hour', now(), 'UTC') AND $2::timestamptz > calculation.hour
      AND $1::timestamptz = date_trunc('hour', $1::timestamptz, 'UTC')
      AND days = greatest(1, ceil(extract(epoch FROM calculation.hour - $1::timestamptz) / 86400))
  ), shown AS MATERIALIZED (
    SELECT hour, orders_counted_from, product_ids[1:taken] AS ids,
      -- A shorter list has everything that was sold.
      CASE WHEN cardinality(product_ids) = taken AND taken < ${SHOWN_AT_LEAST} THEN 0 ELSE units[taken] END
        AS units_of_others_max
    FROM lists
  )
  SELECT ranked.id AS "productId", sum(its.units)::bigint AS units,
    CASE WHEN $1::timestamptz >= min(orders_counted_from) THEN greatest(sum(its.orders), 0)::bigint END AS orders,
    min(units_of_others_max) AS "unitsOfOthersMax"
  FROM shown CROSS JOIN unnest(ids) AS ranked (id)
  CROSS JOIN generate_series($1::timestamptz, shown.hour, interval '1 hour') AS hours (hour)
  CROSS JOIN LATERAL (
    SELECT units, orders FROM hourly_sales
    WHERE hourly_sales.hour = hours.hour AND product_id = ranked.id LIMIT 1) AS its
  GROUP BY 1 HAVING sum(its.units) > 0 ORDER BY 2 DESC, 1`;

/**
 * As {@link readProductsSold}, of what the rankings have places of: a range up to the present, of 30 days at the most.
 *
 * @returns undefined where they cannot tell
 */
export async function readProductsRanked(
  database: Statements,
  { from, to, limit }: TopOfRange,
): Promise<SoldProduct[] | undefined> {
  const rows = await database.rows<RankedProduct>(RANKED, [from, to, limit]);
  return firstOf(rows, limit)?.map(({ productId, units, orders }) => ({ productId, units, orders }));
}

/** Reads the units of all products in a range of whole hours. */
export async function readUnitsSold(database: Statements, from: string, to: string): Promise<number> {
  const [sum] = await database.rows<{ units: number }>(
    `SELECT coalesce(sum(units), 0)::bigint AS units FROM hourly_totals
     WHERE hour >= $1::timestamptz AND hour < $2::timestamptz`,
    [from, to],
  );
  return sum?.units ?? 0;
}

const OWN_HOURS = `
  SELECT now() AS now, ${keptFrom('$1')} AS from, its.hour, greatest(units, 0) AS units,
    CASE WHEN its.hour >= orders_counted_from THEN greatest(orders, 0) END AS orders
  FROM calculation LEFT JOIN hourly_totals AS its ON its.hour >= ${keptFrom('$1')}`;

interface HourRow extends Pick<PeriodOfSales, 'units' | 'orders'> {
  readonly now: Date;
  readonly from: Date;
  readonly hour: Date | null;
}

/** What was sold in each hour of the last days, in no order, with the time at which that was read. */
export async function readOwnHours(tx: Statements, days: number) {
  const rows = await tx.rows<HourRow>(OWN_HOURS, [days]);
  const [first] = rows;
  if (first === undefined) throw new Error('the row of calculation is missing');
  const { now, from } = first;
  const hours = rows.flatMap(({ hour, units, orders }) => (hour === null ? [] : [{ hour, units, orders }]));
  return { now, from, hours };
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
export const OLD_TOTALS = oldestOf('hourly_totals', { by: 'hour' });

/** SQL that tells of an event that was sent again whether it is counted: when is in no row. */
export const COUNT_OF_EVENT = `
  SELECT d.settled_at AS decided_at, false AS is_refused FROM counted_steps
  WHERE order_id = ${ORDER_OF_LETTER}
    AND step = CASE d.type WHEN '${orderCompleted.type}' THEN 'COMPLETED' WHEN '${orderCancelled.type}' THEN 'CANCELLED' END`;

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

import type { OutsideDatabase } from '@jangteo/database';
import type { Look, StatisticsRow } from './domain/statistics.js';
import type { SalesWanted, TopOfRange } from './sales.queries.js';

type Reader = Pick<OutsideDatabase, 'rows'>;

/** What was read, and how far the statistics were at that moment. */
export interface Told<Row> {
  readonly look: Look;
  readonly rows: readonly Row[];
}

/**
 * One statement sees one moment, so that figures are never older than the progress beside them. Numbers of records
 * begin with 1, and are the same whatever the topic is called; before the first one nothing is missing. The first hour
 * of a job that began with a later one may lack its beginning. What some clock says is to come has happened all the same
 * once it is counted.
 *
 * @param rows a SELECT with a `key` in each row
 */
const withLook = (rows: string): string => `
  SELECT its.*, "isGapless", "countedBefore", "completeFrom", "lastOccurredAt" FROM (
    SELECT count(*) <= 1 AS "isGapless", coalesce(min(upper(part)), 1) AS "countedBefore",
      CASE WHEN min(lower(part)) > 1 THEN (
        SELECT coalesce(min(hour) + interval '1 hour', now()) FROM hourly_totals WHERE units > 0) END AS "completeFrom",
      (SELECT max(least(last_occurred_at, updated_at)) FROM progress WHERE last_occurred_at IS NOT NULL)
        AS "lastOccurredAt"
    FROM (SELECT unnest(range_agg(part)) AS part FROM progress CROSS JOIN unnest(counted) AS part) AS parts) AS look
  LEFT JOIN (${rows}) AS its ON true`;

async function told<Row extends { readonly key: unknown }>(
  database: Reader,
  text: string,
  values: readonly unknown[],
): Promise<Told<Row>> {
  const rows = await database.rows<Row & Look>(text, values);
  const [first] = rows;
  if (first === undefined) throw new Error('an aggregate gave no row');
  const { isGapless, countedBefore, completeFrom, lastOccurredAt } = first;
  return {
    look: { isGapless, countedBefore, completeFrom, lastOccurredAt },
    rows: rows.filter(({ key }) => key !== null),
  };
}

/**
 * What a cancellation that came before its order has taken back of nothing is nothing. Of more than can be told, as much is
 * told as can be: the job's sums go further.
 */
const toldOf = (figure: string): string =>
  `least(greatest(${figure}, 0), ${Number.MAX_SAFE_INTEGER})::bigint`;

const sumOf = (column: string): string => `${toldOf(`sum(${column})`)} AS ${column}`;

const FIGURES = ['units', 'orders', 'revenue'];
const IN_RANGE = 'hour >= $1::timestamptz AND hour < $2::timestamptz';

const salesOf = (columns: readonly string[], hourly: string): string =>
  withLook(
    `SELECT date_trunc($3, hour, 'UTC') AS key, ${columns.map(sumOf).join(', ')}
     FROM ${hourly} AND ${IN_RANGE} GROUP BY 1`,
  );

const SALES = salesOf([...FIGURES, 'discount', 'cancelled'], 'hourly_totals WHERE true');
const SALES_OF_PRODUCT = salesOf(FIGURES, 'hourly_sales WHERE product_id = $4::uuid');

interface SalesFigures extends Omit<StatisticsRow, 'at'> {
  readonly key: Date;
}

/** Reads sales by hour or day: where nothing was sold there is no row. */
export async function readStatistics(
  database: Reader,
  { from, to, period, productId }: SalesWanted,
): Promise<Told<StatisticsRow>> {
  const range = [from, to, period];
  const { look, rows } =
    productId === undefined
      ? await told<SalesFigures>(database, SALES, range)
      : await told<SalesFigures>(database, SALES_OF_PRODUCT, [...range, productId]);
  return {
    look,
    rows: rows.map(({ key: at, units, orders, revenue, discount, cancelled }) => ({
      at,
      units,
      orders,
      revenue,
      ...(discount !== undefined && { discount }),
      ...(cancelled !== undefined && { cancelled }),
    })),
  };
}

const UNITS_OF_ALL = `(
    SELECT ${toldOf('sum(units)')} FROM hourly_totals
    WHERE hour >= $4::timestamptz AND hour < $2::timestamptz) AS "unitsOfAll"`;

/** Of each product its last hour tells what it was called then, and listed under. */
const PRODUCTS = withLook(`
  SELECT top.*, hourly_sales.name, nullif(hourly_sales.category, '') AS category, ${UNITS_OF_ALL}
  FROM (
    SELECT product_id AS key, max(hour) AS last_hour, ${FIGURES.map(sumOf).join(', ')}
    FROM hourly_sales WHERE ${IN_RANGE}
    GROUP BY product_id HAVING sum(units) > 0 ORDER BY sum(revenue) DESC, product_id LIMIT $3) AS top
  JOIN hourly_sales ON hourly_sales.hour = top.last_hour AND hourly_sales.product_id = top.key`);

/**
 * By the category that products had in each hour. An order of two products of one category is in the orders of both: how
 * many a category has cannot be told.
 */
const CATEGORIES = withLook(`
  SELECT coalesce(category, '') AS key, ${UNITS_OF_ALL}, ${sumOf('units')}, ${sumOf('revenue')}
  FROM hourly_sales WHERE ${IN_RANGE}
  GROUP BY 1 HAVING sum(units) > 0 ORDER BY sum(revenue) DESC, coalesce(category, '') COLLATE "C" LIMIT $3`);

/** What was sold of a category, as the statistics have it; its key is empty for products without one. */
export interface CategoryRow {
  readonly key: string;
  readonly units: number;
  readonly revenue: number;
}

/** What was sold of a product, as the statistics have it. */
export interface ProductRow extends CategoryRow {
  readonly name: string;
  readonly category: string | null;
  readonly orders: number;
}

/** What brought most, with the units of all products in that part of the time for which they are asked. */
export interface Top<Row> extends Told<Row> {
  readonly unitsOfAll: number;
}

async function topOf<Row extends CategoryRow>(
  database: Reader,
  text: string,
  { from, to, limit }: TopOfRange,
  unitsFrom: string,
): Promise<Top<Row>> {
  const values = [from, to, limit, unitsFrom];
  const { look, rows } = await told<Row & { readonly unitsOfAll: number | null }>(database, text, values);
  const byRevenue = (one: Row, other: Row): number =>
    other.revenue - one.revenue || (one.key < other.key ? -1 : 1);
  return { look, rows: rows.toSorted(byRevenue), unitsOfAll: rows[0]?.unitsOfAll ?? 0 };
}

/** Reads what brought most, ties by id or name; units of all products from `unitsFrom` on. */
export type ReadTop<Row> = (database: Reader, wanted: TopOfRange, unitsFrom: string) => Promise<Top<Row>>;

export const readTopProducts: ReadTop<ProductRow> = (database, wanted, unitsFrom) =>
  topOf(database, PRODUCTS, wanted, unitsFrom);

export const readTopCategories: ReadTop<CategoryRow> = (database, wanted, unitsFrom) =>
  topOf(database, CATEGORIES, wanted, unitsFrom);

const HOURS = withLook(`
  SELECT hour AS key, ${toldOf('units')} AS units, ${toldOf('orders')} AS orders
  FROM hourly_totals WHERE hour >= $1::timestamptz`);

/** An hour as the statistics have it. */
export interface HourRow {
  readonly key: Date;
  readonly units: number;
  readonly orders: number;
}

/** Reads all hours from one on, in no order. */
export async function readHoursOfStatistics(database: Reader, from: Date): Promise<Told<HourRow>> {
  return await told<HourRow>(database, HOURS, [from]);
}

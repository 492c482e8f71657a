import type { OutsideDatabase } from '@jangteo/database';
import type { Progress, StatisticsRow } from './domain/statistics.js';
import type { SalesWanted } from './sales.queries.js';

type Reader = Pick<OutsideDatabase, 'rows'>;

/** What was read, and how far the statistics were at that moment. */
export interface Told<Row> {
  readonly progress: Progress;
  readonly rows: readonly Row[];
}

/**
 * One statement sees one moment, so that figures are never older than the progress beside them. Numbers of records
 * begin with 1; before the first one there is no progress, and nothing is missing either.
 *
 * @param rows a SELECT with a `key` in each row
 */
const withProgress = (rows: string): string => `
  SELECT its.*, "isGapless", "lastOccurredAt" FROM (
    SELECT coalesce(bool_and(isempty(counted) OR counted = int8multirange(int8range(1, upper(counted)))), true)
      AS "isGapless", min(last_occurred_at) AS "lastOccurredAt" FROM progress) AS progress
  LEFT JOIN (${rows}) AS its ON true`;

async function told<Row extends { readonly key: unknown }>(
  database: Reader,
  text: string,
  values: readonly unknown[],
): Promise<Told<Row>> {
  const rows = await database.rows<Row & Progress>(text, values);
  const [first] = rows;
  if (first === undefined) throw new Error('an aggregate gave no row');
  const { isGapless, lastOccurredAt } = first;
  return { progress: { isGapless, lastOccurredAt }, rows: rows.filter(({ key }) => key !== null) };
}

/** What a cancellation that came before its order has taken back of nothing is nothing. */
const sumOf = (column: string): string => `greatest(sum(${column}), 0)::bigint AS ${column}`;

const FIGURES = ['units', 'orders', 'revenue'];
const IN_RANGE = 'hour >= $1::timestamptz AND hour < $2::timestamptz';

const salesOf = (columns: readonly string[], hourly: string): string =>
  withProgress(
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
  const { progress, rows } =
    productId === undefined
      ? await told<SalesFigures>(database, SALES, range)
      : await told<SalesFigures>(database, SALES_OF_PRODUCT, [...range, productId]);
  return {
    progress,
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

/** Of each product its last hour tells what it was called then. */
const PRODUCTS = withProgress(`
  SELECT top.*, hourly_sales.name FROM (
    SELECT product_id AS key, max(hour) AS last_hour, ${FIGURES.map(sumOf).join(', ')}
    FROM hourly_sales WHERE ${IN_RANGE}
    GROUP BY product_id HAVING sum(units) > 0 ORDER BY sum(revenue) DESC, product_id LIMIT $3) AS top
  JOIN hourly_sales ON hourly_sales.hour = top.last_hour AND hourly_sales.product_id = top.key`);

/** What was sold of a product, as the statistics have it. */
export interface ProductRow {
  readonly key: string;
  readonly name: string;
  readonly units: number;
  readonly orders: number;
  readonly revenue: number;
}

export interface ProductsWanted {
  readonly from: string;
  readonly to: string;
  readonly limit: number;
}

/** Reads the products that brought most, ties by id. */
export async function readTopOfStatistics(
  database: Reader,
  { from, to, limit }: ProductsWanted,
): Promise<Told<ProductRow>> {
  const { progress, rows } = await told<ProductRow>(database, PRODUCTS, [from, to, limit]);
  const byRevenue = (one: ProductRow, other: ProductRow): number =>
    other.revenue - one.revenue || (one.key < other.key ? -1 : 1);
  return { progress, rows: rows.toSorted(byRevenue) };
}

const HOURS = withProgress(`
  SELECT hour AS key, greatest(units, 0) AS units, greatest(orders, 0) AS orders
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

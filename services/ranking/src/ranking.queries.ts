import type { Statements } from '@jangteo/database';

/** The places of one window, best first. */
export interface Ranking {
  readonly days: number;
  readonly calculatedAt: Date;
  readonly productIds: readonly string[];
  readonly units: readonly number[];
}

/** Any number: replicas that hold it calculate, the others need not. */
const CALCULATION_LOCK = 724_120_002;

/** Takes the right to calculate until the transaction ends; false where another replica has it. */
export async function tryCalculationLock(tx: Statements): Promise<boolean> {
  const rows = await tx.rows<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [
    CALCULATION_LOCK,
  ]);
  return rows[0]?.taken === true;
}

/** The state of the sales, and the one that the rankings show. */
export async function readProgress(
  tx: Statements,
): Promise<{ changes: number; shownChanges: number; shownHour: Date | null }> {
  const rows = await tx.rows<{ changes: number; shownChanges: number; shownHour: Date | null }>(
    `SELECT sales_changes.changes, calculation.changes AS "shownChanges", calculation.hour AS "shownHour"
     FROM sales_changes CROSS JOIN calculation`,
  );
  const [progress] = rows;
  if (progress === undefined) throw new Error('the rows of sales_changes and calculation are missing');
  return progress;
}

/**
 * Calculates the rankings of all windows anew. A window of n days is the current hour and the n × 24 before
 * it, so a sale counts for n × 24 hours and less than one hour longer; sales dated ahead of the clock count
 * as well. Each sale is put to the smallest window that has it, and windows add up from small to large.
 *
 * @param hour the start of the current hour
 */
export async function calculateRankings(tx: Statements, hour: Date, now: Date): Promise<void> {
  await tx.rows(
    `WITH first_window AS (
       SELECT product_id, sum(units) AS units,
         greatest(1, ceil(extract(epoch FROM $1::timestamptz - hour) / 86400))::int AS days
       FROM hourly_sales WHERE hour >= $1::timestamptz - interval '720 hours'
       GROUP BY product_id, days
     ), totals AS (
       SELECT product_id, days,
         sum(first_window.units) OVER (PARTITION BY product_id ORDER BY days)::bigint AS units
       FROM (SELECT DISTINCT product_id FROM first_window) AS sold_products
       CROSS JOIN generate_series(1, 30) AS days
       LEFT JOIN first_window USING (product_id, days)
     ), placed AS (
       SELECT days, product_id, units,
         row_number() OVER (PARTITION BY days ORDER BY units DESC, product_id) AS place
       FROM totals WHERE units > 0
     ), figures AS (
       SELECT days, array_agg(product_id ORDER BY place) AS product_ids, array_agg(units ORDER BY place) AS units
       FROM placed WHERE place <= 100 GROUP BY days
     )
     UPDATE rankings SET calculated_at = $2,
       product_ids = coalesce(figures.product_ids, '{}'), units = coalesce(figures.units, '{}')
     FROM generate_series(1, 30) AS every_window (days) LEFT JOIN figures USING (days)
     WHERE rankings.days = every_window.days`,
    [hour, now],
  );
}

/** Says that figures calculated before are those of now. */
export async function confirmRankings(tx: Statements, now: Date): Promise<void> {
  await tx.rows('UPDATE rankings SET calculated_at = $1', [now]);
}

export async function saveProgress(tx: Statements, changes: number, hour: Date): Promise<void> {
  await tx.rows('UPDATE calculation SET changes = $1, hour = $2', [changes, hour]);
}

/** Reads the rankings of these windows. */
export async function readRankings(database: Statements, days: readonly number[]): Promise<Ranking[]> {
  return await database.rows<Ranking>(
    `SELECT days, calculated_at AS "calculatedAt", product_ids AS "productIds", units
     FROM rankings WHERE days = ANY($1::int[])`,
    [days],
  );
}

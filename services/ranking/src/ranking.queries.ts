import { table, type Statements } from '@jangteo/database';
import { RankingEntity } from './ranking.entities.js';

const RANKING_COLUMNS = table(RankingEntity).columns();

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

/** The database's clock, and the hour that the rankings show. */
export async function readClock(tx: Statements): Promise<{ now: Date; shownHour: Date | null }> {
  // Not that of the transaction's begin: another replica may have shown a later hour before the lock was ours.
  const [clock] = await tx.rows<{ now: Date; shownHour: Date | null }>(
    'SELECT clock_timestamp() AS now, hour AS "shownHour" FROM calculation',
  );
  if (clock === undefined) throw new Error('the row of calculation is missing');
  return clock;
}

/**
 * Shows the first places of an hour's tally.
 * @returns whether they are others than those shown before
 */
export async function showRankings(tx: Statements, hour: Date, now: Date): Promise<boolean> {
  const changed = await tx.rows(
    `UPDATE rankings SET product_ids = leaders.product_ids[1:200], units = leaders.units[1:200]
     FROM tally_leaders AS leaders
     WHERE leaders.hour = $1 AND leaders.days = rankings.days AND (rankings.product_ids, rankings.units)
       IS DISTINCT FROM (leaders.product_ids[1:200], leaders.units[1:200])
     RETURNING rankings.days`,
    [hour],
  );
  await tx.rows('UPDATE rankings SET calculated_at = $1', [now]);
  const turned = await tx.rows(
    'UPDATE calculation SET hour = $1 WHERE hour IS DISTINCT FROM $1 RETURNING hour',
    [hour],
  );
  return changed.length > 0 || turned.length > 0;
}

/** Reads the rankings of these windows. */
export async function readRankings(database: Statements, days: readonly number[]): Promise<Ranking[]> {
  return await database.rows<Ranking>(`SELECT ${RANKING_COLUMNS} FROM rankings WHERE days = ANY($1::int[])`, [
    days,
  ]);
}

import type { Statements } from '@jangteo/database';
import { EACH_WINDOW, LAST_PRODUCT, NO_PRODUCT } from './tally.sql.js';
import { SHOWN_AT_LEAST } from './domain/places.js';
import type { Tally } from './domain/tallying.js';

/** Products that a tally carries on to the next hour in one step. */
const PRODUCTS_A_STEP = 2_000;

/** The most products of one hour that a step reads when it sums anew: of 30 days, 720 times as many rows. */
const PRODUCTS_OF_AN_HOUR = 200;

/** Places that are kept of a window: with so many in reserve, cancellations seldom leave fewer than are shown. */
const PLACES_KEPT = 200;

const REMOVED_A_STEP = 5_000;

export async function readTallies(tx: Statements): Promise<Tally[]> {
  return await tx.rows<Tally>(
    `SELECT hour, base_hour AS "baseHour", summed_to = '${LAST_PRODUCT}' AS "isSummed", is_over AS "isOver",
       ARRAY(SELECT days FROM tally_leaders WHERE tally_leaders.hour = tallies.hour AND product_ids IS NULL
         ORDER BY days) AS unplaced
     FROM tallies ORDER BY hour`,
  );
}

export async function beginTally(tx: Statements, hour: Date, baseHour: Date | null): Promise<void> {
  await tx.rows(
    `WITH begun AS (
       INSERT INTO tallies (hour, base_hour, summed_to) VALUES ($1, $2, '${NO_PRODUCT}') RETURNING hour
     )
     INSERT INTO tally_leaders (hour, days) SELECT hour, days FROM begun, generate_series(1, 30) AS days`,
    [hour, baseHour],
  );
}

/** Has the planner look into each hour by the key of its own, and not go through all hours. */
const BY_KEY = 'OFFSET 0';

/** The sales noted by the trigger are in no tally yet, so that they are left out of what is read here. */
const SUM_ANEW = `
  WITH RECURSIVE tally AS (
    SELECT hour, summed_to FROM tallies WHERE hour = $1
  ), hours AS (
    (SELECT hour FROM hourly_sales WHERE hour >= $1::timestamptz - interval '720 hours' ORDER BY hour LIMIT 1)
    UNION ALL
    SELECT later.hour FROM hours CROSS JOIN LATERAL (
      SELECT hour FROM hourly_sales WHERE hour > hours.hour ORDER BY hour LIMIT 1) AS later
  ), slice AS (
    SELECT (SELECT summed_to FROM tally) AS after, coalesce((
      SELECT product_id FROM hours CROSS JOIN LATERAL (
        SELECT product_id FROM hourly_sales
        WHERE hour = hours.hour AND product_id > (SELECT summed_to FROM tally)
        ORDER BY product_id OFFSET $2::int LIMIT 1) AS ends
      ORDER BY product_id LIMIT 1), '${LAST_PRODUCT}') AS last
  ), sales AS (
    SELECT hours.hour, product_id, units FROM hours CROSS JOIN LATERAL (
      SELECT product_id, units FROM hourly_sales WHERE hour = hours.hour
        AND product_id > (SELECT after FROM slice) AND product_id <= (SELECT last FROM slice) ${BY_KEY}) AS sold
    UNION ALL
    SELECT hour, product_id, -units FROM untallied_sales
    WHERE hour >= $1::timestamptz - interval '720 hours'
      AND product_id > (SELECT after FROM slice) AND product_id <= (SELECT last FROM slice)
  ), first_window AS (
    SELECT product_id, greatest(1, ceil(extract(epoch FROM $1::timestamptz - hour) / 86400))::int AS days,
      sum(units)::bigint AS units
    FROM sales GROUP BY 1, 2
  ), summed AS (
    INSERT INTO tally_sums (hour, product_id, ${EACH_WINDOW.columns})
    SELECT $1, product_id, ${EACH_WINDOW.list((n) => `coalesce(sum(units) FILTER (WHERE days <= ${n}), 0)`)}
    FROM first_window GROUP BY product_id HAVING bool_or(units <> 0) ORDER BY product_id
  )
  UPDATE tallies SET summed_to = slice.last FROM slice WHERE hour = $1`;

/** Each hour that leaves a window on the way from the base to the tally leaves just this one. */
const CARRY_ON = `
  WITH tally AS (
    SELECT hour, base_hour, summed_to, extract(epoch FROM hour - base_hour)::int / 3600 AS hours
    FROM tallies WHERE hour = $1
  ), slice AS (
    SELECT (SELECT summed_to FROM tally) AS after, coalesce((
      SELECT product_id FROM tally_sums
      WHERE hour = (SELECT base_hour FROM tally) AND product_id > (SELECT summed_to FROM tally)
      ORDER BY product_id OFFSET $2::int / (SELECT hours FROM tally) LIMIT 1), '${LAST_PRODUCT}') AS last
  ), leaving_hours AS (
    SELECT days, base_hour - make_interval(hours => 24 * days - later) AS hour
    FROM tally CROSS JOIN generate_series(1, 30) AS days CROSS JOIN generate_series(0, hours - 1) AS later
  ), sales AS (
    SELECT days, product_id, units FROM leaving_hours CROSS JOIN LATERAL (
      SELECT product_id, units FROM hourly_sales WHERE hour = leaving_hours.hour
        AND product_id > (SELECT after FROM slice) AND product_id <= (SELECT last FROM slice) ${BY_KEY}) AS sold
    UNION ALL
    SELECT days, product_id, -units FROM untallied_sales JOIN leaving_hours USING (hour)
    WHERE product_id > (SELECT after FROM slice) AND product_id <= (SELECT last FROM slice)
  ), left_over AS (
    SELECT product_id, ${EACH_WINDOW.list((n) => `coalesce(sum(units) FILTER (WHERE days = ${n}), 0)::bigint AS w${n}`)}
    FROM sales GROUP BY product_id
  ), carried AS (
    SELECT product_id, ${EACH_WINDOW.list((n) => `base.w${n} - coalesce(left_over.w${n}, 0) AS w${n}`)}
    FROM tally_sums AS base LEFT JOIN left_over USING (product_id)
    WHERE base.hour = (SELECT base_hour FROM tally)
      AND product_id > (SELECT after FROM slice) AND product_id <= (SELECT last FROM slice)
  ), summed AS (
    INSERT INTO tally_sums (hour, product_id, ${EACH_WINDOW.columns})
    SELECT $1, product_id, ${EACH_WINDOW.columns} FROM carried
    WHERE 0 <> ANY (ARRAY[${EACH_WINDOW.columns}]) ORDER BY product_id
  )
  UPDATE tallies SET summed_to = slice.last FROM slice WHERE hour = $1`;

/** Sums some more products of a tally. */
export async function sumProducts(
  tx: Statements,
  { hour, baseHour }: Pick<Tally, 'hour' | 'baseHour'>,
): Promise<void> {
  if (baseHour === null) await tx.rows(SUM_ANEW, [hour, PRODUCTS_OF_AN_HOUR - 1]);
  else await tx.rows(CARRY_ON, [hour, PRODUCTS_A_STEP - 1]);
  await tx.rows(
    `UPDATE tallies SET base_hour = NULL WHERE hour = $1 AND summed_to = '${LAST_PRODUCT}' AND base_hour IS NOT NULL`,
    [hour],
  );
}

/** Looks for the first products of a window among all. */
export async function placeProducts(tx: Statements, { hour }: Tally, days: number): Promise<void> {
  await tx.rows(
    `WITH best AS (
       SELECT array_agg(product_id ORDER BY units DESC, product_id) AS product_ids,
         array_agg(units ORDER BY units DESC, product_id) AS units
       FROM (SELECT product_id, w${days} AS units FROM tally_sums WHERE hour = $1 AND w${days} > 0
         ORDER BY units DESC, product_id LIMIT ${PLACES_KEPT + 1}) AS placed
     )
     UPDATE tally_leaders SET product_ids = coalesce(best.product_ids[1:${PLACES_KEPT}], '{}'),
       units = coalesce(best.units[1:${PLACES_KEPT}], '{}'),
       floor_units = CASE WHEN cardinality(best.units) > ${PLACES_KEPT} THEN best.units[${PLACES_KEPT}] END,
       floor_product_id =
         CASE WHEN cardinality(best.units) > ${PLACES_KEPT} THEN best.product_ids[${PLACES_KEPT}] END
     FROM best WHERE hour = $1 AND days = ${days}`,
    [hour],
  );
}

const ADD_SALES = `
  WITH taken AS (
    DELETE FROM untallied_sales WHERE id = ANY(ARRAY(SELECT id FROM untallied_sales ORDER BY id LIMIT $1))
    RETURNING hour, product_id, units
  ), first_window AS (
    SELECT tallies.hour, product_id,
      greatest(1, ceil(extract(epoch FROM tallies.hour - taken.hour) / 86400))::int AS days,
      sum(units)::bigint AS units
    FROM taken CROSS JOIN tallies
    WHERE NOT is_over AND product_id <= summed_to AND taken.hour >= tallies.hour - interval '720 hours'
    GROUP BY 1, 2, 3
  ), summed AS (
    INSERT INTO tally_sums (hour, product_id, ${EACH_WINDOW.columns})
    SELECT hour, product_id, ${EACH_WINDOW.list((n) => `coalesce(sum(units) FILTER (WHERE days <= ${n}), 0)`)}
    FROM first_window GROUP BY hour, product_id ORDER BY hour, product_id
    ON CONFLICT (hour, product_id) DO UPDATE
    SET ${EACH_WINDOW.list((n) => `w${n} = tally_sums.w${n} + excluded.w${n}`)}
    RETURNING hour, product_id, ARRAY[${EACH_WINDOW.columns}] AS sums
  ), entries AS (
    SELECT hour, days, place.product_id, place.units
    FROM tally_leaders CROSS JOIN LATERAL unnest(product_ids, units) AS place (product_id, units)
    WHERE NOT EXISTS (SELECT FROM summed
      WHERE summed.hour = tally_leaders.hour AND summed.product_id = place.product_id)
    UNION ALL
    SELECT hour, days, product_id, sums[days]
    FROM summed JOIN tally_leaders USING (hour)
    WHERE product_ids IS NOT NULL AND sums[days] > 0 AND (floor_units IS NULL OR sums[days] > floor_units
      OR sums[days] = floor_units AND product_id <= floor_product_id)
  ), lists AS (
    SELECT hour, days, array_agg(product_id ORDER BY units DESC, product_id) AS product_ids,
      array_agg(units ORDER BY units DESC, product_id) AS units
    FROM entries GROUP BY hour, days
  ), listed AS (
    UPDATE tally_leaders SET product_ids = now_first.product_ids[1:${PLACES_KEPT}],
      units = now_first.units[1:${PLACES_KEPT}], floor_units = now_first.floor_units,
      floor_product_id = now_first.floor_product_id
    FROM (
      SELECT hour, days, cut.floor_units, cut.floor_product_id,
        CASE WHEN is_enough THEN coalesce(lists.product_ids, '{}') END AS product_ids,
        CASE WHEN is_enough THEN coalesce(lists.units, '{}') END AS units
      FROM tally_leaders AS were LEFT JOIN lists USING (hour, days) CROSS JOIN LATERAL (
        SELECT coalesce(lists.units[${PLACES_KEPT + 1}] IS NOT NULL, false) AS is_cut) AS size
      CROSS JOIN LATERAL (SELECT
        CASE WHEN is_cut THEN lists.units[${PLACES_KEPT}] ELSE were.floor_units END AS floor_units,
        CASE WHEN is_cut THEN lists.product_ids[${PLACES_KEPT}] ELSE were.floor_product_id END AS floor_product_id,
        were.floor_units IS NULL OR coalesce(cardinality(lists.units), 0) >= ${SHOWN_AT_LEAST} AS is_enough) AS cut
      WHERE were.product_ids IS NOT NULL
    ) AS now_first
    WHERE tally_leaders.hour = now_first.hour AND tally_leaders.days = now_first.days
      AND EXISTS (SELECT FROM summed)
      AND (tally_leaders.product_ids, tally_leaders.units, tally_leaders.floor_units,
          tally_leaders.floor_product_id) IS DISTINCT FROM
        (now_first.product_ids[1:${PLACES_KEPT}], now_first.units[1:${PLACES_KEPT}], now_first.floor_units,
          now_first.floor_product_id)
  )
  SELECT count(*)::int AS taken FROM taken`;

/**
 * Adds sales that are in no tally yet to all tallies, and keeps the lists of first products true: whatever got
 * above the floor of a list is put in, and a list that got too short has to be looked for again.
 *
 * @returns how many changes were taken in, at most `changesMax`
 */
export async function addSales(tx: Statements, changesMax: number): Promise<number> {
  const [added] = await tx.rows<{ taken: number }>(ADD_SALES, [changesMax]);
  return added?.taken ?? 0;
}

/** Removes some of a tally, and the tally when nothing of it is left. */
export async function removeTally(tx: Statements, { hour }: Tally): Promise<void> {
  await tx.rows('UPDATE tallies SET is_over = true, base_hour = NULL WHERE hour = $1', [hour]);
  await tx.rows('UPDATE tallies SET base_hour = NULL WHERE base_hour = $1', [hour]);
  await tx.rows(
    `DELETE FROM tally_sums WHERE hour = $1 AND product_id = ANY(ARRAY(
       SELECT product_id FROM tally_sums WHERE hour = $1 ORDER BY product_id LIMIT ${REMOVED_A_STEP}))`,
    [hour],
  );
  await tx.rows(
    `DELETE FROM tallies WHERE hour = $1
       AND NOT EXISTS (SELECT FROM tally_sums WHERE tally_sums.hour = tallies.hour)`,
    [hour],
  );
}

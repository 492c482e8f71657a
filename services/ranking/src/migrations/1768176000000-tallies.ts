import type { MigrationInterface, QueryRunner } from '@jangteo/database';

const WINDOWS = Array.from({ length: 30 }, (_, i) => `w${i + 1} bigint NOT NULL`).join(', ');

/**
 * One row an hour from which the windows are looked at: the one that is shown, and the next one while it is
 * made. `summed_to` is the last product whose sums are there, `base_hour` the tally that they are made from.
 */
const TALLIES = `
  CREATE TABLE tallies (
    hour timestamptz PRIMARY KEY CHECK (hour = date_trunc('hour', hour, 'UTC')),
    base_hour timestamptz REFERENCES tallies,
    summed_to uuid NOT NULL,
    is_over boolean NOT NULL DEFAULT false
  )`;

/** Units of a product in each window: `w<n>` is that of n days. */
const TALLY_SUMS = `
  CREATE TABLE tally_sums (hour timestamptz, product_id uuid, ${WINDOWS}, PRIMARY KEY (hour, product_id))
  WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`;

/**
 * The first products of a window, best first; NULL while they have to be looked for. Whatever has units and is
 * not listed comes after the place of the floor, and where there is no floor, all are listed.
 */
const TALLY_LEADERS = `
  CREATE TABLE tally_leaders (
    hour timestamptz NOT NULL REFERENCES tallies ON DELETE CASCADE,
    days integer NOT NULL CHECK (days BETWEEN 1 AND 30),
    product_ids uuid[],
    units bigint[],
    floor_units bigint,
    floor_product_id uuid,
    PRIMARY KEY (hour, days)
  )`;

/** What came to the hourly sales, or went, and is not in any tally yet. */
const UNTALLIED_SALES = `
  CREATE TABLE untallied_sales (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    hour timestamptz NOT NULL,
    product_id uuid NOT NULL,
    units bigint NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_threshold = -1)`;

/**
 * A trigger, so that what a replica of the release before counts meanwhile is in the tallies too. What is
 * pruned has left all windows, and needs no word.
 */
const NOTE_SALES = `
  CREATE FUNCTION note_untallied_sales() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      INSERT INTO untallied_sales (hour, product_id, units)
      SELECT hour, product_id, units FROM now_there WHERE units <> 0;
    ELSIF TG_OP = 'DELETE' THEN
      INSERT INTO untallied_sales (hour, product_id, units)
      SELECT hour, product_id, -units FROM was_there
      WHERE units <> 0 AND hour >= now() - interval '768 hours';
    ELSE
      INSERT INTO untallied_sales (hour, product_id, units)
      SELECT hour, product_id, sum(units)::bigint
      FROM (SELECT hour, product_id, units FROM now_there
        UNION ALL SELECT hour, product_id, -units FROM was_there) AS changes
      GROUP BY hour, product_id HAVING sum(units) <> 0;
    END IF;
    RETURN NULL;
  END $$`;

const TRIGGERS = [
  ['inserted', 'INSERT', 'NEW TABLE AS now_there'],
  ['changed', 'UPDATE', 'OLD TABLE AS was_there NEW TABLE AS now_there'],
  ['deleted', 'DELETE', 'OLD TABLE AS was_there'],
] as const;

/** Sums of windows that are kept instead of calculated: the service fills them, in steps, when it starts. */
export class Tallies1768176000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TALLIES);
    await runner.query(TALLY_SUMS);
    await runner.query(TALLY_LEADERS);
    await runner.query(UNTALLIED_SALES);
    await runner.query(NOTE_SALES);
    for (const [name, event, tables] of TRIGGERS) {
      await runner.query(
        `CREATE TRIGGER ${name} AFTER ${event} ON hourly_sales REFERENCING ${tables}
         FOR EACH STATEMENT EXECUTE FUNCTION note_untallied_sales()`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of TRIGGERS) await runner.query(`DROP TRIGGER ${name} ON hourly_sales`);
    await runner.query('DROP FUNCTION note_untallied_sales()');
    await runner.query('DROP TABLE untallied_sales, tally_leaders, tally_sums, tallies');
  }
}

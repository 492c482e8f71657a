import { IMPATIENT, VACUUMED, type MigrationInterface, type QueryRunner } from '@jangteo/database';

const HOURLY_TOTALS = `
  CREATE TABLE hourly_totals (
    hour timestamptz PRIMARY KEY CHECK (hour = date_trunc('hour', hour, 'UTC')),
    units bigint NOT NULL DEFAULT 0,
    orders bigint NOT NULL DEFAULT 0
  ) WITH (fillfactor = 50, ${VACUUMED})`;

/** Any number: whoever changes totals takes turns, so that no two wait for each other's hours. */
const TOTALS_LOCK = 724_120_003;

/**
 * A trigger, so that what a replica of the release before counts meanwhile is in the totals too. Hours that are pruned
 * need no word: their totals are pruned as well.
 */
const SUM_UP = `
  CREATE FUNCTION sum_up_sales() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(${TOTALS_LOCK});
    IF TG_OP = 'INSERT' THEN
      INSERT INTO hourly_totals (hour, units)
      SELECT hour, sum(units)::bigint FROM now_there GROUP BY hour
      ON CONFLICT (hour) DO UPDATE SET units = hourly_totals.units + excluded.units;
    ELSE
      INSERT INTO hourly_totals (hour, units)
      SELECT hour, sum(units)::bigint
      FROM (SELECT hour, units FROM now_there UNION ALL SELECT hour, -units FROM was_there) AS changes
      GROUP BY hour HAVING sum(units) <> 0
      ON CONFLICT (hour) DO UPDATE SET units = hourly_totals.units + excluded.units;
    END IF;
    RETURN NULL;
  END $$`;

const TRIGGERS = [
  ['summed_up_inserted', 'INSERT', 'NEW TABLE AS now_there'],
  ['summed_up_changed', 'UPDATE', 'OLD TABLE AS was_there NEW TABLE AS now_there'],
] as const;

/**
 * Sums of all products by hour, and orders beside units. Orders are not counted by replicas of the release before: from
 * what hour on all of them are is noted, which in an empty shop is always.
 */
export class HourlyTotals1769472000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    // The strongest lock first, while nothing is done that it would wait with.
    await runner.query('ALTER TABLE hourly_sales ADD COLUMN orders bigint NOT NULL DEFAULT 0');
    await runner.query(
      `ALTER TABLE calculation ADD COLUMN orders_counted_from timestamptz NOT NULL DEFAULT '-infinity'`,
    );
    await runner.query(HOURLY_TOTALS);
    await runner.query(SUM_UP);
    for (const [name, event, tables] of TRIGGERS) {
      await runner.query(
        `CREATE TRIGGER ${name} AFTER ${event} ON hourly_sales REFERENCING ${tables}
         FOR EACH STATEMENT EXECUTE FUNCTION sum_up_sales()`,
      );
    }
    // The lock lets no sale come in between.
    await runner.query(
      'INSERT INTO hourly_totals (hour, units) SELECT hour, sum(units)::bigint FROM hourly_sales GROUP BY hour',
    );
    await runner.query(
      `UPDATE calculation SET orders_counted_from = date_trunc('hour', now(), 'UTC') + interval '2 hours'
       WHERE EXISTS (SELECT FROM hourly_sales)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    for (const [name] of TRIGGERS) await runner.query(`DROP TRIGGER ${name} ON hourly_sales`);
    await runner.query('DROP FUNCTION sum_up_sales()');
    await runner.query('ALTER TABLE calculation DROP COLUMN orders_counted_from');
    await runner.query('ALTER TABLE hourly_sales DROP COLUMN orders');
    await runner.query('DROP TABLE hourly_totals');
  }
}

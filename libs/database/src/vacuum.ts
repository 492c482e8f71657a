import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Settings by which PostgreSQL looks after a table that grows or changes all day; for its `WITH (...)`. By default
 * vacuum comes once a fifth of a table has changed. With ten million rows that is never while it would help: indexes
 * for what is on its way then lead to dead rows, and plans are made for a table that is a fraction of its size.
 */
export const VACUUMED = [
  'autovacuum_vacuum_scale_factor = 0.01',
  'autovacuum_vacuum_threshold = 1000',
  'autovacuum_vacuum_insert_scale_factor = 0.02',
  'autovacuum_vacuum_insert_threshold = 10000',
  'autovacuum_analyze_scale_factor = 0.02',
  'autovacuum_analyze_threshold = 1000',
].join(', ');

/** Does something to each table of which a condition on its settings, `options`, is true. */
const eachTable = (condition: string, change: string): string => `
  DO $$
  DECLARE one regclass;
  BEGIN
    FOR one IN SELECT oid::regclass FROM pg_class
      CROSS JOIN LATERAL (SELECT coalesce(array_to_string(reloptions, ' '), '') AS options) AS its
      WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND ${condition}
    LOOP
      EXECUTE format('ALTER TABLE %s ${change}', one);
    END LOOP;
  END $$`;

/** For all tables that a service has by now; a later one brings {@link VACUUMED} with it. */
export class Vacuumed1768348800001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(eachTable(`options NOT LIKE '%autovacuum%'`, `SET (${VACUUMED})`));
  }

  async down(runner: QueryRunner): Promise<void> {
    const names = VACUUMED.replaceAll(/ = [\d.]+/g, '');
    await runner.query(
      eachTable(`options LIKE '%autovacuum_vacuum_insert_scale_factor=0.02%'`, `RESET (${names})`),
    );
  }
}

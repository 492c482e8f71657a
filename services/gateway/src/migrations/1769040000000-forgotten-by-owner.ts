import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/**
 * The one way in which entries go, once they are old enough, for a user who may delete none: as the owner of the
 * database, with whose rights the function runs.
 */
const FORGET = `
  CREATE FUNCTION forget_admin_log(days int, most int) RETURNS bigint LANGUAGE sql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
      DELETE FROM admin_log WHERE entry_id = ANY(ARRAY(
        SELECT entry_id FROM admin_log WHERE at < now() - make_interval(days => days)
        ORDER BY at LIMIT most FOR UPDATE SKIP LOCKED))
      RETURNING 1
    )
    SELECT count(*) FROM gone
  $$`;

export class ForgottenByOwner1769040000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FORGET);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION forget_admin_log');
  }
}

import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/** The last number whose record was deleted, and until when all records were: no mark may go back there. */
const PRUNED = `
  ALTER TABLE platform_relay
    ADD COLUMN pruned_seq bigint NOT NULL DEFAULT 0,
    ADD COLUMN pruned_until timestamptz NOT NULL DEFAULT '-infinity',
    ADD CHECK (pruned_seq <= sent_seq)`;

const REDRIVES_BY_TIME = 'CREATE INDEX redrives_by_time ON redrives (redriven_at)';

export class KeptForATime1768348800003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PRUNED);
    await runner.query(REDRIVES_BY_TIME);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX redrives_by_time');
    await runner.query('ALTER TABLE platform_relay DROP COLUMN pruned_until, DROP COLUMN pruned_seq');
  }
}

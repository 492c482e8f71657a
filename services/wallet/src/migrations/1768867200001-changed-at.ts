import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/**
 * When a row was last changed; NULL in those that were written before. The default is for the release before, which
 * inserts without saying so.
 */
export class ChangedAt1768867200001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE wallets ADD COLUMN updated_at timestamptz');
    await runner.query('ALTER TABLE wallets ALTER COLUMN updated_at SET DEFAULT now()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE wallets DROP COLUMN updated_at');
  }
}

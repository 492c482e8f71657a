import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/**
 * When rows were last changed; NULL in those that were written before. The defaults are for the release before, which
 * inserts without saying so. No index has these columns, so that updates stay within their pages.
 * Carts come first, as where orders are placed from them.
 */
export class ChangedAt1768867200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(
      'ALTER TABLE carts ADD COLUMN created_at timestamptz, ADD COLUMN updated_at timestamptz',
    );
    await runner.query(`
      ALTER TABLE carts ALTER COLUMN created_at SET DEFAULT now(), ALTER COLUMN updated_at SET DEFAULT now()`);
    await runner.query('ALTER TABLE orders ADD COLUMN updated_at timestamptz(3)');
    await runner.query('ALTER TABLE orders ALTER COLUMN updated_at SET DEFAULT now()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE carts DROP COLUMN created_at, DROP COLUMN updated_at');
    await runner.query('ALTER TABLE orders DROP COLUMN updated_at');
  }
}

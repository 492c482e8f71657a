import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/** In a transaction of its own: it reads both tables, and lets everybody else go on meanwhile. */
export class StatusesChecked1769212800001 implements MigrationInterface {
  readonly name = 'StatusesChecked1769212800001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE products VALIDATE CONSTRAINT products_status_check');
    await runner.query('ALTER TABLE options VALIDATE CONSTRAINT options_status_check');
  }

  down(): Promise<void> {
    return Promise.resolve();
  }
}

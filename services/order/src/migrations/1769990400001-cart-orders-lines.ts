import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** What of an order is in its cart still; NULL is all of it, as replicas of the release before insert it. */
export class CartOrdersLines1769990400001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE cart_orders ADD COLUMN lines json');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE cart_orders DROP COLUMN lines');
  }
}

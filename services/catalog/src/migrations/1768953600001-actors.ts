import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Who moved stock other than by an order, and who made or changed a product last. */
export class Actors1768953600001 implements MigrationInterface {
  readonly name = 'Actors1768953600001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE products ADD COLUMN actor_id uuid');
    await runner.query('ALTER TABLE stock_movements ADD COLUMN actor_id uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE products DROP COLUMN actor_id');
    await runner.query('ALTER TABLE stock_movements DROP COLUMN actor_id');
  }
}

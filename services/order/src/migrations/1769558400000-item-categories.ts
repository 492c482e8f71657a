import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** What a product was listed under when it was ordered; NULL where there is none, and of earlier orders. */
export class ItemCategories1769558400000 implements MigrationInterface {
  readonly name = 'ItemCategories1769558400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE order_items ADD COLUMN category text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE order_items DROP COLUMN category');
  }
}

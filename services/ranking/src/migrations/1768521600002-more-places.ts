import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

const bounded = (places: number): string =>
  `ALTER TABLE rankings DROP CONSTRAINT rankings_check,
     ADD CONSTRAINT rankings_check CHECK (cardinality(product_ids) = cardinality(units)
       AND cardinality(units) <= ${places})`;

/** Products that are not on sale any more leave their places to those behind them. */
export class MorePlaces1768521600002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(bounded(200));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('UPDATE rankings SET product_ids = product_ids[1:100], units = units[1:100]');
    await runner.query(bounded(100));
  }
}

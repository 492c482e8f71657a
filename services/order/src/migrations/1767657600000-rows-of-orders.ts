import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/**
 * Items, history and saga of an order are written by the transaction that writes the order, or under its saga's
 * lock, and no order is ever deleted. To look each of these rows' order up once more cost a tenth of what the
 * database does for an order.
 */
const CHECKED = ['order_items', 'order_history', 'sagas'];

export class RowsOfOrders1767657600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of CHECKED) {
      await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_order_id_fkey`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of CHECKED) {
      await runner.query(`ALTER TABLE ${table} ADD FOREIGN KEY (order_id) REFERENCES orders`);
    }
  }
}

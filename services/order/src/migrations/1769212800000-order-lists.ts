import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/**
 * For lists of everybody's orders, newest first: all of them, and those that failed for a reason. Neither has what
 * changes while an order is carried out, but for the reason of one that fails: an order that succeeds pays one entry, at
 * the end of its index.
 */
const INDEXES = {
  orders_by_time: 'orders (created_at, order_id)',
  orders_failed: 'orders (failure_code, created_at, order_id) WHERE failure_code IS NOT NULL',
};

export class OrderLists1769212800000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, on] of Object.entries(INDEXES)) await buildLiveIndex(runner, name, on);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(INDEXES)) await dropLiveIndex(runner, name);
  }
}

import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

const NAME = 'hourly_sales_cancelled';

/** So that audits look at the few hours of products alone in which something was cancelled. */
export class HoursWithCancellations1769644800001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, NAME, 'hourly_sales (hour) WHERE cancelled > 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, NAME);
  }
}

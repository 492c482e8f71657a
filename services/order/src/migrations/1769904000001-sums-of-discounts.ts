import {
  digestSql,
  forgetSums,
  noteChanges,
  partKeySql,
  type MigrationInterface,
  type QueryRunner,
  type SummedTable,
} from '@jangteo/database';

/** Beside the other sums of orders, none of which is made anew for them. */
const DISCOUNTS: SummedTable = {
  table: 'orders',
  name: 'discounts',
  idColumns: ['order_id'],
  columns: ['order_id', 'status', 'discount'],
  entries: `
    SELECT 'discounts', ${partKeySql('r.order_id')}, 1, r.discount::numeric,
      ${digestSql(['r.order_id'], 'r.discount')}::numeric
    WHERE r.status = 'SUCCESS' AND r.discount > 0`,
};

/** What is there already is summed by the service at work, some thousand rows at a time. */
export class SumsOfDiscounts1769904000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of noteChanges(DISCOUNTS)) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of forgetSums(DISCOUNTS, ['discounts'])) await runner.query(statement);
  }
}

import {
  digestSql,
  DROP_KEPT_SUMS,
  forgetChanges,
  KEPT_SUMS,
  noteChanges,
  partKeySql,
  VACUUMED,
  type MigrationInterface,
  type QueryRunner,
  type SummedTable,
} from '@jangteo/database';

const USE = `${partKeySql('r.user_coupon_id')}, 1, 1::numeric,
  ${digestSql(['r.user_coupon_id', 'r.order_id'], '0')}::numeric`;

const USER_COUPONS: SummedTable = {
  table: 'user_coupons',
  idColumns: ['user_coupon_id'],
  columns: ['user_coupon_id', 'coupon_id', 'sequence', 'order_id'],
  entries: `
    SELECT 'issued', r.coupon_id::text, 1, r.sequence::numeric, 0::numeric
    UNION ALL
    SELECT 'used', ${USE} WHERE r.order_id IS NOT NULL`,
};

const REDEMPTIONS: SummedTable = {
  table: 'redemptions',
  idColumns: ['order_id'],
  columns: ['order_id', 'user_coupon_id', 'released_at'],
  entries: `
    SELECT 'redeemed', ${USE} WHERE r.released_at IS NULL
    UNION ALL
    SELECT 'coupons', ${partKeySql('r.order_id')}, 1, 1::numeric,
      ${digestSql(['r.order_id', 'r.user_coupon_id'], '0')}::numeric
    WHERE r.released_at IS NULL`,
};

/** The others have settings of their own. */
const VACUUM = ['book_segments', 'book_marks'].map((table) => `ALTER TABLE ${table} SET (${VACUUMED})`);

export class KeptSums1768521500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...KEPT_SUMS, ...VACUUM, ...noteChanges(USER_COUPONS)]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [...forgetChanges(USER_COUPONS), ...DROP_KEPT_SUMS])
      await runner.query(statement);
  }
}

/** In a transaction of its own, since the service takes the locks of both tables in its own order. */
export class SumsOfRedemptions1768521500001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of noteChanges(REDEMPTIONS)) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of forgetChanges(REDEMPTIONS)) await runner.query(statement);
  }
}

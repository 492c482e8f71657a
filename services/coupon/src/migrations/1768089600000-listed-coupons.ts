import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/**
 * Calculated by the database, so that no writer can forget it: an older release beside this one, or a person. It
 * changes once, so that counting up a hot coupon stays a heap-only update although an index depends on it.
 */
const IS_SOLD_OUT = `
  ALTER TABLE coupons ADD COLUMN is_sold_out boolean NOT NULL
    GENERATED ALWAYS AS (issued_quantity >= total_quantity) STORED`;

/** No index knows the time: whoever reads the list sets it, some time after the end. */
const HAS_ENDED = 'ALTER TABLE coupons ADD COLUMN has_ended boolean NOT NULL DEFAULT false';

const ENDED_SO_FAR = 'UPDATE coupons SET has_ended = true WHERE issue_ends_at <= now()';

/**
 * For the list: it skips what is over without reading it, however much of that there is. It is alone, so that a
 * plan that was made while there were few coupons does not go by another one; the release before sorts meanwhile.
 */
const LISTED = `
  CREATE INDEX coupons_listed ON coupons (created_at, coupon_id)
  WHERE status = 'ISSUABLE' AND NOT is_sold_out AND NOT has_ended`;

const ENDING = 'CREATE INDEX coupons_ending ON coupons (issue_ends_at) WHERE NOT has_ended';

export class ListedCoupons1768089600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IS_SOLD_OUT);
    await runner.query(HAS_ENDED);
    await runner.query(LISTED);
    await runner.query(ENDING);
    await runner.query('DROP INDEX coupons_oldest');
    await runner.query(ENDED_SO_FAR);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX coupons_oldest ON coupons (created_at, coupon_id)');
    await runner.query('DROP INDEX coupons_listed, coupons_ending');
    await runner.query('ALTER TABLE coupons DROP COLUMN has_ended, DROP COLUMN is_sold_out');
  }
}

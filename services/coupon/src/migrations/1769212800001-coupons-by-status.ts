import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** For the list of all coupons. */
export class CouponsByStatus1769212800001 implements MigrationInterface {
  readonly name = 'CouponsByStatus1769212800001';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, 'coupons_by_status', 'coupons (status, coupon_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'coupons_by_status');
  }
}

import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** For the list of all coupons, and for taking those out of the other one that nobody can use any more. */
const INDEXES: Readonly<Record<string, string>> = {
  coupons_by_status: 'coupons (status, coupon_id)',
  coupons_unusable: 'coupons (usable_until) WHERE NOT has_ended',
};

export class CouponsByStatus1769212800001 implements MigrationInterface {
  readonly name = 'CouponsByStatus1769212800001';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, on] of Object.entries(INDEXES)) await buildLiveIndex(runner, name, on);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(INDEXES)) await dropLiveIndex(runner, name);
  }
}

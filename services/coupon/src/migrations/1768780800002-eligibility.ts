import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** What a coupon demands of accounts: of those that are there, nothing. */
export class Eligibility1768780800002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(`
      ALTER TABLE coupons
        ADD COLUMN account_age_minutes integer,
        ADD COLUMN needs_charged_wallet boolean NOT NULL DEFAULT false`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE coupons DROP COLUMN account_age_minutes, DROP COLUMN needs_charged_wallet',
    );
  }
}

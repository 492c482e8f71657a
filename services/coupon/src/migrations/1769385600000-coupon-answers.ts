import { IMPATIENT, VACUUMED, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Counts of answers, written under the lock of the coupon. Replicas of the release before do not count theirs. */
export class CouponAnswers1769385600000 implements MigrationInterface {
  readonly name = 'CouponAnswers1769385600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(`
      CREATE TABLE coupon_answers (
        coupon_id uuid PRIMARY KEY REFERENCES coupons,
        issued bigint NOT NULL,
        sold_out bigint NOT NULL,
        already_issued bigint NOT NULL,
        not_issuable bigint NOT NULL,
        not_eligible bigint NOT NULL
      ) WITH (${VACUUMED})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE coupon_answers');
  }
}

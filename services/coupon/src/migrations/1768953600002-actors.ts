import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Who made or changed a coupon last, and who had one issued. */
export class Actors1768953600002 implements MigrationInterface {
  readonly name = 'Actors1768953600002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE user_coupons ADD COLUMN actor_id uuid');
    await runner.query('ALTER TABLE coupons ADD COLUMN actor_id uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE user_coupons DROP COLUMN actor_id');
    await runner.query('ALTER TABLE coupons DROP COLUMN actor_id');
  }
}

import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

const COUPONS = `
  ALTER TABLE coupons ADD COLUMN usable_until timestamptz, ADD COLUMN version bigint NOT NULL DEFAULT 1`;

/** In the database, so that no writer can forget it: an older release beside this one, or a person. */
const NEXT_VERSION = `
  CREATE FUNCTION next_coupon_version() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.version := greatest(NEW.version, OLD.version + 1);
    RETURN NEW;
  END $$`;

/** Not for what is issued, nor for what has ended by itself. */
const ON_CHANGE = `
  CREATE TRIGGER coupons_version BEFORE UPDATE OF name, status, total_quantity, issue_starts_at, issue_ends_at,
    valid_days, usable_until ON coupons
  FOR EACH ROW EXECUTE FUNCTION next_coupon_version()`;

const USER_COUPONS = `
  ALTER TABLE user_coupons ADD COLUMN taken_back_at timestamptz, ADD COLUMN taken_back_by uuid`;

/** Coupons that are changed, and user coupons that are taken back: both keep what was issued. */
export class ChangedTerms1769212800000 implements MigrationInterface {
  readonly name = 'ChangedTerms1769212800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    for (const statement of [COUPONS, NEXT_VERSION, ON_CHANGE, USER_COUPONS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER coupons_version ON coupons');
    await runner.query('DROP FUNCTION next_coupon_version');
    await runner.query('ALTER TABLE coupons DROP COLUMN usable_until, DROP COLUMN version');
    await runner.query('ALTER TABLE user_coupons DROP COLUMN taken_back_at, DROP COLUMN taken_back_by');
  }
}

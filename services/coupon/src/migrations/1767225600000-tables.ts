import { OUTCOMES_TABLE, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** `issued_quantity` is in no index, so that counting up a hot coupon stays a heap-only update. */
const COUPONS = `
  CREATE TABLE coupons (
    coupon_id uuid PRIMARY KEY,
    name text NOT NULL,
    discount_type text NOT NULL CHECK (discount_type IN ('FIXED', 'PERCENT')),
    discount_value bigint NOT NULL CHECK (discount_value >= 1),
    max_discount bigint CHECK (max_discount >= 1),
    min_order_amount bigint CHECK (min_order_amount >= 0),
    total_quantity integer NOT NULL CHECK (total_quantity >= 1),
    issue_starts_at timestamptz,
    issue_ends_at timestamptz,
    valid_days integer CHECK (valid_days >= 1),
    issued_quantity integer NOT NULL,
    status text NOT NULL CHECK (status IN ('ISSUABLE', 'SUSPENDED')),
    created_at timestamptz NOT NULL,
    CHECK (issued_quantity BETWEEN 0 AND total_quantity),
    CHECK (discount_type <> 'PERCENT' OR discount_value <= 100),
    CHECK (issue_starts_at < issue_ends_at)
  )`;

const OLDEST_COUPONS = 'CREATE INDEX coupons_oldest ON coupons (created_at, coupon_id)';

/** `order_id` is the order that uses it now. */
const USER_COUPONS = `
  CREATE TABLE user_coupons (
    user_coupon_id uuid PRIMARY KEY,
    coupon_id uuid NOT NULL REFERENCES coupons,
    user_id uuid NOT NULL,
    sequence integer NOT NULL CHECK (sequence >= 1),
    issued_at timestamptz NOT NULL,
    expires_at timestamptz CHECK (expires_at > issued_at),
    order_id uuid,
    used_at timestamptz,
    UNIQUE (coupon_id, user_id),
    UNIQUE (coupon_id, sequence),
    CHECK ((order_id IS NULL) = (used_at IS NULL))
  )`;

const NEWEST_OF_USER = `
  CREATE INDEX user_coupons_newest ON user_coupons (user_id, issued_at DESC, user_coupon_id DESC)`;

/** Every use there ever was: one an order, kept when it is given back. */
const REDEMPTIONS = `
  CREATE TABLE redemptions (
    order_id uuid PRIMARY KEY,
    user_coupon_id uuid NOT NULL REFERENCES user_coupons,
    discount bigint NOT NULL CHECK (discount >= 0),
    redeemed_at timestamptz NOT NULL,
    released_at timestamptz
  )`;

const ONE_USE_AT_A_TIME = `
  CREATE UNIQUE INDEX redemptions_one_at_a_time ON redemptions (user_coupon_id) WHERE released_at IS NULL`;

export class Tables1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OUTCOMES_TABLE);
    await runner.query(COUPONS);
    await runner.query(OLDEST_COUPONS);
    await runner.query(USER_COUPONS);
    await runner.query(NEWEST_OF_USER);
    await runner.query(REDEMPTIONS);
    await runner.query(ONE_USE_AT_A_TIME);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE redemptions, user_coupons, coupons, outcomes');
  }
}

import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/** The sum of a wallet's pending charges. */
const HELD = 'ALTER TABLE wallets ADD COLUMN held bigint NOT NULL DEFAULT 0 CHECK (held >= 0)';

/** The defaults are for charges that were made before there was a provider. */
const PAYMENTS = `
  ALTER TABLE charges
    ADD COLUMN currency text NOT NULL DEFAULT 'krw',
    ADD COLUMN provider text NOT NULL DEFAULT 'sandbox',
    ADD COLUMN payment_method text NOT NULL DEFAULT 'tok_ok',
    ADD COLUMN attempts int NOT NULL DEFAULT 1 CHECK (attempts > 0),
    ADD COLUMN answer json,
    ADD COLUMN waiters json NOT NULL DEFAULT '[]',
    ADD COLUMN ask_again_at timestamptz`;

/** Repeats of those get the answer that was stored with the operation. */
const FIRST_ANSWERS = `
  UPDATE charges SET answer = outcome FROM outcomes
  WHERE (outcome -> 'value' ->> 'chargeId')::uuid = charge_id`;

/** A settled charge has been answered; a pending one is looked at again, whatever happens. */
const RULES = `
  ALTER TABLE charges
    ALTER COLUMN currency DROP DEFAULT,
    ALTER COLUMN provider DROP DEFAULT,
    ALTER COLUMN payment_method DROP DEFAULT,
    ADD CHECK ((status = 'PENDING') = (ask_again_at IS NOT NULL)),
    ADD CHECK (status = 'PENDING' OR answer IS NOT NULL)`;

/** For the sweeper: only what is pending is in it. */
const CHARGES_TO_ASK_ABOUT = `
  CREATE INDEX charges_to_ask_about ON charges (ask_again_at) WHERE ask_again_at IS NOT NULL`;

export class Payments1767312000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(HELD);
    await runner.query(PAYMENTS);
    await runner.query(FIRST_ANSWERS);
    await runner.query(RULES);
    await runner.query(CHARGES_TO_ASK_ABOUT);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE charges DROP COLUMN currency, DROP COLUMN provider, DROP COLUMN payment_method,
        DROP COLUMN attempts, DROP COLUMN answer, DROP COLUMN waiters, DROP COLUMN ask_again_at`);
    await runner.query('ALTER TABLE wallets DROP COLUMN held');
  }
}

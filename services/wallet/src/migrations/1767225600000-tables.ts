import { OUTCOMES_TABLE, type MigrationInterface, type QueryRunner } from '@jangteo/database';

const WALLETS = `
  CREATE TABLE wallets (
    user_id uuid PRIMARY KEY,
    balance bigint NOT NULL CHECK (balance >= 0),
    movements bigint NOT NULL CHECK (movements >= 0)
  )`;

const CHARGES = `
  CREATE TABLE charges (
    charge_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES wallets,
    amount bigint NOT NULL CHECK (amount > 0),
    status text NOT NULL CHECK (status IN ('PENDING', 'SUCCEEDED', 'DECLINED')),
    created_at timestamptz NOT NULL
  )`;

const LEDGER = `
  CREATE TABLE ledger (
    transaction_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES wallets,
    position bigint NOT NULL CHECK (position > 0),
    type text NOT NULL,
    amount bigint NOT NULL,
    balance_before bigint NOT NULL CHECK (balance_before >= 0),
    balance_after bigint NOT NULL CHECK (balance_after >= 0),
    order_id uuid,
    charge_id uuid REFERENCES charges,
    created_at timestamptz NOT NULL,
    UNIQUE (user_id, position),
    CHECK (balance_after = balance_before + amount),
    CHECK (CASE type
      WHEN 'CHARGE' THEN amount > 0 AND charge_id IS NOT NULL AND order_id IS NULL
      WHEN 'PAYMENT' THEN amount < 0 AND order_id IS NOT NULL AND charge_id IS NULL
      WHEN 'REFUND' THEN amount > 0 AND order_id IS NOT NULL AND charge_id IS NULL
      ELSE false END)
  )`;

/** At most one PAYMENT and one REFUND an order, and one CHARGE a charge. */
const ONCE_AN_ORDER = `
  CREATE UNIQUE INDEX ledger_once_an_order ON ledger (order_id, type) WHERE order_id IS NOT NULL`;
const ONCE_A_CHARGE = `
  CREATE UNIQUE INDEX ledger_once_a_charge ON ledger (charge_id) WHERE charge_id IS NOT NULL`;

const REFUSE_CHANGE = `
  CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'the ledger only grows: % is refused', TG_OP;
  END $$`;
const APPEND_ONLY = `
  CREATE TRIGGER ledger_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()`;

export class Tables1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OUTCOMES_TABLE);
    await runner.query(WALLETS);
    await runner.query(CHARGES);
    await runner.query(LEDGER);
    await runner.query(ONCE_AN_ORDER);
    await runner.query(ONCE_A_CHARGE);
    await runner.query(REFUSE_CHANGE);
    await runner.query(APPEND_ONLY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ledger, charges, wallets, outcomes');
    await runner.query('DROP FUNCTION refuse_ledger_change');
  }
}

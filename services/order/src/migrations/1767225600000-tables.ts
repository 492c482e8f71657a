import { OUTCOMES_TABLE, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/**
 * Times are to the millisecond, as cursors and events carry them. A row changes twice soon after it was made:
 * room on its page keeps that out of the indexes.
 */
const ORDERS = `
  CREATE TABLE orders (
    order_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('PENDING', 'SUCCESS', 'FAILED', 'CANCELLED')),
    lines json NOT NULL,
    user_coupon_id uuid,
    expected_total bigint CHECK (expected_total >= 0),
    subtotal bigint CHECK (subtotal >= 0),
    discount bigint CHECK (discount >= 0),
    total bigint CHECK (total >= 0),
    failure_code text,
    failure json,
    created_at timestamptz(3) NOT NULL,
    completed_at timestamptz(3),
    cancelled_at timestamptz(3),
    CHECK (total = subtotal - discount),
    CHECK ((status IN ('SUCCESS', 'CANCELLED')) = (completed_at IS NOT NULL)),
    CHECK (completed_at IS NULL OR total IS NOT NULL),
    CHECK ((status = 'CANCELLED') = (cancelled_at IS NOT NULL)),
    CHECK (status <> 'FAILED' OR failure_code IS NOT NULL)
  ) WITH (fillfactor = 60)`;

/** For the list of a user's orders, newest first. */
const ORDERS_OF_USER = 'CREATE INDEX orders_of_user ON orders (user_id, created_at, order_id)';

const ORDER_ITEMS = `
  CREATE TABLE order_items (
    order_id uuid NOT NULL REFERENCES orders,
    line_no int NOT NULL CHECK (line_no > 0),
    product_id uuid NOT NULL,
    option_id uuid NOT NULL,
    name text NOT NULL,
    price bigint NOT NULL CHECK (price >= 0),
    quantity int NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, line_no)
  )`;

const ORDER_HISTORY = `
  CREATE TABLE order_history (
    order_id uuid NOT NULL REFERENCES orders,
    seq int NOT NULL CHECK (seq > 0),
    status text NOT NULL,
    step text,
    reason text,
    changed_by text NOT NULL,
    changed_at timestamptz(3) NOT NULL,
    PRIMARY KEY (order_id, seq)
  )`;

/** Rows change with every step: room on the page keeps those changes out of the indexes. */
const SAGAS = `
  CREATE TABLE sagas (
    order_id uuid PRIMARY KEY REFERENCES orders,
    state text NOT NULL CHECK (state IN ('RESERVING_STOCK', 'USING_COUPON', 'DEBITING_WALLET',
      'UNDOING', 'CANCELLING', 'SUCCESS', 'FAILED', 'CANCELLED')),
    awaits text[] NOT NULL,
    owed_events text[] NOT NULL,
    waiters json NOT NULL,
    deadline_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    attempts int NOT NULL CHECK (attempts >= 0),
    look_again_at timestamptz,
    history_length int NOT NULL CHECK (history_length > 0),
    CHECK ((cardinality(awaits) = 0) = (state IN ('SUCCESS', 'FAILED', 'CANCELLED'))),
    CHECK ((look_again_at IS NULL) = (cardinality(awaits) = 0 AND cardinality(owed_events) = 0))
  ) WITH (fillfactor = 50)`;

/** For the sweeper: only what is still owed something is in it. */
const SAGAS_TO_LOOK_AT = `
  CREATE INDEX sagas_to_look_at ON sagas (look_again_at) WHERE look_again_at IS NOT NULL`;

export class Tables1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OUTCOMES_TABLE);
    await runner.query(ORDERS);
    await runner.query(ORDERS_OF_USER);
    await runner.query(ORDER_ITEMS);
    await runner.query(ORDER_HISTORY);
    await runner.query(SAGAS);
    await runner.query(SAGAS_TO_LOOK_AT);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sagas, order_history, order_items, orders, outcomes');
  }
}

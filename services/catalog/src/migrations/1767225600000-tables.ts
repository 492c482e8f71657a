import { OUTCOMES_TABLE, type MigrationInterface, type QueryRunner } from '@jangteo/database';

const PRODUCTS = `
  CREATE TABLE products (
    product_id uuid PRIMARY KEY,
    name text NOT NULL,
    price bigint NOT NULL CHECK (price >= 0),
    status text NOT NULL CHECK (status IN ('SELLABLE', 'SUSPENDED')),
    created_at timestamptz NOT NULL
  )`;

/** The list skips what is not on sale without reading it, however much of that there is. */
const SELLABLE = `
  CREATE INDEX products_sellable ON products (product_id) WHERE status = 'SELLABLE'`;

/**
 * A hot option gets a new row version every batch. With room left on the page and no index on stock these
 * stay on the page and need no index entry (HOT), and the next version cleans up after the one before.
 */
const OPTIONS = `
  CREATE TABLE options (
    option_id uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES products,
    name text NOT NULL,
    additional_price bigint NOT NULL CHECK (additional_price >= 0),
    stock bigint NOT NULL CHECK (stock >= 0),
    position int NOT NULL CHECK (position >= 0),
    UNIQUE (product_id, position)
  ) WITH (fillfactor = 50)`;

/** stock = what these rows sum up to, less what reservations hold that were not released. */
const STOCK_MOVEMENTS = `
  CREATE TABLE stock_movements (
    option_id uuid NOT NULL REFERENCES options,
    operation_key text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity <> 0),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (option_id, operation_key)
  )`;

const RESERVATIONS = `
  CREATE TABLE reservations (
    order_id uuid NOT NULL,
    option_id uuid NOT NULL REFERENCES options,
    quantity bigint NOT NULL CHECK (quantity > 0),
    reserved_at timestamptz NOT NULL,
    released_at timestamptz,
    PRIMARY KEY (order_id, option_id)
  )`;

export class Tables1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OUTCOMES_TABLE);
    await runner.query(PRODUCTS);
    await runner.query(SELLABLE);
    await runner.query(OPTIONS);
    await runner.query(STOCK_MOVEMENTS);
    await runner.query(RESERVATIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reservations, stock_movements, options, products, outcomes');
  }
}

import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/** A cart's row is what everything that is done with the cart queues for. */
const CARTS = 'CREATE TABLE carts (user_id uuid PRIMARY KEY)';

const CART_ITEMS = `
  CREATE TABLE cart_items (
    user_id uuid NOT NULL REFERENCES carts,
    option_id uuid NOT NULL,
    product_id uuid NOT NULL,
    quantity int NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
    position int NOT NULL CHECK (position > 0),
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, option_id)
  )`;

/** The orders from carts that have not ended: what they ordered is still in the cart, and spoken for. */
const CART_ORDERS = `
  CREATE TABLE cart_orders (
    order_id uuid PRIMARY KEY REFERENCES orders,
    user_id uuid NOT NULL REFERENCES carts
  )`;

const CART_ORDERS_OF_USER = 'CREATE INDEX cart_orders_of_user ON cart_orders (user_id)';

/** Code of the release before inserts orders without saying so: they are not from the cart. */
const FROM_CART = 'ALTER TABLE orders ADD COLUMN from_cart boolean NOT NULL DEFAULT false';

export class Carts1767312000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CARTS);
    await runner.query(CART_ITEMS);
    await runner.query(CART_ORDERS);
    await runner.query(CART_ORDERS_OF_USER);
    await runner.query(FROM_CART);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders DROP COLUMN from_cart');
    await runner.query('DROP TABLE cart_orders, cart_items, carts');
  }
}

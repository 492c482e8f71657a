import { PRICE } from './world.js';

/** A service's own tables, as its migrations make them, in a schema of one database. */
export function schemaOf(service: string): string {
  return `${service}_service`;
}

/** People with money and products with stock: as many as the shop beside it has. */
export const LIMIT_ROWS = [
  `INSERT INTO wallet_service.wallets (user_id, balance, movements)
   SELECT id, 10000000000, 0 FROM unnest($1::uuid[]) AS id`,
  `INSERT INTO catalog_service.products (product_id, name, price, status, created_at)
   SELECT id, 'Tea cup', ${PRICE}, 'SELLABLE', now() FROM unnest($1::uuid[]) AS id`,
  `INSERT INTO catalog_service.options (option_id, product_id, name, additional_price, stock, position)
   SELECT uuidv7(), id, 'default', 0, 1000000000, 0 FROM unnest($1::uuid[]) AS id`,
] as const;

/**
 * All that a successful order without a coupon leaves in the databases of five services, in one call and one
 * transaction: the least that these tables ask of PostgreSQL for an order, and so the limit of any design.
 * Rows that many orders change come last, so that they are locked as shortly as can be, and in the order of
 * their keys: `first` and `second` are the lesser and the greater product, and their options are alike.
 */
export const PLACE_ORDER = `
  CREATE SEQUENCE order_service.record_numbers CACHE 100;
  CREATE FUNCTION place_order(buyer uuid, first uuid, second uuid) RETURNS uuid LANGUAGE plpgsql AS $$
  DECLARE
    id uuid := uuidv7();
    moment timestamptz := clock_timestamp();
    one record;
    two record;
    total bigint;
    items json;
    after bigint;
    place bigint;
  BEGIN
    SELECT p.name, p.price + o.additional_price AS price, o.option_id INTO one
    FROM catalog_service.products AS p JOIN catalog_service.options AS o USING (product_id) WHERE product_id = first;
    SELECT p.name, p.price + o.additional_price AS price, o.option_id INTO two
    FROM catalog_service.products AS p JOIN catalog_service.options AS o USING (product_id) WHERE product_id = second;
    total := one.price + two.price;
    items := json_build_array(
      json_build_object('productId', first, 'optionId', one.option_id, 'name', one.name, 'price', one.price,
        'quantity', 1),
      json_build_object('productId', second, 'optionId', two.option_id, 'name', two.name, 'price', two.price,
        'quantity', 1));

    INSERT INTO order_service.orders (order_id, user_id, status, lines, subtotal, discount, total, created_at,
      completed_at)
    VALUES (id, buyer, 'SUCCESS', json_build_array(json_build_object('productId', first, 'quantity', 1),
      json_build_object('productId', second, 'quantity', 1)), total, 0, total, moment, moment);
    INSERT INTO order_service.order_items (order_id, line_no, product_id, option_id, name, price, quantity) VALUES
      (id, 1, first, one.option_id, one.name, one.price, 1), (id, 2, second, two.option_id, two.name, two.price, 1);
    INSERT INTO order_service.order_history (order_id, seq, status, step, changed_by, changed_at) VALUES
      (id, 1, 'PENDING', NULL, 'customer', moment), (id, 2, 'PENDING', 'ReserveStock', 'saga', moment),
      (id, 3, 'SUCCESS', 'DebitWallet', 'saga', moment);
    INSERT INTO order_service.sagas (order_id, state, awaits, owed_events, waiters, deadline_at, sent_at,
      attempts, history_length)
    VALUES (id, 'SUCCESS', '{}', '{}', '[]', moment + interval '30 s', moment, 0, 3);
    INSERT INTO order_service.outcomes (key, fingerprint, outcome)
    VALUES (uuidv7()::text, '', json_build_object('ok', true, 'value', json_build_object('orderId', id)));
    INSERT INTO order_service.platform_records (seq, order_id, type)
    VALUES (nextval('order_service.record_numbers'), id, 'order.completed');
    INSERT INTO ranking_service.counted_steps (order_id, step) VALUES (id, 'COMPLETED');
    INSERT INTO catalog_service.outcomes (key, fingerprint, outcome)
    VALUES (id || '/reserve-stock', '', json_build_object('ok', true, 'value',
      json_build_object('items', items, 'subtotal', total)));

    UPDATE wallet_service.wallets SET balance = balance - total, movements = movements + 1
    WHERE user_id = buyer RETURNING balance, movements INTO after, place;
    INSERT INTO wallet_service.ledger (transaction_id, user_id, position, type, amount, balance_before,
      balance_after, order_id, created_at)
    VALUES (uuidv7(), buyer, place, 'PAYMENT', -total, after + total, after, id, moment);
    INSERT INTO wallet_service.outcomes (key, fingerprint, outcome)
    VALUES (id || '/debit', '', json_build_object('ok', true, 'value',
      json_build_object('balanceAfter', after)));

    UPDATE catalog_service.options SET stock = stock - 1 WHERE option_id = one.option_id;
    UPDATE catalog_service.options SET stock = stock - 1 WHERE option_id = two.option_id;
    -- Not before: their foreign key would share the options with other orders, which costs both.
    INSERT INTO catalog_service.reservations (order_id, option_id, quantity, reserved_at) VALUES
      (id, one.option_id, 1, moment), (id, two.option_id, 1, moment);
    INSERT INTO ranking_service.hourly_sales (hour, product_id, sold, cancelled) VALUES
      (date_trunc('hour', moment, 'UTC'), first, 1, 0), (date_trunc('hour', moment, 'UTC'), second, 1, 0)
    ON CONFLICT (hour, product_id) DO UPDATE SET sold = hourly_sales.sold + excluded.sold;
    RETURN id;
  END $$`;

/** Sums that do not add up: each row is a number that should be that of the orders. */
export const LIMIT_BOOKS = `
  SELECT name, number, orders FROM (SELECT count(*) AS orders FROM order_service.orders) AS placed, (VALUES
    ('payments', (SELECT count(*) FROM wallet_service.ledger)),
    ('half of the items', (SELECT count(*) / 2 FROM order_service.order_items)),
    ('half of the stock taken', (SELECT sum(1000000000 - stock) / 2 FROM catalog_service.options)),
    ('half of the reservations', (SELECT count(*) / 2 FROM catalog_service.reservations)),
    ('movements of wallets', (SELECT sum(movements) FROM wallet_service.wallets)),
    ('half of the units sold', (SELECT sum(units) / 2 FROM ranking_service.hourly_sales))
  ) AS counted (name, number) WHERE number IS DISTINCT FROM orders`;

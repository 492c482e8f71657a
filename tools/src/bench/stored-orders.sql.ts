/*
 * Orders of the past, by SQL. Each service's database makes the same ones by itself: all that an order is
 * follows from its number. The statements are what the services' own ones would have left behind.
 */

/** An id of version 7 that follows from a time in milliseconds and a number. */
const idOf = (kind: string): string =>
  `(lpad(to_hex(ms), 12, '0') || '7' || substr(md5('${kind}' || i), 1, 3) || '8' ||
    substr(md5('${kind}' || i), 4, 15))::uuid`;

/** The ids of customers and products of the past follow from their numbers, 0 and on. */
const pastId = (kind: string, number: string): string =>
  `overlay(overlay(md5('past ${kind} ' || (${number})) PLACING '7' FROM 13) PLACING '8' FROM 17)::uuid`;

/** Charged by each customer of the past: more than all of their orders cost. */
const CHARGED = 1_000_000_000;
/** Units of each product of the past that have come in. */
const RECEIVED = 1_000_000_000;

/** Customers, who charged before the first of the orders. Parameters: $1 and $2 the first and the last number. */
const CUSTOMERS = `
  CREATE TEMPORARY TABLE made ON COMMIT DROP AS
  SELECT ${pastId('customer', 'i')} AS user_id, ${idOf('charge')} AS charge_id
  FROM generate_series($1::bigint, $2::bigint) AS i,
    LATERAL (SELECT (date_part('epoch', now() - interval '60 days') * 1000)::bigint + i AS ms) AS moment`;

/** Products. Parameters: $1 and $2 the first and the last number, $3 the price of each. */
const PRODUCTS = `
  CREATE TEMPORARY TABLE made ON COMMIT DROP AS
  SELECT i, $3::bigint AS price, ${pastId('product', 'i')} AS product_id, ${pastId('option', 'i')} AS option_id
  FROM generate_series($1::bigint, $2::bigint) AS i`;

/** By service: what makes the customers of a chunk, and then what stores them. */
export const STORED_CUSTOMERS = {
  gateway: [
    CUSTOMERS,
    `INSERT INTO users (user_id, email, name, role, password_hash)
     SELECT user_id, user_id || '@example.com', 'Kim', 'customer', 'none: never logs in' FROM made`,
  ],
  wallet: [
    CUSTOMERS,
    `INSERT INTO wallets (user_id, balance, movements) SELECT user_id, ${CHARGED}, 1 FROM made`,
    `INSERT INTO charges (charge_id, user_id, amount, status, created_at, currency, provider, payment_method,
       attempts, answer)
     SELECT charge_id, user_id, ${CHARGED}, 'SUCCEEDED', now(), 'krw', 'sandbox', 'tok_ok', 1,
       json_build_object('ok', true, 'value', json_build_object('userId', user_id, 'currentBalance', ${CHARGED},
         'chargeId', charge_id, 'status', 'SUCCEEDED')) FROM made`,
    `INSERT INTO ledger (transaction_id, user_id, position, type, amount, balance_before, balance_after,
       charge_id, created_at)
     SELECT md5('charged' || user_id)::uuid, user_id, 1, 'CHARGE', ${CHARGED}, 0, ${CHARGED}, charge_id, now()
     FROM made`,
  ],
} as const;

/** The same for products. */
export const STORED_PRODUCTS = {
  catalog: [
    PRODUCTS,
    `INSERT INTO products (product_id, name, price, status, created_at)
     SELECT product_id, 'Old cup ' || i, price, 'SELLABLE', now() FROM made`,
    `INSERT INTO options (option_id, product_id, name, additional_price, stock, position)
     SELECT option_id, product_id, 'default', 0, ${RECEIVED}, 0 FROM made`,
    `INSERT INTO stock_movements (option_id, operation_key, quantity, created_at)
     SELECT option_id, 'past', ${RECEIVED}, now() FROM made`,
  ],
} as const;

/**
 * Every second order is by customers of the past, of products of the past; the others by and of those that are
 * given. Parameters: $1 and $2 the first and the last number, $3 when the first of all orders was made and $4 the
 * time from one to the next, both in milliseconds, $5 users, $6 products and $7 their options, $8 the price
 * of each, $9 and $10 how many customers and products of the past there are.
 */
const MADE = `
  CREATE TEMPORARY TABLE made ON COMMIT DROP AS
  SELECT i, ${idOf('order')} AS order_id, ${idOf('key')}::text AS key, made_at, price, price * 2 AS total,
    CASE WHEN is_past THEN ${pastId('customer', 'i / 2 % $9::bigint')}
      ELSE ($5::uuid[])[1 + i / 2 % cardinality($5::uuid[])] END AS user_id,
    CASE WHEN is_past THEN ${pastId('product', 'first')} ELSE ($6::uuid[])[1 + first] END AS product_1,
    CASE WHEN is_past THEN ${pastId('option', 'first')} ELSE ($7::uuid[])[1 + first] END AS option_1,
    CASE WHEN is_past THEN ${pastId('product', 'second')} ELSE ($6::uuid[])[1 + second] END AS product_2,
    CASE WHEN is_past THEN ${pastId('option', 'second')} ELSE ($7::uuid[])[1 + second] END AS option_2
  FROM (
    SELECT i, ms, is_past, $8::bigint AS price, to_timestamp(ms / 1000.0)::timestamptz(3) AS made_at,
      i / 2 * 37 % goods AS first, (i / 2 * 37 + 1 + i / 2 / goods % (goods - 1)) % goods AS second
    FROM generate_series($1::bigint, $2::bigint) AS i,
      LATERAL (SELECT $3::bigint + i * $4::bigint AS ms, i % 2 = 1 AS is_past) AS moment,
      LATERAL (SELECT CASE WHEN is_past THEN $10::bigint ELSE cardinality($6::uuid[]) END AS goods) AS shelf
  ) AS numbered`;

/** One row a line of each order. */
const LINES = `
  (SELECT order_id, made_at, price, 1 AS line_no, product_1 AS product_id, option_1 AS option_id FROM made
   UNION ALL SELECT order_id, made_at, price, 2, product_2, option_2 FROM made) AS line`;

const ORDER = [
  `INSERT INTO orders (order_id, user_id, status, lines, subtotal, discount, total, created_at, completed_at)
   SELECT order_id, user_id, 'SUCCESS', json_build_array(
       json_build_object('productId', product_1, 'quantity', 1),
       json_build_object('productId', product_2, 'quantity', 1)),
     total, 0, total, made_at, made_at FROM made`,
  `INSERT INTO order_items (order_id, line_no, product_id, option_id, name, price, quantity)
   SELECT order_id, line_no, product_id, option_id, 'Tea cup', price, 1 FROM ${LINES} ORDER BY 1, 2`,
  `INSERT INTO order_history (order_id, seq, status, step, changed_by, changed_at)
   SELECT order_id, seq, status, step, changed_by, made_at FROM made, (VALUES
     (1, 'PENDING', NULL, 'customer'), (2, 'PENDING', 'ReserveStock', 'saga'), (3, 'SUCCESS', 'DebitWallet', 'saga')
   ) AS steps (seq, status, step, changed_by) ORDER BY order_id, seq`,
  `INSERT INTO sagas (order_id, state, awaits, owed_events, waiters, deadline_at, sent_at, attempts,
     history_length)
   SELECT order_id, 'SUCCESS', '{}', '{}', json_build_array(json_build_object(
       'replyTo', 'amq.rabbitmq.reply-to.' || md5(key) || md5(order_id::text), 'correlationId', key)),
     made_at + interval '30 s', made_at, 0, 3 FROM made`,
  // Of older requests the service would have deleted them, and would do so now while it is measured.
  `INSERT INTO outcomes (key, fingerprint, outcome, created_at)
   SELECT key, '', json_build_object('ok', true, 'value', json_build_object('orderId', order_id)), made_at
   FROM made WHERE made_at > now() - interval '15 minutes'`,
  `WITH counted AS (
     UPDATE platform_relay SET numbered_seq = numbered_seq + (SELECT count(*) FROM made),
       sent_seq = sent_seq + (SELECT count(*) FROM made)
     RETURNING numbered_seq - (SELECT count(*) FROM made) AS before
   )
   INSERT INTO platform_records (seq, order_id, type)
   SELECT before + row_number() OVER (ORDER BY i), order_id, 'order.completed' FROM made, counted`,
];

const CATALOG = [
  `INSERT INTO reservations (order_id, option_id, quantity, reserved_at)
   SELECT order_id, option_id, 1, made_at FROM ${LINES} ORDER BY 1, 2`,
  `UPDATE options SET stock = stock - units
   FROM (SELECT option_id, count(*) AS units FROM ${LINES} GROUP BY option_id) AS taken
   WHERE options.option_id = taken.option_id`,
  `INSERT INTO outcomes (key, fingerprint, outcome, created_at)
   SELECT order_id || '/reserve-stock', '', json_build_object('ok', true, 'value', json_build_object(
     'items', json_agg(json_build_object('productId', product_id, 'optionId', option_id, 'name', 'Tea cup',
       'price', price, 'quantity', 1) ORDER BY line_no), 'subtotal', sum(price))), made_at
   FROM ${LINES} GROUP BY order_id, made_at ORDER BY 1`,
];

const WALLET = [
  `CREATE TEMPORARY TABLE paid ON COMMIT DROP AS
   SELECT order_id, user_id, made_at, i, total, movements + place AS position, balance - place * total AS after
   FROM (SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY i) AS place FROM made) AS placed
   JOIN wallets USING (user_id)`,
  `INSERT INTO ledger (transaction_id, user_id, position, type, amount, balance_before, balance_after, order_id,
     created_at)
   SELECT md5('paid' || order_id)::uuid, user_id, position, 'PAYMENT', -total, after + total, after, order_id,
     made_at FROM paid ORDER BY i`,
  `UPDATE wallets SET balance = least, movements = last
   FROM (SELECT user_id, min(after) AS least, max(position) AS last FROM paid GROUP BY user_id) AS spent
   WHERE wallets.user_id = spent.user_id`,
  `INSERT INTO outcomes (key, fingerprint, outcome, created_at)
   SELECT order_id || '/debit', '',
     json_build_object('ok', true, 'value', json_build_object('balanceAfter', after)), made_at
   FROM paid ORDER BY i`,
];

const RANKING = [
  `INSERT INTO counted_steps (order_id, step) SELECT order_id, 'COMPLETED' FROM made`,
  `INSERT INTO hourly_sales (hour, product_id, sold, cancelled)
   SELECT date_trunc('hour', made_at, 'UTC'), product_id, count(*), 0 FROM ${LINES} GROUP BY 1, 2
   ON CONFLICT (hour, product_id) DO UPDATE SET sold = hourly_sales.sold + excluded.sold`,
];

/** By service: what makes the orders of a chunk, and then what stores them. */
export const STORED_ORDERS = {
  order: [MADE, ...ORDER],
  catalog: [MADE, ...CATALOG],
  wallet: [MADE, ...WALLET],
  ranking: [MADE, ...RANKING],
} as const;

/** Sums are made anew: these rows were not added to them, since their triggers were off. */
const SUMS_ANEW = 'SELECT begin_books_anew()';
const TOTALS_ANEW = `
  INSERT INTO hourly_totals (hour, units) SELECT hour, sum(units)::bigint FROM hourly_sales GROUP BY hour
  ON CONFLICT (hour) DO UPDATE SET units = excluded.units`;
export const AFTER_STORED = {
  order: [SUMS_ANEW],
  catalog: [SUMS_ANEW],
  wallet: [SUMS_ANEW],
  ranking: [SUMS_ANEW, TOTALS_ANEW, 'TRUNCATE untallied_sales, tallies, tally_sums, tally_leaders'],
} as const;

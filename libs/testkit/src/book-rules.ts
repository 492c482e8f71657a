import type { AnyService } from '@jangteo/contracts';

/** A rule of one service's own books: the statement finds what breaks it. */
export interface Rule {
  readonly service: AnyService;
  readonly broken: string;
  readonly statement: string;
}

export const RULES: readonly Rule[] = [
  {
    service: 'wallet',
    broken: 'wallets whose balance is not the sum of their ledger',
    statement: `
      SELECT user_id, balance, sum(amount) AS ledger FROM wallets LEFT JOIN ledger USING (user_id)
      GROUP BY user_id, balance HAVING balance <> coalesce(sum(amount), 0)`,
  },
  {
    service: 'wallet',
    broken: 'ledger rows that do not begin where the one before ended',
    statement: `
      SELECT * FROM (
        SELECT user_id, position, balance_before,
          lag(balance_after, 1, 0::bigint) OVER (PARTITION BY user_id ORDER BY position) AS ended_before
        FROM ledger) AS chain
      WHERE balance_before <> ended_before`,
  },
  {
    service: 'wallet',
    broken: 'orders with more than one payment or refund, or a refund of something else than the payment',
    statement: `
      SELECT order_id, array_agg(amount) AS amounts FROM ledger WHERE order_id IS NOT NULL GROUP BY order_id
      HAVING count(*) FILTER (WHERE type = 'PAYMENT') <> 1 OR count(*) FILTER (WHERE type = 'REFUND') > 1
        OR (count(*) = 2 AND sum(amount) <> 0)`,
  },
  {
    service: 'wallet',
    broken: 'charges that succeeded without their one ledger row, or the other way round',
    statement: `
      SELECT charge_id, status, charges.amount, ledger.amount AS credited
      FROM charges FULL JOIN (SELECT * FROM ledger WHERE type = 'CHARGE') AS ledger USING (charge_id)
      WHERE ledger.amount IS DISTINCT FROM CASE WHEN status = 'SUCCEEDED' THEN charges.amount END`,
  },
  {
    service: 'wallet',
    broken: 'wallets that hold something else than room for their pending charges',
    statement: `
      SELECT user_id, held, pending FROM wallets
      LEFT JOIN (SELECT user_id, sum(amount) AS pending FROM charges WHERE status = 'PENDING' GROUP BY user_id)
        AS charged USING (user_id)
      WHERE held <> coalesce(pending, 0)`,
  },
  {
    service: 'catalog',
    broken: 'options whose stock is not what came in less what is held',
    statement: `
      SELECT option_id, stock, came_in, held FROM options
      LEFT JOIN (SELECT option_id, sum(quantity) AS came_in FROM stock_movements GROUP BY option_id) AS moved
        USING (option_id)
      LEFT JOIN (SELECT option_id, sum(quantity) AS held FROM reservations WHERE released_at IS NULL
        GROUP BY option_id) AS reserved USING (option_id)
      WHERE stock <> coalesce(came_in, 0) - coalesce(held, 0) OR stock < 0`,
  },
  {
    service: 'coupon',
    broken: 'coupons whose count is not that of the user coupons, or above the total, or with gaps',
    statement: `
      SELECT coupon_id, total_quantity, issued_quantity, count(user_coupon_id) AS held, max(sequence) AS last
      FROM coupons LEFT JOIN user_coupons USING (coupon_id) GROUP BY coupon_id
      HAVING issued_quantity <> count(user_coupon_id) OR issued_quantity > total_quantity
        OR coalesce(max(sequence), 0) <> count(DISTINCT sequence)`,
  },
  {
    service: 'coupon',
    broken: 'user coupons whose use is not the one redemption that was not released',
    statement: `
      SELECT user_coupon_id, u.order_id, r.order_id AS redeemed_by FROM user_coupons AS u
      FULL JOIN (SELECT * FROM redemptions WHERE released_at IS NULL) AS r USING (user_coupon_id)
      WHERE u.order_id IS DISTINCT FROM r.order_id`,
  },
  {
    service: 'order',
    broken: 'orders whose saga says something else',
    statement: `
      SELECT order_id, status, state FROM orders FULL JOIN sagas USING (order_id)
      WHERE status IS DISTINCT FROM state AND (state IS NOT NULL OR status = 'PENDING')`,
  },
  {
    service: 'order',
    broken: 'orders whose history does not begin with PENDING and end with their status',
    statement: `
      SELECT order_id, orders.status, array_agg(h.status ORDER BY seq) AS statuses
      FROM orders LEFT JOIN order_history AS h USING (order_id) GROUP BY order_id
      HAVING (array_agg(h.status ORDER BY seq))[1] IS DISTINCT FROM 'PENDING'
        OR (array_agg(h.status ORDER BY seq DESC))[1] IS DISTINCT FROM orders.status`,
  },
  {
    service: 'order',
    broken: 'orders that still hold their cart although they have ended',
    statement: `SELECT order_id, status FROM cart_orders JOIN orders USING (order_id) WHERE status <> 'PENDING'`,
  },
  {
    service: 'order',
    broken: 'orders whose items do not add up to their subtotal',
    statement: `
      SELECT order_id, subtotal, sum(price * quantity) AS items FROM orders LEFT JOIN order_items USING (order_id)
      WHERE status IN ('SUCCESS', 'CANCELLED') GROUP BY order_id
      HAVING subtotal IS DISTINCT FROM sum(price * quantity)`,
  },
];

export type ComparisonName = 'payments' | 'holds' | 'coupon uses' | 'sales';

/** `order/what → how much`, as a statement on each of two services whose books must say the same. */
export interface Comparison {
  readonly name: ComparisonName;
  readonly what: string;
  readonly expected: Side;
  readonly found: Side;
}

/** A statement that gives a `key` as text, once each, and a `value`. */
export interface Side {
  readonly service: AnyService;
  readonly statement: string;
}

/** Payments, holds and coupon uses must be exactly those of the successful orders. */
export const COMPARISONS: readonly Comparison[] = [
  {
    name: 'payments',
    what: 'net payment of an order',
    expected: {
      service: 'order',
      statement: `SELECT user_id || '/' || order_id AS key, total AS value FROM orders
        WHERE status = 'SUCCESS' AND total > 0`,
    },
    found: {
      service: 'wallet',
      statement: `SELECT user_id || '/' || order_id AS key, -sum(amount) AS value FROM ledger
        WHERE order_id IS NOT NULL GROUP BY user_id, order_id HAVING sum(amount) <> 0`,
    },
  },
  {
    name: 'holds',
    what: 'stock held for an order',
    expected: {
      service: 'order',
      statement: `SELECT order_id || '/' || option_id AS key, sum(quantity) AS value
        FROM order_items JOIN orders USING (order_id) WHERE status = 'SUCCESS' GROUP BY order_id, option_id`,
    },
    found: {
      service: 'catalog',
      statement: `SELECT order_id || '/' || option_id AS key, quantity AS value FROM reservations
        WHERE released_at IS NULL`,
    },
  },
  {
    name: 'coupon uses',
    what: 'coupon used by an order',
    expected: {
      service: 'order',
      statement: `SELECT order_id::text AS key, user_coupon_id AS value FROM orders
        WHERE status = 'SUCCESS' AND user_coupon_id IS NOT NULL`,
    },
    found: {
      service: 'coupon',
      statement: `SELECT order_id::text AS key, user_coupon_id AS value FROM user_coupons
        WHERE order_id IS NOT NULL`,
    },
  },
];

/** What a recount from the orders gives, against what ranking has gathered from events. */
export const RANKING: Comparison = {
  name: 'sales',
  what: 'units sold of a product, in the ranking',
  expected: {
    service: 'order',
    statement: `SELECT product_id::text AS key, sum(quantity) AS value
      FROM order_items JOIN orders USING (order_id) WHERE status = 'SUCCESS' GROUP BY product_id`,
  },
  found: {
    service: 'ranking',
    statement: `SELECT product_id::text AS key, sum(units) AS value FROM hourly_sales
      GROUP BY product_id HAVING sum(units) <> 0`,
  },
};

import type { AuditedService, ColumnOf, RestRuleOf, RuleOf } from '@jangteo/contracts';

/** A statement that finds what breaks a rule. */
export interface Proof {
  readonly broken: string;
  readonly statement: string;
}

/**
 * By service and rule: what breaks it in the tables themselves, whatever sums the service keeps of them. A rule of
 * PROMISES that has no statement here does not compile.
 */
export const PROOFS: {
  readonly [S in AuditedService]: Readonly<Record<RuleOf<S> | RestRuleOf<S>, readonly Proof[]>>;
} = {
  wallet: {
    balances: [
      {
        broken: 'wallets whose balance is not the sum of their ledger',
        statement: `
          SELECT user_id, balance, sum(amount) AS ledger FROM wallets LEFT JOIN ledger USING (user_id)
          GROUP BY user_id, balance HAVING balance <> coalesce(sum(amount), 0)`,
      },
      {
        broken: 'ledger rows that do not begin where the one before ended',
        statement: `
          SELECT * FROM (
            SELECT user_id, position, balance_before,
              lag(balance_after, 1, 0::bigint) OVER (PARTITION BY user_id ORDER BY position) AS ended_before
            FROM ledger) AS chain
          WHERE balance_before <> ended_before`,
      },
      {
        broken: 'wallets that hold something else than room for their pending charges',
        statement: `
          SELECT user_id, held, pending FROM wallets
          LEFT JOIN (SELECT user_id, sum(amount) AS pending FROM charges WHERE status = 'PENDING' GROUP BY user_id)
            AS charged USING (user_id)
          WHERE held <> coalesce(pending, 0)`,
      },
    ],
    payments: [
      {
        broken: 'orders with more than one payment or refund, or a refund of something else than the payment',
        statement: `
          SELECT order_id, array_agg(amount) AS amounts FROM ledger WHERE order_id IS NOT NULL GROUP BY order_id
          HAVING count(*) FILTER (WHERE type = 'PAYMENT') <> 1 OR count(*) FILTER (WHERE type = 'REFUND') > 1
            OR (count(*) = 2 AND sum(amount) <> 0)`,
      },
    ],
    charges: [
      {
        broken: 'charges that succeeded without their one ledger row, or the other way round',
        statement: `
          SELECT charge_id, status, charges.amount, ledger.amount AS credited
          FROM charges FULL JOIN (SELECT * FROM ledger WHERE type = 'CHARGE') AS ledger USING (charge_id)
          WHERE ledger.amount IS DISTINCT FROM CASE WHEN status = 'SUCCEEDED' THEN charges.amount END`,
      },
    ],
  },
  catalog: {
    stock: [
      {
        broken: 'options whose stock is not what came in less what is held',
        statement: `
          SELECT option_id, stock, came_in, held FROM options
          LEFT JOIN (SELECT option_id, sum(quantity) AS came_in FROM stock_movements GROUP BY option_id) AS moved
            USING (option_id)
          LEFT JOIN (SELECT option_id, sum(quantity) AS held FROM reservations WHERE released_at IS NULL
            GROUP BY option_id) AS reserved USING (option_id)
          WHERE stock <> coalesce(came_in, 0) - coalesce(held, 0) OR stock < 0`,
      },
    ],
  },
  coupon: {
    'issued-coupons': [
      {
        broken: 'coupons whose count is not that of the user coupons, or above the total, or with gaps',
        statement: `
          SELECT coupon_id, total_quantity, issued_quantity, count(user_coupon_id) AS held, max(sequence) AS last
          FROM coupons LEFT JOIN user_coupons USING (coupon_id) GROUP BY coupon_id
          HAVING issued_quantity <> count(user_coupon_id) OR issued_quantity > total_quantity
            OR coalesce(max(sequence), 0) <> count(DISTINCT sequence)`,
      },
    ],
    'used-coupons': [
      {
        broken: 'user coupons whose use is not the one redemption that was not released',
        statement: `
          SELECT user_coupon_id, u.order_id, r.order_id AS redeemed_by FROM user_coupons AS u
          FULL JOIN (SELECT * FROM redemptions WHERE released_at IS NULL) AS r USING (user_coupon_id)
          WHERE u.order_id IS DISTINCT FROM r.order_id`,
      },
    ],
  },
  order: {
    progress: [
      {
        broken: 'orders that have not ended although all is at rest',
        statement: `SELECT order_id, status FROM orders WHERE status = 'PENDING'`,
      },
    ],
    history: [
      {
        broken: 'orders whose history does not begin with PENDING and end with their status',
        statement: `
          SELECT order_id, orders.status, array_agg(h.status ORDER BY seq) AS statuses
          FROM orders LEFT JOIN order_history AS h USING (order_id) GROUP BY order_id
          HAVING (array_agg(h.status ORDER BY seq))[1] IS DISTINCT FROM 'PENDING'
            OR (array_agg(h.status ORDER BY seq DESC))[1] IS DISTINCT FROM orders.status`,
      },
    ],
    carts: [
      {
        broken: 'orders that still hold their cart although they have ended',
        statement: `SELECT order_id, status FROM cart_orders JOIN orders USING (order_id) WHERE status <> 'PENDING'`,
      },
    ],
    totals: [
      {
        broken: 'orders whose items do not add up to their subtotal',
        statement: `
          SELECT order_id, subtotal, sum(price * quantity) AS items FROM orders LEFT JOIN order_items USING (order_id)
          WHERE status IN ('SUCCESS', 'CANCELLED') GROUP BY order_id
          HAVING subtotal IS DISTINCT FROM sum(price * quantity)`,
      },
    ],
  },
  ranking: {
    sales: [
      {
        broken: 'sales of which more were cancelled than sold',
        statement: `SELECT * FROM hourly_sales WHERE cancelled NOT BETWEEN 0 AND sold`,
      },
    ],
    // Of another database, which shops under test have not.
    statistics: [],
  },
};

/** A statement that gives a `key` as text, once each, and a `value`. */
export interface Column {
  readonly statement: string;
  /** The table, where rows of old orders are deleted once sums are kept of them; the key begins with the order's id. */
  readonly pruned?: string;
}

const column = (statement: string, pruned?: string): Column => ({
  statement,
  ...(pruned !== undefined && { pruned }),
});

/**
 * By service and column: what it says of each order, from the tables themselves. The columns of PROMISES' comparisons
 * must say the same of the same keys.
 */
export const COLUMNS: { readonly [S in AuditedService]: Readonly<Record<ColumnOf<S>, Column>> } = {
  order: {
    // A saga that nobody needs any more may be gone.
    orders: column(`SELECT order_id::text AS key, status AS value FROM orders
      WHERE status = 'PENDING' OR EXISTS (SELECT FROM sagas WHERE sagas.order_id = orders.order_id)`),
    sagas: column(`SELECT order_id::text AS key, state AS value FROM sagas`),
    payments: column(`SELECT user_id || '/' || order_id AS key, total AS value FROM orders
      WHERE status = 'SUCCESS' AND total > 0`),
    stock: column(`SELECT order_id || '/' || option_id AS key, sum(quantity) AS value
      FROM order_items JOIN orders USING (order_id) WHERE status = 'SUCCESS' GROUP BY order_id, option_id`),
    prices: column(`SELECT order_id || '/' || option_id AS key, sum(price * quantity) AS value
      FROM order_items JOIN orders USING (order_id) WHERE status = 'SUCCESS' GROUP BY order_id, option_id
      UNION ALL SELECT order_id::text, subtotal FROM orders WHERE status = 'SUCCESS'`),
    discounts: column(`SELECT order_id::text AS key, discount AS value FROM orders
      WHERE status = 'SUCCESS' AND discount > 0`),
    coupons: column(`SELECT order_id::text AS key, user_coupon_id AS value FROM orders
      WHERE status = 'SUCCESS' AND user_coupon_id IS NOT NULL`),
    steps:
      column(`SELECT order_id || '/completed' AS key, 1 AS value FROM orders WHERE completed_at IS NOT NULL
      UNION ALL SELECT order_id || '/cancelled', 1 FROM orders WHERE cancelled_at IS NOT NULL`),
    records: column(
      `SELECT order_id || replace(type, 'order.', '/') AS key, count(*) AS value FROM (
        SELECT order_id, type FROM platform_records UNION ALL SELECT order_id, type FROM platform_entries
      ) AS records GROUP BY order_id, type`,
      'platform_records',
    ),
    // A recount: what was cancelled counts no more.
    hours: column(`SELECT product_id::text AS key, sum(quantity) AS value
      FROM order_items JOIN orders USING (order_id) WHERE status = 'SUCCESS' GROUP BY product_id`),
  },
  wallet: {
    payments: column(`SELECT user_id || '/' || order_id AS key, -sum(amount) AS value FROM ledger
      WHERE order_id IS NOT NULL GROUP BY user_id, order_id HAVING sum(amount) <> 0`),
  },
  catalog: {
    stock: column(`SELECT order_id || '/' || option_id AS key, quantity AS value FROM reservations
      WHERE released_at IS NULL`),
    // What was answered to ReserveStock.
    prices: column(`WITH answers AS (
        SELECT order_id, outcome -> 'value' AS said
        FROM (SELECT DISTINCT order_id FROM reservations WHERE released_at IS NULL) AS held
        JOIN outcomes ON outcomes.key = order_id || '/reserve-stock'
      )
      SELECT order_id || '/' || (line ->> 'optionId') AS key,
        sum((line ->> 'price')::bigint * (line ->> 'quantity')::bigint) AS value
      FROM answers, json_array_elements(said -> 'items') AS line GROUP BY order_id, line ->> 'optionId'
      UNION ALL SELECT order_id::text, (said ->> 'subtotal')::bigint FROM answers`),
  },
  coupon: {
    discounts: column(`SELECT order_id::text AS key, discount AS value FROM redemptions
      WHERE released_at IS NULL AND discount > 0`),
    coupons: column(`SELECT order_id::text AS key, user_coupon_id AS value FROM user_coupons
      WHERE order_id IS NOT NULL`),
  },
  ranking: {
    steps: column(
      `SELECT order_id || '/' || lower(step) AS key, 1 AS value FROM counted_steps`,
      'counted_steps',
    ),
    hours: column(`SELECT product_id::text AS key, sum(units) AS value FROM hourly_sales
      GROUP BY product_id HAVING sum(units) <> 0`),
  },
};

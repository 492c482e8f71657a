import { eventually } from '@jangteo/infra';
import type { AnyService } from './start-service.js';

const SETTLED_DEADLINE_MS = 60_000;
const LOOK_EVERY_MS = 200;

/** Where the books of a shop can be read, however it was started. */
export interface Accounts {
  /** Reads a service's database; int8 and numeric come as numbers. */
  sql<R extends object>(service: AnyService, text: string): Promise<R[]>;
  /** How many messages wait in each queue of the shop, dead letters included. */
  queueCounts(): Promise<Record<string, number>>;
}

/** A rule of one service's own books: the statement finds what breaks it. */
interface Rule {
  readonly service: AnyService;
  readonly broken: string;
  readonly statement: string;
}

const RULES: readonly Rule[] = [
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
      WHERE status IS DISTINCT FROM state`,
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

interface OrderRow {
  readonly orderId: string;
  readonly status: string;
  readonly userId: string;
  readonly total: number | null;
  readonly userCouponId: string | null;
}

/** `order/what → how much`, so that the books of two services can be laid side by side. */
type Column = ReadonlyMap<string, number | string>;

async function columnOf(shop: Accounts, service: AnyService, statement: string): Promise<Column> {
  const rows = await shop.sql<{ key: string; value: number | string }>(service, statement);
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** What one column has and the other has not, or has otherwise. */
function differences(what: string, expected: Column, found: Column): string[] {
  const keys = new Set([...expected.keys(), ...found.keys()]);
  return [...keys]
    .filter((key) => expected.get(key) !== found.get(key))
    .map((key) => `${what}: ${key} is ${found.get(key)}, but should be ${expected.get(key)}`);
}

function columnFrom<T>(rows: readonly T[], entryOf: (row: T) => readonly [string, number | string]): Column {
  return new Map(rows.map(entryOf));
}

/** Payments, holds and coupon uses must be exactly those of the successful orders. */
async function compareWithOrders(shop: Accounts): Promise<string[]> {
  const orders = await shop.sql<OrderRow>(
    'order',
    `SELECT order_id AS "orderId", status, user_id AS "userId", total, user_coupon_id AS "userCouponId" FROM orders`,
  );
  const successes = orders.filter(({ status }) => status === 'SUCCESS');
  const paying = successes.filter(({ total }) => (total ?? 0) > 0);
  const paid = await columnOf(
    shop,
    'wallet',
    `SELECT user_id || '/' || order_id AS key, -sum(amount) AS value FROM ledger WHERE order_id IS NOT NULL
     GROUP BY user_id, order_id HAVING sum(amount) <> 0`,
  );
  const ordered = await columnOf(
    shop,
    'order',
    `SELECT order_id || '/' || option_id AS key, sum(quantity) AS value
     FROM order_items JOIN orders USING (order_id) WHERE status = 'SUCCESS' GROUP BY order_id, option_id`,
  );
  const held = await columnOf(
    shop,
    'catalog',
    `SELECT order_id || '/' || option_id AS key, quantity AS value FROM reservations WHERE released_at IS NULL`,
  );
  const used = await columnOf(
    shop,
    'coupon',
    `SELECT order_id::text AS key, user_coupon_id::text AS value FROM user_coupons WHERE order_id IS NOT NULL`,
  );
  const withCoupon = successes.filter(({ userCouponId }) => userCouponId !== null);
  return [
    ...differences(
      'net payment of an order',
      columnFrom(paying, ({ userId, orderId, total }) => [`${userId}/${orderId}`, total ?? 0]),
      paid,
    ),
    ...differences('stock held for an order', ordered, held),
    ...differences(
      'coupon used by an order',
      columnFrom(withCoupon, ({ orderId, userCouponId }) => [orderId, userCouponId ?? '']),
      used,
    ),
  ];
}

async function brokenRules(shop: Accounts): Promise<string[]> {
  const found = await Promise.all(
    RULES.map(async ({ service, broken, statement }) => {
      const rows = await shop.sql(service, statement);
      return rows.length === 0 ? [] : [`${service}: ${broken}: ${JSON.stringify(rows.slice(0, 5))}`];
    }),
  );
  return found.flat();
}

/** What a recount from the orders gives, against what ranking has gathered from events. */
async function compareRanking(shop: Accounts): Promise<string[]> {
  const sold = await columnOf(
    shop,
    'order',
    `SELECT product_id::text AS key, sum(quantity) AS value FROM order_items JOIN orders USING (order_id)
     WHERE status = 'SUCCESS' GROUP BY product_id`,
  );
  const ranked = await columnOf(
    shop,
    'ranking',
    `SELECT product_id::text AS key, sum(units) AS value FROM hourly_sales
     GROUP BY product_id HAVING sum(units) <> 0`,
  );
  return differences('units sold of a product, in the ranking', sold, ranked);
}

/** What is still on its way; all of it must come to an end by itself. */
async function unsettled(shop: Accounts): Promise<string[]> {
  const sagas = await shop.sql<{ state: string; count: number }>(
    'order',
    `SELECT state, count(*) FROM sagas
     WHERE cardinality(awaits) > 0 OR cardinality(owed_events) > 0 OR state NOT IN ('SUCCESS', 'FAILED', 'CANCELLED')
     GROUP BY state`,
  );
  const charges = await shop.sql<{ count: number }>(
    'wallet',
    `SELECT count(*) FROM charges WHERE status = 'PENDING' HAVING count(*) > 0`,
  );
  const queues = Object.entries(await shop.queueCounts()).filter(([, count]) => count > 0);
  return [
    ...sagas.map(({ state, count }) => `${count} sagas are ${state} or owe events`),
    ...charges.map(({ count }) => `${count} charges are PENDING`),
    ...queues.map(([name, count]) => `${name} holds ${count} messages`),
    ...(await compareRanking(shop)),
  ];
}

/**
 * Waits until every order has ended and every message is handled, then checks that money, stock and coupons
 * are where the orders say: in each service's own books, and between them.
 * @throws Error naming everything that does not add up
 */
export async function assertBooks(shop: Accounts): Promise<void> {
  let open: string[] = [];
  const isSettled = async (): Promise<boolean> => {
    open = await unsettled(shop);
    return open.length === 0;
  };
  await eventually(isSettled, { deadlineMs: SETTLED_DEADLINE_MS, everyMs: LOOK_EVERY_MS }).catch(
    (cause: unknown) => {
      throw new Error(`The shop did not settle:\n${open.slice(0, 20).join('\n')}`, { cause });
    },
  );
  const problems = [...(await brokenRules(shop)), ...(await compareWithOrders(shop))];
  if (problems.length > 0) throw new Error(`The books do not add up:\n${problems.slice(0, 20).join('\n')}`);
}

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertBooks,
  eventually,
  expected,
  SHOP_SERVICES,
  startShop,
  START_DEADLINE_MS,
  withClient,
  type AnyService,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';

/** Kept sums, of which there are so many a user, an option or a part of the orders, and notes of late changes. */
const SUMS = ['book_sums', 'book_segments', 'book_changes', 'book_marks'];

/**
 * Tables of customers and their books; everything else has an end. Some of it goes too, but no earlier than audits have
 * summed it, a quarter of an hour later at least: other tests see that.
 */
const HISTORY: Readonly<Record<AnyService, readonly string[]>> = {
  gateway: ['users', 'sessions', 'refresh_tokens', 'first_answers', 'admin_log', 'audit_reports'],
  wallet: ['wallets', 'charges', 'ledger', ...SUMS],
  catalog: ['products', 'options', 'stock_movements', 'reservations', ...SUMS],
  coupon: ['coupons', 'coupon_answers', 'user_coupons', 'redemptions', ...SUMS],
  order: [
    'orders',
    'order_items',
    'order_history',
    'carts',
    'cart_items',
    'sagas',
    'platform_records',
    ...SUMS,
  ],
  ranking: [
    'counted_steps',
    'hourly_sales',
    'hourly_totals',
    'tallies',
    'tally_sums',
    'tally_leaders',
    'rankings',
    ...SUMS,
  ],
};

/** Of outcomes, those of orders' steps are history, too. */
const COUNTED: Readonly<Record<string, string>> = {
  outcomes: `outcomes WHERE key NOT LIKE '%/%' OR fingerprint <> ''`,
};

const ROUNDS = 2;
const ORDERS = 12;
const platformFile = join(tmpdir(), `growth-${randomUUID()}.ndjson`);

let shop: Shop;
let client: ShopClient;
let customers: Customer[];
let product: { readonly productId: string };

beforeAll(async () => {
  shop = await startShop({
    env: {
      // On a busy machine; what is forgotten must be older than any of these.
      REQUEST_DEADLINE_MS: '15000',
      RETENTION_INTERVAL_MS: '100',
      RETENTION_BATCH_MAX: '5',
      OUTCOMES_UNKEYED_SECONDS: '20',
      OUTCOMES_KEYED_SECONDS: '25',
      DEAD_LETTERS_KEPT_SECONDS: '1',
      DATA_PLATFORM_URL: `file:${platformFile}`,
    },
    services: { gateway: { LOGIN_ATTEMPTS_PER_MINUTE: '1000' } },
  });
  ({ client } = shop);
  customers = await client.registerMany(3, 500_000);
  product = await client.createProduct({ stock: 10_000 });
}, START_DEADLINE_MS);
afterAll(async () => {
  await shop?.stop();
  await rm(platformFile, { force: true });
});

/** The rows of every table that is not history, `service.table` by `service.table`. */
async function passingRows(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const service of SHOP_SERVICES) {
    const tables = await shop.sql<{ name: string }>(
      service,
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    for (const { name } of tables) {
      if (HISTORY[service].includes(name)) continue;
      const [row] = await shop.sql<{ count: number }>(
        service,
        `SELECT count(*) AS count FROM ${COUNTED[name] ?? name}`,
      );
      counts[`${service}.${name}`] = row?.count ?? Number.NaN;
    }
  }
  return counts;
}

const grown = (before: Record<string, number>, now: Record<string, number>): string[] =>
  Object.keys(now).filter((name) => (now[name] ?? 0) > (before[name] ?? 0));

/** One of everything that leaves rows behind, by one customer, some under keys and some not. */
async function shopAround(customer: Customer, index: number): Promise<void> {
  const { token } = customer;
  const headers: Record<string, string> = index % 2 === 0 ? { 'idempotency-key': randomUUID() } : {};
  const items = [{ productId: product.productId, quantity: 1 }];
  expected(200, await client.post('/balance/charge', { amount: 1_000 }, { token, headers }));
  const line = { productId: product.productId, quantity: 1 };
  expected(200, await client.post('/cart/add', line, { token, headers }));
  const { orderId } = expected(201, await client.order(customer, { items }, headers));
  if (index % 3 === 0) {
    expected(200, await client.post(`/orders/${orderId}/cancel`, undefined, { token, headers }));
  }
  // More than the wallet has: an order that fails, and what that leaves behind.
  const failing = { items: [{ productId: product.productId, quantity: 1_000 }] };
  expect((await client.order(customer, failing, headers)).status).toBeGreaterThanOrEqual(400);
  expected(201, await client.order(customer, { fromCart: true }));
}

/** As when a person has dropped one. */
async function dropDeadLetter(service: Exclude<AnyService, 'gateway'>): Promise<void> {
  await withClient(shop.databaseUrlOf(service), async (owner) => {
    await owner.query(
      `INSERT INTO dead_letters (dead_letter_id, queue, type, body, properties, reason, detail, is_sendable, state,
         settled_at, settled_by, settled_reason)
       VALUES (gen_random_uuid(), 'q', 't', '', '{}', 'r', '', false, 'DROPPED', now(), 'a person', 'a test')`,
    );
  });
}

describe('a shop with the clock of its retention sped up', () => {
  it('keeps no more rows after a load than before, but those of history', async () => {
    const before = await eventually(async () => {
      const counts = await passingRows();
      return counts['wallet.outcomes'] === 0 && counts;
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      const { couponId } = await client.createCoupon();
      await Promise.all(
        customers.map(async (customer) => {
          const { userCouponId } = await client.issue(customer, couponId);
          const items = [{ productId: product.productId, quantity: 1 }];
          expected(201, await client.order(customer, { items, userCouponId }));
          for (let index = 0; index < ORDERS; index += 1) await shopAround(customer, index);
        }),
      );
      for (const service of ['wallet', 'order'] as const) await dropDeadLetter(service);
      await eventually(async () => grown(before, await passingRows()).length === 0, {
        deadlineMs: 120_000,
        everyMs: 200,
      });
    }
    const paid = ROUNDS * (2 * ORDERS + 1) * customers.length;
    const [steps] = await shop.sql<{ count: number }>(
      'wallet',
      `SELECT count(*) AS count FROM outcomes WHERE key LIKE '%/debit'`,
    );
    // And those that were refused.
    expect(steps?.count).toBeGreaterThanOrEqual(paid);
    await assertBooks(shop);
  });
});

describe('a key whose outcome was forgotten', () => {
  it('names a new request, also where units came in under it before', async () => {
    const token = await client.admin();
    const restock = async (): Promise<number> => {
      const path = `/products/${product.productId}/stock`;
      const options = { token, headers: { 'idempotency-key': 'every week' } };
      return expected(200, await client.post<{ stock: number }>(path, { quantity: 5 }, options)).stock;
    };
    const first = await restock();
    expect(await restock()).toBe(first);
    await eventually(async () => (await passingRows())['catalog.outcomes'] === 0);
    expect(await restock()).toBe(first + 5);
    await assertBooks(shop);
  });
});

describe('PostgreSQL', () => {
  /** A table of one row is one page, which needs no plan. */
  const UNSET = `
    SELECT relname AS name FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'migrations'
      AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname IN ('is_only_row', 'only_row'))
      AND coalesce((SELECT max(option_value::float8) FROM pg_options_to_table(reloptions)
        WHERE option_name = 'autovacuum_vacuum_scale_factor'), 1) > 0.02`;

  it.each(SHOP_SERVICES)('is told when to look after every table of the %s', async (service) => {
    const [all] = await shop.sql<{ count: number }>(
      service,
      `SELECT count(*) AS count FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    expect(all?.count).toBeGreaterThan(3);
    expect(await shop.sql(service, UNSET)).toEqual([]);
  });
});

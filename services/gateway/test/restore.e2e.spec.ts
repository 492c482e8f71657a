import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueName, redriveOrders, type ServiceName, type ValueOf } from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import {
  assertBooks,
  connectToBroker,
  eventually,
  expected,
  numbersMoved,
  removeNamespace,
  startShop,
  START_DEADLINE_MS,
  testServers,
  withClient,
  type Customer,
  type OrderBody,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem } from './expectations.js';

const program = promisify(execFile);
const OPS = join(projectRoot(), 'tools', 'dist', 'src', 'ops.js');

/** Those that only repeat what orders did to them, and the check that is red as long as they have forgotten it. */
const PARTICIPANTS = [
  ['wallet', 'payments-of-orders'],
  ['catalog', 'stock-of-orders'],
  ['coupon', 'coupons-of-orders'],
  ['ranking', 'orders-in-ranking'],
] as const;

/** What was answered to orders stands in the database that went back, too. */
const RED_WITH_IT: Readonly<Record<string, readonly string[]>> = {
  'stock-of-orders': ['stock-of-orders', 'prices-of-orders'],
  'coupons-of-orders': ['discounts-of-orders', 'coupons-of-orders'],
};

/** Tables that change by themselves, in their own time. */
const RESTLESS = ['calculation', 'rankings', 'tallies', 'tally_sums', 'tally_leaders', 'untallied_sales'];

interface Check {
  readonly name: string;
  readonly isSound: boolean;
  readonly examples: readonly { readonly key: string }[];
}

let shop: Shop;
let client: ShopClient;
let customer: Customer;

beforeAll(async () => {
  const gateway = {
    AUDIT_INTERVAL_SECONDS: '0',
    AUDIT_GRACE_MS: '0',
    AUDIT_PAUSE_MS: '300',
    LOGIN_ATTEMPTS_PER_MINUTE: '1000',
  };
  shop = await startShop({ services: { gateway, wallet: { SWEEP_INTERVAL_MS: '200' } } });
  ({ client } = shop);
}, START_DEADLINE_MS);
afterAll(() => shop?.stop());

async function redChecks(): Promise<Check[]> {
  const { checks } = expected(
    200,
    await client.get<{ checks: Check[] }>('/admin/audit', { token: await client.admin() }),
  );
  return checks.filter(({ isSound }) => !isSound);
}

const untilSound = (): Promise<unknown> => eventually(async () => (await redChecks()).length === 0);

const place = async (who: Customer, body: OrderBody): Promise<string> =>
  expected(201, await client.order(who, body)).orderId;

async function cancel({ token }: Customer, orderId: string): Promise<void> {
  expected(200, await client.post(`/orders/${orderId}/cancel`, undefined, { token }));
}

/** Runs statements as the server's administrator, on a service's database while nobody is connected to it. */
async function onServer(service: ServiceName, statementsFor: (name: string, copy: string) => string[]) {
  const name = new URL(shop.databaseUrlOf(service)).pathname.slice(1);
  await withClient(testServers().postgresUrl, async (server) => {
    const ended = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1';
    await server.query(ended, [name]);
    for (const statement of statementsFor(name, `${name}_backup`)) await server.query(statement);
  });
}

async function backUp(services: readonly ServiceName[]): Promise<void> {
  await Promise.all(
    services.map(async (service) => {
      await shop.terminate(service);
      await onServer(service, (name, copy) => [
        `DROP DATABASE IF EXISTS ${copy}`,
        `CREATE DATABASE ${copy} TEMPLATE ${name} OWNER ${name}`,
      ]);
      await shop.start(service);
    }),
  );
}

/** Puts the last backup in the place of a service's database. */
async function putBack(service: ServiceName): Promise<void> {
  await onServer(service, (name, copy) => [
    `DROP DATABASE ${name} WITH (FORCE)`,
    `ALTER DATABASE ${copy} RENAME TO ${name}`,
  ]);
}

/** Takes away what an earlier redrive has sent again and was not heard yet: it would mend what is to be found out. */
async function takeEventsAway(): Promise<void> {
  const connection = await connectToBroker();
  try {
    const channel = await connection.createChannel();
    await channel.purgeQueue(queueName(shop.namespace, 'ranking', 'events'));
  } finally {
    await connection.close();
  }
}

/** The service goes on from its last backup. */
async function restore(service: ServiceName): Promise<void> {
  await shop.terminate(service);
  if (service === 'ranking') await takeEventsAway();
  await putBack(service);
  await shop.start(service);
}

/** `npm run ops -- redrive`, which ends with 1 where something was refused. */
async function redrive(since: string): Promise<Omit<ValueOf<typeof redriveOrders>, 'next'>> {
  const { email, password } = client.adminCredentials;
  const env = { PATH: process.env.PATH, ADMIN_EMAIL: email, ADMIN_PASSWORD: password };
  const args = [OPS, 'redrive', '--since', since, '--json', '--url', shop.url];
  const { code, stdout } = await program(process.execPath, args, { env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  const redriven = JSON.parse(stdout) as Omit<ValueOf<typeof redriveOrders>, 'next'>;
  expect(code).toBe(redriven.refused > 0 ? 1 : 0);
  return redriven;
}

/** Every row that a service has. */
async function everythingOf(service: ServiceName): Promise<Record<string, string[]>> {
  const tables = await shop.sql<{ name: string }>(
    service,
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  const kept = tables.map(({ name }) => name).filter((name) => !RESTLESS.includes(name));
  const rowsOf = async (name: string): Promise<[string, string[]]> => {
    const rows = await shop.sql<{ row: string }>(
      service,
      `SELECT t::text AS row FROM ${name} AS t ORDER BY 1`,
    );
    return [name, rows.map(({ row }) => row)];
  };
  return Object.fromEntries(await Promise.all(kept.map(rowsOf)));
}

const everything = () => Promise.all(PARTICIPANTS.map(([service]) => everythingOf(service)));

describe('a database that was restored to an older moment than the orders', () => {
  let since: string;

  beforeAll(async () => {
    customer = await client.register(30_000);
    const { productId } = await client.createProduct({ price: 2_000, stock: 10 });
    const token = await client.admin();
    const { userCouponId } = await client.issue(customer, (await client.createCoupon()).couponId);
    const items = (quantity: number) => ({ items: [{ productId, quantity }] });
    await cancel(customer, await place(customer, items(1)));
    await client.order(customer, { ...items(1), expectedTotal: 1 });
    await place(customer, items(4));
    const changing = await place(customer, { ...items(6), userCouponId });
    await untilSound();

    since = new Date().toISOString();
    await backUp(PARTICIPANTS.map(([service]) => service));
    // A catalog that went back has the price of before, and what was sold since keeps its own.
    expected(200, await client.patch(`/products/${productId}`, { price: 1_000 }, { token }));

    // What the cancellation gives back, the next order takes: money, stock and coupon.
    await cancel(customer, changing);
    await place(customer, { ...items(5), userCouponId });
    await cancel(customer, await place(customer, items(1)));
    await client.order(customer, { ...items(1), expectedTotal: 1 });
    await untilSound();
  }, START_DEADLINE_MS);

  it.each(PARTICIPANTS)('is found out for %s, and mended by a redrive, once', async (service, check) => {
    const before = await client.balanceOf(customer);
    await restore(service);
    await eventually(async () => (await redChecks()).some(({ name }) => name === check));
    // What the ranking lost is missed in its hours too, once these are compared.
    const red = (await redChecks()).filter(
      ({ name }) => service !== 'ranking' || name !== 'units-in-ranking',
    );
    expect(red.map(({ name }) => name)).toEqual(RED_WITH_IT[check] ?? [check]);
    expect(await redrive(since)).toEqual({ redriven: 4, moving: 0, unanswered: 0, refused: 0, refusals: [] });
    await untilSound();
    await assertBooks(shop);
    expect(await client.balanceOf(customer)).toBe(before);

    const mended = await everything();
    await redrive(since);
    await assertBooks(shop);
    expect(await everything()).toEqual(mended);
    const failures = await shop.failures();
    expect(failures.filter((line) => !line.includes('TransientFailure'))).toEqual([]);
  });

  it('has what a lost charge had paid for refused, until the charge is asked about again', async () => {
    const poor = await client.register();
    const { productId } = await client.createProduct({ price: 1_000 });
    const lostSince = new Date().toISOString();
    await backUp(['wallet']);
    await client.charge(poor, 5_000);
    // What the payment provider knows of it.
    const [charge] = await shop.sql<{ id: string; at: string }>(
      'wallet',
      `SELECT charge_id AS id, created_at::text AS at FROM charges WHERE user_id = '${poor.userId}'`,
    );
    const orderId = await place(poor, { items: [{ productId, quantity: 3 }] });
    const unwanted = await place(poor, { items: [{ productId, quantity: 1 }] });
    await restore('wallet');

    const refusal = { orderId, command: 'DebitWallet', failureCode: 'INSUFFICIENT_BALANCE' };
    expect(await redrive(lostSince)).toMatchObject({ redriven: 2, refused: 2 });
    // What cannot be mended can be cancelled.
    await cancel(poor, unwanted);
    const refused = { redriven: 2, refused: 1, refusals: [expect.objectContaining(refusal)] };
    expect(await redrive(lostSince)).toMatchObject(refused);
    expect(await redChecks()).toMatchObject([{ name: 'payments-of-orders', examples: [{ key: orderId }] }]);

    // As docs/operations.md says.
    await withClient(shop.databaseUrlOf('wallet'), async (wallet) => {
      await wallet.query(`
        BEGIN;
        INSERT INTO wallets (user_id, balance, movements) VALUES ('${poor.userId}', 0, 0) ON CONFLICT DO NOTHING;
        INSERT INTO charges (charge_id, user_id, amount, currency, provider, payment_method, status, created_at,
          ask_again_at)
        VALUES ('${charge!.id}', '${poor.userId}', 5000, 'krw', 'sandbox', 'tok_ok', 'PENDING', '${charge!.at}', now());
        UPDATE wallets SET held = held + 5000 WHERE user_id = '${poor.userId}';
        DELETE FROM outcomes WHERE key = '${orderId}/debit' AND outcome ->> 'ok' = 'false';
        COMMIT`);
    });
    await eventually(async () => (await client.balanceOf(poor)) === 5_000);
    expect(await redrive(lostSince)).toMatchObject({ redriven: 2, refused: 0 });
    await untilSound();
    expect(await client.balanceOf(poor)).toBe(2_000);
  });
});

describe('all databases, restored to about one moment', () => {
  const FIVE = [...PARTICIPANTS.map(([service]) => service), 'order'] as const;

  it('agree again after a redrive, and records for the data platform go on behind those that are known', async () => {
    const who = await client.register(10_000);
    const { productId } = await client.createProduct({ price: 1_000, stock: 10 });
    const one = { items: [{ productId, quantity: 1 }] };
    const { userCouponId } = await client.issue(who, (await client.createCoupon()).couponId);
    const since = new Date().toISOString();
    await backUp(PARTICIPANTS.map(([service]) => service));
    // The orders' moment is a little later, never the other way round.
    const kept = await place(who, { ...one, userCouponId });
    await backUp(['order']);
    const lost = await place(who, one);
    await cancel(who, kept);
    await untilSound();
    const [known] = await shop.sql<{ seq: number }>('order', 'SELECT max(seq) AS seq FROM platform_records');

    await shop.terminateAll();
    await removeNamespace(shop.namespace);
    await Promise.all(FIVE.map(putBack));
    const moved = await numbersMoved(known!.seq, known!.seq);
    await withClient(shop.databaseUrlOf('order'), (database) => database.query(moved));
    await Promise.all(FIVE.map((service) => shop.start(service)));
    await shop.start('gateway');

    // The ranking may have been told already: an event that was not confirmed at the backup is sent again.
    const forgetful = PARTICIPANTS.filter(([service]) => service !== 'ranking').map(([, check]) => check);
    await eventually(async () => {
      const red = (await redChecks()).map(({ name }) => name);
      return forgetful.every((check) => red.includes(check));
    });
    expect(await redrive(since)).toMatchObject({ redriven: 1, moving: 0, refused: 0 });
    await untilSound();
    expect((await client.readOrder(who, kept)).orderStatus).toBe('SUCCESS');
    expectProblem(await client.get(`/orders/${lost}`, { token: who.token }), 'ORDER_NOT_FOUND');

    const next = await place(who, one);
    const numberOf = async (orderId: string) =>
      (
        await shop.sql<{ seq: number }>(
          'order',
          `SELECT seq FROM platform_records WHERE order_id = '${orderId}'`,
        )
      )[0];
    // Behind what had no number yet when the database was backed up, if anything.
    await eventually(async () => ((await numberOf(next))?.seq ?? 0) > known!.seq);
    const read = { token: await client.admin() };
    const { events } = expected(
      200,
      await client.get<{ events: { orderId: string }[] }>(`/events?after=${known!.seq}&limit=100`, read),
    );
    expect(events.map(({ orderId }) => orderId)).toContain(next);
    await untilSound();
    await assertBooks(shop);
  });
});

describe('a redrive', () => {
  it('is for admins', async () => {
    const body = { since: new Date().toISOString() };
    expectProblem(await client.post('/admin/orders/redrive', body, { token: customer.token }), 'FORBIDDEN');
    expectProblem(await client.post('/admin/orders/redrive', body), 'UNAUTHENTICATED');
  });

  it('says in the log of the order service who asked for it', async () => {
    const log = await shop.logs('order');
    const lines = log.split('\n').filter((line) => line.includes('redrove orders'));
    const { userId } = expected(
      200,
      await client.get<{ userId: string }>('/auth/me', { token: await client.admin() }),
    );
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.every((line) => line.includes(userId))).toBe(true);
  });
});

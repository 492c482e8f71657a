import { createSecretKey, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { jwtVerify, SignJWT } from 'jose';
import {
  connectToBroker,
  freePort,
  testDatabase,
  testServers,
  uniqueName,
  withClient,
  type TestDatabase,
} from '@jangteo/testkit';
import type { Books } from '../src/gateway.js';
import type { PlacedOrder } from '../src/order.js';
import { SERVICES, type ServiceName } from '../src/settings.js';
import { startGateway, startService } from '../src/start.js';

const PRICE = 1_000;
const SECRET = randomUUID();
const KEY = createSecretKey(SECRET, 'utf8');

interface Answer<B> {
  readonly status: number;
  readonly body: B & { readonly code?: string };
}

describe('stock-nest', () => {
  const databases = new Map<ServiceName, TestDatabase>();
  const apps: INestApplicationContext[] = [];
  const queuePrefix = uniqueName('stock_nest');
  let url: string;
  let admin: string;

  beforeAll(async () => {
    const settings = { amqpUrl: testServers().amqpUrl, queuePrefix };
    // What it logs is of failures that are meant here.
    const silent: [] = [];
    for (const service of SERVICES) {
      const database = await testDatabase(`peer_${service}`);
      databases.set(service, database);
      apps.unshift(await startService(service, { ...settings, databaseUrl: database.url }, silent));
    }
    const port = await freePort();
    apps.unshift(await startGateway({ ...settings, port, jwtSecret: SECRET }, silent));
    url = `http://127.0.0.1:${port}`;
    admin = await tokenOf(randomUUID(), 'admin');
  });

  afterAll(async () => {
    for (const app of apps) await app.close();
    for (const database of databases.values()) await database.drop();
    const connection = await connectToBroker();
    const channel = await connection.createChannel();
    for (const service of SERVICES) await channel.deleteQueue(`${queuePrefix}.${service}`);
    await connection.close();
  });

  async function tokenOf(userId: string, role = 'customer'): Promise<string> {
    return await new SignJWT({ role }).setProtectedHeader({ alg: 'HS256' }).setSubject(userId).sign(KEY);
  }

  async function call<B>(path: string, token?: string, body?: object): Promise<Answer<B>> {
    const answer = await fetch(`${url}${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
    });
    return { status: answer.status, body: (await answer.json()) as Answer<B>['body'] };
  }

  async function sql(service: ServiceName, statement: string): Promise<void> {
    await withClient(databases.get(service)?.url ?? '', (client) => client.query(statement));
  }

  async function product(stock: number): Promise<string> {
    const draft = { name: 'Tea cup', price: PRICE, stock };
    return (await call<{ productId: string }>('/products', admin, draft)).body.productId;
  }

  async function customer(money: number): Promise<string> {
    const token = await tokenOf(randomUUID());
    if (money > 0) await call('/balance/charge', token, { amount: money });
    return token;
  }

  async function coupon(token: string, discount: number): Promise<string> {
    const { payload } = await jwtVerify(token, KEY);
    const draft = { userId: payload.sub, discount };
    return (await call<{ userCouponId: string }>('/coupons', admin, draft)).body.userCouponId;
  }

  const stockOf = async (productId: string): Promise<number> =>
    (await call<{ stock: number }>(`/products/${productId}`)).body.stock;

  const order = (token: string, productIds: readonly string[], userCouponId?: string) =>
    call<PlacedOrder>('/orders', token, {
      items: productIds.map((productId) => ({ productId, quantity: 1 })),
      userCouponId,
    });

  async function expectExact(): Promise<void> {
    const { body } = await call<Books>('/books', admin);
    expect(body.faults).toEqual([]);
  }

  it('sells what was ordered, less the coupon', async () => {
    const [one, other] = [await product(5), await product(5)];
    const buyer = await customer(2 * PRICE - 300);
    const { status, body } = await order(buyer, [one, other], await coupon(buyer, 300));
    expect(status).toBe(201);
    expect(body).toMatchObject({ orderStatus: 'SUCCESS', subtotal: 2_000, discount: 300, total: 1_700 });
    expect(await stockOf(one)).toBe(4);
    expect((await order(buyer, [one])).body.code).toBe('INSUFFICIENT_BALANCE');
    await expectExact();
  });

  it('refuses what is out of stock, and leaves the rest of the order where it was', async () => {
    const [there, gone] = [await product(5), await product(0)];
    const { status, body } = await order(await customer(5_000), [there, gone]);
    expect([status, body.code]).toEqual([409, 'OUT_OF_STOCK']);
    expect(await stockOf(there)).toBe(5);
    await expectExact();
  });

  it('puts stock and coupon back where the money is short', async () => {
    const cup = await product(5);
    const buyer = await customer(PRICE - 301);
    const own = await coupon(buyer, 300);
    const { status, body } = await order(buyer, [cup], own);
    expect([status, body.code]).toEqual([409, 'INSUFFICIENT_BALANCE']);
    expect(await stockOf(cup)).toBe(5);
    await call('/balance/charge', buyer, { amount: 1 });
    expect((await order(buyer, [cup], own)).status).toBe(201);
    await expectExact();
  });

  it('puts stock back where the coupon was used already, or is of somebody else', async () => {
    const cup = await product(5);
    const [buyer, stranger] = [await customer(5_000), await customer(5_000)];
    const own = await coupon(buyer, 300);
    await order(buyer, [cup], own);
    expect((await order(buyer, [cup], own)).body.code).toBe('COUPON_NOT_USABLE');
    expect((await order(stranger, [cup], own)).body.code).toBe('COUPON_NOT_FOUND');
    expect(await stockOf(cup)).toBe(4);
    await expectExact();
  });

  it('puts everything back where a step fails for a reason of its own', async () => {
    const cup = await product(5);
    const buyer = await customer(5_000);
    const own = await coupon(buyer, 300);
    await sql('wallet', 'ALTER TABLE wallet_transactions RENAME TO away');
    const { status } = await order(buyer, [cup], own);
    await sql('wallet', 'ALTER TABLE away RENAME TO wallet_transactions');
    expect(status).toBe(500);
    expect(await stockOf(cup)).toBe(5);
    expect((await order(buyer, [cup], own)).status).toBe(201);
    await expectExact();
  });

  it('refunds where the order itself cannot be completed', async () => {
    const cup = await product(5);
    const buyer = await customer(PRICE);
    await sql('order', `ALTER TABLE orders ADD CONSTRAINT never CHECK (status <> 'SUCCESS') NOT VALID`);
    const { status } = await order(buyer, [cup]);
    await sql('order', 'ALTER TABLE orders DROP CONSTRAINT never');
    expect(status).toBe(500);
    expect((await order(buyer, [cup])).status).toBe(201);
    await expectExact();
  });

  it('sells the last units once only, to customers who come at the same time', async () => {
    const [one, other] = [await product(10), await product(25)];
    const buyers = await Promise.all(Array.from({ length: 20 }, () => customer(5_000)));
    const answers = await Promise.all(
      buyers.map((buyer, index) => order(buyer, index % 2 === 0 ? [one, other] : [other, one])),
    );
    const counts = answers.map(({ status, body }) => (status === 201 ? 'sold' : body.code));
    expect(counts.filter((count) => count === 'sold')).toHaveLength(10);
    expect(counts.filter((count) => count === 'OUT_OF_STOCK')).toHaveLength(10);
    expect([await stockOf(one), await stockOf(other)]).toEqual([0, 15]);
    await expectExact();
  });

  it('finds in its books what went another way', async () => {
    const cup = await product(5);
    const taken = `WHERE "productId" = '${cup}'`;
    await sql('catalog', `UPDATE products SET stock = stock - 1 ${taken}`);
    await sql('wallet', 'UPDATE wallets SET balance = balance + 1');
    const { faults } = (await call<Books>('/books', admin)).body;
    await sql('wallet', 'UPDATE wallets SET balance = balance - 1');
    await sql('catalog', `UPDATE products SET stock = stock + 1 ${taken}`);
    expect(faults).toEqual([
      expect.stringContaining('money in wallets'),
      `units of ${cup} taken, and of orders: 1, 0`,
    ]);
    await expectExact();
  });

  it('lets nobody in without a token, customers not do what admins do, and nothing through that is no order', async () => {
    const cup = await product(5);
    const buyer = await customer(5_000);
    expect((await order('', [cup])).status).toBe(401);
    expect((await call('/products', buyer, { name: 'Tea', price: 1, stock: 1 })).status).toBe(403);
    expect((await order(buyer, [cup, cup])).status).toBe(400);
    expect((await order(buyer, [randomUUID()])).body.code).toBe('PRODUCT_NOT_FOUND');
    await expectExact();
  });
});

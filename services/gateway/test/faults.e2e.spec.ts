import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertBooks,
  eventually,
  expected,
  SHOP_SERVICES,
  startShop,
  START_DEADLINE_MS,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectAnyProblem } from './expectations.js';
import { startLoad } from './load.js';

const FAULT_DEADLINE_MS = 300_000;

describe('faults', () => {
  let shop: Shop;
  let client: ShopClient;
  let customers: Customer[];

  beforeAll(async () => {
    const quick = { ORDER_DEADLINE_MS: '20000', SAGA_RETRY_MS: '1000', SWEEP_INTERVAL_MS: '200' };
    shop = await startShop({ services: { order: quick, ranking: { RANKING_REFRESH_SECONDS: '1' } } });
    ({ client } = shop);
    customers = await client.registerMany(20, 1_000_000);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  it.each(SHOP_SERVICES.filter((service) => service !== 'gateway'))(
    'R22: ends every order although %s is killed in the middle of them',
    async (service) => {
      const load = await startLoad(client, customers);
      await load.goesOn(20);
      await shop.kill(service);
      await shop.start(service);
      await load.goesOn(20);
      await load.expectAllEnd();
      await assertBooks(shop);
    },
    FAULT_DEADLINE_MS,
  );

  it(
    'R22: ends every order although every service is killed at once',
    async () => {
      const load = await startLoad(client, customers);
      await load.goesOn(20);
      await Promise.all(SHOP_SERVICES.map((service) => shop.kill(service)));
      await Promise.all(SHOP_SERVICES.map((service) => shop.start(service)));
      await load.goesOn(20);
      await load.expectAllEnd();
      await assertBooks(shop);
    },
    FAULT_DEADLINE_MS,
  );

  it(
    'R22: answers for orders that were placed before the gateway was killed, under the same keys and tokens',
    async () => {
      const load = await startLoad(client, customers);
      await load.goesOn(20);
      await shop.kill('gateway');
      await shop.start('gateway');
      await load.goesOn(20);
      await load.expectAllEnd();
      await assertBooks(shop);
    },
    FAULT_DEADLINE_MS,
  );

  it(
    'R22: loses no order while one service after the other is restarted in order',
    async () => {
      const load = await startLoad(client, customers);
      await load.goesOn(20);
      for (const service of SHOP_SERVICES) {
        await shop.terminate(service);
        await shop.start(service);
      }
      await load.goesOn(20);
      await load.expectAllEnd();
      await assertBooks(shop);
    },
    FAULT_DEADLINE_MS,
  );

  it(
    'R22: cancels an order once its wallet is back, although that was killed meanwhile',
    async () => {
      const [customer] = customers as [Customer];
      const { productId } = await client.createProduct({ price: 100, stock: 5 });
      const balance = await client.balanceOf(customer);
      const order = await client.order(customer, { items: [{ productId, quantity: 5 }] });
      const { orderId } = expected(201, order);
      await shop.kill('wallet');
      const path = `/orders/${orderId}/cancel`;
      const answer = client.post(path, undefined, { token: customer.token });
      await shop.start('wallet');
      await answer;
      const isCancelled = async (): Promise<boolean> =>
        (await client.readOrder(customer, orderId)).orderStatus === 'CANCELLED';
      await eventually(isCancelled, { deadlineMs: 30_000, everyMs: 100 });
      expect(await client.balanceOf(customer)).toBe(balance);
      expect((await client.readProduct(productId)).stock).toBe(5);
      await assertBooks(shop);
    },
    FAULT_DEADLINE_MS,
  );

  it('R22: refuses with 503, not 500, what a service that is down should do, and works when it is back', async () => {
    const [customer] = customers as [Customer];
    await shop.terminate('wallet');
    const answer = await client.get('/balance', { token: customer.token });
    expect([503, 504]).toContain(expectAnyProblem(answer).status);
    expect((await fetch(`${shop.url}/health/live`)).status).toBe(200);
    // A balancer goes on sending it requests; people are told what is away.
    expect((await client.get('/health/ready')).status).toBe(200);
    const told = await shop.operators.get<{ details: Record<string, unknown> }>('/health/shop');
    expect(told.status).toBe(503);
    expect(told.body.details).toMatchObject({ wallet: { status: 'down' }, catalog: { status: 'up' } });
    await shop.start('wallet');
    expect(await client.balanceOf(customer)).toBeGreaterThan(0);
    await eventually(async () => (await shop.operators.get('/health/shop')).status === 200);
  });

  // The last one: nothing runs after it.
  it('R22: leaves no message in any queue when everything is stopped in order', async () => {
    await shop.terminateAll();
    const counts = Object.values(await shop.queueCounts());
    expect(counts.length).toBeGreaterThan(10);
    expect(counts.filter((count) => count > 0)).toEqual([]);
  });
});

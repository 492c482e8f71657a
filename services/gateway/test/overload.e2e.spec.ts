import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Product } from '@jangteo/contracts';
import {
  assertBooks,
  eventually,
  expected,
  startShop,
  START_DEADLINE_MS,
  pace,
  type Answer,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem, tally } from './expectations.js';

const here = await pace();
const LIMIT = 6;
const PRICE = 100;
const WAIT = { prefer: 'wait=30' };
/** Of all requests beyond the limit together; what waits for an order would take longer than its test. */
const AT_ONCE_MS = here(2_000);
const TEST_DEADLINE_MS = 60_000;

describe('a shop that has as much to do as it can', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;
  let product: Product;

  beforeAll(async () => {
    shop = await startShop({ services: { gateway: { REQUESTS_IN_WORK_MAX: String(LIMIT) } } });
    ({ client } = shop);
    customer = await client.register(1_000_000);
    product = await client.createProduct({ price: PRICE, stock: 1_000 });
  }, START_DEADLINE_MS);
  afterAll(() => shop?.stop());

  // Without the catalog an order is taken, and goes on once it is back.
  beforeEach(() => shop.terminate('catalog'));
  afterEach(async () => {
    await shop.start('catalog').catch(() => undefined);
  });

  async function metric(name: string): Promise<number> {
    const { body } = await shop.operators.get<string>('/metrics');
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
  }

  const untilInWork = (count: number): Promise<true> =>
    eventually(async () => (await metric('gateway_requests_in_work')) === count);

  const order = (): Promise<Answer<unknown>> =>
    client.order(customer, { items: [{ productId: product.productId, quantity: 1 }] }, WAIT);

  it(
    'R31: sends the next away at once, finishes what it accepted, and takes the next as soon as it has',
    async () => {
      const { token } = customer;
      const balance = await client.balanceOf(customer);
      const accepted = Array.from({ length: LIMIT }, order);
      await untilInWork(LIMIT);
      const startedAt = performance.now();
      const answers = await Promise.all([
        ...Array.from({ length: 50 }, order),
        client.get('/balance', { token, headers: { 'x-request-id': 'one-too-many' } }),
        client.get('/openapi.json'),
        client.get('/no/such/path'),
        client.send('POST', '/orders', 'no JSON'),
        client.send('POST', '/auth/login', 'x'.repeat(200_000)),
      ]);
      expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
      expect(tally(answers)).toEqual({ '503 SERVICE_UNAVAILABLE': answers.length });
      for (const answer of answers) {
        expectProblem(answer, 'SERVICE_UNAVAILABLE');
        expect(answer.headers.get('retry-after')).toBe('1');
      }
      expect(answers[50]?.headers.get('x-request-id')).toBe('one-too-many');
      expect(await metric('gateway_requests_refused_total')).toBe(answers.length);
      expect((await client.get('/health/live')).status).toBe(200);
      // It has looked, and found the catalog away.
      expect((await shop.operators.get('/health/shop')).body).toHaveProperty('details.catalog');

      await shop.start('catalog');
      expect(tally(await Promise.all(accepted))).toEqual({ '201': LIMIT });
      expect(await client.balanceOf(customer)).toBe(balance - LIMIT * PRICE);
      await untilInWork(0);
      await assertBooks(shop);
    },
    TEST_DEADLINE_MS,
  );

  it(
    'R31: gives the places of clients who are gone to others, each once',
    async () => {
      const abort = new AbortController();
      const gone = Array.from({ length: LIMIT }, () =>
        fetch(`${shop.url}/orders`, {
          method: 'POST',
          headers: {
            ...WAIT,
            'content-type': 'application/json',
            authorization: `Bearer ${customer.token}`,
          },
          body: JSON.stringify({ items: [{ productId: product.productId, quantity: 1 }] }),
          signal: abort.signal,
        }),
      );
      await untilInWork(LIMIT);
      const read = (): Promise<Answer<unknown>> => client.get('/balance', { token: customer.token });
      expectProblem(await read(), 'SERVICE_UNAVAILABLE');

      abort.abort();
      await expect(Promise.all(gone)).rejects.toThrow('abort');
      await untilInWork(0);
      expected(200, await read());

      // What they ordered is done all the same, and frees nothing twice.
      await shop.start('catalog');
      const orders = expected(
        200,
        await client.get<{ orderId: string }[]>(`/orders?limit=${LIMIT}`, { token: customer.token }),
      );
      for (const { orderId } of orders) {
        expect((await client.untilEnded(customer, orderId)).orderStatus).toBe('SUCCESS');
      }
      expect(await metric('gateway_requests_in_work')).toBe(0);
      await assertBooks(shop);
    },
    TEST_DEADLINE_MS,
  );
});

import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, expected, startShop, type Shop } from '@jangteo/testkit';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

interface Line {
  service?: string;
  requestId?: string;
  traceparent?: string;
}

function linesOf(log: string): Line[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

describe('a request', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await startShop({ env: { LOG_LEVEL: 'debug' } });
  });
  afterAll(() => shop.stop());

  it('is found by its X-Request-Id, and by its trace, in the log of every service that it went through', async () => {
    const { client } = shop;
    const { productId } = await client.createProduct();
    const { couponId } = await client.createCoupon();
    const customer = await client.register(1_000_000);
    const { userCouponId } = await client.issue(customer, couponId);
    const requestId = `walk-${randomUUIDv7()}`;
    const answer = await client.post(
      '/orders',
      { items: [{ productId, quantity: 2 }], userCouponId },
      {
        token: customer.token,
        headers: { 'x-request-id': requestId, traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` },
      },
    );
    expected(201, answer);
    expect(answer.headers.get('x-request-id')).toBe(requestId);
    for (const service of ['gateway', 'order', 'catalog', 'coupon', 'wallet', 'ranking'] as const) {
      await eventually(async () =>
        linesOf(await shop.logs(service)).some((line) => line.requestId === requestId),
      );
      if (service === 'gateway') continue;
      const traced = linesOf(await shop.logs(service)).filter((line) => line.requestId === requestId);
      for (const line of traced) expect(line.traceparent).toContain(TRACE_ID);
    }
  });
});

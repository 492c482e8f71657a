import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  expected,
  startShop,
  START_DEADLINE_MS,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem } from './expectations.js';

interface Line {
  readonly event: string;
  readonly [fact: string]: unknown;
}

describe('R31: what concerns security leaves a line and a number', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;

  beforeAll(async () => {
    const gateway = {
      ACCOUNTS_PER_NETWORK_PER_HOUR: '1',
      LOGIN_FAILURES_PER_MINUTE: '1',
      CHARGES_PER_USER_PER_MINUTE: '1',
      ORDERS_PER_USER_PER_MINUTE: '1',
      COUPON_ISSUES_PER_USER_PER_MINUTE: '1',
    };
    shop = await startShop({ services: { gateway } });
    ({ client } = shop);
    customer = await client.register();
    // From here, before strangers try: first of all from where it is at home.
    await client.admin();
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  async function linesOf(event: string): Promise<Line[]> {
    const lines = (await shop.logs('gateway'))
      .split('\n')
      .filter((line) => line.includes(`"event":"${event}"`));
    return lines.map((line) => JSON.parse(line) as Line);
  }

  async function countOf(event: string): Promise<number> {
    const metrics = await (await fetch(`${shop.urlOf('gateway')}/metrics`)).text();
    const found = new RegExp(
      String.raw`^gateway_security_events_total\{event="${event}"[^}]*\} (\d+)$`,
      'm',
    ).exec(metrics);
    return Number(found?.[1]);
  }

  /** Does it, and finds one line and one more in the count for it. */
  async function expectNoted(event: string, facts: object, happens: () => Promise<void>): Promise<void> {
    const before = await countOf(event);
    await happens();
    expect(await countOf(event)).toBe(before + 1);
    await eventually(async () => expect((await linesOf(event)).at(-1)).toMatchObject(facts));
  }

  it('names each once, with nothing that one could log in with', async () => {
    const { email, password, token } = customer;
    const stranger = `${randomUUID()}@example.com`;
    const masked = `${stranger.charAt(0)}***@example.com`;
    await expectNoted('login-failed', { address: expect.any(String), email: masked }, async () => {
      const answer = await client.post('/auth/login', { email: stranger, password: 'a guess at random' });
      expectProblem(answer, 'INVALID_CREDENTIALS');
    });
    await expectNoted('login-locked', { email: masked }, async () => {
      const answer = await client.post('/auth/login', { email: stranger, password: 'a guess at random' });
      expectProblem(answer, 'RATE_LIMITED');
    });
    type Session = { refreshToken: string };
    const refresh = (refreshToken: string) => client.post<Session>('/auth/refresh', { refreshToken });
    const first = expected(200, await client.post<Session>('/auth/login', { email, password }));
    const second = expected(200, await refresh(first.refreshToken));
    const third = expected(200, await refresh(second.refreshToken));
    await expectNoted('refresh-token-reused', { userId: customer.userId }, async () => {
      expectProblem(await refresh(first.refreshToken), 'UNAUTHENTICATED');
    });
    const facts = { userId: customer.userId, route: 'POST /products', requestId: 'who-asks' };
    await expectNoted('forbidden', facts, async () => {
      const headers = { 'x-request-id': 'who-asks' };
      expectProblem(
        await client.post('/products', { name: 'Cup', price: 1 }, { token, headers }),
        'FORBIDDEN',
      );
    });
    await expectNoted('registration-refused', { address: expect.any(String) }, async () => {
      const person = { email: stranger, password: 'a guess at random', name: 'Lee' };
      expectProblem(await client.post('/auth/register', person), 'RATE_LIMITED');
    });
    const { couponId } = await client.createCoupon();
    await client.issue(customer, couponId);
    await client.charge(customer, 1);
    const items = [{ productId: randomUUIDv7(), quantity: 1 }];
    expectProblem(await client.order(customer, { items }), 'PRODUCT_NOT_FOUND');
    for (const [flow, path, body] of [
      ['coupon issues', `/coupons/${couponId}/issue`, undefined],
      ['charges', '/balance/charge', { amount: 1 }],
      ['orders', '/orders', { items }],
    ] as const) {
      await expectNoted('user-limited', { userId: customer.userId, flow }, async () => {
        const again = await client.post(path, body, { token });
        expectProblem(again, 'RATE_LIMITED');
        expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0);
      });
    }
    const logs = await shop.logs('gateway');
    const secrets = [
      stranger,
      email,
      password,
      'a guess at random',
      token,
      first.refreshToken,
      third.refreshToken,
    ];
    for (const secret of secrets) expect(logs).not.toContain(secret);
  });

  it('is counted where it comes in masses, and fills no disk', async () => {
    const before = await countOf('forbidden');
    for (let n = 0; n < 150; n += 1) {
      expectProblem(await client.get('/admin/audit', { token: customer.token }), 'FORBIDDEN');
    }
    expect(await countOf('forbidden')).toBe(before + 150);
    // A hundred in a minute, and it may have taken two of them.
    expect((await linesOf('forbidden')).length).toBeLessThan(150);
  });
});

import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Charge, WalletTransaction } from '@jangteo/contracts';
import {
  assertBooks,
  eventually,
  expected,
  shareShop,
  STRIPE_TEST_KEY,
  StripeStandIn,
  type Answer,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem, tally } from './expectations.js';

const BALANCE_MAX = 1_000_000;
const PATIENT = { deadlineMs: 30_000, everyMs: 50 };
const LIMITS = {
  BALANCE_MAX: String(BALANCE_MAX),
  CHARGE_MAX: String(BALANCE_MAX),
  SWEEP_INTERVAL_MS: '100',
};

interface Charged {
  userId: string;
  currentBalance: number;
  chargeId: string;
  status: string;
}

type Headers = Readonly<Record<string, string>>;

/** A customer's calls on their balance. */
function callsOf(client: ShopClient) {
  return {
    charge: ({ token }: Customer, body: object, headers: Headers = {}): Promise<Answer<Charged>> =>
      client.post('/balance/charge', body, { token, headers }),
    read: ({ token }: Pick<Customer, 'token'>, chargeId: string): Promise<Answer<Charge>> =>
      client.get(`/balance/charges/${chargeId}`, { token }),
    /** The status of a charge once its payment is settled. */
    async settled(customer: Customer, chargeId: string): Promise<string> {
      return await eventually(async () => {
        const answer = await this.read(customer, chargeId);
        return answer.status === 200 && answer.body.status !== 'PENDING' && answer.body.status;
      }, PATIENT);
    },
    async amountsOf({ token }: Customer): Promise<number[]> {
      const rows = await client.get<WalletTransaction[]>('/balance/history', { token });
      return expected(200, rows).map(({ amount }) => amount);
    },
  };
}

describe('charges in the sandbox', () => {
  let shop: Shop;
  let client: ShopClient;
  let balance: ReturnType<typeof callsOf>;

  beforeAll(async () => {
    shop = await shareShop({ wallet: { ...LIMITS, PAYMENT_RETRY_MS: '500' } });
    ({ client } = shop);
    balance = callsOf(client);
  });
  afterAll(() => shop?.stop());

  it('R7: are paid by a method that pays, and can be read', async () => {
    const customer = await client.register();
    const answer = await balance.charge(customer, { amount: 700, paymentMethod: 'tok_ok' });
    const { chargeId, currentBalance } = expected(200, answer);
    expect(currentBalance).toBe(700);
    expect(answer.headers.get('location')).toBe(`/balance/charges/${chargeId}`);
    expect(expected(200, await balance.read(customer, chargeId))).toEqual({
      chargeId,
      amount: 700,
      status: 'SUCCEEDED',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it.each(['tok_declined', 'tok_gold'])(
    'R7: are declined with %s, and the balance is untouched',
    async (method) => {
      const customer = await client.register(300);
      const headers = { 'idempotency-key': 'declined' };
      const first = await balance.charge(customer, { amount: 700, paymentMethod: method }, headers);
      const problem = expectProblem(first, 'PAYMENT_DECLINED');
      expect(problem.detail).toBe(problem.title);
      const repeat = await balance.charge(customer, { amount: 700, paymentMethod: method }, headers);
      expect([repeat.status, repeat.body]).toEqual([first.status, first.body]);
      expect(await client.balanceOf(customer)).toBe(300);
      expect(await balance.amountsOf(customer)).toEqual([300]);
    },
  );

  it('R7: are not asked for any more by a user of whom too many were declined, who can still order', async () => {
    const [customer, other] = [await client.register(5_000), await client.register()];
    const declined = { amount: 700, paymentMethod: 'tok_declined' };
    const answers = [];
    for (let n = 0; n < 40; n += 1) answers.push(await balance.charge(customer, declined));
    expect(tally(answers)).toEqual({ '402 PAYMENT_DECLINED': 30, '429 RATE_LIMITED': 10 });
    const refused = await balance.charge(customer, { amount: 700 });
    expectProblem(refused, 'RATE_LIMITED');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expected(200, await balance.charge(other, { amount: 700 }));
    const { productId } = await client.createProduct({ price: 1_000, stock: 1 });
    expected(201, await client.order(customer, { items: [{ productId, quantity: 1 }] }));
  });

  it('R7: are pending while the outcome is unknown, and are credited once when it is known', async () => {
    const customer = await client.register();
    const headers = { 'idempotency-key': 'unknown' };
    const body = { amount: 700, paymentMethod: 'tok_unknown' };
    const first = await balance.charge(customer, body, headers);
    const { chargeId } = expected(202, first);
    expect(first.body).toEqual({ chargeId, status: 'PENDING' });
    expect(first.headers.get('location')).toBe(`/balance/charges/${chargeId}`);
    expect(await balance.settled(customer, chargeId)).toBe('SUCCEEDED');
    expect(await client.balanceOf(customer)).toBe(700);
    const repeat = await balance.charge(customer, body, headers);
    expect([repeat.status, repeat.body]).toEqual([202, first.body]);
    expect(await balance.amountsOf(customer)).toEqual([700]);
  });

  it('R7: are settled by themselves when the wallet is killed while they are pending', async () => {
    const customer = await client.register();
    const headers = { 'idempotency-key': 'killed' };
    const body = { amount: 700, paymentMethod: 'tok_unknown' };
    const { chargeId } = expected(202, await balance.charge(customer, body, headers));
    await shop.kill('wallet');
    await shop.start('wallet');
    expect(await balance.settled(customer, chargeId)).toBe('SUCCEEDED');
    expect(expected(202, await balance.charge(customer, body, headers)).chargeId).toBe(chargeId);
    expect(await balance.amountsOf(customer)).toEqual([700]);
  });

  it('R4: that are pending count towards the largest balance', async () => {
    const customer = await client.register();
    const body = { amount: BALANCE_MAX, paymentMethod: 'tok_unknown' };
    const { chargeId } = expected(202, await balance.charge(customer, body));
    expectProblem(await balance.charge(customer, { amount: 1 }), 'BALANCE_LIMIT_EXCEEDED');
    expect(await balance.settled(customer, chargeId)).toBe('SUCCEEDED');
    expect(await client.balanceOf(customer)).toBe(BALANCE_MAX);
  });

  it("read as not found where they are somebody else's or nobody's", async () => {
    const [kim, lee] = await client.registerMany(2);
    const { chargeId } = expected(200, await balance.charge(kim!, { amount: 5 }));
    expectProblem(await balance.read(lee!, chargeId), 'CHARGE_NOT_FOUND');
    expectProblem(await balance.read(kim!, randomUUIDv7()), 'CHARGE_NOT_FOUND');
    expectProblem(await balance.read(kim!, 'mine'), 'VALIDATION_FAILED');
    expect(expected(200, await balance.read({ token: await client.admin() }, chargeId)).amount).toBe(5);
  });

  it.each(['', 'a card', 'tok_\u0000', 'x'.repeat(256), 7, null])(
    'R3: refuse a payment method of %p',
    async (paymentMethod) => {
      const customer = await client.register();
      expectProblem(await balance.charge(customer, { amount: 5, paymentMethod }), 'VALIDATION_FAILED');
      expect(await client.balanceOf(customer)).toBe(0);
    },
  );

  it('leave books that add up', async () => {
    await expect(assertBooks(shop)).resolves.toBeUndefined();
  });
});

describe('charges through Stripe', () => {
  let stripe: StripeStandIn;
  let shop: Shop;
  let client: ShopClient;
  let balance: ReturnType<typeof callsOf>;

  beforeAll(async () => {
    stripe = await StripeStandIn.start();
    const wallet = {
      ...LIMITS,
      PAYMENT_PROVIDER: 'stripe',
      STRIPE_SECRET_KEY: STRIPE_TEST_KEY,
      STRIPE_API_BASE: stripe.url,
      PAYMENT_DEADLINE_MS: '2000',
      PAYMENT_RETRY_MS: '200',
    };
    shop = await shareShop({ wallet });
    ({ client } = shop);
    balance = callsOf(client);
  });
  afterAll(async () => {
    await shop?.stop();
    await stripe?.stop();
  });

  /** The id under which Stripe knows the last charge of a user. */
  function chargeIdOf({ userId }: Customer): string | undefined {
    return stripe.requests.findLast(({ params }) => params['metadata[userId]'] === userId)?.idempotencyKey;
  }

  it('R7: are paid there, and credited', async () => {
    const customer = await client.register();
    const answer = await balance.charge(customer, { amount: 5_000, paymentMethod: 'pm_card_visa' });
    const { chargeId, currentBalance } = expected(200, answer);
    expect(currentBalance).toBe(5_000);
    expect(stripe.takenFor(chargeId)).toEqual([5_000]);
  });

  it('R7: need a payment method, and are declined without what Stripe says of it', async () => {
    const customer = await client.register();
    const problem = expectProblem(await balance.charge(customer, { amount: 5_000 }), 'VALIDATION_FAILED');
    expect(problem.errors).toEqual([{ path: 'paymentMethod', message: 'is needed' }]);
    const body = { amount: 5_000, paymentMethod: 'pm_card_chargeDeclined' };
    const declined = expectProblem(await balance.charge(customer, body), 'PAYMENT_DECLINED');
    expect(JSON.stringify(declined)).not.toContain('Your card');
    expect(await client.balanceOf(customer)).toBe(0);
  });

  it('R4, R7: of which two race for the last room are paid once', async () => {
    const customer = await client.register();
    const body = { amount: BALANCE_MAX / 2 + 1, paymentMethod: 'pm_card_visa' };
    const answers = await Promise.all([balance.charge(customer, body), balance.charge(customer, body)]);
    expect(tally(answers)).toEqual({ 200: 1, '409 BALANCE_LIMIT_EXCEEDED': 1 });
    const asked = stripe.requests.filter(({ params }) => params['metadata[userId]'] === customer.userId);
    expect(asked).toHaveLength(1);
    expect(await client.balanceOf(customer)).toBe(body.amount);
  });

  it.each(['pm_paid_unheard', 'pm_paid_reset', 'pm_error_before', 'pm_error_after'])(
    'R7: are paid once and credited once with %s, whatever is lost on the way',
    async (paymentMethod) => {
      const customer = await client.register();
      const answer = await balance.charge(customer, { amount: 5_000, paymentMethod });
      expect([200, 202]).toContain(answer.status);
      const { chargeId } = answer.body;
      expect(await balance.settled(customer, chargeId)).toBe('SUCCEEDED');
      expect(stripe.takenFor(chargeId)).toEqual([5_000]);
      expect(await balance.amountsOf(customer)).toEqual([5_000]);
    },
  );

  it('R7: are credited once when the wallet is killed between payment and credit', async () => {
    const customer = await client.register();
    const headers = { 'idempotency-key': 'killed' };
    const body = { amount: 5_000, paymentMethod: 'pm_paid_unheard' };
    const lost = balance.charge(customer, body, headers);
    const chargeId = await eventually(() => chargeIdOf(customer) ?? false, PATIENT);
    await shop.kill('wallet');
    await shop.start('wallet');
    // Answered by the wallet's next process, where that is up in time; its waiters are in its database.
    expect([200, 504]).toContain((await lost).status);
    expect(await balance.settled(customer, chargeId)).toBe('SUCCEEDED');
    const repeat = expected(200, await balance.charge(customer, body, headers));
    expect(repeat).toMatchObject({ chargeId, currentBalance: 5_000, status: 'SUCCEEDED' });
    expect(stripe.takenFor(chargeId)).toEqual([5_000]);
    expect(await balance.amountsOf(customer)).toEqual([5_000]);
  });

  it('leave books that add up', async () => {
    await expect(assertBooks(shop)).resolves.toBeUndefined();
  });
});

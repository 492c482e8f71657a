import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WalletTransaction } from '@jangteo/contracts';
import {
  assertBooks,
  expected,
  shareShop,
  START_DEADLINE_MS,
  type Answer,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem, expectRepeat, nextPath } from './expectations.js';

const BALANCE_MAX = 1_000_000;
const CHARGE_MAX = 600_000;

interface Charged {
  userId: string;
  currentBalance: number;
  chargeId: string;
  status: string;
}

describe('balance', () => {
  let shop: Shop;
  let client: ShopClient;

  beforeAll(async () => {
    const limits = { BALANCE_MAX: String(BALANCE_MAX), CHARGE_MAX: String(CHARGE_MAX) };
    shop = await shareShop({ wallet: limits });
    ({ client } = shop);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const charge = (
    { token }: Customer,
    body: object,
    headers: Record<string, string> = {},
  ): Promise<Answer<Charged>> => client.post('/balance/charge', body, { token, headers });

  const historyOf = async ({ token }: Customer, query = ''): Promise<Answer<WalletTransaction[]>> =>
    client.get(`/balance/history${query}`, { token });

  it('R1: charges a balance and tells the new one', async () => {
    const customer = await client.register();
    const { userId, token } = customer;
    const first = expected(200, await charge(customer, { amount: 700 }));
    expect(first).toEqual({ userId, currentBalance: 700, chargeId: expect.any(String), status: 'SUCCEEDED' });
    const second = expected(200, await charge(customer, { userId, amount: 300 }));
    expect(second).toMatchObject({ currentBalance: 1_000 });
    expect(expected(200, await client.get('/balance', { token }))).toEqual({ userId, currentBalance: 1_000 });
  });

  it('R2: reads 0 for a user who never charged, and fails for an unknown user', async () => {
    const customer = await client.register();
    const { userId, token } = customer;
    expect(expected(200, await client.get('/balance', { token }))).toEqual({ userId, currentBalance: 0 });
    expect(expected(200, await historyOf(customer))).toEqual([]);
    const answer = await client.get(`/balance?userId=${randomUUIDv7()}`, { token: await client.admin() });
    expectProblem(answer, 'USER_NOT_FOUND');
  });

  it.each([0, -1, -1_000_000, 0.5, 1e30, 2 ** 53, CHARGE_MAX + 1, '100', null, true, [1], {}, undefined])(
    'R3: refuses an amount of %p and changes nothing',
    async (amount) => {
      const customer = await client.register();
      expectProblem(await charge(customer, { amount }), 'VALIDATION_FAILED');
      expect(await client.balanceOf(customer)).toBe(0);
    },
  );

  it.each(['nobody', '1', '', '00000000-0000-0000-0000', null, 7])(
    'R3: refuses a user id of %p and changes nothing',
    async (userId) => {
      const customer = await client.register();
      expectProblem(await charge(customer, { userId, amount: 1 }), 'VALIDATION_FAILED');
      expect(await client.balanceOf(customer)).toBe(0);
    },
  );

  it('R4: refuses a charge that would pass the largest balance, and takes one that just reaches it', async () => {
    const customer = await client.register(CHARGE_MAX);
    const room = BALANCE_MAX - CHARGE_MAX;
    expectProblem(await charge(customer, { amount: room + 1 }), 'BALANCE_LIMIT_EXCEEDED');
    expect(await client.balanceOf(customer)).toBe(CHARGE_MAX);
    expect(expected(200, await charge(customer, { amount: room })).currentBalance).toBe(BALANCE_MAX);
    expectProblem(await charge(customer, { amount: 1 }), 'BALANCE_LIMIT_EXCEEDED');
    expect(expected(200, await historyOf(customer))).toHaveLength(2);
  });

  it('R5: leaves a row for every change, newest first, with the balance before and after', async () => {
    const customer = await client.register(5_000);
    const product = await client.createProduct({ price: 1_200 });
    const items = [{ productId: product.productId, quantity: 2 }];
    const { orderId } = expected(201, await client.order(customer, { items }));
    expected(200, await client.post(`/orders/${orderId}/cancel`, undefined, { token: customer.token }));
    const rows = expected(200, await historyOf(customer));
    expect(rows).toEqual([
      row({ transactionType: 'REFUND', amount: 2_400, balanceBefore: 2_600, balanceAfter: 5_000, orderId }),
      row({ transactionType: 'PAYMENT', amount: -2_400, balanceBefore: 5_000, balanceAfter: 2_600, orderId }),
      row({ transactionType: 'CHARGE', amount: 5_000, balanceBefore: 0, balanceAfter: 5_000 }),
    ]);
    const times = rows.map(({ createdAt }) => Date.parse(createdAt));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  const row = (fields: Partial<WalletTransaction>): WalletTransaction => ({
    transactionId: expect.any(String) as never,
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as never,
    ...(fields as Omit<WalletTransaction, 'transactionId' | 'createdAt'>),
  });

  it('R5: pages through the history while rows are added, none missing and none twice', async () => {
    const customer = await client.register();
    for (let amount = 1; amount <= 7; amount += 1) await client.charge(customer, amount);
    const seen: number[] = [];
    let path: string | undefined = '/balance/history?limit=3';
    while (path !== undefined) {
      const answer: Answer<WalletTransaction[]> = await client.get(path, { token: customer.token });
      seen.push(...expected(200, answer).map(({ amount }) => amount));
      path = nextPath(answer);
      await client.charge(customer, 100);
    }
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it('R6: keeps parallel charges and payments of one user exact', async () => {
    const customer = await client.register(10_000);
    const product = await client.createProduct({ price: 700, stock: 1_000 });
    const items = [{ productId: product.productId, quantity: 1 }];
    const orders = Array.from({ length: 20 }, () => client.order(customer, { items }));
    const charges = Array.from({ length: 20 }, (_, index) => charge(customer, { amount: 100 + index }));
    const placed = (await Promise.all(orders)).filter(({ status }) => status === 201).length;
    for (const answer of await Promise.all(charges)) expected(200, answer);
    const charged = 20 * 100 + 190;
    expect(placed).toBeGreaterThanOrEqual(14);
    expect(await client.balanceOf(customer)).toBe(10_000 + charged - placed * 700);
    await assertBooks(shop);
  });

  describe('a charge with an Idempotency-Key', () => {
    it('R1: happens once, and its repeat gets the first answer', async () => {
      const customer = await client.register();
      const headers = { 'idempotency-key': 'charge-1' };
      const first = await charge(customer, { amount: 500 }, headers);
      expected(200, await charge(customer, { amount: 40 }));
      const repeat = await charge(customer, { amount: 500 }, headers);
      expect(expected(200, repeat)).toEqual(expected(200, first));
      expect(await client.balanceOf(customer)).toBe(540);
    });

    it('R1: happens once when it is sent many times at once', async () => {
      const customer = await client.register();
      const headers = { 'idempotency-key': 'charge-2' };
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => charge(customer, { amount: 500 }, headers)),
      );
      const first = await charge(customer, { amount: 500 }, headers);
      expect(expected(200, first).currentBalance).toBe(500);
      for (const answer of answers) expectRepeat(answer, first);
      expect(await client.balanceOf(customer)).toBe(500);
    });

    it('R1: is refused when the key was used for another amount', async () => {
      const customer = await client.register();
      const headers = { 'idempotency-key': 'charge-3' };
      expected(200, await charge(customer, { amount: 500 }, headers));
      expectProblem(await charge(customer, { amount: 501 }, headers), 'IDEMPOTENCY_KEY_REUSED');
      expect(await client.balanceOf(customer)).toBe(500);
    });

    it('R1: shares its key with no other user, and takes it quoted or bare', async () => {
      const [one, other] = [await client.register(), await client.register()];
      expected(200, await charge(one, { amount: 10 }, { 'idempotency-key': 'shared' }));
      expected(200, await charge(other, { amount: 20 }, { 'idempotency-key': 'shared' }));
      expected(200, await charge(one, { amount: 10 }, { 'idempotency-key': '"shared"' }));
      expect([await client.balanceOf(one), await client.balanceOf(other)]).toEqual([10, 20]);
    });

    it('R1: repeats a refusal too, although the charge would be accepted by now', async () => {
      const customer = await client.register(CHARGE_MAX);
      const headers = { 'idempotency-key': 'charge-4' };
      expectProblem(await charge(customer, { amount: 500_000 }, headers), 'BALANCE_LIMIT_EXCEEDED');
      const product = await client.createProduct({ price: 500_000 });
      expected(201, await client.order(customer, { items: [{ productId: product.productId, quantity: 1 }] }));
      expectProblem(await charge(customer, { amount: 500_000 }, headers), 'BALANCE_LIMIT_EXCEEDED');
      expect(await client.balanceOf(customer)).toBe(100_000);
    });

    it.each(['', '   ', 'x'.repeat(256)])('R3: is refused when the key is %p', async (key) => {
      const customer = await client.register();
      const answer = await charge(customer, { amount: 1 }, { 'idempotency-key': key });
      expectProblem(answer, 'VALIDATION_FAILED');
      expect(await client.balanceOf(customer)).toBe(0);
    });
  });

  it('R31: makes no service report a failure', async () => {
    expect(await shop.failures()).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UserCoupon } from '@jangteo/contracts';
import {
  assertBooks,
  expected,
  shareShop,
  START_DEADLINE_MS,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { tally } from './expectations.js';

const BUYERS = 200;

describe('races', () => {
  let shop: Shop;
  let client: ShopClient;
  let buyers: Customer[];

  beforeAll(async () => {
    shop = await shareShop();
    ({ client } = shop);
    buyers = await client.registerMany(BUYERS, 10_000);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const issue = ({ token }: Customer, couponId: string) =>
    client.post<UserCoupon>(`/coupons/${couponId}/issue`, undefined, { token });

  it('R25: sells a stock of 50 to exactly 50 of 200 who buy at once', async () => {
    const { productId } = await client.createProduct({ price: 100, stock: 50 });
    const items = [{ productId, quantity: 1 }];
    const answers = await Promise.all(buyers.map((buyer) => client.order(buyer, { items })));
    expect(tally(answers)).toEqual({ '201': 50, '409 OUT_OF_STOCK': 150 });
    expect((await client.readProduct(productId)).stock).toBe(0);
    const balances = await Promise.all(buyers.map((buyer) => client.balanceOf(buyer)));
    expect(balances).toEqual(answers.map(({ status }) => (status === 201 ? 9_900 : 10_000)));
    await assertBooks(shop);
  });

  it('R16: issues 30 coupons to exactly 30 of 200 who ask at once, as sequences 1 to 30', async () => {
    const { couponId } = await client.createCoupon({ totalQuantity: 30 });
    const answers = await Promise.all(buyers.map((buyer) => issue(buyer, couponId)));
    expect(tally(answers)).toEqual({ '201': 30, '409 COUPON_SOLD_OUT': 170 });
    const sequences = answers.filter(({ status }) => status === 201).map(({ body }) => body.sequence);
    expect(sequences.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    await assertBooks(shop);
  });

  it('R25: lets 10 of 40 parallel orders succeed on a wallet with money for 10', async () => {
    const customer = await client.register(10 * 700 + 699);
    const { productId } = await client.createProduct({ price: 700 });
    const items = [{ productId, quantity: 1 }];
    const answers = await Promise.all(Array.from({ length: 40 }, () => client.order(customer, { items })));
    expect(tally(answers)).toEqual({ '201': 10, '409 INSUFFICIENT_BALANCE': 30 });
    expect(await client.balanceOf(customer)).toBe(699);
    expect((await client.readProduct(productId)).stock).toBe(90);
    await assertBooks(shop);
  });

  it('R6: keeps parallel charges and orders of one user exact', async () => {
    const customer = await client.register();
    const { productId } = await client.createProduct({ price: 100, stock: 1_000 });
    const items = [{ productId, quantity: 1 }];
    const calls = Array.from({ length: 100 }, async (_, index) => {
      if (index % 2 === 0) return await client.order<unknown>(customer, { items });
      return await client.post('/balance/charge', { amount: 70 }, { token: customer.token });
    });
    const counts = tally(await Promise.all(calls));
    const { '200': charged = 0, '201': bought = 0, '409 INSUFFICIENT_BALANCE': refused = 0 } = counts;
    expect(charged).toBe(50);
    expect(bought + refused).toBe(50);
    expect(await client.balanceOf(customer)).toBe(50 * 70 - bought * 100);
    await assertBooks(shop);
  });

  it('R25: meets no deadlock when orders take the same products in opposite order', async () => {
    const products = await Promise.all(
      [1, 2, 3, 4].map(() => client.createProduct({ price: 1, stock: 300 })),
    );
    const items = products.map(({ productId }) => ({ productId, quantity: 1 }));
    const answers = await Promise.all(
      buyers.map((buyer, index) =>
        client.order(buyer, { items: index % 2 === 0 ? items : items.toReversed() }),
      ),
    );
    expect(tally(answers)).toEqual({ '201': BUYERS });
    await assertBooks(shop);
  });

  it('R18: is exact when coupons, stock and cancellations race', async () => {
    const { couponId } = await client.createCoupon({ totalQuantity: BUYERS, discountValue: 40 });
    const { productId } = await client.createProduct({ price: 100, stock: 60 });
    const items = [{ productId, quantity: 1 }];
    const buyAndRegret = async (buyer: Customer, index: number): Promise<string> => {
      const { userCouponId } = expected(201, await issue(buyer, couponId));
      const order = await client.order(buyer, { items, userCouponId });
      if (order.status !== 201 || index % 3 !== 0) return tallyKey(order);
      const path = `/orders/${order.body.orderId}/cancel`;
      return tallyKey(await client.post(path, undefined, { token: buyer.token }));
    };
    const outcomes = await Promise.all(buyers.map(buyAndRegret));
    const kept = outcomes.filter((outcome) => outcome === '201').length;
    expect(new Set(outcomes)).toEqual(new Set(['200', '201', '409 OUT_OF_STOCK']));
    expect((await client.readProduct(productId)).stock).toBe(60 - kept);
    await assertBooks(shop);
  });

  const tallyKey = (answer: Parameters<typeof tally>[0][number]): string => Object.keys(tally([answer]))[0]!;

  it('R31: makes no service report a failure', async () => {
    expect(await shop.failures()).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertBooks,
  expected,
  startShop,
  START_DEADLINE_MS,
  type Answer,
  type Customer,
  type OrderBody,
  type Problem,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import type { OrderWithHistory } from '@jangteo/contracts';
import { tally } from './expectations.js';

const ROUNDS = 100;
const LOOPS = 16;
const ROUNDS_DEADLINE_MS = 300_000;

describe('the look before an order', () => {
  let shop: Shop;
  let client: ShopClient;
  let rich: Customer;
  let poor: Customer;

  beforeAll(async () => {
    shop = await startShop({ env: { ORDER_LOOK_MS: '10000' } });
    ({ client } = shop);
    rich = await client.register(50_000_000);
    poor = await client.register();
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  async function couponOf(customer: Customer, minOrderAmount?: number): Promise<string> {
    const { couponId } = await client.createCoupon(minOrderAmount === undefined ? {} : { minOrderAmount });
    return (await client.issue(customer, couponId)).userCouponId;
  }

  /** Orders that cannot succeed, and what they are told; of the rich one where it is not for want of money. */
  const hopeless: readonly [string, () => Promise<{ buyer: Customer; more: OrderBody; told: string }>][] = [
    ['an empty account', () => Promise.resolve({ buyer: poor, more: {}, told: 'INSUFFICIENT_BALANCE' })],
    [
      'an account with a won too little',
      async () => ({ buyer: await client.register(999), more: {}, told: 'INSUFFICIENT_BALANCE' }),
    ],
    [
      'somebody who does not agree to the price',
      () => Promise.resolve({ buyer: rich, more: { expectedTotal: 0 }, told: 'PRICE_CHANGED' }),
    ],
    [
      'a coupon for larger orders',
      async () => {
        const userCouponId = await couponOf(rich, 1_001);
        return { buyer: rich, more: { userCouponId }, told: 'COUPON_NOT_USABLE' };
      },
    ],
    [
      'a coupon that was used',
      async () => {
        const userCouponId = await couponOf(rich);
        const { productId } = await client.createProduct();
        const items = [{ productId, quantity: 1 }];
        expected(201, await client.order(rich, { items, userCouponId }));
        return { buyer: rich, more: { userCouponId }, told: 'COUPON_NOT_USABLE' };
      },
    ],
    [
      "somebody else's coupon",
      async () => {
        const userCouponId = await couponOf(await client.register());
        return { buyer: rich, more: { userCouponId }, told: 'COUPON_NOT_USABLE' };
      },
    ],
    [
      'a coupon that does not take off enough',
      async () => {
        const buyer = await client.register(699);
        return { buyer, more: { userCouponId: await couponOf(buyer) }, told: 'INSUFFICIENT_BALANCE' };
      },
    ],
    [
      'somebody who expects more off',
      async () => {
        const userCouponId = await couponOf(rich);
        return { buyer: rich, more: { userCouponId, expectedTotal: 699 }, told: 'PRICE_CHANGED' };
      },
    ],
  ];

  it.each(hopeless)('R35: keeps no stock for %s', async (_title, of) => {
    const { productId } = await client.createProduct({ stock: 1 });
    const { buyer, more, told } = await of();
    const answer = await client.order(buyer, { items: [{ productId, quantity: 1 }], ...more });
    expect(answer).toMatchObject({ status: 409, body: { code: told, orderId: expect.any(String) } });
    const order = await client.readOrder(buyer, answer.body.orderId);
    expect(order).toMatchObject({ orderStatus: 'FAILED', failureCode: told });
    expect(order.history.map(({ orderStatus }) => orderStatus)).toEqual(['PENDING', 'FAILED']);
    expect(order.history.at(-1)?.reason).toBe(told);
    // Not even for a moment: nothing had to be put back.
    expect(await reservationsOf(answer.body.orderId)).toEqual([]);
  });

  const reservationsOf = async (orderId: string) =>
    await shop.sql('catalog', 'SELECT option_id FROM reservations WHERE order_id = $1', [orderId]);

  async function sellTheLastOne(): Promise<void> {
    const { productId } = await client.createProduct({ stock: 1 });
    const items = [{ productId, quantity: 1 }];
    const admin = { token: await client.admin() };
    const won: unknown[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const empty = Array.from({ length: 6 }, () => client.order(poor, { items }));
      const paying = await client.order(rich, { items });
      expect(tally(await Promise.all(empty))).not.toHaveProperty('201');
      won.push(paying.status === 201 ? 201 : paying.body);
      if (paying.status === 201) {
        expected(200, await client.post(`/products/${productId}/stock`, { quantity: 1 }, admin));
      }
    }
    expect(won).toEqual(Array<number>(ROUNDS).fill(201));
    await assertBooks(shop);
  }

  it('R35: lets one who can pay have the last one, whoever wants it too', sellTheLastOne, ROUNDS_DEADLINE_MS);

  it.each(hopeless.slice(0, 5))(
    'R35: sells to all who can pay while %s orders without a pause',
    async (_title, of) => {
      const { buyer, more, told } = await of();
      const buyers = 25;
      const { productId } = await client.createProduct({ stock: buyers });
      const items = [{ productId, quantity: 1 }];
      let isOver = false;
      const vain: Answer<OrderWithHistory & Problem>[] = [];
      const loops = Array.from({ length: LOOPS }, async () => {
        while (!isOver) vain.push(await client.order(buyer, { items, ...more }));
      });
      const sold: Answer<OrderWithHistory & Problem>[] = [];
      for (let index = 0; index < buyers; index += 1) sold.push(await client.order(rich, { items }));
      isOver = true;
      await Promise.all(loops);
      expect(tally(sold)).toEqual({ '201': buyers });
      const known = new Set(Object.keys(tally(vain)));
      expect(known.has('201')).toBe(false);
      expect(known.has(`409 ${told}`)).toBe(true);
    },
    ROUNDS_DEADLINE_MS,
  );

  it('R35: tells what is wrong with the order itself before what its customer lacks', async () => {
    const { productId } = await client.createProduct({ stock: 1 });
    const short = await client.order(poor, { items: [{ productId, quantity: 2 }], expectedTotal: 1 });
    expect(short).toMatchObject({ status: 409, body: { code: 'OUT_OF_STOCK' } });
    const price = await client.order(poor, { items: [{ productId, quantity: 1 }], expectedTotal: 1 });
    expect(price).toMatchObject({ status: 409, body: { code: 'PRICE_CHANGED' } });
    const userCouponId = await couponOf(poor, 1_001);
    const coupon = await client.order(poor, {
      items: [{ productId, quantity: 1 }],
      expectedTotal: 1,
      userCouponId,
    });
    expect(coupon).toMatchObject({ status: 409, body: { code: 'COUPON_NOT_USABLE' } });
  });

  it('R35: answers a repeat as the first time, whatever is seen by then', async () => {
    const buyer = await client.register(999);
    const { productId } = await client.createProduct({ stock: 1 });
    const userCouponId = await couponOf(buyer, 1_001);
    const items = [{ productId, quantity: 1 }];
    const orders: [OrderBody, string][] = [
      [{ items }, 'without money'],
      [{ items, userCouponId }, 'with a coupon'],
    ];
    const first = await Promise.all(
      orders.map(([body, key]) => client.order(buyer, body, { 'idempotency-key': key })),
    );
    expect(tally(first)).toEqual({ '409 INSUFFICIENT_BALANCE': 1, '409 COUPON_NOT_USABLE': 1 });
    await client.charge(buyer, 10_000);
    const again = await Promise.all(
      orders.map(([body, key]) => client.order(buyer, body, { 'idempotency-key': key })),
    );
    expect(again.map(({ body }) => body)).toEqual(first.map(({ body }) => body));
    expected(201, await client.order(buyer, { items }));
  });

  it('R35: leaves an order that had succeeded a success for its repeat, though the money is gone', async () => {
    const buyer = await client.register(1_000);
    const { productId } = await client.createProduct({ stock: 2 });
    const ask = () =>
      client.order(buyer, { items: [{ productId, quantity: 1 }] }, { 'idempotency-key': 'once' });
    const first = expected(201, await ask());
    expect(expected(201, await ask())).toEqual(first);
  });

  it('R35: looks before an order that nobody waits for, too', async () => {
    const { productId } = await client.createProduct({ stock: 1 });
    const body = { items: [{ productId, quantity: 1 }] };
    const { orderId } = expected(202, await client.order(poor, body, { prefer: 'respond-async' }));
    const order = await client.untilEnded(poor, orderId);
    expect(order).toMatchObject({ failureCode: 'INSUFFICIENT_BALANCE' });
    expect(await reservationsOf(orderId)).toEqual([]);
  });

  it('R31: makes no service report a failure', async () => {
    expect(await shop.failures()).toEqual([]);
  });
});

import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Order, OrderWithHistory, UserCoupon, WalletTransaction } from '@jangteo/contracts';
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
import { expectProblem, expectRepeat, nextPath, tally } from './expectations.js';

describe('orders', () => {
  let shop: Shop;
  let client: ShopClient;

  beforeAll(async () => {
    shop = await shareShop();
    ({ client } = shop);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const cancel = ({ token }: Customer, orderId: string): Promise<Answer<Order>> =>
    client.post(`/orders/${orderId}/cancel`, undefined, { token });

  const historyOf = async ({ token }: Customer): Promise<WalletTransaction[]> =>
    expected(200, await client.get<WalletTransaction[]>('/balance/history', { token }));

  const usable = async ({ token }: Customer): Promise<number> =>
    expected(200, await client.get<UserCoupon[]>('/coupons/mine', { token })).length;

  /** Everything that an order may take: a customer with 10,000 and a coupon of 300, a cup and a pot. */
  async function stage() {
    const customer = await client.register(10_000);
    const cup = await client.createProduct({ name: 'Cup', price: 1_000, stock: 10 });
    const pot = await client.createProduct({
      name: 'Pot',
      price: 3_000,
      options: [
        { name: 'clay', stock: 5 },
        { name: 'iron', stock: 5, additionalPrice: 500 },
      ],
    });
    const { userCouponId } = await client.issue(customer, (await client.createCoupon()).couponId);
    const iron = pot.options[1]!.optionId;
    const items = [
      { productId: cup.productId, quantity: 2 },
      { productId: pot.productId, optionId: iron, quantity: 1 },
    ];
    return { customer, cup, pot, iron, userCouponId, items };
  }

  type Stage = Awaited<ReturnType<typeof stage>>;

  /** The stage as it is now: balance, ledger rows, stock of cup and pot, usable coupons. */
  async function sceneOf({ customer, cup, pot }: Stage) {
    return {
      balance: await client.balanceOf(customer),
      movements: (await historyOf(customer)).length,
      cups: (await client.readProduct(cup.productId)).stock,
      pots: (await client.readProduct(pot.productId)).stock,
      coupons: await usable(customer),
    };
  }

  const untouched = { balance: 10_000, movements: 1, cups: 10, pots: 10, coupons: 1 };

  it('R19: orders several products at once: stock taken, coupon used, balance debited, order recorded', async () => {
    const its = await stage();
    const { customer, cup, pot, iron, userCouponId, items } = its;
    const answer = await client.order(customer, { items, userCouponId });
    const order = expected(201, answer);
    const { orderId } = order;
    expect(order).toEqual({
      orderId: expect.any(String),
      userId: customer.userId,
      orderStatus: 'SUCCESS',
      subtotal: 5_500,
      discount: 300,
      totalPrice: 5_200,
      userCouponId,
      items: expect.arrayContaining([
        {
          productId: cup.productId,
          optionId: cup.options[0]!.optionId,
          name: expect.stringContaining('Cup'),
          price: 1_000,
          quantity: 2,
        },
        {
          productId: pot.productId,
          optionId: iron,
          name: expect.stringContaining('Pot'),
          price: 3_500,
          quantity: 1,
        },
      ]),
      orderDate: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(order.items).toHaveLength(2);
    expect(await sceneOf(its)).toEqual({ balance: 4_800, movements: 2, cups: 8, pots: 9, coupons: 0 });
    const [payment] = await historyOf(customer);
    expect(payment).toMatchObject({ transactionType: 'PAYMENT', amount: -5_200, orderId });
    const read = await client.readOrder(customer, orderId);
    expect(read).toMatchObject(order as object);
  });

  it('R19: keeps the price of the moment when the product’s price changes later', async () => {
    const { customer, cup } = await stage();
    const items = [{ productId: cup.productId, quantity: 1 }];
    const { orderId } = expected(201, await client.order(customer, { items }));
    const token = await client.admin();
    expected(200, await client.patch(`/products/${cup.productId}`, { price: 9_999 }, { token }));
    const read = await client.readOrder(customer, orderId);
    expect(read).toMatchObject({ totalPrice: 1_000, items: [{ price: 1_000 }] });
  });

  it('R19: sums the lines of one option first', async () => {
    const its = await stage();
    const line = { productId: its.cup.productId, quantity: 2 };
    const named = { ...line, optionId: its.cup.options[0]!.optionId };
    const order = expected(201, await client.order(its.customer, { items: [line, named, line] }));
    expect(order.items).toEqual([expect.objectContaining({ quantity: 6, price: 1_000 })]);
    expect(await sceneOf(its)).toMatchObject({ cups: 4, balance: 4_000 });
  });

  it('R19: takes an order whose total is 0 and debits nothing', async () => {
    const customer = await client.register();
    const gift = await client.createProduct({ price: 0 });
    const items = [{ productId: gift.productId, quantity: 3 }];
    expect(expected(201, await client.order(customer, { items }))).toMatchObject({ totalPrice: 0 });
    expect(await historyOf(customer)).toEqual([]);
    expect((await client.readProduct(gift.productId)).stock).toBe(97);
  });

  it('R19: takes an order of a hundred different products', async () => {
    const products = await Promise.all(
      Array.from({ length: 100 }, (_, index) => client.createProduct({ price: index, stock: 5 })),
    );
    const customer = await client.register(100_000);
    const items = products.map(({ productId }) => ({ productId, quantity: 2 }));
    const order = expected(201, await client.order(customer, { items }));
    expect(order).toMatchObject({ totalPrice: 99 * 100 });
    expect(order.items).toHaveLength(100);
  });

  it('R19: refuses an order that would cost more than can be counted exactly', async () => {
    const customer = await client.register(10_000);
    const { productId } = await client.createProduct({ price: Number.MAX_SAFE_INTEGER });
    expectProblem(await client.order(customer, { items: [{ productId, quantity: 2 }] }), 'VALIDATION_FAILED');
    expectProblem(
      await client.order(customer, { items: [{ productId, quantity: 1 }] }),
      'INSUFFICIENT_BALANCE',
    );
    expect((await client.readProduct(productId)).stock).toBe(100);
    expect(await client.balanceOf(customer)).toBe(10_000);
  });

  it('R19: answers at the other name of the route too', async () => {
    const { customer, items } = await stage();
    const answer = await client.post<Order>('/order', { items }, { token: customer.token });
    expect(expected(201, answer)).toMatchObject({ orderStatus: 'SUCCESS', totalPrice: 5_500 });
  });

  describe('R20: nothing is taken and the order says why', () => {
    type Refused = (its: Stage) => Promise<Record<string, unknown>> | Record<string, unknown>;
    const refusals: [string, string, Refused][] = [
      [
        'stock is short',
        'OUT_OF_STOCK',
        ({ cup, items }) => ({ items: [...items, { productId: cup.productId, quantity: 9 }] }),
      ],
      [
        'the balance is short',
        'INSUFFICIENT_BALANCE',
        ({ cup, pot, iron }) => ({
          items: [
            { productId: cup.productId, quantity: 10 },
            { productId: pot.productId, optionId: iron, quantity: 1 },
          ],
        }),
      ],
      [
        'the coupon is unknown',
        'COUPON_NOT_USABLE',
        ({ items }) => ({
          items,
          userCouponId: randomUUIDv7(),
        }),
      ],
      [
        'a product is unknown',
        'PRODUCT_NOT_FOUND',
        ({ items }) => ({
          items: [...items, { productId: randomUUIDv7(), quantity: 1 }],
        }),
      ],
      [
        'an option is unknown',
        'OPTION_NOT_FOUND',
        ({ cup, items }) => ({
          items: [...items, { productId: cup.productId, optionId: randomUUIDv7(), quantity: 1 }],
        }),
      ],
      [
        'a product is not on sale',
        'PRODUCT_NOT_SELLABLE',
        async ({ items }) => {
          const { productId } = await client.createProduct();
          const token = await client.admin();
          expected(200, await client.patch(`/products/${productId}`, { status: 'SUSPENDED' }, { token }));
          return { items: [...items, { productId, quantity: 1 }] };
        },
      ],
      [
        'the total is not the expected one',
        'PRICE_CHANGED',
        ({ items }) => ({
          items,
          expectedTotal: 5_199,
        }),
      ],
    ];

    it.each(refusals)('when %s', async (_case, code, bodyOf) => {
      const its = await stage();
      const { userCouponId } = its;
      const answer = await client.order(its.customer, { userCouponId, ...(await bodyOf(its)) });
      const { orderId } = expectProblem(answer, code as never);
      expect(await sceneOf(its)).toEqual(untouched);
      const read = await client.readOrder(its.customer, orderId!);
      expect(read).toMatchObject({ orderId, orderStatus: 'FAILED', failureCode: code });
    });

    it('when the user is unknown', async () => {
      const its = await stage();
      const body = { userId: randomUUIDv7(), items: its.items };
      const answer = await client.post('/orders', body, { token: await client.admin() });
      expectProblem(answer, 'USER_NOT_FOUND');
      expect(await sceneOf(its)).toEqual(untouched);
    });

    it('naming every line that is short, all at once', async () => {
      const its = await stage();
      const { customer, cup, pot, iron } = its;
      const clay = pot.options[0]!.optionId;
      const answer = await client.order(customer, {
        items: [
          { productId: cup.productId, quantity: 11 },
          { productId: pot.productId, optionId: clay, quantity: 1 },
          { productId: pot.productId, optionId: iron, quantity: 6 },
        ],
      });
      const { shortages } = expectProblem(answer, 'OUT_OF_STOCK');
      const [cupOption] = cup.options;
      expect(shortages).toHaveLength(2);
      expect(shortages).toEqual(
        expect.arrayContaining([
          { productId: cup.productId, optionId: cupOption!.optionId, requested: 11, available: 10 },
          { productId: pot.productId, optionId: iron, requested: 6, available: 5 },
        ]),
      );
      expect(await sceneOf(its)).toEqual(untouched);
    });

    it('unless the total is the expected one', async () => {
      const { customer, items, userCouponId } = await stage();
      expected(201, await client.order(customer, { items, userCouponId, expectedTotal: 5_200 }));
    });
  });

  describe('R21: the history of an order', () => {
    it('has a row for each change, oldest first, with who made it', async () => {
      const { customer, items, userCouponId } = await stage();
      const { orderId } = expected(201, await client.order(customer, { items, userCouponId }));
      const { history } = await client.readOrder(customer, orderId);
      expect(history.at(0)).toMatchObject({ orderStatus: 'PENDING' });
      expect(history.at(-1)).toMatchObject({ orderStatus: 'SUCCESS' });
      for (const entry of history) {
        expect(entry).toMatchObject({ changedBy: expect.stringMatching(/./), changedAt: expect.any(String) });
      }
      const times = history.map(({ changedAt }) => Date.parse(changedAt));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });

    it('names who cancelled', async () => {
      const { customer, items } = await stage();
      const { orderId } = expected(201, await client.order(customer, { items }));
      expected(200, await cancel(customer, orderId));
      const { history } = await client.readOrder(customer, orderId);
      expect(history.at(-1)).toMatchObject({ orderStatus: 'CANCELLED' });
      expect(history).toContainEqual(expect.objectContaining({ step: 'Cancel', changedBy: 'customer' }));
    });
  });

  describe('R22: cancelling', () => {
    it('gives money, coupon and stock back, and answers a second time as the first', async () => {
      const its = await stage();
      const { customer, items, userCouponId } = its;
      const { orderId } = expected(201, await client.order(customer, { items, userCouponId }));
      const first = expected(200, await cancel(customer, orderId));
      expect(first).toMatchObject({ orderId, orderStatus: 'CANCELLED', totalPrice: 5_200 });
      expect(await sceneOf(its)).toEqual({ ...untouched, movements: 3 });
      expect(expected(200, await cancel(customer, orderId))).toEqual(first);
      expect(await sceneOf(its)).toEqual({ ...untouched, movements: 3 });
    });

    it('many times at once gives back once', async () => {
      const its = await stage();
      const { customer, items, userCouponId } = its;
      const { orderId } = expected(201, await client.order(customer, { items, userCouponId }));
      const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(customer, orderId)));
      expect(tally(answers)).toEqual({ '200': 10 });
      expect(await sceneOf(its)).toEqual({ ...untouched, movements: 3 });
    });

    it('is refused for an order that failed, and for one that is not the caller’s', async () => {
      const { customer, cup, items } = await stage();
      const failed = await client.order(customer, { items: [{ productId: cup.productId, quantity: 11 }] });
      const { orderId: lost } = expectProblem(failed, 'OUT_OF_STOCK');
      expectProblem(await cancel(customer, lost!), 'ORDER_NOT_CANCELLABLE');
      const { orderId } = expected(201, await client.order(customer, { items }));
      expectProblem(await cancel(await client.register(), orderId), 'ORDER_NOT_FOUND');
      expectProblem(await cancel(customer, randomUUIDv7()), 'ORDER_NOT_FOUND');
      expect((await client.readOrder(customer, orderId)).orderStatus).toBe('SUCCESS');
    });
  });

  describe('R25: an Idempotency-Key', () => {
    const key = () => ({ 'idempotency-key': randomUUID() });

    it('makes one order of many that come at once, with one answer', async () => {
      const its = await stage();
      const { customer, items, userCouponId } = its;
      const headers = key();
      const answers = await Promise.all(
        Array.from({ length: 25 }, () => client.order(customer, { items, userCouponId }, headers)),
      );
      const first = await client.order(customer, { items, userCouponId }, headers);
      expected(201, first);
      for (const answer of answers) expectRepeat(answer, first);
      expect(await sceneOf(its)).toMatchObject({ balance: 4_800, movements: 2, cups: 8 });
    });

    it('repeats the failure of an order that would succeed by now', async () => {
      const { customer, cup } = await stage();
      const headers = key();
      const items = [{ productId: cup.productId, quantity: 11 }];
      const first = expectProblem(await client.order(customer, { items }, headers), 'OUT_OF_STOCK');
      const token = await client.admin();
      expected(200, await client.post(`/products/${cup.productId}/stock`, { quantity: 50 }, { token }));
      const again = expectProblem(await client.order(customer, { items }, headers), 'OUT_OF_STOCK');
      expect(again).toEqual(first);
    });

    it('is refused with another body', async () => {
      const { customer, items, cup } = await stage();
      const headers = key();
      expected(201, await client.order(customer, { items }, headers));
      const other = [{ productId: cup.productId, quantity: 1 }];
      expectProblem(await client.order(customer, { items: other }, headers), 'IDEMPOTENCY_KEY_REUSED');
      expect(await client.balanceOf(customer)).toBe(4_500);
    });
  });

  it('R22: answers 202 at once where the client does not want to wait, and ends the order by itself', async () => {
    const { customer, items } = await stage();
    for (const prefer of ['respond-async', 'wait=0']) {
      const answer = await client.order(customer, { items }, { prefer });
      const { orderId, orderStatus } = expected(202, answer);
      expect(orderStatus).toBe('PENDING');
      expect(answer.headers.get('location')).toBe(`/orders/${orderId}`);
      expect((await client.untilEnded(customer, orderId)).orderStatus).toMatch(/SUCCESS|FAILED/);
    }
    const waited = await client.order(customer, { items: items.slice(0, 1) }, { prefer: 'wait=10' });
    expected(201, waited);
  });

  it('R21: lists a user’s orders, newest first, page by page, and nobody else’s', async () => {
    const { customer, cup } = await stage();
    const items = [{ productId: cup.productId, quantity: 1 }];
    const placed: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      placed.unshift(expected(201, await client.order(customer, { items })).orderId);
    }
    const listed: string[] = [];
    let path: string | undefined = '/orders?limit=2';
    while (path !== undefined) {
      const answer: Answer<OrderWithHistory[]> = await client.get(path, { token: customer.token });
      listed.push(...expected(200, answer).map(({ orderId }) => orderId));
      path = nextPath(answer);
    }
    expect(listed).toEqual(placed);
    const stranger = await client.register();
    expect(expected(200, await client.get('/orders', { token: stranger.token }))).toEqual([]);
    const answer = await client.get(`/orders/${placed[0]}`, { token: stranger.token });
    expectProblem(answer, 'ORDER_NOT_FOUND');
    const admin = { token: await client.admin() };
    expect((await client.readOrder(admin, placed[0]!)).orderId).toBe(placed[0]);
  });

  it('R25: keeps the books through many different orders at once', async () => {
    const customers = await client.registerMany(8, 100_000);
    const { cup, pot, iron } = await stage();
    const orders = customers.flatMap((customer) =>
      Array.from({ length: 8 }, (_, index) =>
        client.order(customer, {
          items: [
            { productId: cup.productId, quantity: 1 + (index % 2) },
            ...(index % 3 === 0 ? [{ productId: pot.productId, optionId: iron, quantity: 1 }] : []),
          ].reverse(),
        }),
      ),
    );
    const counts = tally(await Promise.all(orders));
    expect(Object.keys(counts).sort()).toEqual(['201', '409 OUT_OF_STOCK']);
    await assertBooks(shop);
  });

  it('R31: makes no service report a failure', async () => {
    expect(await shop.failures()).toEqual([]);
  });
});

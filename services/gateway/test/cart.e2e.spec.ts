import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Order, Product, RefusalCode } from '@jangteo/contracts';
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
import { expectProblem, expectRepeat, tally } from './expectations.js';

interface Cart {
  items: {
    productId: string;
    optionId: string;
    name: string;
    price: number;
    quantity: number;
    stock: number;
    orderable: boolean;
  }[];
  totalPrice: number;
}

const OUTAGE_DEADLINE_MS = 300_000;

describe('the cart', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;
  let cup: Product;
  let pot: Product;

  beforeAll(async () => {
    shop = await shareShop({ order: { SAGA_RETRY_MS: '1000', SWEEP_INTERVAL_MS: '200' } });
    ({ client } = shop);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  /** A customer with 10,000, ten cups of 1,000, and pots of clay and iron. */
  beforeEach(async () => {
    customer = await client.register(10_000);
    cup = await client.createProduct({ name: 'Cup', price: 1_000, stock: 10 });
    pot = await client.createProduct({
      name: 'Pot',
      price: 3_000,
      options: [
        { name: 'clay', stock: 5 },
        { name: 'iron', stock: 5, additionalPrice: 500 },
      ],
    });
  });

  const iron = () => ({ productId: pot.productId, optionId: pot.options[1]!.optionId });
  const clay = () => ({ productId: pot.productId, optionId: pot.options[0]!.optionId });
  const cups = () => ({ productId: cup.productId, optionId: cup.options[0]!.optionId });

  const read = async (whose = customer): Promise<Cart> =>
    expected(200, await client.get<Cart>('/cart', { token: whose.token }));

  const add = (body: object, headers: Record<string, string> = {}): Promise<Answer<Cart>> =>
    client.post<Cart>('/cart/add', body, { token: customer.token, headers });

  const remove = (query: string, headers: Record<string, string> = {}): Promise<Answer<Cart>> =>
    client.send<Cart>('DELETE', `/cart/remove?${query}`, undefined, { token: customer.token, headers });

  const quantities = ({ items }: Cart): Record<string, number> =>
    Object.fromEntries(items.map(({ name, quantity }) => [name, quantity]));

  const inCart = async (): Promise<Record<string, number>> => quantities(await read());

  const change = async (productId: string, to: object): Promise<void> => {
    expected(200, await client.patch(`/products/${productId}`, to, { token: await client.admin() }));
  };

  const restock = async (productId: string, quantity: number): Promise<void> => {
    const token = await client.admin();
    expected(200, await client.post(`/products/${productId}/stock`, { quantity }, { token }));
  };

  const order = (more: object = {}, headers: Record<string, string> = {}) =>
    client.order(customer, { fromCart: true, ...more }, headers);

  const key = () => ({ 'idempotency-key': randomUUID() });

  describe('R14: a cart', () => {
    it('is empty at first, takes products, adds to a line that exists, and lists all of it', async () => {
      expect(await read()).toEqual({ items: [], totalPrice: 0 });
      expected(200, await add({ productId: cup.productId, quantity: 1 }));
      expected(200, await add({ ...iron(), quantity: 2 }));
      const cart = expected(200, await add({ ...cups(), quantity: 2 }));
      expect(cart).toEqual({
        items: [
          { ...cups(), name: 'Cup', price: 1_000, quantity: 3, stock: 10, orderable: true },
          { ...iron(), name: 'Pot (iron)', price: 3_500, quantity: 2, stock: 5, orderable: true },
        ],
        totalPrice: 10_000,
      });
      expect(await read()).toEqual(cart);
    });

    it('shows price and stock of the moment, and what could not be ordered', async () => {
      await add({ ...cups(), quantity: 4 });
      await add({ ...clay(), quantity: 1 });
      await change(cup.productId, { price: 1_200, name: 'Large cup' });
      await restock(cup.productId, -7);
      await change(pot.productId, { status: 'SUSPENDED' });
      const { items, totalPrice } = await read();
      expect(items).toMatchObject([
        { name: 'Large cup', price: 1_200, stock: 3, orderable: false },
        { name: 'Pot (clay)', price: 3_000, stock: 5, orderable: false },
      ]);
      // Of what could be ordered: neither of both.
      expect(totalPrice).toBe(0);
      await restock(cup.productId, 1);
      const cart = await read();
      expect(cart.items[0]).toMatchObject({ stock: 4, orderable: true });
      expect(cart.totalPrice).toBe(4_800);
    });

    it('refuses what stock does not cover together with what is in it', async () => {
      expected(200, await add({ ...cups(), quantity: 7 }));
      const { shortages } = expectProblem(await add({ ...cups(), quantity: 4 }), 'OUT_OF_STOCK');
      expect(shortages).toEqual([{ ...cups(), requested: 11, available: 10 }]);
      expect(await inCart()).toEqual({ Cup: 7 });
      expected(200, await add({ ...cups(), quantity: 3 }));
    });

    it('takes of twenty parallel additions those that stock covers', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => add({ ...cups(), quantity: 1 })));
      expect(tally(answers)).toEqual({ '200': 10, '409 OUT_OF_STOCK': 10 });
      expect(await inCart()).toEqual({ Cup: 10 });
    });

    it('refuses what is not there, not on sale, or not said', async () => {
      await change(cup.productId, { status: 'SUSPENDED' });
      const { productId } = pot;
      expectProblem(await add({ productId: randomUUIDv7(), quantity: 1 }), 'PRODUCT_NOT_FOUND');
      expectProblem(await add({ productId, quantity: 1 }), 'OPTION_REQUIRED');
      expectProblem(await add({ productId, optionId: randomUUIDv7(), quantity: 1 }), 'OPTION_NOT_FOUND');
      expectProblem(await add({ ...cups(), quantity: 1 }), 'PRODUCT_NOT_SELLABLE');
      for (const quantity of [0, -1, 1_001, 1.5, '1', null]) {
        expectProblem(await add({ ...clay(), quantity }), 'VALIDATION_FAILED');
      }
      expectProblem(await add({ ...clay(), quantity: 1, userId: customer.userId }), 'VALIDATION_FAILED');
      expectProblem(await add({ quantity: 1 }), 'VALIDATION_FAILED');
      expect(await inCart()).toEqual({});
    });

    it('has no line of more than 1,000 units', async () => {
      await restock(cup.productId, 5_000);
      expected(200, await add({ ...cups(), quantity: 1_000 }));
      const { errors } = expectProblem(await add({ ...cups(), quantity: 1 }), 'VALIDATION_FAILED');
      expect(errors).toMatchObject([{ path: 'quantity' }]);
      expect(await inCart()).toEqual({ Cup: 1_000 });
    });

    it('loses a line that is removed, and removing what is not there is an error', async () => {
      await add({ ...cups(), quantity: 3 });
      await add({ ...iron(), quantity: 1 });
      await add({ ...clay(), quantity: 1 });
      const { productId, optionId } = iron();
      expectProblem(await remove(`productId=${productId}`), 'OPTION_REQUIRED');
      const after = expected(200, await remove(`productId=${productId}&optionId=${optionId}`));
      expect(quantities(after)).toEqual({ Cup: 3, 'Pot (clay)': 1 });
      expect(after.totalPrice).toBe(6_000);
      expectProblem(await remove(`productId=${productId}&optionId=${optionId}`), 'CART_ITEM_NOT_FOUND');
      expected(200, await remove(`productId=${cup.productId}`));
      expectProblem(await remove(`productId=${cup.productId}`), 'CART_ITEM_NOT_FOUND');
      expectProblem(await remove(`productId=${randomUUIDv7()}`), 'CART_ITEM_NOT_FOUND');
      for (const query of ['', 'productId=1', `productId=${productId}&optionId=x`]) {
        expectProblem(await remove(query), 'VALIDATION_FAILED');
      }
      expect(await inCart()).toEqual({ 'Pot (clay)': 1 });
    });

    it('is its owner’s alone, admins included, and needs a token', async () => {
      await add({ ...cups(), quantity: 3 });
      const [stranger, admin] = [await client.register(), await client.admin()];
      expect(await read(stranger)).toEqual({ items: [], totalPrice: 0 });
      const path = `/cart?userId=${customer.userId}`;
      expectProblem(await client.get(path, { token: admin }), 'VALIDATION_FAILED');
      expect(expected(200, await client.get<Cart>('/cart', { token: admin })).items).toEqual([]);
      for (const [method, route] of [
        ['GET', '/cart'],
        ['POST', '/cart/add'],
        ['DELETE', `/cart/remove?productId=${cup.productId}`],
      ] as const) {
        const body = method === 'POST' ? JSON.stringify({ ...cups(), quantity: 1 }) : undefined;
        expectProblem(await client.send(method, route, body), 'UNAUTHENTICATED');
      }
      expect(await inCart()).toEqual({ Cup: 3 });
    });

    it('takes twenty parallel additions under one Idempotency-Key once, with one answer', async () => {
      const headers = key();
      const body = { ...cups(), quantity: 2 };
      const answers = await Promise.all(Array.from({ length: 20 }, () => add(body, headers)));
      const first = await add(body, headers);
      expect(quantities(expected(200, first))).toEqual({ Cup: 2 });
      for (const answer of answers) expectRepeat(answer, first);
      expect(await inCart()).toEqual({ Cup: 2 });
      expectProblem(await add({ ...cups(), quantity: 3 }, headers), 'IDEMPOTENCY_KEY_REUSED');
      expectProblem(await add({ ...clay(), quantity: 2 }, headers), 'IDEMPOTENCY_KEY_REUSED');
    });

    it('answers under one key as the first time, whatever is on sale and in the cart since', async () => {
      const [added, short, unsold] = [key(), key(), key()];
      const { productId } = await client.createProduct({ name: 'Lamp', stock: 5 });
      await change(productId, { status: 'SUSPENDED' });
      const attempts = [
        () => add({ ...cups(), quantity: 2 }, added),
        () => add({ ...cups(), quantity: 9 }, short),
        () => add({ productId, quantity: 1 }, unsold),
      ];
      const first = [];
      for (const attempt of attempts) first.push(await attempt());
      expect(first.map(({ status }) => status)).toEqual([200, 409, 409]);
      const removed = key();
      first.push(await remove(`productId=${cup.productId}`, removed));
      attempts.push(() => remove(`productId=${cup.productId}`, removed));
      await restock(cup.productId, 50);
      await change(cup.productId, { name: 'Mug', price: 1_100 });
      await change(productId, { status: 'SELLABLE' });
      await add({ ...clay(), quantity: 1 });
      await shop.kill('order');
      await shop.start('order');
      const again = [];
      for (const attempt of attempts) again.push(await attempt());
      expect(again.map(({ status }) => status)).toEqual([200, 409, 409, 200]);
      expect(again.map(({ body }) => body)).toEqual(first.map(({ body }) => body));
      expect(await inCart()).toEqual({ 'Pot (clay)': 1 });
    });
  });

  describe('R15: an order from the cart', () => {
    const balance = () => client.balanceOf(customer);

    /** Two cups and an iron pot: 5,500. */
    beforeEach(async () => {
      expected(200, await add({ ...cups(), quantity: 2 }));
      expected(200, await add({ ...iron(), quantity: 1 }));
    });

    it('is of what is in it, and takes that out when it succeeds', async () => {
      const { couponId } = await client.createCoupon();
      const { userCouponId } = await client.issue(customer, couponId);
      const { totalPrice } = await read();
      const expectedTotal = totalPrice - 300;
      const placed = expected(201, await order({ userCouponId, expectedTotal }));
      expect(placed).toMatchObject({ orderStatus: 'SUCCESS', subtotal: 5_500, totalPrice: 5_200 });
      expect(placed.items).toEqual([
        { ...cups(), name: 'Cup', price: 1_000, quantity: 2 },
        { ...iron(), name: 'Pot (iron)', price: 3_500, quantity: 1 },
      ]);
      expect(await read()).toEqual({ items: [], totalPrice: 0 });
      expect(await balance()).toBe(4_800);
      expectProblem(await order(), 'CART_EMPTY');
    });

    const failures: [string, RefusalCode, () => Promise<unknown>, object][] = [
      ['money is short', 'INSUFFICIENT_BALANCE', () => add({ ...cups(), quantity: 5 }), {}],
      ['the total is another', 'PRICE_CHANGED', () => Promise.resolve(), { expectedTotal: 5_499 }],
      [
        'the coupon is nobody’s',
        'COUPON_NOT_USABLE',
        () => Promise.resolve(),
        { userCouponId: randomUUIDv7() },
      ],
      [
        'a product is off sale',
        'PRODUCT_NOT_SELLABLE',
        () => change(cup.productId, { status: 'SUSPENDED' }),
        {},
      ],
    ];

    it.each(failures)('leaves the cart as it was when %s', async (_title, code, prepare, more) => {
      await prepare();
      const before = await inCart();
      const { orderId } = expectProblem(await order(more), code);
      expect((await client.readOrder(customer, orderId!)).orderStatus).toBe('FAILED');
      expect(await inCart()).toEqual(before);
      expect(await balance()).toBe(10_000);
    });

    it('names all lines that are short, leaves the cart, and succeeds once they are not', async () => {
      const token = await client.admin();
      await restock(cup.productId, -9);
      const less = { optionId: iron().optionId, quantity: -5 };
      expected(200, await client.post(`/products/${pot.productId}/stock`, less, { token }));
      const { shortages } = expectProblem(await order(), 'OUT_OF_STOCK');
      expect(shortages).toEqual([
        { ...cups(), requested: 2, available: 1 },
        { ...iron(), requested: 1, available: 0 },
      ]);
      expect((await read()).items.map(({ orderable }) => orderable)).toEqual([false, false]);
      await restock(cup.productId, 1);
      expected(
        200,
        await client.post(`/products/${pot.productId}/stock`, { ...less, quantity: 1 }, { token }),
      );
      expected(201, await order());
      expect(await inCart()).toEqual({});
    });

    it('does not come back into the cart when it is cancelled', async () => {
      const { orderId } = expected(201, await order());
      await add({ ...cups(), quantity: 1 });
      const path = `/orders/${orderId}/cancel`;
      const cancelled = await client.post<Order>(path, undefined, { token: customer.token });
      expect(expected(200, cancelled).orderStatus).toBe('CANCELLED');
      expect(await inCart()).toEqual({ Cup: 1 });
      expect(await balance()).toBe(10_000);
    });

    it('is bought once for twenty clicks on one button', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => order()));
      expect(tally(answers)).toEqual({ '201': 1, '409 CART_EMPTY': 19 });
      expect(await balance()).toBe(4_500);
      expect(await inCart()).toEqual({});
    });

    it('is placed once under one Idempotency-Key, also when the cart is filled again meanwhile', async () => {
      const headers = key();
      const answers = await Promise.all(Array.from({ length: 20 }, () => order({}, headers)));
      await add({ ...cups(), quantity: 1 });
      const first = await order({}, headers);
      expected(201, first);
      for (const answer of answers) expectRepeat(answer, first);
      expect(await inCart()).toEqual({ Cup: 1 });
      expect(await balance()).toBe(4_500);
      expectProblem(await order({ expectedTotal: 1 }, headers), 'IDEMPOTENCY_KEY_REUSED');
    });

    it('needs a cart with something in it, and either a cart or items', async () => {
      const other = await client.register(1_000);
      expectProblem(await client.order(other, { fromCart: true }), 'CART_EMPTY');
      const items = [{ ...cups(), quantity: 1 }];
      for (const body of [{ fromCart: true, items }, {}, { fromCart: false }, { fromCart: 'yes' }]) {
        const { errors } = expectProblem(await client.order(customer, body), 'VALIDATION_FAILED');
        expect(errors).not.toHaveLength(0);
      }
      const foreign = { fromCart: true, userId: customer.userId };
      expectProblem(await client.order(other, foreign), 'FORBIDDEN');
      expect(await inCart()).toEqual({ Cup: 2, 'Pot (iron)': 1 });
    });

    it(
      'leaves what came into the cart while it was not finished, and is not ordered twice meanwhile',
      async () => {
        await shop.terminate('wallet');
        const { orderId } = expected(202, await order({}, { prefer: 'respond-async' }));
        expectProblem(await order(), 'CART_EMPTY');
        await add({ ...cups(), quantity: 3 });
        expected(200, await remove(`productId=${pot.productId}`));
        await add({ ...clay(), quantity: 1 });
        const { orderId: second } = expected(202, await order({}, { prefer: 'respond-async' }));
        expect(await inCart()).toEqual({ Cup: 5, 'Pot (clay)': 1 });
        await shop.start('wallet');
        const ends = [];
        for (const id of [orderId, second]) ends.push(await client.untilEnded(customer, id));
        expect(ends.map(({ orderStatus }) => orderStatus).toSorted()).toEqual(['FAILED', 'SUCCESS']);
        // 5,500 for the first and 6,000 for the second: whichever was paid, the cart keeps the other's cups.
        const isFirst = ends[0]!.orderStatus === 'SUCCESS';
        expect(await inCart()).toEqual(isFirst ? { Cup: 3, 'Pot (clay)': 1 } : { Cup: 2 });
        await assertBooks(shop);
      },
      OUTAGE_DEADLINE_MS,
    );

    it(
      'takes its items out once although services are killed while it is not finished',
      async () => {
        const placed = [];
        for (const service of ['order', 'wallet', 'order'] as const) {
          await add({ ...cups(), quantity: 1 });
          const { orderId } = expected(202, await order({}, { prefer: 'respond-async' }));
          await shop.kill(service);
          await shop.start(service);
          placed.push(await client.untilEnded(customer, orderId));
        }
        const bought = placed
          .filter(({ orderStatus }) => orderStatus === 'SUCCESS')
          .flatMap(({ items }) => items.filter(({ productId }) => productId === cup.productId))
          .reduce((sum, { quantity }) => sum + quantity, 0);
        expect((await inCart()).Cup ?? 0).toBe(2 + 3 - bought);
        await assertBooks(shop);
      },
      OUTAGE_DEADLINE_MS,
    );
  });
});

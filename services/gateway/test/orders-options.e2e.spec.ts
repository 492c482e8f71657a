import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Order, OrderWithHistory, Product } from '@jangteo/contracts';
import {
  assertBooks,
  eventually,
  expected,
  shareShop,
  START_DEADLINE_MS,
  type Answer,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem, nextPath, tally } from './expectations.js';

const OUTAGE_DEADLINE_MS = 300_000;

describe('an order', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;
  let cup: Product;
  let shirt: Product;

  beforeAll(async () => {
    const quick = { SAGA_RETRY_MS: '1000', SWEEP_INTERVAL_MS: '200' };
    // Of an order service that is away one test waits to hear.
    const gateway = { ORDER_LOOK_MS: '200', REQUEST_DEADLINE_MS: '5000' };
    shop = await shareShop({ order: quick, gateway });
    ({ client } = shop);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  /** A customer with 100,000, fifty cups of 1,000, and shirts in three sizes. */
  beforeEach(async () => {
    customer = await client.register(100_000);
    cup = await client.createProduct({ name: 'Cup', price: 1_000, stock: 50 });
    shirt = await client.createProduct({
      name: 'Shirt',
      price: 20_000,
      options: [
        { name: 'S', stock: 3 },
        { name: 'M', stock: 2 },
        { name: 'L', stock: 1, additionalPrice: 500 },
      ],
    });
  });

  const size = (name: string) => {
    const { optionId } = shirt.options.find((option) => option.name === name)!;
    return { productId: shirt.productId, optionId };
  };

  const stockBySize = async (): Promise<Record<string, number>> => {
    const { options } = await client.readProduct(shirt.productId);
    return Object.fromEntries(options.map(({ name, stock }) => [name, stock]));
  };

  const oneCup = () => ({ items: [{ productId: cup.productId, quantity: 1 }] });

  const cancel = (orderId: string, key?: string, token = customer.token): Promise<Answer<Order>> => {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    return client.post(`/orders/${orderId}/cancel`, undefined, { token, headers });
  };

  const admin = async () => ({ token: await client.admin() });

  describe('R22: with a Prefer header', () => {
    it.each([
      ['respond-async', 'respond-async', 202],
      ['wait=0', 'wait=0', 202],
      ['wait=10', 'wait=10', 201],
      ['respond-async, wait=10', 'wait=10', 201],
      ['WAIT="7"; x=1, handling=lenient', 'wait=7', 201],
      ['wait=3600', 'wait=30', 201],
    ])('%s is told what was applied: %s', async (prefer, applied, status) => {
      const answer = await client.order(customer, oneCup(), { prefer });
      const { orderId } = expected(status, answer);
      expect(answer.headers.get('preference-applied')).toBe(applied);
      expect(answer.headers.get('location')).toBe(`/orders/${orderId}`);
      const found = await client.get<Order>(answer.headers.get('location')!, { token: customer.token });
      expect(expected(200, found).orderId).toBe(orderId);
      expect((await client.untilEnded(customer, orderId)).orderStatus).toBe('SUCCESS');
    });

    it.each(['wait=-1', 'wait=soon', 'wait', 'return=minimal', ',;=', ''])(
      'that says nothing of waiting (%p) is passed over',
      async (prefer) => {
        const answer = await client.order(customer, oneCup(), { prefer });
        expected(201, answer);
        expect(answer.headers.get('preference-applied')).toBeNull();
        expect(answer.headers.get('location')).toMatch(/^\/orders\/[0-9a-f-]{36}$/);
      },
    );

    it(
      'or without one waits so long, answers 202, and finds the order done later',
      async () => {
        await shop.terminate('wallet');
        const timed = async (prefer: string | undefined) => {
          const began = performance.now();
          const answer = await client.order(customer, oneCup(), { prefer });
          return { ...expected(202, answer), answer, tookMs: performance.now() - began };
        };
        const [usual, short, none] = await Promise.all([
          timed(undefined),
          timed('wait=1'),
          timed('respond-async'),
        ]);
        expect([usual.tookMs > 4_500, short.tookMs > 900, short.tookMs < usual.tookMs]).toEqual([
          true,
          true,
          true,
        ]);
        expect(none.tookMs).toBeLessThan(short.tookMs);
        for (const { orderStatus, answer } of [usual, short, none]) {
          expect(orderStatus).toBe('PENDING');
          expect(answer.headers.get('location')).toMatch(/^\/orders\//);
        }
        const patient = client.order(customer, oneCup(), { prefer: 'wait=30' });
        await shop.start('wallet');
        expect(expected(201, await patient).orderStatus).toBe('SUCCESS');
        for (const { orderId } of [usual, short, none]) {
          expect((await client.untilEnded(customer, orderId)).orderStatus).toBe('SUCCESS');
        }
        expect(await client.balanceOf(customer)).toBe(96_000);
      },
      OUTAGE_DEADLINE_MS,
    );
  });

  describe('R25: placed again under its key', () => {
    const keyed = (more: Record<string, string> = {}): Record<string, string> => ({
      'idempotency-key': randomUUID(),
      ...more,
    });
    const again = ({ 'idempotency-key': key }: Record<string, string>, prefer?: string) =>
      client.order(customer, oneCup(), { 'idempotency-key': key, prefer });
    const whatIsSaid = ({ status, body, headers }: Answer<Order>) => ({
      status,
      body,
      location: headers.get('location'),
    });

    it('is answered 202 in the same words where nobody waited, also when it was cancelled since', async () => {
      const headers = keyed({ prefer: 'respond-async' });
      const first = await client.order(customer, oneCup(), headers);
      const { orderId, orderDate } = expected(202, first);
      expect(first.body).toEqual({
        orderId,
        userId: customer.userId,
        orderStatus: 'PENDING',
        items: oneCup().items,
        orderDate,
      });
      const repeat = async (): Promise<void> => {
        for (const prefer of [undefined, 'respond-async', 'wait=30']) {
          expect(whatIsSaid(await again(headers, prefer))).toEqual(whatIsSaid(first));
        }
      };
      await repeat();
      expect((await client.untilEnded(customer, orderId)).orderStatus).toBe('SUCCESS');
      await repeat();
      expected(200, await cancel(orderId));
      await repeat();
      expect((await client.readProduct(cup.productId)).stock).toBe(50);
    });

    it('is answered 202 in the same words where it failed later', async () => {
      const headers = keyed({ prefer: 'respond-async' });
      const items = [{ productId: cup.productId, quantity: 51 }];
      const first = await client.order(customer, { items }, headers);
      expect((await client.untilEnded(customer, expected(202, first).orderId)).orderStatus).toBe('FAILED');
      expect(whatIsSaid(await client.order(customer, { items }, headers))).toEqual(whatIsSaid(first));
    });

    it(
      'is answered 202 in the same words after a wait that was too short, also to one who waits longer',
      async () => {
        await shop.terminate('wallet');
        const headers = keyed({ prefer: 'wait=1' });
        const placing = client.order(customer, oneCup(), headers);
        const patient = again(headers, 'wait=30');
        const first = await placing;
        const { orderId } = expected(202, first);
        expect(whatIsSaid(await patient)).toEqual(whatIsSaid(first));
        expect(await client.readOrder(customer, orderId)).toMatchObject({ subtotal: 1_000 });
        await shop.start('wallet');
        expect((await client.untilEnded(customer, orderId)).orderStatus).toBe('SUCCESS');
        expect(whatIsSaid(await again(headers))).toEqual(whatIsSaid(first));
        expect(await client.balanceOf(customer)).toBe(99_000);
      },
      OUTAGE_DEADLINE_MS,
    );

    it(
      'is answered with its end when the first time had no answer',
      async () => {
        await shop.terminate('wallet');
        const headers = keyed({ prefer: 'wait=3' });
        const placing = client.order(customer, oneCup(), headers);
        await eventually(async () => {
          const list = await client.get<Order[]>('/orders', { token: customer.token });
          return expected(200, list).some(({ subtotal }) => subtotal === 1_000);
        });
        await shop.terminate('order');
        expectProblem(await placing, 'UPSTREAM_TIMEOUT');
        await shop.start('order');
        const repeated = again(headers, 'wait=30');
        await shop.start('wallet');
        expect(expected(201, await repeated).orderStatus).toBe('SUCCESS');
        expect(whatIsSaid(await again(headers))).toEqual(whatIsSaid(await repeated));
        expect(await client.balanceOf(customer)).toBe(99_000);
      },
      OUTAGE_DEADLINE_MS,
    );
  });

  describe('R20: with an expectedTotal', () => {
    it('succeeds at that total only, to the unit, and the coupon counts', async () => {
      const { userCouponId } = await client.issue(customer, (await client.createCoupon()).couponId);
      for (const expectedTotal of [1_000, 701, 699, 0]) {
        const answer = await client.order(customer, { ...oneCup(), userCouponId, expectedTotal });
        const { orderId } = expectProblem(answer, 'PRICE_CHANGED');
        expect(await client.readOrder(customer, orderId!)).toMatchObject({ failureCode: 'PRICE_CHANGED' });
      }
      expect(await client.balanceOf(customer)).toBe(100_000);
      expect((await client.readProduct(cup.productId)).stock).toBe(50);
      const right = { ...oneCup(), userCouponId, expectedTotal: 700 };
      expect(expected(201, await client.order(customer, right))).toMatchObject({
        discount: 300,
        totalPrice: 700,
      });
    });

    it('fails once the price that was shown has changed, and takes nothing', async () => {
      const shown = (await client.readProduct(cup.productId)).price;
      expected(200, await client.patch(`/products/${cup.productId}`, { price: 1_001 }, await admin()));
      expectProblem(await client.order(customer, { ...oneCup(), expectedTotal: shown }), 'PRICE_CHANGED');
      expect(await client.balanceOf(customer)).toBe(100_000);
      expected(201, await client.order(customer, { ...oneCup(), expectedTotal: 1_001 }));
    });

    it('of 0 takes what costs nothing', async () => {
      const { productId } = await client.createProduct({ price: 0 });
      const items = [{ productId, quantity: 2 }];
      expected(201, await client.order(customer, { items, expectedTotal: 0 }));
      expectProblem(await client.order(customer, { items, expectedTotal: 1 }), 'PRICE_CHANGED');
    });

    it.each([-1, 0.5, '1000', 2 ** 53, null])('of %p is not valid', async (expectedTotal) => {
      const answer = await client.order(customer, { ...oneCup(), expectedTotal });
      const { errors = [] } = expectProblem(answer, 'VALIDATION_FAILED');
      expect(new Set(errors.map(({ path }) => path))).toEqual(new Set(['expectedTotal']));
    });
  });

  describe('R11: of products with options', () => {
    it('takes stock and price of each option that is named, and gives the same back', async () => {
      const { options, stock } = await client.readProduct(shirt.productId);
      expect(options.map(({ name, price }) => [name, price])).toEqual([
        ['S', 20_000],
        ['M', 20_000],
        ['L', 20_500],
      ]);
      expect(stock).toBe(6);
      const items = [
        { ...size('L'), quantity: 1 },
        { ...size('S'), quantity: 2 },
      ];
      const order = expected(201, await client.order(customer, { items }));
      expect(order.items).toEqual([
        { ...size('L'), name: 'Shirt (L)', price: 20_500, quantity: 1 },
        { ...size('S'), name: 'Shirt (S)', price: 20_000, quantity: 2 },
      ]);
      expect(order.totalPrice).toBe(60_500);
      expect(await stockBySize()).toEqual({ S: 1, M: 2, L: 0 });
      expected(200, await cancel(order.orderId));
      expect(await stockBySize()).toEqual({ S: 3, M: 2, L: 1 });
    });

    it('needs to name one where there are several, and none where there is one', async () => {
      const unnamed = { items: [{ productId: shirt.productId, quantity: 1 }] };
      const { orderId } = expectProblem(await client.order(customer, unnamed), 'OPTION_REQUIRED');
      expect((await client.readOrder(customer, orderId!)).failureCode).toBe('OPTION_REQUIRED');
      expect(expected(201, await client.order(customer, oneCup())).items).toMatchObject([
        { optionId: cup.options[0]!.optionId, name: 'Cup' },
      ]);
      expect(await stockBySize()).toEqual({ S: 3, M: 2, L: 1 });
    });

    it('does not take an option of another product', async () => {
      const items = [{ productId: cup.productId, optionId: size('S').optionId, quantity: 1 }];
      expectProblem(await client.order(customer, { items }), 'OPTION_NOT_FOUND');
    });

    it('R20: names every option that is short at once, its lines summed, and takes nothing', async () => {
      const items = [
        { ...size('S'), quantity: 2 },
        { ...size('L'), quantity: 2 },
        { productId: cup.productId, quantity: 1 },
        { ...size('M'), quantity: 2 },
        { ...size('S'), quantity: 2 },
      ];
      const { shortages, orderId } = expectProblem(await client.order(customer, { items }), 'OUT_OF_STOCK');
      expect(shortages).toEqual([
        { ...size('S'), requested: 4, available: 3 },
        { ...size('L'), requested: 2, available: 1 },
      ]);
      expect(await client.readOrder(customer, orderId!)).toMatchObject({
        failureCode: 'OUT_OF_STOCK',
        shortages,
      });
      expect(await stockBySize()).toEqual({ S: 3, M: 2, L: 1 });
      expect((await client.readProduct(cup.productId)).stock).toBe(50);
    });

    it('R13: shows a shortage as of that moment to each of many who buy at once', async () => {
      const items = [{ ...size('S'), quantity: 1 }];
      const answers = await Promise.all(Array.from({ length: 5 }, () => client.order(customer, { items })));
      expect(tally(answers)).toEqual({ '201': 3, '409 OUT_OF_STOCK': 2 });
      const shortages = answers.filter(({ status }) => status === 409).map(({ body }) => body.shortages);
      const short = { ...size('S'), requested: 1, available: 0 };
      expect(shortages).toEqual([[short], [short]]);
    });
  });

  /** As where the balance could not be looked at beforehand: the wallet's word is the first. */
  async function withoutLook<T>(work: () => Promise<T>): Promise<T> {
    await shop.terminate('gateway');
    await shop.start('gateway', { ORDER_LOOK_MS: '0' });
    const done = await work();
    await shop.terminate('gateway');
    await shop.start('gateway');
    return done;
  }

  it('R21: that its wallet refuses gives the reason in its history, and every step that was undone', async () => {
    const { userCouponId } = await client.issue(customer, (await client.createCoupon()).couponId);
    const shirts = [
      { ...size('S'), quantity: 3 },
      { ...size('M'), quantity: 2 },
      { ...size('L'), quantity: 1 },
    ];
    const answer = await withoutLook(() => client.order(customer, { items: shirts, userCouponId }));
    const { orderId } = expectProblem(answer, 'INSUFFICIENT_BALANCE');
    const { history } = await client.readOrder(customer, orderId!);
    expect(history.at(-1)).toMatchObject({ orderStatus: 'FAILED' });
    const told = history.map(({ step = '', reason = '' }) => `${step} ${reason}`).join('\n');
    expect(told).toContain('INSUFFICIENT_BALANCE');
    for (const step of ['ReserveStock', 'UseCoupon', 'ReleaseCoupon', 'ReleaseStock']) {
      expect(told).toContain(step);
    }
  });

  describe('R21: in the list', () => {
    const list = (path: string, token = customer.token): Promise<Answer<OrderWithHistory[]>> =>
      client.get(path, { token });

    it('keeps its place on the pages while newer orders come in, under every limit', async () => {
      const placed: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        placed.unshift(expected(201, await client.order(customer, oneCup())).orderId);
      }
      for (const limit of [1, 2, 5, 100]) {
        const listed: string[] = [];
        const newer = [];
        for (let path: string | undefined = `/orders?limit=${limit}`; path !== undefined;) {
          const answer = await list(path);
          listed.push(...expected(200, answer).map(({ orderId }) => orderId));
          path = nextPath(answer);
          if (path === undefined) break;
          expect(path).toMatch(new RegExp(`^/orders\\?(?=.*limit=${limit}\\b).*cursor=`));
          newer.unshift(expected(201, await client.order(customer, oneCup())).orderId);
        }
        expect(listed).toEqual(placed);
        placed.unshift(...newer);
      }
    });

    it('has 20 to a page where no limit is given, and a Link only where there is more', async () => {
      const placed = await Promise.all(Array.from({ length: 21 }, () => client.order(customer, oneCup())));
      for (const answer of placed) expected(201, answer);
      const first = await list('/orders');
      expect(expected(200, first)).toHaveLength(20);
      const second = await list(nextPath(first)!);
      expect(expected(200, second)).toHaveLength(1);
      expect(second.headers.get('link')).toBeNull();
      const exact = await list('/orders?limit=21');
      expect([expected(200, exact).length, exact.headers.get('link')]).toEqual([21, null]);
    });

    it('is found by an admin under its user, page by page', async () => {
      for (let index = 0; index < 3; index += 1) expected(201, await client.order(customer, oneCup()));
      const { token } = await admin();
      const first = await list(`/orders?limit=2&userId=${customer.userId}`, token);
      expect(nextPath(first)).toContain(`userId=${customer.userId}`);
      const second = await list(nextPath(first)!, token);
      const listed = [...expected(200, first), ...expected(200, second)];
      expect(listed.map(({ userId }) => userId)).toEqual(Array(3).fill(customer.userId));
      expect(nextPath(second)).toBeUndefined();
    });
  });

  describe('R22: that is cancelled', () => {
    const untouched = async (): Promise<void> => {
      expect(await client.balanceOf(customer)).toBe(100_000);
      expect(await stockBySize()).toEqual({ S: 3, M: 2, L: 1 });
      const { userId } = customer;
      const [row] = await shop.sql<{ refunds: number }>(
        'wallet',
        `SELECT count(*)::int AS refunds FROM ledger WHERE user_id = $1 AND type = 'REFUND'`,
        [userId],
      );
      expect(row).toEqual({ refunds: 1 });
    };

    const bought = async (): Promise<string> => {
      const items = [{ ...size('S'), quantity: 2 }];
      return expected(201, await client.order(customer, { items })).orderId;
    };

    it.each([
      ['without keys', () => undefined],
      ['under one key', () => 'the same'],
      ['under a key each', () => randomUUID()],
    ])('twenty times at once %s is undone once, each answered alike', async (_title, keyOf) => {
      const orderId = await bought();
      const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(orderId, keyOf())));
      expect(tally(answers)).toEqual({ '200': 20 });
      for (const { body } of answers) expect(body).toEqual(answers[0]!.body);
      expect(answers[0]!.body).toMatchObject({ orderId, orderStatus: 'CANCELLED' });
      await untouched();
    });

    it('by its customer and an admin at once is undone once', async () => {
      const orderId = await bought();
      const token = await client.admin();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => cancel(orderId, undefined, index % 2 ? token : undefined)),
      );
      expect(tally(answers)).toEqual({ '200': 20 });
      await untouched();
      const { history } = await client.readOrder(customer, orderId);
      const by = history.filter(({ step }) => step === 'Cancel').map(({ changedBy }) => changedBy);
      expect(by).toHaveLength(1);
      expect(['customer', 'admin']).toContain(by[0]);
    });

    it('while it still runs is refused until it has ended, and undone then', async () => {
      const buyers = [customer, ...(await client.registerMany(5, 100_000))];
      const lives = buyers.map(async (buyer) => {
        const { orderId } = expected(202, await client.order(buyer, oneCup(), { prefer: 'respond-async' }));
        const refused: string[] = [];
        await eventually(
          async () => {
            const answers = await Promise.all([1, 2, 3].map(() => cancel(orderId, undefined, buyer.token)));
            const codes = Object.keys(tally(answers));
            refused.push(...codes.filter((code) => code !== '200'));
            return codes.includes('200');
          },
          { deadlineMs: 30_000, everyMs: 5 },
        );
        const order = await client.readOrder(buyer, orderId);
        const statuses = order.history.map(({ orderStatus }) => orderStatus);
        expect([statuses.at(0), statuses.at(-1)]).toEqual(['PENDING', 'CANCELLED']);
        expect(order.history.filter(({ step }) => step === 'RefundWallet')).toHaveLength(1);
        return new Set(refused);
      });
      for (const refused of await Promise.all(lives)) {
        expect(['', '409 ORDER_NOT_CANCELLABLE']).toContain([...refused].join());
      }
      expect((await client.readProduct(cup.productId)).stock).toBe(50);
      for (const buyer of buyers) expect(await client.balanceOf(buyer)).toBe(100_000);
      await assertBooks(shop);
    });

    it(
      'is answered under its key as the first time, also when it was refused then and services were killed since',
      async () => {
        await shop.terminate('wallet');
        const [early, later] = [randomUUID(), randomUUID()];
        const items = [{ ...size('S'), quantity: 2 }];
        const { orderId } = expected(
          202,
          await client.order(customer, { items }, { prefer: 'respond-async' }),
        );
        const refused = expectProblem(await cancel(orderId, early), 'ORDER_NOT_CANCELLABLE');
        await shop.start('wallet');
        expect((await client.untilEnded(customer, orderId)).orderStatus).toBe('SUCCESS');
        expect(expectProblem(await cancel(orderId, early), 'ORDER_NOT_CANCELLABLE')).toEqual(refused);
        const done = expected(200, await cancel(orderId, later));
        await shop.kill('order');
        await shop.start('order');
        expect(expected(200, await cancel(orderId, later))).toEqual(done);
        expect(expectProblem(await cancel(orderId, early), 'ORDER_NOT_CANCELLABLE')).toEqual(refused);
        expectProblem(await cancel(await bought(), later), 'IDEMPOTENCY_KEY_REUSED');
        expect(await client.balanceOf(customer)).toBe(60_000);
        await assertBooks(shop);
      },
      OUTAGE_DEADLINE_MS,
    );
  });
});

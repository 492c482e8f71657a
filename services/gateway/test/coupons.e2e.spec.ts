import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Coupon, CouponDraft, UserCoupon } from '@jangteo/contracts';
import {
  assertBooks,
  expected,
  shareShop,
  START_DEADLINE_MS,
  type Answer,
  type Customer,
  type Problem,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem, expectRepeat, nextPath, tally } from './expectations.js';

const hoursFromNow = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

describe('coupons', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;

  beforeAll(async () => {
    shop = await shareShop();
    ({ client } = shop);
    customer = await client.register(1_000_000);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const issue = (
    { token }: Customer,
    couponId: string,
    headers: Record<string, string> = {},
  ): Promise<Answer<UserCoupon>> => client.post(`/coupons/${couponId}/issue`, undefined, { token, headers });

  const mine = async ({ token }: Customer, status?: string): Promise<UserCoupon[]> => {
    const query = status === undefined ? '' : `?status=${status}`;
    return expected(200, await client.get<UserCoupon[]>(`/coupons/mine${query}`, { token }));
  };

  const suspend = async (couponId: string, status: string): Promise<void> => {
    expected(200, await client.patch(`/coupons/${couponId}`, { status }, { token: await client.admin() }));
  };

  /** A customer with one coupon of this kind, and a product to use it on. */
  async function holder(draft: Partial<CouponDraft> = {}, price = 1_000) {
    const [owner, coupon] = [await client.register(100_000), await client.createCoupon(draft)];
    const { userCouponId } = await client.issue(owner, coupon.couponId);
    const product = await client.createProduct({ price });
    const items = [{ productId: product.productId, quantity: 1 }];
    return { owner, coupon, userCouponId, product, items };
  }

  it('R16: makes a coupon that everybody sees with what remains of it', async () => {
    const draft = {
      name: 'Opening week',
      discountType: 'PERCENT' as const,
      discountValue: 10,
      maxDiscount: 2_000,
      minOrderAmount: 5_000,
      totalQuantity: 3,
      issueStartsAt: hoursFromNow(-1),
      issueEndsAt: hoursFromNow(1),
      validDays: 30,
    };
    const coupon = await client.createCoupon(draft);
    const { couponId } = coupon;
    expect(coupon).toMatchObject({ ...draft, couponId, issuedQuantity: 0, status: 'ISSUABLE' });
    const issued = expected(201, await issue(customer, couponId));
    expect(issued).toMatchObject({
      userCouponId: expect.any(String),
      couponId,
      name: draft.name,
      discountType: 'PERCENT',
      discountValue: 10,
      status: 'ISSUED',
      sequence: 1,
      issuedAt: expect.any(String),
      expiresAt: expect.any(String),
    });
    const days = (Date.parse(issued.expiresAt!) - Date.parse(issued.issuedAt)) / 86_400_000;
    expect(days).toBeCloseTo(30);
    expect(await listed(couponId)).toMatchObject({ remainingQuantity: 2, issuedQuantity: 1 });
  });

  async function listed(couponId: string): Promise<Coupon | undefined> {
    const all: Coupon[] = [];
    let path: string | undefined = '/coupons?limit=5';
    while (path !== undefined) {
      const answer: Answer<Coupon[]> = await client.get(path);
      all.push(...expected(200, answer));
      path = nextPath(answer);
    }
    return all.find((coupon) => coupon.couponId === couponId);
  }

  it('R16: tells an unknown coupon, one sold out and one issued already apart', async () => {
    const { couponId } = await client.createCoupon({ totalQuantity: 1 });
    expectProblem(await issue(customer, randomUUIDv7()), 'COUPON_NOT_FOUND');
    expected(201, await issue(customer, couponId));
    expectProblem(await issue(customer, couponId), 'COUPON_ALREADY_ISSUED');
    expectProblem(await issue(await client.register(), couponId), 'COUPON_SOLD_OUT');
    expect(await listed(couponId)).toBeUndefined();
  });

  it.each([
    ['whose issue is over', { issueEndsAt: hoursFromNow(-1) }, 'issueEndsAt'],
    [
      'of a fixed amount with a cap',
      { discountType: 'FIXED', discountValue: 500, maxDiscount: 400 },
      'maxDiscount',
    ],
    ['of a fixed amount with a cap above it', { discountType: 'FIXED', maxDiscount: 9_000 }, 'maxDiscount'],
  ] as const)('R16: makes no coupon %s', async (_which, terms, path) => {
    const draft = { name: 'Tea', discountType: 'FIXED', discountValue: 300, totalQuantity: 3, ...terms };
    const answer = await client.post<Problem>('/coupons', draft, { token: await client.admin() });
    expectProblem(answer, 'VALIDATION_FAILED');
    expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }]);
  });

  it('R16: tells a holder so, whatever has become of the coupon since', async () => {
    const { couponId } = await client.createCoupon({ totalQuantity: 1 });
    const holder = await client.register();
    await client.issue(holder, couponId);
    await suspend(couponId, 'SUSPENDED');
    expectProblem(await issue(holder, couponId), 'COUPON_ALREADY_ISSUED');
    expectProblem(await issue(customer, couponId), 'COUPON_NOT_ISSUABLE');
    await suspend(couponId, 'ISSUABLE');
    expectProblem(await issue(holder, couponId), 'COUPON_ALREADY_ISSUED');
    expectProblem(await issue(customer, couponId), 'COUPON_SOLD_OUT');
  });

  it('R16: does not issue a coupon whose time has not come', async () => {
    const { couponId } = await client.createCoupon({ issueStartsAt: hoursFromNow(1) });
    expectProblem(await issue(customer, couponId), 'COUPON_NOT_ISSUABLE');
    expect(await listed(couponId)).toBeUndefined();
  });

  it('R16: issues no suspended coupon, and goes on with it when that is over', async () => {
    const { couponId } = await client.createCoupon();
    await suspend(couponId, 'SUSPENDED');
    expectProblem(await issue(customer, couponId), 'COUPON_NOT_ISSUABLE');
    expect(await listed(couponId)).toBeUndefined();
    await suspend(couponId, 'ISSUABLE');
    expect(expected(201, await issue(customer, couponId)).sequence).toBe(1);
  });

  it('R16: issues one coupon to one user who asks many times at once', async () => {
    const { couponId } = await client.createCoupon({ totalQuantity: 5 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => issue(customer, couponId)));
    expect(tally(answers)).toEqual({ '201': 1, '409 COUPON_ALREADY_ISSUED': 19 });
    expect(await listed(couponId)).toMatchObject({ issuedQuantity: 1 });
  });

  it('R16: answers repeats under one Idempotency-Key with the first answer', async () => {
    const { couponId } = await client.createCoupon();
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all([1, 2, 3, 4].map(() => issue(customer, couponId, headers)));
    const first = await issue(customer, couponId, headers);
    expected(201, first);
    for (const answer of answers) expectRepeat(answer, first);
    const other = await client.createCoupon();
    expectProblem(await issue(customer, other.couponId, headers), 'IDEMPOTENCY_KEY_REUSED');
  });

  it('R17: lists the coupons that a user holds and can use, and others when asked for', async () => {
    const { owner, coupon, userCouponId, items } = await holder();
    const second = await client.issue(owner, (await client.createCoupon()).couponId);
    expect((await mine(owner)).map((held) => held.userCouponId)).toEqual([second.userCouponId, userCouponId]);
    expected(201, await client.order(owner, { items, userCouponId }));
    expect((await mine(owner)).map((held) => held.userCouponId)).toEqual([second.userCouponId]);
    expect(await mine(owner, 'USED')).toEqual([
      expect.objectContaining({ userCouponId, couponId: coupon.couponId, status: 'USED' }),
    ]);
    expect(await mine(owner, 'EXPIRED')).toEqual([]);
    expect(await mine(owner, 'ALL')).toHaveLength(2);
    expect(await mine(await client.register(), 'ALL')).toEqual([]);
  });

  describe('R18: a coupon', () => {
    it('is used once', async () => {
      const { owner, userCouponId, items } = await holder({ discountValue: 300 });
      expect(expected(201, await client.order(owner, { items, userCouponId }))).toMatchObject({
        subtotal: 1_000,
        discount: 300,
        totalPrice: 700,
        userCouponId,
      });
      expectProblem(await client.order(owner, { items, userCouponId }), 'COUPON_NOT_USABLE');
      expect(await client.balanceOf(owner)).toBe(99_300);
    });

    it('is used by one of many orders that want it at once', async () => {
      const { owner, userCouponId, items } = await holder({ discountValue: 300 });
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => client.order(owner, { items, userCouponId })),
      );
      expect(tally(answers)).toEqual({ '201': 1, '409 COUPON_NOT_USABLE': 9 });
      expect(await client.balanceOf(owner)).toBe(99_300);
      await assertBooks(shop);
    });

    it.each([
      ['somebody else’s', async () => (await holder()).userCouponId],
      ['unknown', async () => randomUUIDv7()],
      ['below its minimum', async () => undefined],
    ])('that is %s cannot be used, and nothing is taken', async (kind, couponOf) => {
      const own = await holder(kind === 'below its minimum' ? { minOrderAmount: 1_001 } : {});
      const userCouponId = (await couponOf()) ?? own.userCouponId;
      expectProblem(await client.order(own.owner, { items: own.items, userCouponId }), 'COUPON_NOT_USABLE');
      expect(await client.balanceOf(own.owner)).toBe(100_000);
      expect((await client.readProduct(own.product.productId)).stock).toBe(100);
      expect(await mine(own.owner)).toHaveLength(1);
    });

    it('is given back when the order fails', async () => {
      const { owner, userCouponId, product } = await holder({}, 200_000);
      const items = [{ productId: product.productId, quantity: 1 }];
      expectProblem(await client.order(owner, { items, userCouponId }), 'INSUFFICIENT_BALANCE');
      expect((await mine(owner)).map((held) => held.userCouponId)).toEqual([userCouponId]);
      await client.charge(owner, 200_000);
      expected(201, await client.order(owner, { items, userCouponId }));
    });

    it('is given back when the order is cancelled', async () => {
      const { owner, userCouponId, items } = await holder();
      const { orderId } = expected(201, await client.order(owner, { items, userCouponId }));
      expected(200, await client.post(`/orders/${orderId}/cancel`, undefined, { token: owner.token }));
      expect((await mine(owner)).map((held) => held.userCouponId)).toEqual([userCouponId]);
      expected(201, await client.order(owner, { items, userCouponId }));
    });

    it.each([
      ['never takes off more than the subtotal', { discountValue: 5_000 }, 1_000, 1_000],
      ['takes off a percentage, rounded down', { discountType: 'PERCENT', discountValue: 33 }, 101, 33],
      [
        'takes off a percentage up to its largest discount',
        { discountType: 'PERCENT', discountValue: 50, maxDiscount: 120 },
        1_000,
        120,
      ],
      ['takes off everything at 100 percent', { discountType: 'PERCENT', discountValue: 100 }, 999, 999],
      ['counts from its minimum on', { discountValue: 10, minOrderAmount: 1_000 }, 1_000, 10],
    ] as [string, Partial<CouponDraft>, number, number][])('%s', async (_rule, draft, price, discount) => {
      const { owner, userCouponId, items } = await holder(draft, price);
      const order = expected(201, await client.order(owner, { items, userCouponId }));
      expect(order).toMatchObject({ subtotal: price, discount, totalPrice: price - discount });
      expect(await client.balanceOf(owner)).toBe(100_000 - price + discount);
    });
  });

  describe('R16: a coupon that demands something of accounts', () => {
    const ask = (who: Customer, couponId: string, key: string) =>
      issue(who, couponId, { 'idempotency-key': key });

    it('says so, and is not for an account that was made a moment ago', async () => {
      const eligibility = { accountAgeMinutes: 60 };
      const { couponId } = await client.createCoupon({ eligibility });
      const listed = expected(200, await client.get<Coupon[]>('/coupons?limit=100'));
      expect(listed.find((coupon) => coupon.couponId === couponId)).toMatchObject({ eligibility });
      const problem = expectProblem(
        await ask(await client.register(5_000), couponId, 'young'),
        'COUPON_NOT_ELIGIBLE',
      );
      expect(problem.errors?.map(({ path }) => path)).toEqual(['eligibility.accountAgeMinutes']);
    });

    it('is for whoever has charged their wallet once, whatever is left in it', async () => {
      const { couponId } = await client.createCoupon({
        eligibility: { chargedWallet: true },
        totalQuantity: 2,
      });
      const [poor, spent] = [await client.register(), await client.register(1_000)];
      const refused = await ask(poor, couponId, 'first');
      const problem = expectProblem(refused, 'COUPON_NOT_ELIGIBLE');
      expect(problem.errors?.map(({ path }) => path)).toEqual(['eligibility.chargedWallet']);
      const { productId } = await client.createProduct({ price: 1_000 });
      expected(201, await client.order(spent, { items: [{ productId, quantity: 1 }] }));
      const issued = await ask(spent, couponId, 'first');
      expect(expected(201, issued)).toMatchObject({ sequence: 1 });
      expect((await ask(spent, couponId, 'first')).body).toEqual(issued.body);
      await client.charge(poor, 1_000);
      // What was answered under a key stays so.
      expect((await ask(poor, couponId, 'first')).body).toEqual(refused.body);
      expect(expected(201, await ask(poor, couponId, 'second'))).toMatchObject({ sequence: 2 });
    });

    it.each([{ accountAgeMinutes: 0 }, { accountAgeMinutes: 1.5 }, { chargedWallet: 'yes' }, { age: 1 }, []])(
      'is refused where it demands %j',
      async (eligibility) => {
        const token = await client.admin();
        const draft = { name: 'Odd', discountType: 'FIXED', discountValue: 1, totalQuantity: 1, eligibility };
        expectProblem(await client.post('/coupons', draft, { token }), 'VALIDATION_FAILED');
      },
    );
  });

  it('R31: makes no service report a failure', async () => {
    expect(await shop.failures()).toEqual([]);
  });
});

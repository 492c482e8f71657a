import { describe, expect, it } from '@jest/globals';
import { shares } from './closed-loop.js';
import type { OrderPlan } from './plan.js';
import { requestsOf, twoOf } from './requests.js';

const goods = Array.from({ length: 5 }, (_, index) => ({ productId: `product ${index}` }));
const orders: OrderPlan = { kind: 'order', tokens: ['a', 'b'], goods };
const answer = (status: number, body: object, retryAfter?: string) => ({
  status,
  body: JSON.stringify(body),
  retryAfter,
});

describe('twoOf', () => {
  it('never takes one good twice, and every good and pair alike often', () => {
    const pairs = Array.from({ length: 20 }, (_, index) =>
      twoOf(goods, index).map(({ productId }) => productId),
    );
    expect(pairs.filter(([one, other]) => one === other)).toEqual([]);
    expect(new Set(pairs.map((pair) => pair.join())).size).toBe(20);
  });

  it.each([2, 37, 74, 200])('takes two different ones of %i too', (count) => {
    const many = Array.from({ length: count }, (_, index) => ({ productId: String(index) }));
    const same = Array.from({ length: 3 * count }, (_, index) => twoOf(many, index)).filter(
      ([one, other]) => one.productId === other.productId,
    );
    expect(same).toEqual([]);
  });
});

describe('requestsOf', () => {
  it('lets customers take turns, each with another pair of goods', () => {
    const { next } = requestsOf(orders, false);
    const [first, second, third] = [next(), next(), next()];
    expect([first, second, third].map(({ headers }) => headers.authorization)).toEqual([
      'Bearer a',
      'Bearer b',
      'Bearer a',
    ]);
    expect(first.body).not.toBe(third.body);
    expect(JSON.parse(first.body ?? '')).toEqual({
      items: twoOf(goods, 0).map((good) => ({ ...good, quantity: 1 })),
    });
  });

  it('uses up each coupon of the customer once, and says when there are no more', () => {
    const { next } = requestsOf({ ...orders, userCoupons: [['a1', 'a2'], ['b1']] }, false);
    const couponOf = (): unknown => (JSON.parse(next().body ?? '') as { userCouponId: string }).userCouponId;
    expect([couponOf(), couponOf(), couponOf()]).toEqual(['a1', 'b1', 'a2']);
    expect(couponOf).toThrow('ran out of coupons');
  });

  const success = answer(201, { orderStatus: 'SUCCESS' });
  const pending = answer(202, { orderStatus: 'PENDING' });
  const busy = answer(503, { code: 'SERVICE_UNAVAILABLE' }, '1');
  const speechless = answer(503, { code: 'SERVICE_UNAVAILABLE' });
  const broken = { status: 502, body: '<html>', retryAfter: undefined };
  it.each([
    ['a success', false, success, { kind: 'good', name: '201' }],
    ['a success in too much load', true, success, { kind: 'good', name: '201' }],
    ['an order on its way', false, pending, { kind: 'bad', name: '202 PENDING' }],
    ['an order on its way in too much load', true, pending, { kind: 'refused', name: '202 PENDING' }],
    ['a busy shop', false, busy, { kind: 'bad', name: '503 SERVICE_UNAVAILABLE' }],
    ['a busy shop in too much load', true, busy, { kind: 'refused', name: '503 SERVICE_UNAVAILABLE' }],
    ['one that says not for how long', true, speechless, { kind: 'bad', name: '503 SERVICE_UNAVAILABLE' }],
    ['no problem document', true, broken, { kind: 'bad', name: '502' }],
  ])('judges %s', (_name, mayRefuse, given, verdict) => {
    expect(requestsOf(orders, mayRefuse).judge(given)).toEqual(verdict);
  });

  it('takes a coupon for as good an answer as the news that there is none left', () => {
    const { judge } = requestsOf({ kind: 'issue', tokens: ['a'], couponId: 'c' }, false);
    expect(judge(answer(201, {}))).toEqual({ kind: 'good', name: '201' });
    expect(judge(answer(409, { code: 'COUPON_SOLD_OUT' }))).toEqual({
      kind: 'good',
      name: '409 COUPON_SOLD_OUT',
    });
    expect(judge(answer(409, { code: 'COUPON_ALREADY_ISSUED' })).kind).toBe('bad');
  });
});

describe('shares', () => {
  it('spreads all of a number, as evenly as can be', () => {
    expect(shares(7, 3)).toEqual([3, 2, 2]);
    expect(shares(128, 2)).toEqual([64, 64]);
  });
});

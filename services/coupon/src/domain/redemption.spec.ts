import { describe, expect, it } from '@jest/globals';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { decideReleases, decideUses, type UsableCoupon } from './redemption.js';

const now = new Date('2026-03-01T12:00:00.000Z');
const userId = 'ann';
const held: UsableCoupon = {
  userCouponId: 'uc-1',
  userId,
  expiresAt: null,
  orderId: null,
  takenBackAt: null,
  discountType: 'FIXED',
  discountValue: 500,
  maxDiscount: null,
  minOrderAmount: null,
};

describe('decideUses', () => {
  const use = (userCoupons: UsableCoupon[], ...orders: string[]) =>
    decideUses(
      { rows: userCoupons, now },
      orders.map((orderId) => ({ orderId, userId, userCouponId: 'uc-1', subtotal: 2_000 })),
    );

  it('tells the discount and uses it for the first order alone', () => {
    const { outcomes, changes } = use([held], 'order-1', 'order-2');
    expect(outcomes).toEqual([done({ discount: 500 }), notUsable('it was used for another order')]);
    expect(changes).toEqual([{ orderId: 'order-1', userCouponId: 'uc-1', discount: 500, redeemedAt: now }]);
  });

  const yesterday = new Date('2026-02-28T12:00:00.000Z');
  it.each([
    ['refuses one that nobody holds', [], 'no such coupon'],
    ["refuses somebody else's as if there were none", [{ ...held, userId: 'bob' }], 'no such coupon'],
    ['refuses a used one', [{ ...held, orderId: 'order-0' }], 'it was used for another order'],
    ['refuses one that expires now', [{ ...held, expiresAt: now }], `it expired at ${now.toISOString()}`],
    [
      'refuses one that was taken back, be it later than this began',
      [{ ...held, takenBackAt: now, expiresAt: new Date(now.getTime() + 1) }],
      'it was taken back',
    ],
    [
      'says that it is used before that it has expired',
      [{ ...held, orderId: 'order-0', expiresAt: yesterday }],
      'it was used for another order',
    ],
    [
      'refuses a subtotal below its minimum',
      [{ ...held, minOrderAmount: 2_001 }],
      'it needs an order of at least 2001, this one is 2000',
    ],
    [
      'refuses an order that it takes nothing off, and stays as it was',
      [{ ...held, discountType: 'PERCENT', discountValue: 1 }],
      'it takes nothing off this order',
      99,
    ],
  ] as [string, UsableCoupon[], string, number?][])('%s', (_title, userCoupons, detail, subtotal = 2_000) => {
    const command = { orderId: 'order-1', userId, userCouponId: 'uc-1', subtotal };
    const { outcomes, changes } = decideUses({ rows: userCoupons, now }, [command]);
    expect(outcomes).toEqual([notUsable(detail)]);
    expect(changes).toEqual([]);
  });

  it.each([
    ['at the last instant before it expires', { expiresAt: new Date(now.getTime() + 1) }],
    ['on exactly its minimum', { minOrderAmount: 2_000 }],
  ])('uses it %s', (_title, terms) => {
    expect(use([{ ...held, ...terms }], 'order-1').outcomes).toEqual([done({ discount: 500 })]);
  });

  it('leaves a coupon that one order may not use to the next', () => {
    const commands = [
      { orderId: 'order-1', userId, userCouponId: 'uc-1', subtotal: 1_999 },
      { orderId: 'order-2', userId: 'bob', userCouponId: 'uc-1', subtotal: 2_000 },
      { orderId: 'order-3', userId, userCouponId: 'uc-1', subtotal: 2_000 },
    ];
    const { outcomes } = decideUses({ rows: [{ ...held, minOrderAmount: 2_000 }], now }, commands);
    expect(outcomes.map(({ ok }) => ok)).toEqual([false, false, true]);
  });
});

describe('decideReleases', () => {
  const command = { orderId: 'order-1', userId, userCouponId: 'uc-1' };
  const use = { orderId: 'order-1', userCouponId: 'uc-1' };
  const release = (...rows: (typeof use)[]) => decideReleases({ rows, now }, [command]);

  it('gives back what the order uses', () => {
    expect(release(use)).toEqual({
      outcomes: [done({ released: true })],
      changes: [{ ...use, releasedAt: now }],
    });
  });

  it('gives back nothing where the order uses none', () => {
    expect(release()).toEqual({ outcomes: [done({ released: false })], changes: [] });
  });

  it('fails loudly when the command names another coupon than the order uses', () => {
    const other = { orderId: 'order-1', userCouponId: 'uc-2' };
    expect(() => release(other)).toThrow('its release names uc-1');
  });
});

function notUsable(detail: string): Outcome {
  return refuse('COUPON_NOT_USABLE', detail);
}

import { describe, expect, it } from '@jest/globals';
import { done, refuse } from '@jangteo/contracts';
import { decideTakingBack, type HeldCoupon } from './take-back.js';

const now = new Date('2026-01-10T00:00:00.000Z');
const held: HeldCoupon = {
  userCouponId: 'held',
  couponId: 'tea',
  userId: 'kim',
  issuedAt: new Date('2026-01-01T00:00:00.000Z'),
  expiresAt: null,
  orderId: null,
  takenBackAt: null,
};
const operation = { key: 'key', fingerprint: '' };

const takeBack = (rows: HeldCoupon[], ...ids: string[]) =>
  decideTakingBack(
    { rows, now },
    ids.map((userCouponId) => ({ operation, userCouponId, actorId: 'operator' })),
  );

const TAKEN = done({
  userCouponId: 'held',
  couponId: 'tea',
  userId: 'kim',
  takenBackAt: '2026-01-10T00:00:00.000Z',
});

describe('taking a coupon back', () => {
  it('has it expire at once, and says who did', () => {
    expect(takeBack([held], 'held')).toEqual({
      outcomes: [TAKEN],
      changes: [{ userCouponId: 'held', expiresAt: now, takenBackAt: now, takenBackBy: 'operator' }],
    });
  });

  it('happens once, when it is asked for twice at once and when it was done before', () => {
    const twice = takeBack([held], 'held', 'held');
    expect(twice.outcomes).toEqual([TAKEN, TAKEN]);
    expect(twice.changes).toHaveLength(1);
    const before = new Date('2026-01-05T00:00:00.000Z');
    const again = takeBack([{ ...held, expiresAt: before, takenBackAt: before }], 'held');
    expect(again.outcomes).toMatchObject([{ value: { takenBackAt: before.toISOString() } }]);
    expect(again.changes).toEqual([]);
  });

  it('refuses one that an order uses, and one that nobody has', () => {
    const { outcomes, changes } = takeBack([{ ...held, orderId: 'order' }], 'held', 'ghost');
    expect(outcomes).toEqual([refuse('USER_COUPON_USED'), refuse('USER_COUPON_NOT_FOUND')]);
    expect(changes).toEqual([]);
  });

  it('lets none live longer, nor end before it began', () => {
    const over = new Date('2026-01-03T00:00:00.000Z');
    expect(takeBack([{ ...held, expiresAt: over }], 'held').changes).toMatchObject([{ expiresAt: over }]);
    const justNow = takeBack([{ ...held, issuedAt: now }], 'held').changes;
    expect(justNow).toMatchObject([{ expiresAt: new Date(now.getTime() + 1) }]);
  });
});

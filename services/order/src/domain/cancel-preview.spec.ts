import { HOUR_MS } from '@jangteo/contracts';
import { describe, expect, it } from '@jest/globals';
import { cancelPreviewOf } from './cancel-preview.js';
import type { Moment, Order } from './order.js';

const completedAt = new Date('2026-01-01T00:00:00.100Z');
const bounds = { cancelWindowMs: 24 * HOUR_MS } as Moment['bounds'];
const at = (msLater: number): Moment => ({ now: new Date(completedAt.getTime() + msLater), bounds });

const item = { productId: 'p', optionId: 'o', name: 'Tea cup', price: 12_000, quantity: 2 };
const order: Order = {
  orderId: 'order',
  userId: 'user',
  status: 'SUCCESS',
  lines: [{ productId: 'p', quantity: 2 }],
  fromCart: false,
  userCouponId: 'coupon',
  expectedTotal: null,
  items: [item],
  subtotal: 24_000,
  discount: 1_000,
  total: 23_000,
  failure: null,
  createdAt: new Date('2026-01-01T00:00:00.000Z'),
  completedAt,
  cancelledAt: null,
  updatedAt: completedAt,
};

const placed = { step: null };
const history = [placed, { step: 'ReserveStock' }, { step: 'UseCoupon' }, { step: 'DebitWallet' }];

const codeOf = (its: Partial<Parameters<typeof cancelPreviewOf>[0]>, msLater = 0) => {
  const outcome = cancelPreviewOf({ ...order, history, ...its }, at(msLater));
  return outcome.ok ? outcome.value.givesBack : outcome.refusal.code;
};

describe('what a cancellation would give back', () => {
  it('is money, coupon and stock of an order that succeeded, which is told as it is', () => {
    const outcome = cancelPreviewOf({ ...order, history }, at(0));
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        order: { orderId: 'order', orderStatus: 'SUCCESS' },
        givesBack: { amount: 23_000, userCouponId: 'coupon', items: [item] },
      },
    });
  });

  it('is no coupon where none was used', () => {
    expect(codeOf({ userCouponId: null, discount: 0, total: 24_000 })).toEqual({
      amount: 24_000,
      items: [item],
    });
  });

  it('is nothing more of an order that was cancelled before, or is being cancelled, however long ago', () => {
    const begun = { history: [...history, { step: 'Cancel' }] };
    const ended = { ...begun, status: 'CANCELLED' as const, cancelledAt: completedAt };
    for (const its of [begun, ended]) expect(codeOf(its, 25 * HOUR_MS)).toEqual({ amount: 0, items: [] });
  });

  it.each([
    [
      'up to the end of the window',
      {},
      24 * HOUR_MS,
      { amount: 23_000, userCouponId: 'coupon', items: [item] },
    ],
    ['not after it', {}, 24 * HOUR_MS + 1, 'ORDER_NOT_CANCELLABLE'],
    [
      'not of an order on its way',
      { status: 'PENDING' as const, completedAt: null },
      0,
      'ORDER_NOT_CANCELLABLE',
    ],
    ['not of one that failed', { status: 'FAILED' as const, completedAt: null }, 0, 'ORDER_NOT_CANCELLABLE'],
  ])('is told %s', (_title, its, msLater, expected) => {
    expect(codeOf(its, msLater)).toEqual(expected);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { OrderTerms } from '@jangteo/contracts';
import type { Option } from './option.js';
import { decideReservations } from './reservation.js';

const cup: Option = {
  productId: 'Cup',
  productName: 'Tea cup',
  category: null,
  basePrice: 1_000,
  status: 'SELLABLE',
  optionId: 'cup',
  optionName: 'default',
  additionalPrice: 0,
  optionStatus: 'SELLABLE',
  stock: 3,
};

function reserve(terms: OrderTerms | undefined, quantity = 2, option = cup) {
  const order = { orderId: 'order', items: [{ productId: 'Cup', quantity }], terms };
  const { outcomes, changes } = decideReservations([option], [order]);
  const [outcome] = outcomes;
  return { told: outcome?.ok ? 'ok' : outcome?.refusal.code, changes };
}

const fixed = { discountType: 'FIXED', discountValue: 300 } as const;
const tenth = { discountType: 'PERCENT', discountValue: 10, maxDiscount: 150 } as const;

describe('the terms of an order of 2,000', () => {
  it.each<[string, OrderTerms | undefined]>([
    ['ok', undefined],
    ['ok', {}],
    ['ok', { payable: 2_000 }],
    ['INSUFFICIENT_BALANCE', { payable: 1_999 }],
    ['INSUFFICIENT_BALANCE', { payable: 0 }],
    ['ok', { expectedTotal: 2_000 }],
    ['PRICE_CHANGED', { expectedTotal: 1_999 }],
    ['PRICE_CHANGED', { expectedTotal: 2_001 }],
    ['ok', { payable: 1_700, discount: fixed, expectedTotal: 1_700 }],
    ['INSUFFICIENT_BALANCE', { payable: 1_699, discount: fixed, expectedTotal: 1_700 }],
    ['PRICE_CHANGED', { payable: 1_700, discount: fixed, expectedTotal: 2_000 }],
    ['ok', { payable: 1_850, discount: tenth }],
    ['INSUFFICIENT_BALANCE', { payable: 1_849, discount: tenth }],
    ['ok', { payable: 0, discount: { ...fixed, discountValue: 5_000 }, expectedTotal: 0 }],
    ['ok', { discount: { ...fixed, minOrderAmount: 2_000 } }],
    ['COUPON_NOT_USABLE', { discount: { ...fixed, minOrderAmount: 2_001 } }],
    // What its saga would meet first is told first.
    ['COUPON_NOT_USABLE', { payable: 0, discount: { ...fixed, minOrderAmount: 2_001 }, expectedTotal: 1 }],
    ['PRICE_CHANGED', { payable: 0, expectedTotal: 1 }],
  ])('lead to %s: %j', (told, terms) => {
    const decided = reserve(terms);
    expect(decided.told).toBe(told);
    const isHeld = told === 'ok';
    expect(decided.changes.deltas).toEqual(isHeld ? [{ optionId: 'cup', delta: -2 }] : []);
    expect(decided.changes.reservations).toHaveLength(isHeld ? 1 : 0);
  });

  it('refuse a coupon that takes nothing off', () => {
    const free = { ...cup, basePrice: 0 };
    expect(reserve({ payable: 0, discount: fixed }, 1, free).told).toBe('COUPON_NOT_USABLE');
    expect(reserve({ discount: tenth }, 1, { ...cup, basePrice: 9 }).told).toBe('COUPON_NOT_USABLE');
    expect(reserve({ discount: tenth }, 1, { ...cup, basePrice: 10 }).told).toBe('ok');
    expect(reserve({ payable: 0 }, 1, free).told).toBe('ok');
  });

  it('come after what is wrong with the order and what is short', () => {
    expect(reserve({ payable: 0 }, 4).told).toBe('OUT_OF_STOCK');
    expect(reserve({ payable: 0 }, 2, { ...cup, status: 'SUSPENDED' }).told).toBe('PRODUCT_NOT_SELLABLE');
  });

  it('leave the stock to the next order of the batch', () => {
    const order = { items: [{ productId: 'Cup', quantity: 3 }] };
    const { outcomes } = decideReservations(
      [cup],
      [
        { ...order, orderId: 'poor', terms: { payable: 2_999 } },
        { ...order, orderId: 'rich', terms: { payable: 3_000 } },
      ],
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual([false, true]);
  });
});

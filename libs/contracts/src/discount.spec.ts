import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { discountFor, discountOf, type DiscountFormula } from './discount.js';
import { MONEY_MAX } from './money.js';
import { done, refuse } from './refusals.js';

const fixed = (discountValue: number, maxDiscount: number | null = null): DiscountFormula => ({
  discountType: 'FIXED',
  discountValue,
  maxDiscount,
});
const percent = (discountValue: number, maxDiscount: number | null = null): DiscountFormula => ({
  discountType: 'PERCENT',
  discountValue,
  maxDiscount,
});

describe('discountOf', () => {
  it.each([
    ['takes a fixed amount off', fixed(3_000), 24_000, 3_000],
    ['takes no more off than there is', fixed(3_000), 2_999, 2_999],
    ['takes nothing off nothing', fixed(3_000), 0, 0],
    ['does not cap a fixed amount', fixed(3_000, 1_000), 24_000, 3_000],
    ['takes a percentage off', percent(10), 24_000, 2_400],
    ['rounds a percentage down', percent(33), 199, 65],
    ['rounds less than one unit down to nothing', percent(1), 99, 0],
    ['takes everything off at 100 percent', percent(100), 24_001, 24_001],
    ['takes a capped percentage off up to the cap', percent(10, 2_400), 24_000, 2_400],
    ['caps a percentage', percent(10, 2_399), 24_000, 2_399],
    ['takes a third of the largest subtotal exactly', percent(33), MONEY_MAX, 2_972_375_754_064_527],
  ])('%s', (_title, terms, subtotal, expected) => {
    expect(discountOf(terms, subtotal)).toBe(expected);
  });

  const money = fc.oneof(
    fc.integer({ min: 0, max: 10_000 }),
    fc.maxSafeNat(),
    fc.integer({ min: MONEY_MAX - 1_000, max: MONEY_MAX }),
  );
  const cap = fc.option(
    fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: MONEY_MAX })),
  );

  it('is the exact percentage, rounded down and capped, for every subtotal', () => {
    fc.assert(
      fc.property(money, fc.integer({ min: 1, max: 100 }), cap, (subtotal, value, maxDiscount) => {
        const exact = (BigInt(subtotal) * BigInt(value)) / 100n;
        const capped = maxDiscount !== null && exact > BigInt(maxDiscount) ? BigInt(maxDiscount) : exact;
        expect(BigInt(discountOf(percent(value, maxDiscount), subtotal))).toBe(capped);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never below 0 nor above the subtotal, and never shrinks while the subtotal grows', () => {
    const terms = fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: MONEY_MAX }), cap).map(([value, max]) => fixed(value, max)),
      fc.tuple(fc.integer({ min: 1, max: 100 }), cap).map(([value, max]) => percent(value, max)),
    );
    fc.assert(
      fc.property(terms, money, money, (given, one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)];
        const discounts = [discountOf(given, small), discountOf(given, large)] as const;
        expect(discounts[0]).toBeGreaterThanOrEqual(0);
        expect(discounts[0]).toBeLessThanOrEqual(small);
        expect(discounts[1]).toBeLessThanOrEqual(large);
        expect(discounts[1]).toBeGreaterThanOrEqual(discounts[0]);
      }),
    );
  });
});

describe('discountFor', () => {
  const nothing = refuse('COUPON_NOT_USABLE', 'it takes nothing off this order');
  const least = { ...fixed(3_000), minOrderAmount: 100 };

  it.each([
    ['tells the discount', percent(10), 10, done(1)],
    ['refuses a percentage that comes to nothing', percent(10), 9, nothing],
    ['refuses an order that costs nothing', fixed(3_000), 0, nothing],
    ['takes off exactly its minimum', least, 100, done(100)],
    [
      'refuses less than its minimum',
      least,
      99,
      refuse('COUPON_NOT_USABLE', 'it needs an order of at least 100, this one is 99'),
    ],
  ])('%s', (_title, terms, subtotal, expected) => {
    expect(discountFor(terms, subtotal)).toEqual(expected);
  });
});

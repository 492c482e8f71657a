import { describe, expect, it } from '@jest/globals';
import { isPriceOther, totalOf } from './steps.js';

describe('the total', () => {
  it.each([
    [24_000, 0, 24_000],
    [24_000, 3_000, 21_000],
    [24_000, 24_000, 0],
    [0, 0, 0],
    [Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER - 1],
  ])('of %i with a discount of %i is %i', (subtotal, discount, total) => {
    expect(totalOf(subtotal, discount)).toBe(total);
  });

  it.each([
    [100, 101],
    [100, -1],
    [100.5, 0],
    [100, NaN],
    [2 ** 53, 0],
  ])('of %d with a discount of %d is a bug elsewhere', (subtotal, discount) => {
    expect(() => totalOf(subtotal, discount)).toThrow(RangeError);
  });

  it('is compared only with what the customer expected, once it is known', () => {
    expect(isPriceOther({ expectedTotal: null, total: 5 })).toBe(false);
    expect(isPriceOther({ expectedTotal: 5, total: null })).toBe(false);
    expect(isPriceOther({ expectedTotal: 5, total: 5 })).toBe(false);
    expect(isPriceOther({ expectedTotal: 0, total: 5 })).toBe(true);
  });
});

import type { CouponDraft, Money } from '@jangteo/contracts';

/** How much a coupon takes off. */
export interface DiscountTerms {
  readonly discountType: CouponDraft['discountType'];
  /** FIXED: minor units; PERCENT: 1 to 100. */
  readonly discountValue: number;
  /** The most that a PERCENT coupon takes off, in minor units. */
  readonly maxDiscount: Money | null;
}

/**
 * What a coupon takes off a subtotal, exact for every subtotal up to 2^53 − 1.
 *
 * @param subtotal in minor units
 * @returns minor units, never above the subtotal; percents are rounded down
 */
export function discountOf(terms: DiscountTerms, subtotal: Money): Money {
  const { discountType, discountValue, maxDiscount } = terms;
  if (discountType === 'FIXED') return Math.min(discountValue, subtotal);
  return Math.min(percentOf(subtotal, discountValue), maxDiscount ?? subtotal, subtotal);
}

/** Whole hundreds and the rest apart: subtotal × percent itself would leave the range of exact numbers. */
function percentOf(subtotal: Money, percent: number): Money {
  const rest = subtotal % 100;
  const hundreds = (subtotal - rest) / 100;
  return hundreds * percent + Math.floor((rest * percent) / 100);
}

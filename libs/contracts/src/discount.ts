import { z } from 'zod';
import { money, type Money } from './money.js';
import { done, refuse, type Outcome } from './refusals.js';

export const discountType = z.enum(['FIXED', 'PERCENT']);

/** The rule by which a coupon takes off, and the smallest order that it takes off from. */
export const discountRule = z.object({
  discountType,
  /** FIXED: minor units; PERCENT: 1 to 100. */
  discountValue: money.min(1),
  /** The most that a PERCENT coupon takes off, in minor units. */
  maxDiscount: money.min(1).optional(),
  /** The smallest subtotal that it can be used on, in minor units. */
  minOrderAmount: money.optional(),
});

export type DiscountRule = z.infer<typeof discountRule>;

export interface DiscountFormula {
  readonly discountType: DiscountRule['discountType'];
  /** FIXED: minor units; PERCENT: 1 to 100. */
  readonly discountValue: number;
  /** The most that a PERCENT coupon takes off, in minor units. */
  readonly maxDiscount?: Money | null | undefined;
}

/** What a coupon takes off, and the smallest subtotal that it can be used on, in minor units. */
export interface CouponRule extends DiscountFormula {
  readonly minOrderAmount?: Money | null | undefined;
}

/**
 * Computes what a coupon takes off a subtotal, exactly for every subtotal up to 2^53 − 1.
 *
 * @param subtotal in minor units
 * @returns minor units, never above the subtotal; percents are rounded down
 */
export function discountOf(formula: DiscountFormula, subtotal: Money): Money {
  const { discountType, discountValue, maxDiscount } = formula;
  if (discountType === 'FIXED') return Math.min(discountValue, subtotal);
  return Math.min(percentOf(subtotal, discountValue), maxDiscount ?? subtotal, subtotal);
}

/** Whole hundreds and the rest apart: subtotal × percent itself would leave the range of exact numbers. */
function percentOf(subtotal: Money, percent: number): Money {
  const rest = subtotal % 100;
  const hundreds = (subtotal - rest) / 100;
  return hundreds * percent + Math.floor((rest * percent) / 100);
}

/** What a coupon takes off an order. No coupon is used up for nothing. */
export function discountFor(rule: CouponRule, subtotal: Money): Outcome<Money, 'COUPON_NOT_USABLE'> {
  const minimum = rule.minOrderAmount ?? 0;
  if (subtotal < minimum) {
    const detail = `it needs an order of at least ${minimum}, this one is ${subtotal}`;
    return refuse('COUPON_NOT_USABLE', detail);
  }
  const discount = discountOf(rule, subtotal);
  return discount > 0 ? done(discount) : refuse('COUPON_NOT_USABLE', 'it takes nothing off this order');
}

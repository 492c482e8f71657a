import { belowMinimum, discountOf, refuse, type Money, type OrderTerms } from '@jangteo/contracts';

/**
 * Foresees the refusal that an order would meet further on, by all that was known of it beforehand; in the order in
 * which its saga would find out: coupon, price, money.
 */
export function refusalByTerms({ payable, discount, expectedTotal }: OrderTerms = {}, subtotal: Money) {
  const tooSmall = belowMinimum(discount?.minOrderAmount, subtotal);
  if (tooSmall !== undefined) return refuse('COUPON_NOT_USABLE', tooSmall);
  const total = discount === undefined ? subtotal : subtotal - discountOf(discount, subtotal);
  if (expectedTotal !== undefined && total !== expectedTotal) {
    return refuse('PRICE_CHANGED', `the total is ${total}, not ${expectedTotal}`);
  }
  if (payable === undefined || total <= payable) return undefined;
  return refuse('INSUFFICIENT_BALANCE', `${total} is due, ${payable} is there`);
}

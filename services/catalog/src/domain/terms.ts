import { discountFor, done, refuse, type Money, type OrderTerms } from '@jangteo/contracts';

/**
 * Foresees the refusal that an order would meet further on, by all that was known of it beforehand; in the order in
 * which its saga would find out: coupon, price, money.
 */
export function refusalByTerms({ payable, discount, expectedTotal }: OrderTerms = {}, subtotal: Money) {
  const off = discount === undefined ? done(0) : discountFor(discount, subtotal);
  if (!off.ok) return off;
  const total = subtotal - off.value;
  if (expectedTotal !== undefined && total !== expectedTotal) {
    return refuse('PRICE_CHANGED', `the total is ${total}, not ${expectedTotal}`);
  }
  if (payable === undefined || total <= payable) return undefined;
  return refuse('INSUFFICIENT_BALANCE', `${total} is due, ${payable} is there`);
}

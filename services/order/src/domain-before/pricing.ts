import type { Order } from './order.js';

/**
 * What is to be paid, in minor units.
 *
 * @throws RangeError when an amount is no exact one or the discount exceeds the subtotal: a participant
 *         broke its promise, and the order must not go on with a guess
 */
export function totalOf(subtotal: number, discount: number): number {
  const isSound = Number.isSafeInteger(subtotal) && Number.isSafeInteger(discount);
  if (!isSound || discount < 0 || discount > subtotal) {
    throw new RangeError(`a discount of ${discount} on a subtotal of ${subtotal}`);
  }
  return subtotal - discount;
}

/** Whether the customer agreed to another total than the one that came out. */
export function isPriceOther({ expectedTotal, total }: Pick<Order, 'expectedTotal' | 'total'>): boolean {
  return total !== null && expectedTotal !== null && total !== expectedTotal;
}

import { z } from 'zod';

/** The largest amount that a JSON number carries exactly, in the currency's smallest unit. */
export const MONEY_MAX = Number.MAX_SAFE_INTEGER;

/** An amount of money in minor units, 0 or more. */
export const money = z.int().min(0).max(MONEY_MAX);

/** A change of money in minor units; a payment is negative. */
export const signedMoney = z.int().min(-MONEY_MAX).max(MONEY_MAX);

export type Money = z.infer<typeof money>;

/**
 * Multiplies a price by a quantity and adds up, refusing to leave the exact range.
 *
 * @param lines price in minor units and quantity of each line
 * @returns the exact sum in minor units, or `undefined` when it is above {@link MONEY_MAX}
 */
export function sumOfLines(lines: readonly { price: Money; quantity: number }[]): Money | undefined {
  let sum = 0;
  for (const line of lines) {
    const amount = line.price * line.quantity;
    if (!Number.isSafeInteger(amount)) return undefined;
    sum += amount;
    if (!Number.isSafeInteger(sum)) return undefined;
  }
  return sum;
}

import { isAmong, refuse, type ReplyAddress } from '@jangteo/contracts';
import type { Charge, ChargeAnswer } from './charge.js';

/** Somebody who asked for a charge that exists already. */
export interface Repeat {
  readonly chargeId: string;
  readonly waiter: ReplyAddress | undefined;
}

/**
 * Gives repeats the first answer, or lets them wait for it. Who comes when too many wait is told to come again:
 * those who came before are not forgotten.
 *
 * @param waitersMax who can wait for one charge at a time
 * @returns the answer to repeat i, `undefined` where it has to wait, and the charges that changed
 */
export function decideRepeats(
  found: readonly Charge[],
  repeats: readonly Repeat[],
  waitersMax: number,
): { answers: (ChargeAnswer | undefined)[]; changed: Charge[] } {
  const charges = new Map(found.map((charge) => [charge.chargeId, charge]));
  const changed = new Set<string>();
  const answers = repeats.map(({ chargeId, waiter }): ChargeAnswer | undefined => {
    const charge = charges.get(chargeId);
    if (charge === undefined) throw new Error(`the charge ${chargeId} was decided and is not there`);
    if (charge.answer !== null) return charge.answer;
    if (waiter === undefined) return undefined;
    if (isAmong(charge.waiters, waiter)) return undefined;
    if (charge.waiters.length >= waitersMax) return refuse('IDEMPOTENCY_KEY_IN_USE');
    charges.set(chargeId, { ...charge, waiters: [...charge.waiters, waiter] });
    changed.add(chargeId);
    return undefined;
  });
  return { answers, changed: [...changed].map((chargeId) => charges.get(chargeId) as Charge) };
}

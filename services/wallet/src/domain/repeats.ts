import type { Charge, ChargeAnswer, Waiter } from './charge.js';

/** Somebody who asked for a charge that exists already. */
export interface Repeat {
  readonly chargeId: string;
  readonly waiter: Waiter | undefined;
}

function joined(waiters: readonly Waiter[], waiter: Waiter, waitersMax: number): readonly Waiter[] {
  const { replyTo, correlationId } = waiter;
  const waits = waiters.some((other) => other.replyTo === replyTo && other.correlationId === correlationId);
  return waits ? waiters : [...waiters, waiter].slice(-waitersMax);
}

/**
 * Gives repeats the first answer, or lets them wait for it.
 *
 * @param waitersMax who can wait for one charge at a time; the longest waiting is forgotten first
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
    charges.set(chargeId, { ...charge, waiters: joined(charge.waiters, waiter, waitersMax) });
    changed.add(chargeId);
    return undefined;
  });
  return { answers, changed: [...changed].map((chargeId) => charges.get(chargeId) as Charge) };
}

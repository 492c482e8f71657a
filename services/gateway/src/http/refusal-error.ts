import type { Outcome, Refusal } from '@jangteo/contracts';

/**
 * A refusal on its way out. Refusals are values up to the controllers; from there on Nest knows no other way
 * to answer with something else than a method's value than to throw.
 */
export class Refused extends Error {
  override readonly name = 'Refused';

  /**
   * @param retryAfterSeconds when to ask again, where that is known
   * @param options the cause of a failure of ours, for the log
   */
  constructor(
    readonly refusal: Refusal,
    readonly retryAfterSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(refusal.code, options);
  }
}

/** @throws Refused */
export function valueOf<V>(outcome: Outcome<V>): V {
  if (outcome.ok) return outcome.value;
  throw new Refused(outcome.refusal);
}

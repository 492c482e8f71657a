import type { Operation } from '@jangteo/contracts';
import type { Statements } from '@jangteo/database';
import { keepFirstAnswer, keptIdOf, readFirstAnswer } from './first-answers.queries.js';
import { Refused } from './refusal-error.js';

interface Kept<A> {
  readonly fingerprint: string;
  readonly answer: A;
}

const idOf = ({ key }: Operation): string => keptIdOf('change', key);

/**
 * Reads what was answered first under an Idempotency-Key to a change of the gateway's own.
 *
 * @throws Refused with IDEMPOTENCY_KEY_REUSED where that was another change
 */
export async function readFirstUnder<A>(on: Statements, operation: Operation): Promise<A | undefined> {
  const kept = await readFirstAnswer<Kept<A>>(on, idOf(operation));
  if (kept === undefined) return undefined;
  if (kept.fingerprint !== operation.fingerprint) throw new Refused({ code: 'IDEMPOTENCY_KEY_REUSED' });
  return kept.answer;
}

/** Keeps an answer for {@link readFirstUnder}, in the transaction of the change, while repeats wait for it. */
export async function keepFirstUnder(tx: Statements, operation: Operation, answer: object): Promise<void> {
  await keepFirstAnswer(tx, idOf(operation), { fingerprint: operation.fingerprint, answer });
}

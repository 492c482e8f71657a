import type { Operation } from '@jangteo/contracts';
import type { Statements } from '@jangteo/database';
import { keepFirstAnswer, keptIdOf } from './first-answers.queries.js';
import { Refused } from './refusal-error.js';

/**
 * Notes, in the transaction that makes it, under which Idempotency-Key something with a secret was made. The secret is
 * in the first answer alone: a repeat makes nothing, and is told what the first one made.
 *
 * @param made what is made, or the path of it
 * @throws Refused with IDEMPOTENCY_KEY_REUSED where something was made under the key
 */
export async function noteSecret(
  tx: Statements,
  { key, fingerprint }: Operation,
  made: string,
): Promise<void> {
  // Replicas of the release before keep it under this name as well.
  const mine = { fingerprint, path: made };
  const first = await keepFirstAnswer(tx, keptIdOf('secret', key), mine);
  if (first === mine) return;
  const isRepeat = first.fingerprint === fingerprint;
  const detail = isRepeat ? { detail: `it made ${first.path}, whose secret was shown once` } : {};
  throw new Refused({ code: 'IDEMPOTENCY_KEY_REUSED', ...detail });
}

import type { AnsweredContract, OnceContract, OutcomeOf, PayloadOf } from '@jangteo/contracts';
import { Database, decideOnce, keysFor, type Decider, type Rows } from '@jangteo/database';
import { answer, payloadsOf, type Handler } from '@jangteo/messaging';

/** Decides each message of a contract once, those of a batch in one transaction. */
export function once<C extends OnceContract, S, D>(
  contract: C,
  work: Decider<PayloadOf<C>, S, OutcomeOf<C>, D> & Rows<PayloadOf<C>, S, D>,
): Handler {
  const rule = { ...work, ...keysFor(contract) };
  return answer(contract, Database, (database, batch) => decideOnce(database, payloadsOf(batch), rule));
}

/**
 * Answers questions from the database alone, a batch at a time: outcome i answers payload i.
 *
 * @param bounds how many questions a batch may hold, where their answers are large
 */
export function read<C extends AnsweredContract>(
  contract: C,
  work: (payloads: readonly PayloadOf<C>[], database: Database) => Promise<OutcomeOf<C>[]>,
  bounds: Pick<Handler, 'batchSizeMax'> = {},
): Handler {
  return answer(contract, Database, (database, batch) => work(payloadsOf(batch), database), bounds);
}

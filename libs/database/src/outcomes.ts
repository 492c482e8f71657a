import type { Outcome } from '@jangteo/contracts';
import { refuse, type Operation } from '@jangteo/contracts';
import type { Database, Statement, Statements } from './database.js';
import { isUniqueViolation, TransactionConflict } from './failures.js';
import { columnsOf } from './values.js';

/** The table of stored outcomes, which every service that takes writes has; for its first migration. */
export const OUTCOMES_TABLE = `
  CREATE TABLE outcomes (
    key text PRIMARY KEY,
    fingerprint text NOT NULL,
    outcome json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`;

/** How often a batch that met another one's commit is run again before its failure is passed on. */
const CONFLICT_ATTEMPTS_MAX = 5;

interface StoredOutcome {
  readonly key: string;
  readonly fingerprint: string;
  readonly outcome: Outcome;
}

/** What a decision gives back: outcome i answers message i, and the rows that are to be written. */
export interface Decision<O, C> {
  readonly outcomes: readonly O[];
  readonly changes: C;
  /**
   * Keys of actions that did not happen and must not happen any more, with the refusal that a late one gets:
   * what an undo leaves behind when it overtakes its action.
   */
  readonly tombstones?: readonly { readonly key: string; readonly outcome: Outcome }[];
}

/** One kind of work as the batch pipeline runs it. `load` and `save` are sets; `decide` and `save` are pure. */
export interface Work<M, S, O extends Outcome, C> {
  /** The key (for a request also the fingerprint) under which the message's outcome is stored. */
  keyOf(message: M): Operation | string;
  /** Keys of other outcomes that `decide` has to see; an undo names its action. */
  seeAlso?(message: M): readonly string[];
  /**
   * Locks the rows of all messages in key order, then reads them. Outcomes are looked up right after its first
   * statement, which therefore is the lock; it leaves with BEGIN (see {@link Phases}).
   */
  load(tx: Statements, messages: readonly M[]): Promise<S>;
  /**
   * Decides messages without a stored outcome, in order, each seeing the effects of those before it.
   * `pastOf` tells the outcome of a key from `seeAlso`, `undefined` when there is none.
   */
  decide(state: S, messages: readonly M[], pastOf: (key: string) => Outcome | undefined): Decision<O, C>;
  save(changes: C): readonly Statement[];
}

function operationOf(key: Operation | string): Operation {
  return typeof key === 'string' ? { key, fingerprint: '' } : key;
}

async function loadOutcomes(tx: Statements, keys: readonly string[]): Promise<Map<string, StoredOutcome>> {
  const rows = await tx.rows<StoredOutcome>(
    'SELECT key, fingerprint, outcome FROM outcomes WHERE key = ANY($1)',
    [keys],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/**
 * In key order: of two batches with the same keys and no row to lock, one waits for the other, and then meets
 * the unique key.
 */
function saveOutcomes(stored: readonly StoredOutcome[]): Statement[] {
  if (stored.length === 0) return [];
  const rows = stored.map((row) => ({ ...row, outcome: JSON.stringify(row.outcome) }));
  return [
    {
      text: `INSERT INTO outcomes (key, fingerprint, outcome)
       SELECT * FROM unnest($1::text[], $2::text[], $3::json[]) AS decided (key) ORDER BY key`,
      values: columnsOf(rows, ['key', 'fingerprint', 'outcome']),
    },
  ];
}

/** What to answer to a message whose key has an outcome: that outcome, unless the key was used for another. */
function replay<O extends Outcome>(stored: StoredOutcome, fingerprint: string): O {
  if (stored.fingerprint === fingerprint) return stored.outcome as O;
  return refuse('IDEMPOTENCY_KEY_REUSED') as Outcome as O;
}

/** What a batch comes to: an outcome for each message, and what is written of it. */
interface Run<O> {
  readonly outcomes: O[];
  readonly writes: readonly Statement[];
}

function decideFresh<M, S, O extends Outcome, C>(
  { state, known }: { state: S; known: Map<string, StoredOutcome> },
  { messages, operations }: { messages: readonly M[]; operations: readonly Operation[] },
  work: Work<M, S, O, C>,
): Run<O> {
  const pastOf = (key: string): Outcome | undefined => known.get(key)?.outcome;
  const freshKeys = new Map<string, number>();
  operations.forEach(({ key }, index) => {
    if (!known.has(key) && !freshKeys.has(key)) freshKeys.set(key, index);
  });
  const fresh = [...freshKeys.values()];
  let writes: readonly Statement[] = [];
  if (fresh.length > 0) {
    const freshMessages = fresh.map((index) => messages[index] as M);
    const decision = work.decide(state, freshMessages, pastOf);
    if (decision.outcomes.length !== fresh.length) {
      throw new Error(`${fresh.length} messages were decided with ${decision.outcomes.length} outcomes`);
    }
    const stored = fresh.map((index, position) => {
      const operation = operations[index] as Operation;
      return { ...operation, outcome: decision.outcomes[position] as O };
    });
    const tombstones = (decision.tombstones ?? []).map((stone) => ({ ...stone, fingerprint: '' }));
    writes = [...work.save(decision.changes), ...saveOutcomes([...stored, ...tombstones])];
    for (const row of stored) known.set(row.key, row);
  }
  const outcomes = operations.map(({ key, fingerprint }) =>
    replay<O>(known.get(key) as StoredOutcome, fingerprint),
  );
  return { outcomes, writes };
}

/**
 * Runs a batch in one transaction so that each message takes effect once: lock and load, look up past
 * outcomes, decide only what is new, save changes and outcomes together.
 *
 * @returns N outcomes for N messages, in order; a repeat's is the stored one
 * @throws TransientFailure when the database was away; nothing is known then, and the same call may be made again
 */
export async function decideOnce<M, S, O extends Outcome, C>(
  database: Database,
  messages: readonly M[],
  work: Work<M, S, O, C>,
): Promise<O[]> {
  const operations = messages.map((message) => operationOf(work.keyOf(message)));
  const others = messages.flatMap((message) => work.seeAlso?.(message) ?? []);
  const asked = [...new Set([...operations.map(({ key }) => key), ...others])];
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { outcomes } = await database.decided({
        async read(tx) {
          const [state, known] = await Promise.all([work.load(tx, messages), loadOutcomes(tx, asked)]);
          return { state, known };
        },
        decide: (found) => decideFresh(found, { messages, operations }, work),
        write: ({ writes }) => writes,
      });
      return outcomes;
    } catch (error) {
      // Another replica decided one of these meanwhile: its outcome counts, so this batch starts over.
      const isConflict = error instanceof TransactionConflict || isUniqueViolation(error);
      if (!isConflict || attempt === CONFLICT_ATTEMPTS_MAX) throw error;
    }
  }
}

/** The key of a saga step's outcome. */
export function stepKey(orderId: string, step: string): string {
  return `${orderId}/${step}`;
}

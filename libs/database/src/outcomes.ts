import type { Outcome } from '@jangteo/contracts';
import type { Database, Statements } from './database.js';
import { decideFresh, keysOf, type Decided, type Rule, type StoredOutcome } from './domain/once.js';
import { isUniqueViolation, TransactionConflict } from './failures.js';
import type { Statement } from './statement-group.js';
import { columnsOf } from './values.js';

/** The table of stored outcomes, which every service that takes writes has; for its first migration. */
export const OUTCOMES_TABLE = `
  CREATE TABLE outcomes (
    key text PRIMARY KEY,
    fingerprint text NOT NULL,
    outcome json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`;

/** Runs of a batch, each of which met another one's commit, before its failure is passed on. */
const CONFLICT_ATTEMPTS_MAX = 5;

/** Finds and writes the rows of one kind of messages, those of a batch in sets. */
export interface Rows<M, S, C> {
  /**
   * Locks the rows of all messages in key order, then reads them. Outcomes are looked up right after its first
   * statement, which therefore is the lock; it leaves with BEGIN (see {@link Phases}).
   */
  load(tx: Statements, messages: readonly M[]): Promise<S>;
  /** Pure like the rule. */
  save(changes: C): readonly Statement[];
}

/** One kind of work as the batch pipeline runs it. */
export interface Work<M, S, O extends Outcome, C> extends Rule<M, S, O, C>, Rows<M, S, C> {}

async function loadOutcomes(tx: Statements, keys: readonly string[]): Promise<Map<string, StoredOutcome>> {
  const rows = await tx.rows<StoredOutcome>(
    'SELECT key, fingerprint, outcome FROM outcomes WHERE key = ANY($1)',
    [keys],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/** An outcome as it is stored, with the time by the database's clock at which its transaction began. */
export type KeptOutcome = StoredOutcome & { readonly createdAt: Date };

/** Reads the outcomes that are stored under these keys. */
export async function readOutcomes(database: Statements, keys: readonly string[]): Promise<KeptOutcome[]> {
  return await database.rows<KeptOutcome>(
    'SELECT key, fingerprint, outcome, created_at AS "createdAt" FROM outcomes WHERE key = ANY($1)',
    [keys],
  );
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
): Promise<Decided<O, C>> {
  const asked = keysOf(messages, work);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.decided({
        async read(tx) {
          const [state, known] = await Promise.all([work.load(tx, messages), loadOutcomes(tx, asked)]);
          return { state, known };
        },
        decide: (found) => decideFresh(found, messages, work),
        write: ({ fresh }) => (fresh ? [...work.save(fresh.changes), ...saveOutcomes(fresh.stored)] : []),
      });
    } catch (error) {
      // Another replica decided one of these meanwhile: its outcome counts, so this batch starts over.
      const isConflict = error instanceof TransactionConflict || isUniqueViolation(error);
      if (!isConflict || attempt === CONFLICT_ATTEMPTS_MAX) throw error;
    }
  }
}

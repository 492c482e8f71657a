import { done, operationReads, type SentByOperation, type ServiceName } from '@jangteo/contracts';
import type { Database, Statements } from '@jangteo/database';
import type { Handler } from '@jangteo/messaging';
import { read } from './once.js';

/**
 * SQL that finds what became of a dead letter `d` that was sent again: `decided_at` and `is_refused`, of at most one row;
 * none where nothing tells. `decided_at` is when it was sent where no row tells when it took effect.
 */
export type EffectSql = string;

/** Of a command: its outcome, which is stored under its order and what its type says that it does. */
export const OUTCOME_OF_COMMAND: EffectSql = `
  SELECT created_at AS decided_at, outcome->>'ok' = 'false' AS is_refused FROM outcomes
  WHERE key = d.correlation_id || '/' || substr(d.type, strpos(d.type, '.') + 1)`;

/** SQL of the order that a dead letter `d` is about; NULL where that is no id. */
export const ORDER_OF_LETTER = `
  CASE WHEN d.correlation_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN d.correlation_id::uuid END`;

/** What came back had no effect by that sending: one that took effect since is another call's. */
const sentLetters = (effect: EffectSql): string => `
  SELECT CASE
      WHEN EXISTS (SELECT FROM dead_letters AS back WHERE back.earlier_id = d.dead_letter_id) THEN 'cameBack'
      WHEN its.decided_at >= d.settled_at AND its.is_refused THEN 'refused'
      WHEN its.decided_at >= d.settled_at THEN 'tookEffect'
      WHEN its.decided_at IS NOT NULL THEN 'decidedBefore'
      ELSE 'open'
    END AS fate, count(*) AS count
  FROM dead_letters AS d LEFT JOIN LATERAL (SELECT * FROM (${effect}) AS found LIMIT 1) AS its ON true
  WHERE d.operation_id = $1::uuid GROUP BY 1`;

export type Fate = Exclude<keyof SentByOperation, 'sent'>;

export interface FateRow {
  readonly fate: Fate;
  readonly count: number;
}

const NOTHING: SentByOperation = {
  sent: 0,
  tookEffect: 0,
  refused: 0,
  decidedBefore: 0,
  cameBack: 0,
  open: 0,
};

function summed(rows: readonly FateRow[]): SentByOperation {
  return rows.reduce(
    (sums, { fate, count }) => ({ ...sums, sent: sums.sent + count, [fate]: sums[fate] + count }),
    NOTHING,
  );
}

/** Counts what became of the dead letters that one call has sent again. */
export async function readSentLetters(
  database: Statements,
  effect: EffectSql,
  operationId: string,
): Promise<FateRow[]> {
  return await database.rows<FateRow>(sentLetters(effect), [operationId]);
}

/**
 * Answers what became of what one call has sent again.
 *
 * @param effect finds what became of a dead letter
 * @param more reads what else the call has had sent again
 */
export function operationHandler(
  service: ServiceName,
  effect: EffectSql,
  more: (database: Database, operationId: string) => Promise<FateRow[]> = () => Promise.resolve([]),
): Handler {
  return read(operationReads[service], (payloads, database) =>
    Promise.all(
      payloads.map(async ({ operationId }) => {
        const rows = await Promise.all([
          readSentLetters(database, effect, operationId),
          more(database, operationId),
        ]);
        return done(summed(rows.flat()));
      }),
    ),
  );
}

import { LAST_ID, type DeadLetterFilter, type DeadLetterState, type Pasted } from '@jangteo/contracts';
import { firstOf, oldestOf, onlyOf, runAll, table, type Statements } from '@jangteo/database';
import { GIVEN_UP_TOGETHER, type DeadLetterRecord, type Sendable } from '@jangteo/messaging';
import { DeadLetterEntity } from './dead-letter.entities.js';
import { countOfKind, KINDS, OF_KIND } from './waiting-kinds.sql.js';

const deadLetters = table(DeadLetterEntity);

/** A dead letter as lists show it; what does not apply is null. */
export interface DeadLetterRow {
  readonly deadLetterId: string;
  readonly queue: string;
  readonly type: string;
  readonly messageId: string | null;
  readonly correlationId: string | null;
  readonly reason: string;
  readonly parkedAt: Date;
  readonly earlierId: string | null;
  readonly isSendable: boolean;
  readonly state: DeadLetterState;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly settledReason: string | null;
}

/** All of it; of the body no more than its beginning. */
export interface WholeRow extends DeadLetterRow {
  readonly detail: string;
  readonly properties: Record<string, unknown>;
  readonly beginning: Buffer;
  readonly bodyBytes: number;
}

/** The state that somebody has put dead letters into, and why. */
export interface Settling {
  readonly state: Exclude<DeadLetterState, 'WAITING'>;
  readonly by: string;
  readonly reason: string | null;
  /** The call by which they were sent again. */
  readonly operationId?: string | undefined;
}

/** A request is never sent again; the release before kept those under a client's key as if they could be. */
const IS_SENDABLE = `(is_sendable AND queue NOT LIKE '%.requests')`;

/** Nobody knows who sent it: an operator answers for it, so all of those are sent only where they are meant. */
const IS_MEANT = `(${IS_SENDABLE} AND (reason <> 'no-sender' OR $3::text IS NOT NULL))`;

const COLUMNS = `${deadLetters.columns({ omit: ['body', 'properties', 'detail', 'isSendable', 'requestId', 'traceId', 'operationId'] })},
  ${IS_SENDABLE} AS "isSendable"`;

/** The columns that are needed to send a dead letter again. */
const SENDABLE = `${deadLetters.columns({ only: ['deadLetterId', 'queue', 'type', 'messageId', 'correlationId', 'body'] })},
  properties::text AS properties`;

/** Parameters 1 to 3 of every statement with a filter. */
const MATCHES = `($1::text IS NULL OR queue = $1) AND ($2::text IS NULL OR type = $2)
  AND ($3::text IS NULL OR reason = $3)`;

function filterValues({ queue, type, reason }: DeadLetterFilter): unknown[] {
  return [queue ?? null, type ?? null, reason ?? null];
}

/** Deletes those that were settled long ago. */
export const OLD_DEAD_LETTERS = oldestOf('dead_letters', {
  by: 'settled_at',
  where: `state <> 'WAITING'`,
});

/** Fails as long as there is nowhere to keep dead letters. */
export async function checkTable(database: Statements): Promise<void> {
  await database.rows('SELECT FROM dead_letters LIMIT 1');
}

const insert = deadLetters.insert({
  omit: ['parkedAt', 'state', 'settledAt', 'settledBy', 'settledReason', 'operationId'],
  onConflict: 'ON CONFLICT (dead_letter_id) DO NOTHING',
});

/** One that is there already stays as it is. */
export async function insertDeadLetters(
  database: Statements,
  records: readonly DeadLetterRecord[],
): Promise<void> {
  await runAll(database, insert(records));
}

/** As a condition that the index of those that wait is for, however many others there are. */
const WAITING = `state = $4 AND state = 'WAITING'`;

/** As a condition that no index is for: they are found by their ids, and not among all that wait. */
const STILL_WAITS = 'settled_at IS NULL';

/** Newest first, those before a place, `rowsMax` of them. */
export async function readDeadLetters(
  database: Statements,
  filter: DeadLetterFilter & { readonly state?: DeadLetterState | undefined },
  before: { readonly parkedAt: string; readonly deadLetterId: string } | undefined,
  rowsMax: number,
): Promise<DeadLetterRow[]> {
  return await database.rows<DeadLetterRow>(
    `SELECT ${COLUMNS} FROM dead_letters
     WHERE ${MATCHES} AND ${filter.state === 'WAITING' ? WAITING : '($4::text IS NULL OR state = $4)'}
       AND (parked_at, dead_letter_id) < ($5::timestamptz, $6::uuid)
     ORDER BY parked_at DESC, dead_letter_id DESC LIMIT $7`,
    [
      ...filterValues(filter),
      filter.state ?? null,
      before?.parkedAt ?? 'infinity',
      before?.deadLetterId ?? LAST_ID,
      rowsMax,
    ],
  );
}

export async function readDeadLetter(
  database: Statements,
  deadLetterId: string,
  bodyBytesMax: number,
): Promise<WholeRow | undefined> {
  return await firstOf<WholeRow>(
    database,
    `SELECT ${COLUMNS}, detail, properties, substring(body FROM 1 FOR $2::int) AS beginning,
       octet_length(body) AS "bodyBytes"
     FROM dead_letters WHERE dead_letter_id = $1`,
    [deadLetterId, bodyBytesMax],
  );
}

/** One, locked. */
export async function lockDeadLetter(
  tx: Statements,
  deadLetterId: string,
): Promise<(DeadLetterRow & Sendable) | undefined> {
  return await firstOf<DeadLetterRow & Sendable>(
    tx,
    `SELECT ${COLUMNS}, body, properties::text AS properties FROM dead_letters
     WHERE dead_letter_id = $1 FOR NO KEY UPDATE`,
    [deadLetterId],
  );
}

/** Has calls that send by a filter follow each other until the transaction ends: each takes what the one before has left. */
export async function lockSending(tx: Statements): Promise<void> {
  await tx.rows('SELECT pg_advisory_xact_lock(724120004)');
}

/** Those that wait since some time and can be sent again, the longest waiting first, locked. */
export async function lockSendable(
  tx: Statements,
  filter: DeadLetterFilter,
  parkedUntil: Date,
  limit: number,
): Promise<Sendable[]> {
  return await tx.rows<Sendable>(
    `WITH RECURSIVE ${KINDS}
     SELECT ${SENDABLE} FROM dead_letters
     WHERE ${STILL_WAITS} AND dead_letter_id = ANY (ARRAY (
       SELECT dead_letter_id FROM kinds CROSS JOIN LATERAL (
         SELECT dead_letter_id, parked_at ${OF_KIND} AND its.parked_at <= $4
         ORDER BY parked_at, dead_letter_id LIMIT $5
       ) AS first
       WHERE ${MATCHES} AND ${IS_MEANT} ORDER BY parked_at, dead_letter_id LIMIT $5))
     ORDER BY parked_at, dead_letter_id FOR NO KEY UPDATE`,
    [...filterValues(filter), parkedUntil, limit],
  );
}

/**
 * Those that the broker gave up on together, can be sent again and were not yet, locked; another replica's are skipped.
 * The condition is that of `dead_letters_caught`, word by word.
 */
export async function lockCaught(tx: Statements, limit: number): Promise<Sendable[]> {
  return await tx.rows<Sendable>(
    `SELECT ${SENDABLE} FROM dead_letters
     WHERE state = 'WAITING' AND reason = '${GIVEN_UP_TOGETHER}' AND earlier_id IS NULL AND ${IS_SENDABLE}
     ORDER BY parked_at, dead_letter_id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED`,
    [limit],
  );
}

/** The time by the database's clock, as dead letters have it. */
export async function readNow(database: Statements): Promise<Date> {
  const row = await onlyOf<{ now: Date }>(database, 'SELECT now()::timestamptz(3) AS now');
  return row.now;
}

/** Counts the waiting dead letters that match, each kind up to COUNTED_MAX: those that can be sent again, and the others. */
export async function countWaiting(
  database: Statements,
  filter: DeadLetterFilter,
  parkedUntil: Date,
): Promise<{ left: number; unsendable: number }> {
  const [row] = await database.rows<{ left: number; unsendable: number }>(
    `WITH RECURSIVE ${KINDS}
     SELECT coalesce(sum(count) FILTER (WHERE is_meant), 0)::bigint AS left,
       coalesce(sum(count) FILTER (WHERE NOT is_meant), 0)::bigint AS unsendable
     FROM (
       SELECT ${IS_MEANT} AS is_meant, ${countOfKind('AND its.parked_at <= $4')} AS count FROM kinds WHERE ${MATCHES}
     ) AS each`,
    [...filterValues(filter), parkedUntil],
  );
  return row ?? { left: 0, unsendable: 0 };
}

/** Writes down what was done about them. */
export async function settle(
  tx: Statements,
  deadLetterIds: readonly string[],
  { state, by, reason, operationId }: Settling,
): Promise<DeadLetterRow[]> {
  return await tx.rows<DeadLetterRow>(
    `UPDATE dead_letters SET state = $2, settled_at = now(), settled_by = $3, settled_reason = $4,
       operation_id = $5
     WHERE dead_letter_id = ANY($1::uuid[]) AND ${STILL_WAITS} RETURNING ${COLUMNS}`,
    [deadLetterIds, state, by, reason, operationId ?? null],
  );
}

/** A condition that an index leads to, for each way in which a text names a dead letter. */
const NAMED = [
  'dead_letter_id = $1::uuid',
  'message_id = $2 AND length(message_id) <= 64',
  'correlation_id = $2 AND length(correlation_id) = 36',
  'request_id = $2',
  'trace_id = $3',
];

/** Of each the planner is to find all by its own index, before any is sorted by its time. */
const NAMED_DEAD_LETTERS = `
  SELECT dead_letter_id AS "deadLetterId", type, reason, state FROM (
    ${NAMED.map(
      (
        condition,
      ) => `(SELECT dead_letter_id, left(type, 100) AS type, left(reason, 100) AS reason, state, parked_at
       FROM dead_letters WHERE ${condition} LIMIT 100)`,
    ).join(' UNION ')}
  ) AS named ORDER BY parked_at DESC, dead_letter_id DESC LIMIT $4`;

/** Finds dead letters by an id of their own, or of their message, order, request or trace; `rowsMax` of them. */
export async function readDeadLettersNamed(
  database: Statements,
  { id, text, traceId }: Pasted,
  rowsMax: number,
): Promise<Pick<DeadLetterRow, 'deadLetterId' | 'type' | 'reason' | 'state'>[]> {
  return await database.rows(NAMED_DEAD_LETTERS, [id ?? null, id ?? text, traceId ?? null, rowsMax]);
}

import type { Refusal } from '@jangteo/contracts';
import { columnsOf, onlyOf, type Statements } from '@jangteo/database';
import type { SagaState } from '../domain/saga.js';
import type { Unanswered } from '../domain/silence.js';
import type { CommandName } from '../domain/steps.js';

/** Orders that one statement looks at, at most, however few of them changed in time. */
const SCANNED_MAX = 5_000;
/** Refusals that are told, and unanswered commands; the table has them all. */
const TOLD_MAX = 20;

/** The sagas that one page of a redrive is of. */
export interface RedriveScan {
  /** The last change of the saga was from `since` until `until`, both included. */
  readonly since: Date;
  readonly until: Date;
  readonly states: readonly SagaState[];
  readonly afterOrderId: string;
  readonly limit: number;
}

/** Answer to a command of a saga that did nothing for the saga. */
export interface RedriveAnswer {
  readonly orderId: string;
  readonly command: CommandName;
  readonly refusal: Refusal | null;
}

export type RedriveRefusal = RedriveAnswer & { readonly refusal: Refusal };

/** The time by the database's clock, and how many orders have not ended. */
export async function readRedriveStart(database: Statements): Promise<{ now: Date; moving: number }> {
  return await onlyOf<{ now: Date; moving: number }>(
    database,
    `SELECT now()::timestamptz(3) AS now,
       (SELECT count(*) FROM sagas WHERE look_again_at IS NOT NULL AND cardinality(awaits) > 0) AS moving`,
  );
}

/**
 * Finds orders, those whose sagas were deleted too, by their last change, in the order of their ids. No index leads to it: a step of every order would
 * pay for that. So it goes by the primary key, a bounded part at a time.
 *
 * @returns those found, at most `limit` of them, and after which id it goes on; `undefined` at the end
 */
export async function scanSagas(
  database: Statements,
  { since, until, states, afterOrderId, limit }: RedriveScan,
): Promise<{ orderIds: string[]; next: string | undefined }> {
  const rows = await database.rows<{ orderId: string }>(
    `SELECT s.order_id AS "orderId"
     FROM (SELECT order_id, coalesce((SELECT state FROM sagas WHERE sagas.order_id = o.order_id), status) AS state
       FROM orders AS o WHERE order_id > $1::uuid ORDER BY order_id LIMIT $2) AS s
     CROSS JOIN LATERAL (SELECT changed_at FROM order_history AS h WHERE h.order_id = s.order_id
       ORDER BY seq DESC LIMIT 1) AS last
     WHERE s.state = ANY($3::text[]) AND last.changed_at BETWEEN $4 AND $5
     ORDER BY s.order_id LIMIT $6`,
    [afterOrderId, SCANNED_MAX, states, since, until, limit],
  );
  const orderIds = rows.map(({ orderId }) => orderId);
  if (orderIds.length === limit) return { orderIds, next: orderIds.at(-1) };
  const [last] = await database.rows<{ orderId: string }>(
    `SELECT order_id AS "orderId" FROM orders WHERE order_id > $1::uuid
     ORDER BY order_id OFFSET $2 - 1 LIMIT 1`,
    [afterOrderId, SCANNED_MAX],
  );
  return { orderIds, next: last?.orderId };
}

/** Notes which commands are about to be sent again, and for whom. */
export async function noteRedriven(
  database: Statements,
  commands: readonly Omit<RedriveAnswer, 'refusal'>[],
  by: string,
): Promise<void> {
  if (commands.length === 0) return;
  await database.rows(
    `INSERT INTO redrives (order_id, command, redriven_by)
     SELECT order_id, command, $3::uuid FROM unnest($1::uuid[], $2::text[]) AS sent (order_id, command)
     ORDER BY order_id, command
     ON CONFLICT (order_id, command)
     DO UPDATE SET redriven_by = excluded.redriven_by, redriven_at = now(), refusal = NULL`,
    [...columnsOf(commands, ['orderId', 'command']), by],
  );
}

/** Notes answers, as far as anybody had the commands sent again: what was refused is kept. */
export async function noteAnswers(database: Statements, answers: readonly RedriveAnswer[]): Promise<void> {
  if (answers.length === 0) return;
  const rows = answers.map((answer) => ({
    ...answer,
    refusal: answer.refusal === null ? null : JSON.stringify(answer.refusal),
  }));
  await database.rows(
    `WITH heard AS (
       SELECT order_id, command, answer.refusal
       FROM redrives JOIN unnest($1::uuid[], $2::text[], $3::json[]) AS answer (order_id, command, refusal)
         USING (order_id, command)
       ORDER BY order_id, command FOR UPDATE OF redrives
     ), done AS (
       DELETE FROM redrives USING heard WHERE redrives.order_id = heard.order_id
         AND redrives.command = heard.command AND heard.refusal IS NULL
     )
     UPDATE redrives SET refusal = heard.refusal FROM heard WHERE redrives.order_id = heard.order_id
       AND redrives.command = heard.command AND heard.refusal IS NOT NULL`,
    columnsOf(rows, ['orderId', 'command', 'refusal']),
  );
}

/** Counts the commands sent again since then that nobody has answered, by the database's clock. */
export async function countUnanswered(database: Statements, since: Date): Promise<Unanswered> {
  return await onlyOf<Unanswered>(
    database,
    `SELECT now()::timestamptz(3) AS now, count(*) AS count,
       coalesce(array_agg(DISTINCT command), '{}') AS commands
     FROM redrives WHERE redriven_at >= $1 AND refusal IS NULL`,
    [since],
  );
}

/** Counts them, and reads some. */
export async function readUnanswered(
  database: Statements,
  since: Date,
): Promise<{ count: number; some: Omit<RedriveAnswer, 'refusal'>[] }> {
  const rows = await database.rows<Omit<RedriveAnswer, 'refusal'> & { count: number }>(
    `SELECT order_id AS "orderId", command, count(*) OVER () AS count FROM redrives
     WHERE redriven_at >= $1 AND refusal IS NULL ORDER BY order_id, command LIMIT $2`,
    [since, TOLD_MAX],
  );
  return { count: rows[0]?.count ?? 0, some: rows.map(({ orderId, command }) => ({ orderId, command })) };
}

/** Counts those sent again since then that were refused, and reads some. */
export async function readRefused(
  database: Statements,
  since: Date,
): Promise<{ count: number; some: RedriveRefusal[] }> {
  const rows = await database.rows<RedriveRefusal & { count: number }>(
    `SELECT order_id AS "orderId", command, refusal, count(*) OVER () AS count FROM redrives
     WHERE redriven_at >= $1 AND refusal IS NOT NULL ORDER BY order_id, command LIMIT $2`,
    [since, TOLD_MAX],
  );
  return { count: rows[0]?.count ?? 0, some: rows };
}

import { FIRST_ID, replyType, type Refusal } from '@jangteo/contracts';
import { firstOf, type Statements } from '@jangteo/database';
import { ORDER_OF_LETTER, type FateRow } from '@jangteo/service';
import type { EventName } from '../domain/order.js';
import type { SagaState } from '../domain/saga.js';
import { COMMANDS, type CommandName } from '../domain/steps.js';
import { LOOKED_AT_MAX } from '../saga/order-list.queries.js';

/** A saga that has not ended or owes events, with its last progress and what was done about it. */
export interface StuckSagaRow {
  readonly orderId: string;
  readonly userId: string;
  readonly state: SagaState;
  readonly since: Date;
  readonly awaits: readonly CommandName[];
  readonly owedEvents: readonly EventName[];
  readonly attempts: number;
  readonly sentAt: Date;
  readonly lookAgainAt: Date;
  readonly deadlineAt: Date;
  readonly failure: Refusal | null;
  readonly nudgedAt: Date | null;
  readonly nudgedBy: string | null;
}

const COLUMNS = `s.order_id AS "orderId", o.user_id AS "userId", s.state, s.since, s.awaits,
  s.owed_events AS "owedEvents", s.attempts, s.sent_at AS "sentAt", s.look_again_at AS "lookAgainAt",
  s.deadline_at AS "deadlineAt", o.failure, n.nudged_at AS "nudgedAt", n.nudged_by AS "nudgedBy"`;

/** Each saga's rows are looked up for itself, by keys: for a join, the planner chose to read all histories. */
const SINCE = `CROSS JOIN LATERAL (
    SELECT changed_at AS since FROM order_history WHERE order_id = s.order_id AND seq = s.history_length LIMIT 1
  ) AS h`;
const ORDER_AND_NUDGE = `
  CROSS JOIN LATERAL (SELECT user_id, failure FROM orders WHERE order_id = s.order_id LIMIT 1) AS o
  LEFT JOIN LATERAL (
    SELECT nudged_at, nudged_by FROM saga_nudges WHERE order_id = s.order_id ORDER BY nudge_id DESC LIMIT 1
  ) AS n ON true`;

/** A page of those without progress, by their orders' ids, which begin with when they were placed. */
export interface StuckPage {
  readonly olderThanSeconds: number;
  readonly after: string | undefined;
  readonly rowsMax: number;
}

/** A saga without progress, or the last one that was looked at for a page. */
export interface LookedAtSagaRow extends StuckSagaRow {
  readonly isFound: boolean;
  /** Counted from 1 behind the page before. */
  readonly place: number;
}

/** Finds sagas without progress among the {@link LOOKED_AT_MAX} that come next. */
export async function readStuckSagas(
  database: Statements,
  { olderThanSeconds, after, rowsMax }: StuckPage,
): Promise<LookedAtSagaRow[]> {
  return await database.rows<LookedAtSagaRow>(
    `WITH looked_at AS MATERIALIZED (
       SELECT order_id, state, awaits, owed_events, attempts, sent_at, look_again_at, deadline_at, history_length
       FROM sagas WHERE look_again_at IS NOT NULL AND order_id > $2 ORDER BY order_id LIMIT ${LOOKED_AT_MAX}
     )
     SELECT ${COLUMNS}, s."isFound", s.place::int FROM (
       SELECT s.*, h.since, h.since <= now() - make_interval(secs => $1) AS "isFound"
       FROM (SELECT *, row_number() OVER (ORDER BY order_id) AS place FROM looked_at) AS s ${SINCE}
       WHERE h.since <= now() - make_interval(secs => $1) OR place = ${LOOKED_AT_MAX}
       ORDER BY order_id LIMIT $3
     ) AS s ${ORDER_AND_NUDGE} ORDER BY place`,
    [olderThanSeconds, after ?? FIRST_ID, rowsMax],
  );
}

/** The saga of an order, if it has not ended or owes events. */
export async function readStuckSaga(
  database: Statements,
  orderId: string,
): Promise<StuckSagaRow | undefined> {
  return await firstOf<StuckSagaRow>(
    database,
    `SELECT ${COLUMNS} FROM (
       SELECT s.*, h.since FROM sagas AS s ${SINCE} WHERE order_id = $1 AND look_again_at IS NOT NULL
     ) AS s ${ORDER_AND_NUDGE}`,
    [orderId],
  );
}

/**
 * Has the sweeper send again at once what these sagas, which are locked, wait for.
 * @param pauseMs the longest pause between two repeats
 * @returns those that wait for anything
 */
export async function nudge(
  tx: Statements,
  orderIds: readonly string[],
  { by, operationId }: { readonly by: string; readonly operationId?: string | undefined },
  pauseMs: number,
): Promise<string[]> {
  const rows = await tx.rows<{ orderId: string }>(
    `WITH nudged AS (
       UPDATE sagas SET look_again_at = now(),
         sent_at = least(sent_at, now() - make_interval(secs => $3::float8 / 1000))
       WHERE order_id = ANY($1::uuid[]) AND look_again_at IS NOT NULL RETURNING order_id
     )
     INSERT INTO saga_nudges (order_id, nudged_by, operation_id) SELECT order_id, $2::uuid, $4::uuid FROM nudged
     RETURNING order_id AS "orderId"`,
    [orderIds, by, pauseMs, operationId ?? null],
  );
  return rows.map(({ orderId }) => orderId);
}

/** SQL that tells of a reply that was sent again whether its saga awaits it no more; nothing of what is no reply to it. */
export const END_OF_WAIT = `
  SELECT d.settled_at AS decided_at, false AS is_refused
  FROM sagas, (SELECT CASE d.type ${COMMANDS.map(
    ({ name, contract }) => `WHEN '${replyType(contract)}' THEN '${name}'`,
  ).join(' ')} END AS command) AS replied
  WHERE order_id = ${ORDER_OF_LETTER}
    AND command IS NOT NULL AND command <> ALL (awaits)`;

/** Counts what became of the sagas that one call has nudged: whether they went on since, or ended. */
export async function readNudgedBy(database: Statements, operationId: string): Promise<FateRow[]> {
  return await database.rows<FateRow>(
    `SELECT CASE WHEN s.look_again_at IS NULL OR h.changed_at >= n.nudged_at THEN 'tookEffect' ELSE 'open' END AS fate,
       count(*) AS count
     FROM (
       SELECT order_id, min(nudged_at) AS nudged_at FROM saga_nudges WHERE operation_id = $1::uuid GROUP BY order_id
     ) AS n
     LEFT JOIN LATERAL (
       SELECT look_again_at, history_length FROM sagas WHERE order_id = n.order_id LIMIT 1) AS s ON true
     LEFT JOIN LATERAL (
       SELECT changed_at FROM order_history WHERE order_id = n.order_id AND seq = s.history_length LIMIT 1) AS h ON true
     GROUP BY 1`,
    [operationId],
  );
}

import { FIRST_ID, replyType, type Refusal } from '@jangteo/contracts';
import { firstOf, type Statements } from '@jangteo/database';
import { ORDER_OF_LETTER, type FateRow } from '@jangteo/service';
import type { EventName } from '../domain/order.js';
import type { SagaState } from '../domain/saga.js';
import { STEPS, type CommandName } from '../domain/steps.js';

const COMMANDS = STEPS.flatMap(({ action, undo }) => [action, undo]);

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

/**
 * Finds sagas in flight by the sweeper's index, and their last progress by the key of the history's last row. Each
 * saga's rows are looked up for itself, by keys: for a join, the planner chose to read all histories.
 */
const STUCK = `
  SELECT s.order_id AS "orderId", o.user_id AS "userId", s.state, h.changed_at AS since, s.awaits,
    s.owed_events AS "owedEvents", s.attempts, s.sent_at AS "sentAt", s.look_again_at AS "lookAgainAt",
    s.deadline_at AS "deadlineAt", o.failure, n.nudged_at AS "nudgedAt", n.nudged_by AS "nudgedBy"
  FROM sagas AS s
  CROSS JOIN LATERAL (SELECT user_id, failure FROM orders WHERE order_id = s.order_id LIMIT 1) AS o
  CROSS JOIN LATERAL (
    SELECT changed_at FROM order_history WHERE order_id = s.order_id AND seq = s.history_length LIMIT 1
  ) AS h
  LEFT JOIN LATERAL (
    SELECT nudged_at, nudged_by FROM saga_nudges WHERE order_id = s.order_id ORDER BY nudge_id DESC LIMIT 1
  ) AS n ON true
  WHERE s.look_again_at IS NOT NULL`;

/** A page of those without progress, the longest first. */
export interface StuckPage {
  readonly olderThanSeconds: number;
  readonly after: { readonly since: string; readonly orderId: string } | undefined;
  readonly rowsMax: number;
}

export async function readStuckSagas(
  database: Statements,
  { olderThanSeconds, after, rowsMax }: StuckPage,
): Promise<StuckSagaRow[]> {
  return await database.rows<StuckSagaRow>(
    `${STUCK} AND h.changed_at <= now() - make_interval(secs => $1)
       AND (h.changed_at, s.order_id) > ($2::timestamptz, $3::uuid)
     ORDER BY h.changed_at, s.order_id LIMIT $4`,
    [olderThanSeconds, after?.since ?? '-infinity', after?.orderId ?? FIRST_ID, rowsMax],
  );
}

/** The saga of an order, if it has not ended or owes events. */
export async function readStuckSaga(
  database: Statements,
  orderId: string,
): Promise<StuckSagaRow | undefined> {
  return await firstOf<StuckSagaRow>(database, `${STUCK} AND s.order_id = $1`, [orderId]);
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

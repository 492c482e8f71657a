import { TOLD_MAX, type Refusal, type Trace } from '@jangteo/contracts';
import type { Statements } from '@jangteo/database';
import type { Saga } from '../domain/saga.js';

export interface RecordRow {
  readonly orderId: string;
  readonly type: string;
  /** Null while it has no number yet. */
  readonly sequence: number | null;
  readonly isSent: boolean;
}

export interface NudgeRow {
  readonly orderId: string;
  readonly at: Date;
  readonly by: string;
}

export interface RedriveRow extends NudgeRow {
  readonly command: string;
  readonly refusal: Refusal | null;
}

/** A saga as it stands, without its order; sagas of long ago have no trace. */
export type SagaNow = Pick<
  Saga,
  'state' | 'awaits' | 'owedEvents' | 'sentAt' | 'attempts' | 'lookAgainAt' | 'deadlineAt'
> & { readonly orderId: string; readonly trace: Trace | null };

/** The sagas of orders; those of long ago were deleted. */
export async function readSagasNow(database: Statements, orderIds: readonly string[]): Promise<SagaNow[]> {
  return await database.rows<SagaNow>(
    `SELECT order_id AS "orderId", state, awaits, owed_events AS "owedEvents", sent_at AS "sentAt", attempts,
       look_again_at AS "lookAgainAt", deadline_at AS "deadlineAt", trace
     FROM sagas WHERE order_id = ANY($1::uuid[])`,
    [orderIds],
  );
}

/** The records of orders for the data platform. What has no number yet is sought among those few that have none. */
export async function readRecordsOf(database: Statements, orderIds: readonly string[]): Promise<RecordRow[]> {
  return await database.rows<RecordRow>(
    `SELECT order_id AS "orderId", type, seq AS sequence,
       seq <= (SELECT sent_seq FROM platform_relay) AS "isSent"
     FROM platform_records WHERE order_id = ANY($1::uuid[])
     UNION ALL
     SELECT order_id, type, NULL, false FROM (
       SELECT order_id, type FROM platform_entries ORDER BY entry_id DESC LIMIT 10000
     ) AS newest WHERE order_id = ANY($1::uuid[])
     ORDER BY 3`,
    [orderIds],
  );
}

/** Who had sagas send again, the latest of each. */
export async function readNudgesOf(database: Statements, orderIds: readonly string[]): Promise<NudgeRow[]> {
  return await database.rows<NudgeRow>(
    `SELECT asked.order_id AS "orderId", n.nudged_at AS at, n.nudged_by AS by
     FROM unnest($1::uuid[]) AS asked (order_id) CROSS JOIN LATERAL (
       SELECT nudge_id, nudged_at, nudged_by FROM saga_nudges WHERE order_id = asked.order_id
       ORDER BY nudge_id DESC LIMIT ${TOLD_MAX}) AS n
     ORDER BY asked.order_id, n.nudge_id`,
    [orderIds],
  );
}

/** The commands of orders that were redriven. */
export async function readRedrivesOf(
  database: Statements,
  orderIds: readonly string[],
): Promise<RedriveRow[]> {
  return await database.rows<RedriveRow>(
    `SELECT order_id AS "orderId", command, redriven_at AS at, redriven_by AS by, refusal
     FROM redrives WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, command`,
    [orderIds],
  );
}

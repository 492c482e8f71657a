import type { OrderStatus, RefusalCode } from '@jangteo/contracts';
import { columnsOf, onlyOf, type Statements } from '@jangteo/database';
import { ENDED_AT, type HistoryEntryRow } from '../saga/order.queries.js';

/** An order, and what comes after a place in its history. */
export interface ProgressRow {
  readonly orderId: string;
  readonly after: number;
  readonly userId: string;
  readonly orderStatus: OrderStatus;
  readonly hasEnded: boolean;
  readonly entries: readonly (HistoryEntryRow & { readonly sequence: number })[];
}

/** Reads of orders what their histories have after a place in each; those that do not exist are left out. */
export async function readProgressRows(
  database: Statements,
  asked: readonly { readonly orderId: string; readonly after: number }[],
): Promise<ProgressRow[]> {
  return await database.rows<ProgressRow>(
    `SELECT o.order_id AS "orderId", asked.after, o.user_id AS "userId", o.status AS "orderStatus",
       coalesce(cardinality(s.awaits) = 0, true) AS "hasEnded",
       coalesce((SELECT json_agg(json_build_object('sequence', h.seq, 'orderStatus', h.status, 'step', h.step,
            'reason', h.reason, 'changedBy', h.changed_by, 'actorId', h.actor_id, 'changedAt', h.changed_at)
            ORDER BY h.seq)
          FROM order_history AS h WHERE h.order_id = o.order_id AND h.seq > asked.after), '[]') AS entries
     FROM unnest($1::uuid[], $2::int[]) AS asked (order_id, after)
     JOIN orders AS o USING (order_id) LEFT JOIN sagas AS s USING (order_id)`,
    columnsOf(asked, ['orderId', 'after']),
  );
}

/** The latest orders by what became of them. */
export interface FlowRow {
  readonly at: Date;
  readonly since: Date;
  readonly outcomes: readonly {
    readonly orderStatus: OrderStatus;
    readonly failureCode: RefusalCode | null;
    readonly orders: number;
  }[];
  /** Milliseconds from their placing to their end, as half of them and nineteen in twenty had; null of none. */
  readonly took: readonly [p50: number, p95: number] | null;
}

/** Looks at the orders that were placed within so many seconds, at so many of them at most, the latest. */
export async function readFlow(
  database: Statements,
  within: { readonly seconds: number; readonly most: number },
): Promise<FlowRow> {
  return await onlyOf<FlowRow>(
    database,
    `WITH latest AS MATERIALIZED (
       SELECT o.status, o.failure_code, o.created_at, ${ENDED_AT} - o.created_at AS took FROM orders AS o
       WHERE o.created_at > now() - make_interval(secs => $1)
       ORDER BY o.created_at DESC, o.order_id DESC LIMIT $2
     ), by_outcome AS (
       SELECT status, failure_code, count(*) AS orders FROM latest GROUP BY status, failure_code
     )
     SELECT now()::timestamptz(3) AS at,
       (SELECT CASE WHEN count(*) < $2 THEN now() - make_interval(secs => $1) ELSE min(created_at) END
        FROM latest)::timestamptz(3) AS since,
       (SELECT coalesce(json_agg(json_build_object('orderStatus', status, 'failureCode', failure_code,
           'orders', orders) ORDER BY status, failure_code), '[]') FROM by_outcome) AS outcomes,
       (SELECT percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM took) * 1000)
        FROM latest WHERE took IS NOT NULL)::float8[] AS took`,
    [within.seconds, within.most],
  );
}

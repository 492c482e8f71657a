import type { Trace } from '@jangteo/contracts';
import { onlyOf, table, type Statement, type Statements } from '@jangteo/database';
import type { Decided } from '../domain/decide.js';
import type { EventName, Order } from '../domain/order.js';
import type { InFlight } from '../domain/placing.js';
import type { Saga, SagaState } from '../domain/saga.js';
import { ORDER_COLUMNS } from './order.queries.js';
import { SagaEntity } from './saga.entities.js';

const sagas = table(SagaEntity);
const SAGA_COLUMNS = sagas.columns({ of: 's', omit: ['orderId', 'userId'] });

/** Sagas that this transaction has locked, and the time by the database's clock. */
export interface Locked {
  readonly now: Date;
  readonly orderIds: readonly string[];
}

/** Sagas in flight, by state. */
export interface Flight {
  readonly state: SagaState;
  readonly sagas: number;
  readonly oldestAgeSeconds: number;
  /** Those whose commands were sent again at least as often as asked for. */
  readonly stuck: number;
}

async function locked(tx: Statements, select: string, values: readonly unknown[]): Promise<Locked> {
  return await onlyOf<Locked>(
    tx,
    `WITH locked AS (${select})
     SELECT now()::timestamptz(3) AS now, coalesce(array_agg(order_id::text), '{}') AS "orderIds" FROM locked`,
    values,
  );
}

/** Locks the sagas of orders in key order. */
export async function lockSagas(tx: Statements, orderIds: readonly string[]): Promise<Locked> {
  const select = `SELECT order_id FROM sagas WHERE order_id = ANY($1::uuid[])
    ORDER BY order_id FOR NO KEY UPDATE`;
  return await locked(tx, select, [orderIds]);
}

/** Locks the sagas that it is time to look at, the longest waiting first; another replica's are skipped. */
export async function lockSagasToLookAt(tx: Statements, limit: number): Promise<Locked> {
  const select = `SELECT order_id FROM sagas WHERE look_again_at <= now()
    ORDER BY look_again_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED`;
  return await locked(tx, select, [limit]);
}

/** The sagas that it is time to look at, the longest waiting first, not locked. */
export async function readSagasToLookAt(database: Statements, limit: number): Promise<string[]> {
  const rows = await database.rows<{ orderId: string }>(
    `SELECT order_id AS "orderId" FROM sagas WHERE look_again_at <= now() ORDER BY look_again_at LIMIT $1`,
    [limit],
  );
  return rows.map(({ orderId }) => orderId);
}

const ONE_TO_LOOK_AT = `SELECT order_id FROM sagas WHERE order_id = $1 AND look_again_at <= now()
  FOR NO KEY UPDATE SKIP LOCKED`;

/** Locks a saga where it is still time to look at it; another replica's is skipped. */
export async function lockSagaToLookAt(tx: Statements, orderId: string): Promise<Locked> {
  return await locked(tx, ONE_TO_LOOK_AT, [orderId]);
}

/** Has a saga looked at later, so that it takes no place among those that it is time for. */
export async function postponeLook(database: Statements, orderId: string, pauseMs: number): Promise<void> {
  await database.rows(
    `UPDATE sagas SET look_again_at = now() + $2::float8 * interval '1 millisecond'
     WHERE order_id = (${ONE_TO_LOOK_AT})`,
    [orderId, pauseMs],
  );
}

/** Locks those of these sagas in key order that nobody else has locked. */
export async function lockFreeSagas(tx: Statements, orderIds: readonly string[]): Promise<Locked> {
  const select = `SELECT order_id FROM sagas WHERE order_id = ANY($1::uuid[])
    ORDER BY order_id FOR NO KEY UPDATE SKIP LOCKED`;
  return await locked(tx, select, [orderIds]);
}

/**
 * Takes turns with whoever places orders of these users, until the transaction ends: those that another replica has not
 * committed yet are not seen in any row.
 */
export async function lockUsers(tx: Statements, userIds: readonly string[]): Promise<void> {
  await tx.rows(
    `SELECT count(pg_advisory_xact_lock(place)) FROM (
       SELECT DISTINCT hashtextextended(user_id::text, 0) AS place FROM unnest($1::uuid[]) AS asked (user_id)
       ORDER BY place) AS places`,
    [userIds],
  );
}

/** Counts the orders of users that are on their way, among the newest `most` sagas of each that are not done with. */
export async function countInFlight(
  tx: Statements,
  userIds: readonly string[],
  most: number,
): Promise<InFlight[]> {
  return await tx.rows<InFlight>(
    `SELECT asked.user_id AS "userId", count(*) AS orders FROM unnest($1::uuid[]) AS asked (user_id)
     CROSS JOIN LATERAL (
       SELECT s.state, s.awaits FROM sagas AS s
       WHERE s.user_id = asked.user_id AND s.look_again_at IS NOT NULL ORDER BY s.order_id DESC LIMIT $2
     ) AS newest
     WHERE cardinality(newest.awaits) > 0 AND newest.state <> 'CANCELLING' GROUP BY asked.user_id`,
    [userIds, most],
  );
}

/** Sagas of the release before have no trace. */
type SagaRow = Order & Omit<Saga, 'order' | 'trace'> & { readonly trace: Trace | null };

/** Reads sagas with their orders. In a statement after the lock, so that it sees who held the lock before. */
export async function readSagas(tx: Statements, orderIds: readonly string[]): Promise<Saga[]> {
  if (orderIds.length === 0) return [];
  const rows = await tx.rows<SagaRow>(
    `SELECT ${SAGA_COLUMNS}, ${ORDER_COLUMNS}
     FROM sagas AS s JOIN orders AS o USING (order_id)
     WHERE s.order_id = ANY($1::uuid[]) AND o.order_id = ANY($1::uuid[])`,
    [orderIds],
  );
  return rows.map(sagaOf);
}

function sagaOf(row: SagaRow): Saga {
  const { state, awaits, owedEvents, waiters, trace, terms, isAnsweredPending } = row;
  const { deadlineAt, sentAt, attempts, lookAgainAt, historyLength } = row;
  const order: Order = row;
  return {
    order,
    terms,
    state,
    awaits,
    owedEvents,
    waiters,
    trace: trace ?? {},
    isAnsweredPending,
    deadlineAt,
    sentAt,
    attempts,
    lookAgainAt,
    historyLength,
  };
}

const insertRows = sagas.insert();

export function insertSagas(begun: readonly Saga[]): Statement[] {
  return insertRows(
    begun.map((saga) => ({ ...saga, orderId: saga.order.orderId, userId: saga.order.userId })),
  );
}

const updateRows = sagas.update({
  by: ['orderId'],
  set: [
    'state',
    'awaits',
    'owedEvents',
    'waiters',
    'sentAt',
    'attempts',
    'lookAgainAt',
    'historyLength',
    'trace',
    'isAnsweredPending',
  ],
  sql: { trace: 'coalesce(n.trace, sagas.trace)' },
});

/** Writes sagas as they are now. A trace that stays is not sent once more: hardly any order changes its own. */
export function updateSagas(changed: Decided['changed']): Statement[] {
  const rowOf = ({ before, after }: Decided['changed'][number]) => ({
    ...after,
    orderId: after.order.orderId,
    trace: after.trace === before.trace ? null : after.trace,
  });
  return updateRows(changed.map(rowOf));
}

/** Notes that the broker has an event of these orders, whose sagas are locked. */
export async function confirmEvent(
  tx: Statements,
  event: EventName,
  orderIds: readonly string[],
): Promise<void> {
  if (orderIds.length === 0) return;
  await tx.rows(
    `UPDATE sagas SET owed_events = array_remove(owed_events, $1::text),
       look_again_at = CASE WHEN cardinality(awaits) = 0 AND cardinality(array_remove(owed_events, $1)) = 0
         THEN NULL ELSE look_again_at END
     WHERE order_id = ANY($2::uuid[])`,
    [event, orderIds],
  );
}

/**
 * Counts the sagas that have not ended, of the oldest `most` by their ids, which begin with when they were made; events
 * are owed for a moment, so among twice as many that are not done with. What is being cancelled is as old as its
 * cancellation, however old its order is.
 */
export async function readFlights(
  database: Statements,
  stuckAttempts: number,
  most: number,
): Promise<Flight[]> {
  return await database.rows<Flight>(
    `WITH oldest AS MATERIALIZED (
       SELECT * FROM (
         SELECT order_id, state, attempts FROM sagas WHERE look_again_at IS NOT NULL
         ORDER BY order_id LIMIT 2 * $2::int
       ) AS not_done
       WHERE state NOT IN ('SUCCESS', 'FAILED', 'CANCELLED') ORDER BY order_id LIMIT $2
     )
     SELECT state, count(*) AS sagas, count(*) FILTER (WHERE attempts >= $1) AS stuck,
       extract(epoch FROM now() - coalesce(min(cancelled.at), (
         SELECT created_at FROM orders
         WHERE order_id = (array_agg(oldest.order_id ORDER BY oldest.order_id))[1])))::float8 AS "oldestAgeSeconds"
     FROM oldest LEFT JOIN LATERAL (
       SELECT changed_at AS at FROM order_history
       WHERE oldest.state = 'CANCELLING' AND order_id = oldest.order_id AND step = 'Cancel'
       ORDER BY seq DESC LIMIT 1
     ) AS cancelled ON true
     GROUP BY state`,
    [stuckAttempts, most],
  );
}

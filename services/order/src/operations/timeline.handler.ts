import {
  done,
  present,
  refuse,
  TOLD_MAX,
  type DeadLetterOfOrder,
  type OrderWay,
  type OutcomeOf,
  type PayloadOf,
  type readTimeline,
} from '@jangteo/contracts';
import type { Database } from '@jangteo/database';
import { deadLettersOf } from '@jangteo/service';
import { commandsIn, failureIn, stepsToCome } from '../domain/timeline.js';
import { viewOf } from '../domain/view.js';
import { readNow, readOrders, type HistoryEntryRow, type OrderWithHistory } from '../saga/order.queries.js';
import {
  readNudgesOf,
  readRecordsOf,
  readRedrivesOf,
  readSagasNow,
  type NudgeRow,
  type RecordRow,
  type RedriveRow,
  type SagaNow,
} from './timeline.queries.js';

/** All that is known of one order. */
interface Known {
  readonly now: Date;
  readonly order: OrderWithHistory;
  readonly saga: SagaNow | undefined;
  readonly records: readonly RecordRow[];
  readonly nudges: readonly NudgeRow[];
  readonly redrives: readonly RedriveRow[];
  readonly deadLetters: readonly DeadLetterOfOrder[];
}

const rowOf = ({ step, reason, changedBy, changedAt }: HistoryEntryRow) => ({
  step: step ?? undefined,
  reason: reason ?? undefined,
  changedBy,
  changedAt: new Date(changedAt),
});

function whoDid({ changedBy, changedAt, actorId }: HistoryEntryRow): OrderWay['placed'] {
  const actor = actorId === null ? {} : { actorId };
  return { at: new Date(changedAt).toISOString(), by: changedBy, ...actor };
}

function sagaOf(saga: SagaNow): NonNullable<OrderWay['saga']> {
  const { requestId, traceparent } = saga.trace ?? {};
  return {
    state: saga.state,
    awaits: [...saga.awaits],
    owedEvents: [...saga.owedEvents],
    ...(saga.lookAgainAt === null ? {} : { lookAgainAt: saga.lookAgainAt.toISOString() }),
    deadlineAt: saga.deadlineAt.toISOString(),
    ...present({ requestId, traceparent }),
  };
}

function wayOf({ now, order, saga, records, nudges, redrives, deadLetters }: Known): OrderWay {
  const [placed, ...rows] = order.history;
  const cancel = rows.find(({ step }) => step === 'Cancel');
  const history = order.history.map(rowOf);
  const failed = failureIn(history);
  const commands = commandsIn(order, history, saga);
  return {
    order: viewOf(order),
    readAt: now.toISOString(),
    placed: whoDid(placed!),
    ...(cancel === undefined ? {} : { cancelled: whoDid(cancel) }),
    ...(failed === undefined ? {} : { failed: { ...failed, at: failed.at.toISOString() } }),
    commands,
    toCome: stepsToCome(order, commands),
    ...(saga === undefined ? {} : { saga: sagaOf(saga) }),
    records: records.map(({ type, sequence, isSent }) => ({
      type,
      ...(sequence === null ? {} : { sequence }),
      isSent,
    })),
    nudges: nudges.map(({ at, by }) => ({ at: at.toISOString(), by })),
    redrives: redrives.slice(0, TOLD_MAX).map(({ command, at, by, refusal }) => ({
      command,
      at: at.toISOString(),
      by,
      ...(refusal === null ? {} : { code: refusal.code }),
    })),
    deadLetters: [...deadLetters],
  };
}

/** Says what is stored here of the way of each order, in a statement for each table. */
export async function timelinesOf(
  payloads: readonly PayloadOf<typeof readTimeline>[],
  database: Database,
): Promise<OutcomeOf<typeof readTimeline>[]> {
  const ids = [...new Set(payloads.map(({ orderId }) => orderId))];
  // The orders first: a saga that is not found any more when its order had ended was deleted, not missed.
  const orders = new Map((await readOrders(database, ids)).map((order) => [order.orderId, order]));
  const isAsked = ({ orderId, userId }: PayloadOf<typeof readTimeline>): boolean =>
    orders.has(orderId) && (userId === undefined || userId === orders.get(orderId)?.userId);
  const found = [...new Set(payloads.filter(isAsked).map(({ orderId }) => orderId))];
  if (found.length === 0) return payloads.map(() => refuse('ORDER_NOT_FOUND'));
  const [now, sagas, records, nudges, redrives, deadLetters] = await Promise.all([
    readNow(database),
    readSagasNow(database, found),
    readRecordsOf(database, found),
    readNudgesOf(database, found),
    readRedrivesOf(database, found),
    deadLettersOf(database, found),
  ]);
  const of = <R extends { readonly orderId: string }>(rows: readonly R[], orderId: string): R[] =>
    rows.filter((row) => row.orderId === orderId);
  return payloads.map((payload) => {
    const { orderId } = payload;
    if (!isAsked(payload)) return refuse('ORDER_NOT_FOUND');
    return done(
      wayOf({
        now,
        order: orders.get(orderId)!,
        saga: of(sagas, orderId)[0],
        records: of(records, orderId),
        nudges: of(nudges, orderId),
        redrives: of(redrives, orderId),
        deadLetters: deadLetters.get(orderId) ?? [],
      }),
    );
  });
}

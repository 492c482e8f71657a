import { refuse } from '@jangteo/contracts';
import type { SagaMessage } from './messages.js';
import type { Turn } from './moves.js';
import { isFinal, type CommandName, type HistoryRow, type Moment, type Order, type Saga } from './order.js';
import { turn } from './saga.js';
import { scheduled } from './schedule.js';

/** What follows from one message: what is to be published, and the answer where it was a request. */
export type Reaction = Pick<Turn, 'says' | 'answer'>;

export interface Decision {
  /** Reaction i is to message i. */
  readonly reactions: readonly Reaction[];
  /** The sagas that are to be written, as they were and as they are now. */
  readonly changed: readonly { readonly before: Saga; readonly after: Saga }[];
  readonly history: readonly HistoryRow[];
}

function historyRows({ saga, history }: Turn, before: Saga, { now }: Moment): HistoryRow[] {
  const { orderId, status: orderStatus } = saga.order;
  return history.map((entry, index) => {
    const seq = before.historyLength + index + 1;
    return { ...entry, orderId, seq, orderStatus, changedAt: now };
  });
}

function isHidden(saga: Saga, message: SagaMessage): boolean {
  return message.signal === 'cancel' && message.userId !== undefined && message.userId !== saga.order.userId;
}

/**
 * Lets each message take its effect, each seeing the effects of those before it. A message to an order
 * that does not exist, or is somebody else's, changes nothing.
 *
 * @param sagas those of the messages' orders, locked
 */
export function decide(sagas: readonly Saga[], messages: readonly SagaMessage[], moment: Moment): Decision {
  const current = new Map(sagas.map((saga) => [saga.order.orderId, saga]));
  const history: HistoryRow[] = [];
  const reactions = messages.map((message): Reaction => {
    const before = current.get(message.orderId);
    if (before === undefined || isHidden(before, message)) {
      return { says: [], answer: refuse('ORDER_NOT_FOUND') };
    }
    const taken = turn(before, message, moment);
    const rows = historyRows(taken, before, moment);
    history.push(...rows);
    if (taken.saga !== before) {
      const after = { ...taken.saga, historyLength: before.historyLength + rows.length };
      current.set(message.orderId, scheduled(after, moment));
    }
    return taken;
  });
  const changed = sagas.flatMap((before) => {
    const after = current.get(before.order.orderId);
    return after === undefined || after === before ? [] : [{ before, after }];
  });
  return { reactions, changed, history };
}

/** What the sweeper tells a saga that it finds waiting. */
export function overdue({ order: { orderId }, deadlineAt }: Saga, { now }: Moment): SagaMessage {
  return { signal: now < deadlineAt ? 'silence' : 'deadline', orderId };
}

/** The orders that were PENDING until this decision, whatever else became of them in the same batch. */
export function settledBy({ changed }: Decision): Order[] {
  return changed
    .filter(({ before, after }) => before.order.status === 'PENDING' && after.order.status !== 'PENDING')
    .map(({ after }) => after.order);
}

/** A command of a saga that was answered, and how long after it was last sent. */
export interface AnsweredStep {
  readonly step: CommandName;
  readonly waitedMs: number;
}

/** The commands whose answers took effect in this decision, by the database's clock. */
export function stepsAnsweredIn({ changed, history }: Decision): AnsweredStep[] {
  const sagas = new Map(changed.map(({ before }) => [before.order.orderId, before]));
  return history.flatMap((row) => {
    const saga = sagas.get(row.orderId);
    const step = saga?.awaits.find((name) => name === row.step);
    // What the sweeper writes of a step is that nobody answered.
    if (saga === undefined || step === undefined || row.changedBy !== 'saga') return [];
    return [{ step, waitedMs: row.changedAt.getTime() - saga.sentAt.getTime() }];
  });
}

/** The sagas that ended by this decision. */
export function endedBy({ changed }: Decision): Saga[] {
  return changed
    .filter(({ before, after }) => isFinal(after.state) && after.state !== before.state)
    .map(({ after }) => after);
}

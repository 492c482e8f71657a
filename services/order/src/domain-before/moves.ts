import {
  done,
  refuse,
  type cancelOrder,
  type Order as OrderView,
  type Outcome,
  type placeOrder,
  type Refusal,
  type RefusalOf,
} from '@jangteo/contracts';
import { STEPS, stepsOf, undosOf } from './commands.js';
import type { MessageOf, Signal } from './messages.js';
import type {
  CommandName,
  EventName,
  FinalState,
  HistoryEntry,
  Moment,
  Order,
  Saga,
  SagaState,
  StepState,
  Waiter,
} from './order.js';
import { isPriceOther, totalOf } from './pricing.js';
import { dueAt } from './schedule.js';
import { commandsOf, everythingOf, pendingViewOf, viewOf, type Said } from './speech.js';

/** In place of an answer: it comes when the order ends. */
export const LATER = Symbol('later');

/** What a request about an order can be answered. */
export type Answer =
  Outcome<OrderView, RefusalOf<typeof placeOrder> | RefusalOf<typeof cancelOrder>> | typeof LATER;

/** What one message does to one saga. */
export interface Turn {
  /** The same object when nothing changed. */
  readonly saga: Saga;
  readonly history: readonly HistoryEntry[];
  readonly says: readonly Said[];
  /** For whoever sent the message, where it was a request. */
  readonly answer?: Answer;
}

export type Move<S extends Signal> = (saga: Saga, message: MessageOf<S>, moment: Moment) => Turn;

/** A saga that has just been read in one of the states with a step. */
type Stepping = Saga & { readonly state: StepState };

function still(saga: Saga): Turn {
  return { saga, history: [], says: [] };
}

function entered(saga: Saga, state: SagaState, awaits: readonly CommandName[], { now }: Moment): Saga {
  return { ...saga, state, awaits, sentAt: now, attempts: 0 };
}

function ended(saga: Saga, state: FinalState, facts: Partial<Order>, moment: Moment): Saga {
  const order = { ...saga.order, ...facts, status: state, updatedAt: moment.now };
  return { ...entered(saga, state, [], moment), order };
}

function owing(saga: Saga, event: EventName): Saga {
  return { ...saga, owedEvents: [...saga.owedEvents, event] };
}

/** The step of this state was taken: on to the next one, or to the end. */
function stepTaken(saga: Stepping, order: Order, moment: Moment): Turn {
  const taken: HistoryEntry = { step: STEPS[saga.state].action, changedBy: 'saga' };
  const steps = stepsOf(order);
  const next = steps.indexOf(saga.state) + 1;
  if (isPriceOther(order)) {
    const { refusal } = refuse('PRICE_CHANGED', `the total is ${order.total}, not ${order.expectedTotal}`);
    const history = [taken, { reason: refusal.code, changedBy: 'saga' }];
    return undoing({ ...saga, order }, refusal, steps.slice(0, next), history, moment);
  }
  const after = stepSent({ ...saga, order }, steps[next], moment);
  return { saga: after, history: [taken], says: everythingOf(after) };
}

function stepSent(saga: Saga, step: StepState | undefined, moment: Moment): Saga {
  if (step !== undefined) return entered(saga, step, [STEPS[step].action], moment);
  return owing(ended(saga, 'SUCCESS', { completedAt: moment.now }, moment), 'order.completed');
}

/** Undoes these steps, or ends in FAILED at once where none was taken. */
function undoing(
  saga: Saga,
  failure: Refusal,
  steps: readonly StepState[],
  history: readonly HistoryEntry[],
  moment: Moment,
): Turn {
  const failed = { ...saga, order: { ...saga.order, failure } };
  const isNothingOwed = steps.length === 0;
  const after = isNothingOwed
    ? ended(failed, 'FAILED', {}, moment)
    : entered(failed, 'UNDOING', undosOf(steps), moment);
  return { saga: after, history, says: everythingOf(after) };
}

/** Stock is held, and the prices of the moment are known. */
export const goesOnWithStock: Move<'stockReserved'> = (saga, { value }, moment) => {
  const { items, subtotal } = value;
  const discount = saga.order.userCouponId === null ? 0 : null;
  const total = discount === null ? null : totalOf(subtotal, discount);
  return stepTaken(saga as Stepping, { ...saga.order, items, subtotal, discount, total }, moment);
};

/** The coupon is used, and with its discount the total is known. */
export const goesOnWithDiscount: Move<'couponUsed'> = (saga, { value }, moment) => {
  const { discount } = value;
  const total = totalOf(saga.order.subtotal ?? NaN, discount);
  return stepTaken(saga as Stepping, { ...saga.order, discount, total }, moment);
};

/** The money is there. */
export const goesOnWithMoney: Move<'walletDebited'> = (saga, _message, moment) =>
  stepTaken(saga as Stepping, saga.order, moment);

/** As it was told: a later release knows more codes than this one. */
function reasonOf({ code, unknownCode = code }: Refusal): string {
  return unknownCode;
}

/** A step that was refused did nothing: only the steps before it are undone. */
export const fails: Move<'stockRefused' | 'couponRefused' | 'walletRefused'> = (
  saga,
  { refusal },
  moment,
) => {
  const { state } = saga as Stepping;
  const steps = stepsOf(saga.order);
  const entry: HistoryEntry = { step: STEPS[state].action, reason: reasonOf(refusal), changedBy: 'saga' };
  return undoing(saga, refusal, steps.slice(0, steps.indexOf(state)), [entry], moment);
};

/** A step that was not answered may have been taken: it is undone with those before it. */
export const givesUp: Move<'deadline'> = (saga, _message, moment) => {
  const { state } = saga as Stepping;
  const { action } = STEPS[state];
  const steps = stepsOf(saga.order);
  const { refusal } = refuse('ORDER_TIMED_OUT', `${action} was not answered in time`);
  const entry: HistoryEntry = { step: action, reason: refusal.code, changedBy: 'sweeper' };
  return undoing(saga, refusal, steps.slice(0, steps.indexOf(state) + 1), [entry], moment);
};

/** An undo was answered; the last one ends the saga. */
export const undone =
  (undo: CommandName): Move<'stockReleased' | 'couponReleased' | 'walletRefunded'> =>
  (saga, _message, moment) => {
    if (!saga.awaits.includes(undo)) return still(saga);
    const awaits = saga.awaits.filter((name) => name !== undo);
    const isLast = awaits.length === 0;
    const after = isLast ? allUndone(saga, moment) : { ...saga, awaits };
    const { failure } = after.order;
    const reason = isLast && failure !== null ? reasonOf(failure) : undefined;
    const entry: HistoryEntry = { step: undo, reason, changedBy: 'saga' };
    return { saga: after, history: [entry], says: isLast ? everythingOf(after) : [] };
  };

function allUndone(saga: Saga, moment: Moment): Saga {
  if (saga.state === 'UNDOING') return ended(saga, 'FAILED', {}, moment);
  return owing(ended(saga, 'CANCELLED', { cancelledAt: moment.now }, moment), 'order.cancelled');
}

/** The message that led here came once more: perhaps what followed from it was never published. */
export const saysAgain: Move<Signal> = (saga) => ({ ...still(saga), says: everythingOf(saga) });

/** It means nothing here: late, out of place, or a repeat of what was answered long ago. */
export const ignores: Move<Signal> = still;

/** Sends what is owed again, unless that was done a moment ago; however often it takes. */
export const sendsAgain: Move<'silence' | 'deadline'> = (saga, _message, { now, rules }) => {
  if (now < dueAt(saga, rules)) return still({ ...saga });
  const after = { ...saga, sentAt: now, attempts: saga.attempts + 1 };
  return { saga: after, history: [], says: everythingOf(after) };
};

function isAmong(waiters: readonly Waiter[], { replyTo, correlationId }: Waiter): boolean {
  return waiters.some((other) => other.replyTo === replyTo && other.correlationId === correlationId);
}

/** Lets somebody wait for the end. Who comes when too many do is told to come again: none of them is forgotten. */
function joins(saga: Saga, waiter: Waiter | undefined, { rules }: Moment): Turn {
  const { waiters } = saga;
  if (waiter === undefined) return { ...still(saga), answer: done(viewOf(saga.order)) };
  if (isAmong(waiters, waiter)) return { ...still(saga), answer: LATER };
  if (waiters.length >= rules.waitersMax) return { ...still(saga), answer: refuse('IDEMPOTENCY_KEY_IN_USE') };
  return { ...still({ ...saga, waiters: [...waiters, waiter] }), answer: LATER };
}

/**
 * The placing is answered before the end. One key has one answer: all who wait under it get this one now, and
 * who asks later gets it too.
 */
function answersPending(saga: Saga): Turn {
  const { trace, waiters, isAnsweredPending } = saga;
  const answer = done(pendingViewOf(saga.order));
  if (isAnsweredPending) return { ...still(saga), answer };
  const says = waiters.map((to): Said => ({ kind: 'answer', trace, to, outcome: answer }));
  return { saga: { ...saga, isAnsweredPending: true, waiters: [] }, history: [], says, answer };
}

/** Whoever placed it again waits with the first for the end, unless one of them was or is told not to. */
export const waitsToo: Move<'placedAgain'> = (saga, { waiter }, moment) => {
  const isOver = saga.isAnsweredPending || waiter === undefined;
  return isOver ? answersPending(saga) : joins(saga, waiter, moment);
};

/** As {@link waitsToo}; and the first command goes out again, because perhaps it never did. */
export const startsAgain: Move<'placedAgain'> = (saga, message, moment) => {
  const turn = waitsToo(saga, message, moment);
  return { ...turn, says: [...commandsOf(turn.saga), ...turn.says] };
};

/** A repeat gets the answer that placing the order had, even if it has ended or was cancelled since. */
export const answersAsPlaced: Move<'placedAgain'> = (saga) => {
  if (saga.isAnsweredPending) return answersPending(saga);
  const status = saga.state === 'FAILED' ? 'FAILED' : 'SUCCESS';
  return { ...still(saga), answer: done(viewOf(saga.order, status)) };
};

/** All of it is undone, as if it had failed at the end; for some time after its success. */
export const cancels: Move<'cancel'> = (saga, { waiter, cancelledBy, actorId, trace }, moment) => {
  const { completedAt } = saga.order;
  const { now, rules } = moment;
  if (completedAt !== null && now.getTime() > completedAt.getTime() + rules.cancelWindowMs) {
    const hours = rules.cancelWindowMs / 3_600_000;
    const detail = `it succeeded at ${completedAt.toISOString()}, and can be cancelled for ${hours} hours`;
    return { ...still(saga), answer: refuse('ORDER_NOT_CANCELLABLE', detail) };
  }
  const undos = undosOf(stepsOf(saga.order));
  const waiters = waiter === undefined ? [] : [waiter];
  const after = { ...entered(saga, 'CANCELLING', undos, moment), waiters, trace };
  return {
    saga: after,
    history: [{ step: 'Cancel', changedBy: cancelledBy, actorId }],
    says: commandsOf(after),
    answer: waiter === undefined ? done(viewOf(after.order)) : LATER,
  };
};

/** One cancellation is going on: its end answers this one too. */
export const cancelsToo: Move<'cancel'> = (saga, { waiter }, moment) => joins(saga, waiter, moment);

/** Cancelling it again changes nothing. */
export const answersCancelled: Move<'cancel'> = (saga) => ({
  ...still(saga),
  answer: done(viewOf(saga.order)),
});

/** There is nothing to cancel, or not yet. */
export const refusesToCancel: Move<'cancel'> = (saga) => ({
  ...still(saga),
  answer: refuse('ORDER_NOT_CANCELLABLE', `the order is ${saga.order.status}`),
});

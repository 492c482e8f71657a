import { done, HOUR_MS, isAmong, refuse, type Refusal } from '@jangteo/contracts';
import { answersOf, commandsOf, effectsOf, type Effect } from './effects.js';
import type { HistoryEntry, Moment, Order } from './order.js';
import { retryAt, type FinalState, type Input, type InputKind, type Saga, type SagaState } from './saga.js';
import { isPriceOther, isStepState, STEPS, stepsOf, undosOf, type Step, type StepState } from './steps.js';
import { pendingViewOf, viewOf, type Answer } from './view.js';

/** The result of one input to one saga. */
export interface Transition {
  /** The same object when nothing changed. */
  readonly saga: Saga;
  readonly history: readonly HistoryEntry[];
  readonly effects: readonly Effect[];
  /** The answer to the request, where the input was one. */
  readonly answer?: Answer;
}

type Rule<K extends InputKind> = (saga: Saga, input: Input<K>, moment: Moment) => Transition;
type Row = { readonly [K in InputKind]: Rule<K> };

/**
 * The saga: what each input does in each state, those in which a step is awaited in one row. Inputs come late,
 * twice and in any order; each of those cases has its word here too.
 */
export const TABLE: Record<Exclude<SagaState, StepState> | 'AWAITING_STEP', Row> = {
  AWAITING_STEP: {
    succeeded: goOn,
    refused: fail,
    undone: unchanged,
    retryDue: sendAgain,
    deadline: giveUp,
    placedAgain: waitToo,
    cancel: refuseToCancel,
  },
  // A step's late success needs nothing: its undo is owed already. But what began the undoing (a refusal, or the
  // prices that the customer had not expected) may come again before that was heard.
  UNDOING: {
    succeeded: repeat,
    refused: repeat,
    undone: takeUndo,
    retryDue: sendAgain,
    deadline: sendAgain,
    placedAgain: waitToo,
    cancel: refuseToCancel,
  },
  CANCELLING: {
    succeeded: unchanged,
    refused: unchanged,
    undone: takeUndo,
    retryDue: sendAgain,
    deadline: sendAgain,
    placedAgain: answerAsPlaced,
    cancel: joinAgain,
  },
  SUCCESS: {
    succeeded: repeat,
    refused: unchanged,
    undone: unchanged,
    retryDue: sendAgain,
    deadline: sendAgain,
    placedAgain: answerAsPlaced,
    cancel,
  },
  FAILED: {
    succeeded: unchanged,
    refused: repeat,
    undone: repeat,
    retryDue: sendAgain,
    deadline: sendAgain,
    placedAgain: answerAsPlaced,
    cancel: refuseToCancel,
  },
  CANCELLED: {
    succeeded: unchanged,
    refused: unchanged,
    undone: repeat,
    retryDue: sendAgain,
    deadline: sendAgain,
    placedAgain: answerAsPlaced,
    cancel: answerCancelled,
  },
};

/** The events that an end of the saga owes. */
const EVENTS = { SUCCESS: ['order.completed'], FAILED: [], CANCELLED: ['order.cancelled'] } as const;

/** Applies an input to the saga of its order, by the table. */
export function transition(saga: Saga, input: Input, moment: Moment): Transition {
  const { state } = saga;
  const row = isStepState(state) ? TABLE.AWAITING_STEP : TABLE[state];
  return (row[input.kind] as Rule<InputKind>)(saga, input, moment);
}

/** Ignores an input that is late, out of place, or a repeat of what was answered long ago. */
function unchanged(saga: Saga): Transition {
  return { saga, history: [], effects: [] };
}

function answered(saga: Saga, answer: Answer): Transition {
  return { ...unchanged(saga), answer };
}

/** Publishes again what is owed: the input that led here came once more, so perhaps that was never published. */
function repeat(saga: Saga): Transition {
  return { ...unchanged(saga), effects: effectsOf(saga) };
}

/** The awaited step of a saga, among all that its order takes. */
function progressOf({ state, order }: Saga) {
  const steps = stepsOf(order);
  const place = steps.findIndex((step) => step.state === state);
  return { before: steps.slice(0, place), step: steps[place] as Step, next: steps[place + 1] };
}

/** Goes on to the next step, or to the end: the awaited step was taken. */
function goOn(saga: Saga, input: Input<'succeeded'>, moment: Moment): Transition {
  const { before, step } = progressOf(saga);
  // A step before the awaited one led here; one after it was not asked for yet.
  const isEarlier = before.some(({ state }) => state === input.step);
  if (input.step !== saga.state) return isEarlier ? repeat(saga) : unchanged(saga);
  const learned = { ...saga, order: step.learn(saga.order, input.value) };
  const { total, expectedTotal } = learned.order;
  const taken: HistoryEntry = { step: step.action.name, changedBy: 'saga' };
  if (isPriceOther(learned.order)) {
    const { refusal } = refuse('PRICE_CHANGED', `the total is ${total}, not ${expectedTotal}`);
    const history = [taken, { reason: refusal.code, changedBy: 'saga' }];
    return undo(failing(learned, refusal), [...before, step], history, moment);
  }
  const { next } = progressOf(learned);
  const after = next
    ? entered(learned, next.state, [next.action.name], moment)
    : ended(learned, 'SUCCESS', moment);
  return { saga: after, history: [taken], effects: effectsOf(after) };
}

function entered(saga: Saga, state: SagaState, awaits: Saga['awaits'], { now }: Moment): Saga {
  return { ...saga, state, awaits, sentAt: now, attempts: 0 };
}

function ended(saga: Saga, state: FinalState, moment: Moment): Saga {
  const { now } = moment;
  const facts = { SUCCESS: { completedAt: now }, FAILED: {}, CANCELLED: { cancelledAt: now } }[state];
  const order = { ...saga.order, ...facts, status: state, updatedAt: now };
  return { ...entered(saga, state, [], moment), order, owedEvents: [...saga.owedEvents, ...EVENTS[state]] };
}

function failing(saga: Saga, failure: Refusal): Saga {
  return { ...saga, order: { ...saga.order, failure } };
}

/** Undoes these steps of a saga that is failing, or ends it at once where none was taken. */
function undo(saga: Saga, steps: readonly Step[], history: HistoryEntry[], moment: Moment): Transition {
  const undos = undosOf(steps);
  const after = undos.length > 0 ? entered(saga, 'UNDOING', undos, moment) : ended(saga, 'FAILED', moment);
  return { saga: after, history, effects: effectsOf(after) };
}

/** Undoes the steps before one that was refused, which itself did nothing. */
function fail(saga: Saga, input: Input<'refused'>, moment: Moment): Transition {
  if (input.step !== saga.state) return unchanged(saga);
  const { before, step } = progressOf(saga);
  const entry = { step: step.action.name, reason: reasonOf(input.refusal), changedBy: 'saga' };
  return undo(failing(saga, input.refusal), before, [entry], moment);
}

/** Undoes a step that was not answered, which may have been taken, with those before it. */
function giveUp(saga: Saga, _input: Input, moment: Moment): Transition {
  const { before, step } = progressOf(saga);
  const { refusal } = refuse('ORDER_TIMED_OUT', `${step.action.name} was not answered in time`);
  const entry = { step: step.action.name, reason: refusal.code, changedBy: 'sweeper' };
  return undo(failing(saga, refusal), [...before, step], [entry], moment);
}

/** The code as it came: a later release knows more codes than this one. */
function reasonOf({ code, unknownCode = code }: Refusal): string {
  return unknownCode;
}

/** Notes that an undo was answered; the last one ends the saga. */
function takeUndo(saga: Saga, { command }: Input<'undone'>, moment: Moment): Transition {
  if (!saga.awaits.includes(command)) return unchanged(saga);
  const awaits = saga.awaits.filter((name) => name !== command);
  const isLast = awaits.length === 0;
  const end = saga.state === 'UNDOING' ? 'FAILED' : 'CANCELLED';
  const after = isLast ? ended(saga, end, moment) : { ...saga, awaits };
  const { failure } = after.order;
  const reason = isLast && failure !== null ? reasonOf(failure) : undefined;
  const entry = { step: command, reason, changedBy: 'saga' };
  return { saga: after, history: [entry], effects: isLast ? effectsOf(after) : [] };
}

/**
 * Sends what is owed again, unless that was done a moment ago; however often it takes. Commands that lie unread count
 * as sent.
 */
function sendAgain(
  saga: Saga,
  { unread = [] }: Input<'retryDue' | 'deadline'>,
  { now, bounds }: Moment,
): Transition {
  if (now < retryAt(saga, bounds)) return unchanged({ ...saga });
  const after = { ...saga, sentAt: now, attempts: saga.attempts + 1 };
  const awaits = after.awaits.filter((name) => !unread.includes(name));
  return { saga: after, history: [], effects: effectsOf({ ...after, awaits }) };
}

/** Lets a repeat of the placing wait with the first for the end, unless either does not wait (any more). */
function waitToo(saga: Saga, input: Input<'placedAgain'>, moment: Moment): Transition {
  const isOver = saga.isAnsweredPending || input.waiter === undefined;
  const waits = isOver ? answerPending(saga) : join(saga, input, moment);
  return saga.state === STEPS[0].state ? askedAgain(saga, waits) : waits;
}

/** Lets a repeat of the cancelling wait with the first for the end. */
function joinAgain(saga: Saga, input: Input<'cancel'>, moment: Moment): Transition {
  const taken = join(saga, input, moment);
  // Who finds no room left has had many others ask before.
  return taken.answer === 'DEFERRED' ? askedAgain(saga, taken) : taken;
}

/** The commands that this request began with go out again: perhaps they never did. */
function askedAgain(saga: Saga, taken: Transition): Transition {
  return { ...taken, effects: [...commandsOf(saga), ...taken.effects] };
}

/** Lets somebody wait for the end. One too many is refused and comes again: no waiter is forgotten. */
function join(saga: Saga, { waiter }: Input<'placedAgain' | 'cancel'>, { bounds }: Moment): Transition {
  const { waiters } = saga;
  if (waiter === undefined) return answered(saga, done(viewOf(saga.order)));
  if (isAmong(waiters, waiter)) return answered(saga, 'DEFERRED');
  if (waiters.length >= bounds.waitersMax) return answered(saga, refuse('IDEMPOTENCY_KEY_IN_USE'));
  return answered({ ...saga, waiters: [...waiters, waiter] }, 'DEFERRED');
}

/**
 * Answers the placing before the end. One key has one answer: all who wait under it get this one now, and
 * every repeat gets it too.
 */
function answerPending(saga: Saga): Transition {
  const answer = done(pendingViewOf(saga.order));
  if (saga.isAnsweredPending) return answered(saga, answer);
  const effects = answersOf(saga, saga.waiters, answer);
  return { saga: { ...saga, isAnsweredPending: true, waiters: [] }, history: [], effects, answer };
}

/** Answers a repeat as the placing was answered, even if the order has ended or was cancelled since. */
function answerAsPlaced(saga: Saga): Transition {
  if (saga.isAnsweredPending) return answerPending(saga);
  return answered(saga, done(viewOf(saga.order, saga.state === 'FAILED' ? 'FAILED' : 'SUCCESS')));
}

/** The refusal to cancel an order that succeeded too long ago. */
export function cancelRefusalOf({ completedAt }: Pick<Order, 'completedAt'>, { now, bounds }: Moment) {
  const { cancelWindowMs } = bounds;
  if (completedAt === null || now.getTime() <= completedAt.getTime() + cancelWindowMs) return undefined;
  const hours = cancelWindowMs / HOUR_MS;
  const detail = `it succeeded at ${completedAt.toISOString()}, and can be cancelled for ${hours} hours`;
  return refuse('ORDER_NOT_CANCELLABLE', detail);
}

/** Undoes all of it, as if it had failed at the end; for some time after its success. */
function cancel(saga: Saga, input: Input<'cancel'>, moment: Moment): Transition {
  const { waiter, cancelledBy, actorId, trace } = input;
  const refusal = cancelRefusalOf(saga.order, moment);
  if (refusal !== undefined) return answered(saga, refusal);
  const waiters = waiter === undefined ? [] : [waiter];
  const undos = undosOf(stepsOf(saga.order));
  const after = { ...entered(saga, 'CANCELLING', undos, moment), waiters, trace };
  const history = [{ step: 'Cancel', changedBy: cancelledBy, actorId }];
  const answer = waiter === undefined ? done(viewOf(after.order)) : 'DEFERRED';
  return { saga: after, history, effects: commandsOf(after), answer };
}

/** Answers a repeated cancellation, which changes nothing. */
function answerCancelled(saga: Saga): Transition {
  return answered(saga, done(viewOf(saga.order)));
}

/** Refuses where there is nothing to cancel, or not yet. */
function refuseToCancel(saga: Saga): Transition {
  return answered(saga, refuse('ORDER_NOT_CANCELLABLE', `the order is ${saga.order.status}`));
}

import {
  backoffMs,
  type OrderTerms,
  type Outcome,
  type Refusal,
  type ReplyAddress,
  type Trace,
} from '@jangteo/contracts';
import type { Bounds, EventName, Moment, Order } from './order.js';
import { commandOf, isStepState, STEPS, type CommandName, type StepState } from './steps.js';

export type FinalState = 'SUCCESS' | 'FAILED' | 'CANCELLED';
export type SagaState = StepState | 'UNDOING' | 'CANCELLING' | FinalState;

/** The progress of an order, and all that is still owed to others because of it. */
export interface Saga {
  readonly order: Order;
  /** Terms on which stock is reserved, as far as they were seen before the order. */
  readonly terms: OrderTerms | null;
  readonly state: SagaState;
  /** The commands that were sent and not answered yet. */
  readonly awaits: readonly CommandName[];
  readonly owedEvents: readonly EventName[];
  /** Addresses that are answered when the order ends. Kept after that, so that a repeat can answer them again. */
  readonly waiters: readonly ReplyAddress[];
  /** Trace of the request that placed the order; once it is cancelled, of the one that cancelled it. */
  readonly trace: Trace;
  /** The request that placed the order was answered PENDING, which is the answer to every repeat, too. */
  readonly isAnsweredPending: boolean;
  /** Time at which a step that was not answered is given up. */
  readonly deadlineAt: Date;
  /** Time at which the awaited commands were last sent, or left where they lie; `attempts` counts the repeats. */
  readonly sentAt: Date;
  readonly attempts: number;
  /** Time of the sweeper's next look; null when nothing is owed. */
  readonly lookAgainAt: Date | null;
  /** Number of rows of history so far. */
  readonly historyLength: number;
}

export function isFinal(state: SagaState): state is FinalState {
  return state === 'SUCCESS' || state === 'FAILED' || state === 'CANCELLED';
}

interface Overdue {
  /** Commands that lie where nobody reads; see `unread.ts`. */
  readonly unread?: readonly CommandName[];
}

interface Contents {
  /** A step's action was answered with yes, or with no. */
  succeeded: { readonly step: StepState; readonly value: unknown };
  refused: { readonly step: StepState; readonly refusal: Refusal };
  /** An undo was answered. */
  undone: { readonly command: CommandName };
  /** The sweeper found the saga waiting, its deadline not yet over, or over. */
  retryDue: Overdue;
  deadline: Overdue;
  /** The order was placed again under the same operation key, by somebody who waits or not. */
  placedAgain: { readonly waiter: ReplyAddress | undefined };
  cancel: {
    readonly waiter: ReplyAddress | undefined;
    /** Only if the order is this user's. */
    readonly userId: string | undefined;
    /** A role. */
    readonly cancelledBy: string;
    readonly actorId?: string | undefined;
    readonly trace: Trace;
  };
}

export type InputKind = keyof Contents;

/** An input of a saga. */
export type Input<K extends InputKind = InputKind> = {
  [I in K]: { readonly kind: I; readonly orderId: string } & Contents[I];
}[K];

/**
 * Makes an input of the answer to a command of this type. The outcome was checked against the contract.
 * @throws Error when an undo was refused, which no contract allows, and for what is no command of the saga
 */
export function inputOfReply(type: string, orderId: string, outcome: Outcome): Input {
  const { name: command } = commandOf(type);
  const step = STEPS.find(({ action }) => action.name === command)?.state;
  if (step === undefined) {
    if (outcome.ok) return { kind: 'undone', orderId, command };
    throw new Error(`${command} was refused: ${outcome.refusal.code}`);
  }
  return outcome.ok
    ? { kind: 'succeeded', orderId, step, value: outcome.value }
    : { kind: 'refused', orderId, step, refusal: outcome.refusal };
}

/** The sweeper's input to a saga that it finds waiting. */
export function overdue(
  { order: { orderId }, deadlineAt }: Saga,
  now: Date,
  unread: readonly CommandName[] = [],
): Input {
  return { kind: now < deadlineAt ? 'retryDue' : 'deadline', orderId, unread };
}

/** Time at which what is owed is to be sent again, after a pause that doubles up to a bound. */
export function retryAt({ sentAt, attempts }: Pick<Saga, 'sentAt' | 'attempts'>, bounds: Bounds): Date {
  return new Date(sentAt.getTime() + backoffMs(bounds, attempts));
}

/**
 * Sets when the sweeper looks at a saga that has changed. An earlier look is left as it is: it costs the
 * sweeper a glance at the few orders that take so long, while moving it would cost every step of every
 * order an index entry.
 */
export function scheduled(saga: Saga, { now, bounds }: Moment): Saga {
  const { state, awaits, owedEvents, deadlineAt, lookAgainAt } = saga;
  if (awaits.length === 0 && owedEvents.length === 0) return { ...saga, lookAgainAt: null };
  const retry = retryAt(saga, bounds);
  // What is being undone is never given up.
  const latest = isStepState(state) && deadlineAt < retry ? deadlineAt : retry;
  const isSoonEnough = lookAgainAt !== null && lookAgainAt > now && lookAgainAt <= latest;
  return isSoonEnough ? saga : { ...saga, lookAgainAt: latest };
}

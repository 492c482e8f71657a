import {
  done,
  refuse,
  type cancelOrder,
  type Outcome,
  type PayloadOf,
  type placeOrder,
} from '@jangteo/contracts';
import type { Line } from './cart.js';
import { decide, type Decision, type Reaction } from './decide.js';
import type { SagaMessage } from './messages.js';
import { LATER, type Answer } from './moves.js';
import { isFinal, type Rules, type Saga, type Trace, type Waiter } from './order.js';
import { decidePlacings, type Placing, type PlacingOutcome, type PlacingState } from './placing.js';
import { everythingOf, pendingViewOf, viewOf } from './speech.js';

/** A request as it came: what it says, and where its answer is awaited. */
interface Request<P> {
  readonly payload: P;
  readonly replyAddress: Waiter | undefined;
  readonly trace: Trace;
}

export type PlacingRequest = Request<PayloadOf<typeof placeOrder>>;
export type Cancelling = Request<PayloadOf<typeof cancelOrder>>;

/** What sagas are told things against. */
export interface SagaState {
  readonly now: Date;
  /** Locked. */
  readonly sagas: readonly Saga[];
  /** The carts, locked, that those of the sagas may end with which are of carts. */
  readonly lines: readonly Line[];
}

/** A decision, and the carts that it was made against. */
export type Told = Decision & Pick<SagaState, 'lines'>;

/** Tells sagas, each message after those before it. */
export function tell({ sagas, now, lines }: SagaState, messages: readonly SagaMessage[], rules: Rules): Told {
  return { ...decide(sagas, messages, { now, rules }), lines };
}

/** Requests and what follows from each that was decided just now, not from a stored outcome. */
export type Reactions<M> = Map<M, Reaction>;

export function placingOf({ payload, replyAddress, trace }: PlacingRequest): Placing {
  return { payload, waiter: payload.wait ? replyAddress : undefined, trace };
}

/** What follows from an order that was placed just now. */
function reactionTo(saga: Saga): Reaction {
  const says = everythingOf(saga);
  if (saga.waiters.length > 0) return { says, answer: LATER };
  return { says, answer: done(isFinal(saga.state) ? viewOf(saga.order) : pendingViewOf(saga.order)) };
}

/** Placing an order, decided once an operation key. Tells in `decided` what follows. */
export function placing(rules: Rules, decided: Reactions<Placing>) {
  return {
    keyOf: ({ payload }: Placing) => payload.operation,
    // Some of those on their way will have ended by the time that it is asked again.
    isPassing: (outcome: PlacingOutcome) =>
      !outcome.ok && outcome.refusal.code === 'TOO_MANY_ORDERS_IN_FLIGHT',
    decide({ now, ...state }: PlacingState & { readonly now: Date }, fresh: readonly Placing[]) {
      const changes = decidePlacings(state, fresh, { now, rules });
      fresh.forEach((request, index) => {
        const saga = changes.sagas[index];
        if (saga !== undefined) decided.set(request, reactionTo(saga));
      });
      return { outcomes: changes.outcomes, changes };
    },
  };
}

/** What a request to place an order tells the order that was placed under its key before. */
export function placedAgain({ waiter }: Placing, orderId: string): SagaMessage {
  return { signal: 'placedAgain', orderId, waiter };
}

/** What a request to cancel an order tells it. */
export function cancelOf({ payload, replyAddress: waiter, trace }: Cancelling): SagaMessage {
  const { orderId, userId, cancelledBy, actorId } = payload;
  return { signal: 'cancel', orderId, userId, cancelledBy, actorId, waiter, trace };
}

/** Under an operation key only the order's id is kept: how the order stands is read when asked. */
export type KeptOutcome = Outcome<{ orderId: string }, Extract<Answer, { ok: false }>['refusal']['code']>;

/** That too many wait is of this moment: whoever asks again under the key finds room, or the end. */
function keptOf({ payload }: Cancelling, reaction: Reaction | undefined): KeptOutcome {
  const answer = reaction?.answer;
  const isRefused = typeof answer === 'object' && !answer.ok;
  return isRefused && answer.refusal.code !== 'IDEMPOTENCY_KEY_IN_USE'
    ? answer
    : done({ orderId: payload.orderId });
}

/** Cancelling an order, decided once an operation key. Tells in `decided` what follows. */
export function cancelling(rules: Rules, decided: Reactions<Cancelling>) {
  return {
    keyOf: ({ payload }: Cancelling) => payload.operation,
    decide(state: SagaState, fresh: readonly Cancelling[]) {
      const changes = tell(state, fresh.map(cancelOf), rules);
      const outcomes = fresh.map((request, index): KeptOutcome => {
        const reaction = changes.reactions[index];
        if (reaction !== undefined) decided.set(request, reaction);
        return keptOf(request, reaction);
      });
      return { outcomes, changes };
    },
  };
}

/** Requests that are decided once, in part before now. */
export interface Asked<M> {
  readonly requests: readonly M[];
  /** Outcome i is request i's, stored before now or not. */
  readonly outcomes: readonly KeptOutcome[];
  readonly decided: Reactions<M>;
}

/** What repeats of accepted requests tell their orders, so that they wait for the same end or find it. */
export function repeatsAmong<M>(
  { requests, outcomes, decided }: Asked<M>,
  again: (request: M, orderId: string) => SagaMessage,
): SagaMessage[] {
  return requests.flatMap((request, index) => {
    const outcome = outcomes[index];
    return outcome?.ok && !decided.has(request) ? [again(request, outcome.value.orderId)] : [];
  });
}

/** What follows from each request; `toRepeats` are the reactions to {@link repeatsAmong} them. */
export function reactionsTo<M>(
  { requests, outcomes, decided }: Asked<M>,
  toRepeats: readonly Reaction[],
): Reaction[] {
  const repeats = toRepeats.values();
  return requests.map((request, index): Reaction => {
    const [reaction, outcome] = [decided.get(request), outcomes[index]];
    if (reaction !== undefined) return reaction;
    if (outcome?.ok === false) return { says: [], answer: outcome };
    return repeats.next().value ?? { says: [], answer: refuse('ORDER_NOT_FOUND') };
  });
}

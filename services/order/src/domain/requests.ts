import { done, refuse, type cancelOrder, type Outcome, type PayloadOf } from '@jangteo/contracts';
import { apply, type Found, type Reaction } from './decide.js';
import type { Bounds } from './order.js';
import {
  decidePlacings,
  waiterOf,
  type PlaceOrder,
  type PlaceOrderOutcome,
  type PlacingFound,
  type Request,
} from './placing.js';
import type { Input } from './saga.js';
import type { Answer } from './view.js';

export type CancelOrder = Request<PayloadOf<typeof cancelOrder>>;

/** Placing an order, decided once an operation key. */
export function placing(bounds: Bounds) {
  return {
    keyOf: ({ payload }: PlaceOrder) => payload.operation,
    // Some of those on their way will have ended by the time that it is asked again.
    isPassing: (outcome: PlaceOrderOutcome) =>
      !outcome.ok && outcome.refusal.code === 'TOO_MANY_ORDERS_IN_FLIGHT',
    decide(found: PlacingFound, fresh: readonly PlaceOrder[]) {
      const changes = decidePlacings(found, fresh, bounds);
      return { outcomes: changes.outcomes, changes };
    },
  };
}

/** What a request to place an order tells the order that was placed under its key before. */
export function placedAgain(request: PlaceOrder, orderId: string): Input {
  return { kind: 'placedAgain', orderId, waiter: waiterOf(request) };
}

/** What a request to cancel an order tells it. */
export function cancelOf({ payload, replyAddress: waiter, trace }: CancelOrder): Input {
  const { orderId, userId, cancelledBy, actorId } = payload;
  return { kind: 'cancel', orderId, userId, cancelledBy, actorId, waiter, trace };
}

/** Under an operation key only the order's id is kept: how the order stands is read when asked. */
export type KeptOutcome = Outcome<{ orderId: string }, Extract<Answer, { ok: false }>['refusal']['code']>;

/** That too many wait is of this moment: whoever asks again under the key finds room, or the end. */
function keptOf({ payload }: CancelOrder, answer: Answer | undefined): KeptOutcome {
  const isRefused = typeof answer === 'object' && !answer.ok;
  return isRefused && answer.refusal.code !== 'IDEMPOTENCY_KEY_IN_USE'
    ? answer
    : done({ orderId: payload.orderId });
}

/** Cancelling an order, decided once an operation key. */
export function cancelling(bounds: Bounds) {
  return {
    keyOf: ({ payload }: CancelOrder) => payload.operation,
    decide(found: Found, fresh: readonly CancelOrder[]) {
      const changes = apply(found, fresh.map(cancelOf), bounds);
      const outcomes = fresh.map((request, index) => keptOf(request, changes.reactions[index]?.answer));
      return { outcomes, changes };
    },
  };
}

/** Requests that are decided once, in part before now. */
export interface Asked<M> {
  readonly requests: readonly M[];
  /** Outcome i is request i's, stored before now or not. */
  readonly outcomes: readonly KeptOutcome[];
  /** What was decided just now; its reaction i is to the request at position i of `positions`. */
  readonly fresh?: {
    readonly positions: readonly number[];
    readonly changes: { readonly reactions: readonly (Reaction | undefined)[] };
  };
}

/** The reactions to requests that were decided just now, by their places. */
function freshReactions<M>({ fresh }: Asked<M>): Map<number, Reaction | undefined> {
  return new Map(fresh?.positions.map((position, index) => [position, fresh.changes.reactions[index]]));
}

/** What repeats of accepted requests tell their orders, so that they wait for the same end or find it. */
export function repeatsAmong<M>(asked: Asked<M>, again: (request: M, orderId: string) => Input): Input[] {
  const fresh = freshReactions(asked);
  return asked.requests.flatMap((request, index) => {
    const outcome = asked.outcomes[index];
    return outcome?.ok && !fresh.has(index) ? [again(request, outcome.value.orderId)] : [];
  });
}

/** What follows from each request; `toRepeats` are the reactions to {@link repeatsAmong} them. */
export function reactionsTo<M>(asked: Asked<M>, toRepeats: readonly Reaction[]): Reaction[] {
  const fresh = freshReactions(asked);
  const repeats = toRepeats.values();
  return asked.outcomes.map((outcome, index): Reaction => {
    const reaction = fresh.get(index);
    if (reaction !== undefined) return reaction;
    if (!outcome.ok) return { effects: [], answer: outcome };
    return repeats.next().value ?? { effects: [], answer: refuse('ORDER_NOT_FOUND') };
  });
}

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

/** The rule by which orders are placed, each once an operation key. */
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

/** The input of a request to place an order, to the order that was placed under its key before. */
export function placedAgain(request: PlaceOrder, orderId: string): Input {
  return { kind: 'placedAgain', orderId, waiter: waiterOf(request) };
}

/** The input of a request to cancel an order. */
export function cancelOf({ payload, replyAddress: waiter, trace }: CancelOrder): Input {
  const { orderId, userId, cancelledBy, actorId } = payload;
  return { kind: 'cancel', orderId, userId, cancelledBy, actorId, waiter, trace };
}

/** Under an operation key only the order's id is kept: how the order stands is read when asked. */
export type KeptOutcome = Outcome<{ orderId: string }, Extract<Answer, { ok: false }>['refusal']['code']>;

/** Keeps no refusal for want of room to wait: under the same key there will be room, or the end. */
function keptOf({ payload }: CancelOrder, answer: Answer | undefined): KeptOutcome {
  const isRefused = typeof answer === 'object' && !answer.ok;
  return isRefused && answer.refusal.code !== 'IDEMPOTENCY_KEY_IN_USE'
    ? answer
    : done({ orderId: payload.orderId });
}

/** The rule by which orders are cancelled, each once an operation key. */
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
  /** The part that was decided just now; reaction i is to the request at position `positions[i]`. */
  readonly fresh?: {
    readonly positions: readonly number[];
    readonly changes: { readonly reactions: readonly (Reaction | undefined)[] };
  };
}

/** The reactions to requests that were decided just now, by their places. */
function freshReactions<M>({ fresh }: Asked<M>): Map<number, Reaction | undefined> {
  return new Map(fresh?.positions.map((position, index) => [position, fresh.changes.reactions[index]]));
}

/** The inputs of repeats of accepted requests, so that they wait for the same end or find it. */
export function repeatsAmong<M>(asked: Asked<M>, again: (request: M, orderId: string) => Input): Input[] {
  const fresh = freshReactions(asked);
  return asked.requests.flatMap((request, index) => {
    const outcome = asked.outcomes[index];
    return outcome?.ok && !fresh.has(index) ? [again(request, outcome.value.orderId)] : [];
  });
}

/** The reaction to each request; `toRepeats` are those to {@link repeatsAmong} them. */
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

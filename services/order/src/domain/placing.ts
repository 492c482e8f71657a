import {
  done,
  refuse,
  type OrderLine,
  type Outcome,
  type PayloadOf,
  type RefusalOf,
  type placeOrder,
  type Refusal,
  type ReplyAddress,
  type Trace,
} from '@jangteo/contracts';
import { orderableOf, type CartOrder, type FoundCarts, type Line } from './cart.js';
import type { Reaction } from './decide.js';
import { effectsOf } from './effects.js';
import type { Bounds, HistoryRow, Moment, Order } from './order.js';
import { isFinal, scheduled, type Saga } from './saga.js';
import { STEPS } from './steps.js';
import { failureBefore, termsOf } from './terms.js';
import { pendingViewOf, viewOf } from './view.js';

/** A request as it came, with the address at which its answer is awaited. */
export interface Request<P> {
  readonly payload: P;
  readonly replyAddress: ReplyAddress | undefined;
  readonly trace: Trace;
}

export type PlaceOrder = Request<PayloadOf<typeof placeOrder>>;

/** The address at which the end of the order is awaited, if anybody waits. */
export function waiterOf({ payload, replyAddress }: PlaceOrder): ReplyAddress | undefined {
  return payload.wait ? replyAddress : undefined;
}

/** Under an operation key only the order's id is kept: what became of the order is read when asked. */
export type PlaceOrderOutcome = Outcome<{ orderId: string }, RefusalOf<typeof placeOrder>>;

/** The rows that orders are placed against. */
export interface PlacingFound extends FoundCarts {
  /** By the database's clock. */
  readonly now: Date;
  /** Ids that orders have already; one that comes under another operation key is refused. */
  readonly takenIds: readonly string[];
  /** Numbers of orders on their way by user; users without any may be missing. */
  readonly inFlight: readonly InFlight[];
}

/** The number of a user's orders that are on their way. */
export interface InFlight {
  readonly userId: string;
  readonly orders: number;
}

export interface Placed {
  /** Outcome i answers request i. */
  readonly outcomes: readonly PlaceOrderOutcome[];
  /** Saga i is request i's, or undefined where it was refused. */
  readonly sagas: readonly (Saga | undefined)[];
  /** Reaction i is to request i, where its order was placed. */
  readonly reactions: readonly (Reaction | undefined)[];
  readonly history: readonly HistoryRow[];
}

function orderOf({ payload }: PlaceOrder, lines: readonly OrderLine[], now: Date): Order {
  return {
    orderId: payload.orderId,
    userId: payload.userId,
    status: 'PENDING',
    lines,
    fromCart: payload.fromCart === true,
    userCouponId: payload.userCouponId ?? null,
    expectedTotal: payload.expectedTotal ?? null,
    items: [],
    subtotal: null,
    discount: null,
    total: null,
    failure: null,
    createdAt: now,
    completedAt: null,
    cancelledAt: null,
    updatedAt: now,
  };
}

/** Begins a saga. */
export function begun(request: PlaceOrder, lines: readonly OrderLine[], moment: Moment): Saga {
  const { now, bounds } = moment;
  const [first] = STEPS;
  const waiter = waiterOf(request);
  const saga: Saga = {
    order: orderOf(request, lines, now),
    terms: termsOf(request.payload),
    state: first.state,
    awaits: [first.action.name],
    owedEvents: [],
    waiters: waiter === undefined ? [] : [waiter],
    trace: request.trace,
    isAnsweredPending: waiter === undefined,
    deadlineAt: new Date(now.getTime() + bounds.deadlineMs),
    sentAt: now,
    attempts: 0,
    lookAgainAt: null,
    historyLength: 1,
  };
  const failure = failureBefore(request.payload);
  return failure === undefined ? scheduled(saga, moment) : failedBefore(saga, failure);
}

/** It has ended where it began: nothing was asked of anybody, so nothing is to be undone. */
function failedBefore(saga: Saga, failure: Refusal): Saga {
  const order: Order = { ...saga.order, status: 'FAILED', failure };
  const rows = saga.historyLength + 1;
  return { ...saga, order, state: 'FAILED', awaits: [], isAnsweredPending: false, historyLength: rows };
}

/** The lines of carts that orders can be of; those of one order of the batch are gone for the next. */
class OrderableLines {
  readonly #carts: ReadonlyMap<string, readonly Line[]>;
  readonly #underway: ReadonlyMap<string, readonly CartOrder[]>;
  readonly #taken = new Set<string>();

  constructor({ lines, underway }: PlacingFound) {
    this.#carts = Map.groupBy(lines, ({ userId }) => userId);
    this.#underway = Map.groupBy(underway, ({ userId }) => userId);
  }

  /** The lines that an order of this user's cart would have now. */
  of(userId: string): Outcome<OrderLine[], 'CART_EMPTY'> {
    const lines = this.#carts.get(userId);
    if (lines === undefined) return refuse('CART_EMPTY');
    const underway = this.#underway.get(userId) ?? [];
    const orderable = this.#taken.has(userId) ? [] : orderableOf(lines, underway);
    if (orderable.length > 0) return done(orderable);
    return refuse('CART_EMPTY', 'what is in the cart is being ordered already');
  }

  take(userId: string): void {
    this.#taken.add(userId);
  }
}

/** The orders on their way, those of the batch with them. */
class Flights {
  readonly #orders: Map<string, number>;

  constructor(
    inFlight: readonly InFlight[],
    private readonly max: number,
  ) {
    this.#orders = new Map(inFlight.map(({ userId, orders }) => [userId, orders]));
  }

  isFull(userId: string): boolean {
    return (this.#orders.get(userId) ?? 0) >= this.max;
  }

  add(userId: string): void {
    this.#orders.set(userId, (this.#orders.get(userId) ?? 0) + 1);
  }
}

/** Places orders that were not placed yet. */
export function decidePlacings(found: PlacingFound, requests: readonly PlaceOrder[], bounds: Bounds): Placed {
  const moment = { now: found.now, bounds };
  const taken = new Set(found.takenIds);
  const carts = new OrderableLines(found);
  const flights = new Flights(found.inFlight, bounds.inFlightMax);
  const decided = requests.map((request): Outcome<Saga, RefusalOf<typeof placeOrder>> => {
    const { orderId, userId, items } = request.payload;
    if (taken.has(orderId)) return refuse('IDEMPOTENCY_KEY_REUSED', `${orderId} is the id of another order`);
    if (flights.isFull(userId)) return refuse('TOO_MANY_ORDERS_IN_FLIGHT', tooMany(bounds));
    const lines = items === undefined ? carts.of(userId) : done(items);
    if (!lines.ok) return lines;
    taken.add(orderId);
    const saga = begun(request, lines.value, moment);
    if (isFinal(saga.state)) return done(saga);
    flights.add(userId);
    if (items === undefined) carts.take(userId);
    return done(saga);
  });
  const sagas = decided.map((outcome) => (outcome.ok ? outcome.value : undefined));
  return {
    outcomes: decided.map((outcome) =>
      outcome.ok ? done({ orderId: outcome.value.order.orderId }) : outcome,
    ),
    sagas,
    reactions: sagas.map((saga) => (saga === undefined ? undefined : reactionTo(saga))),
    history: sagas.flatMap((saga, index) => (saga === undefined ? [] : historyOf(saga, requests[index]))),
  };
}

/** The reaction to an order that was placed just now. */
function reactionTo(saga: Saga): Reaction {
  const effects = effectsOf(saga);
  if (saga.waiters.length > 0) return { effects, answer: 'DEFERRED' };
  return { effects, answer: done(isFinal(saga.state) ? viewOf(saga.order) : pendingViewOf(saga.order)) };
}

const tooMany = ({ inFlightMax }: Bounds): string => `at most ${inFlightMax} orders of one user at a time`;

function historyOf({ order }: Saga, request: PlaceOrder | undefined): HistoryRow[] {
  const { orderId, status: orderStatus, createdAt: changedAt, failure } = order;
  const { placedBy: changedBy = 'customer', actorId } = request?.payload ?? {};
  const placed: HistoryRow = { orderId, seq: 1, orderStatus: 'PENDING', changedBy, actorId, changedAt };
  if (failure === null) return [placed];
  return [placed, { orderId, seq: 2, orderStatus, reason: failure.code, changedBy: 'saga', changedAt }];
}

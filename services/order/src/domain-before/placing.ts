import {
  done,
  refuse,
  type OrderLine,
  type Outcome,
  type PayloadOf,
  type RefusalOf,
  type placeOrder,
  type Refusal,
} from '@jangteo/contracts';
import { orderableOf, type CartOrder, type Line } from './cart.js';
import { STEPS } from './commands.js';
import {
  isFinal,
  type HistoryRow,
  type Moment,
  type Order,
  type Saga,
  type Trace,
  type Waiter,
} from './order.js';
import { scheduled } from './schedule.js';
import { failureBefore, termsOf } from './terms.js';

/** A request to place an order, and where its end is awaited, if anywhere. */
export interface Placing {
  readonly payload: PayloadOf<typeof placeOrder>;
  readonly waiter: Waiter | undefined;
  readonly trace: Trace;
}

/** Under an operation key only the order's id is kept: what became of the order is read when asked. */
export type PlacingOutcome = Outcome<{ orderId: string }, RefusalOf<typeof placeOrder>>;

/** What orders are placed against. */
export interface PlacingState {
  /** Ids that orders have already; one that comes under another operation key is refused. */
  readonly takenIds: readonly string[];
  /** The carts that are ordered from, locked. */
  readonly lines: readonly Line[];
  /** The orders from these carts that have not ended. */
  readonly underway: readonly CartOrder[];
  /** How many orders of these users are on their way; of users without any there may be none. */
  readonly inFlight: readonly InFlight[];
}

/** What is on its way of a user. */
export interface InFlight {
  readonly userId: string;
  readonly orders: number;
}

export interface PlacingDecision {
  /** Outcome i answers request i. */
  readonly outcomes: readonly PlacingOutcome[];
  /** Saga i is request i's, or undefined where it was refused. */
  readonly sagas: readonly (Saga | undefined)[];
  readonly history: readonly HistoryRow[];
}

function orderOf({ payload }: Placing, lines: readonly OrderLine[], now: Date): Order {
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

/** Where every saga begins. */
export function begun(placing: Placing, lines: readonly OrderLine[], moment: Moment): Saga {
  const { now, rules } = moment;
  const { waiter, trace } = placing;
  const saga: Saga = {
    order: orderOf(placing, lines, now),
    terms: termsOf(placing.payload),
    state: 'RESERVING_STOCK',
    awaits: [STEPS.RESERVING_STOCK.action],
    owedEvents: [],
    waiters: waiter === undefined ? [] : [waiter],
    trace,
    isAnsweredPending: waiter === undefined,
    deadlineAt: new Date(now.getTime() + rules.deadlineMs),
    sentAt: now,
    attempts: 0,
    lookAgainAt: null,
    historyLength: 1,
  };
  const failure = failureBefore(placing.payload);
  return failure === undefined ? scheduled(saga, moment) : failedBefore(saga, failure);
}

/** It has ended where it began: nothing was asked of anybody, so nothing is to be undone. */
function failedBefore(saga: Saga, failure: Refusal): Saga {
  const order: Order = { ...saga.order, status: 'FAILED', failure };
  const rows = saga.historyLength + 1;
  return { ...saga, order, state: 'FAILED', awaits: [], isAnsweredPending: false, historyLength: rows };
}

/** What there is in carts for orders to be of; what one of the batch is of, the next one does not find. */
class OrderableLines {
  private readonly carts: ReadonlyMap<string, readonly Line[]>;
  private readonly underway: ReadonlyMap<string, readonly CartOrder[]>;
  private readonly taken = new Set<string>();

  constructor({ lines, underway }: PlacingState) {
    this.carts = Map.groupBy(lines, ({ userId }) => userId);
    this.underway = Map.groupBy(underway, ({ userId }) => userId);
  }

  /** What an order of this user's cart would be of now. */
  of(userId: string): Outcome<OrderLine[], 'CART_EMPTY'> {
    const lines = this.carts.get(userId);
    if (lines === undefined) return refuse('CART_EMPTY');
    const underway = this.underway.get(userId) ?? [];
    const orderable = this.taken.has(userId) ? [] : orderableOf(lines, underway);
    if (orderable.length > 0) return done(orderable);
    return refuse('CART_EMPTY', 'what is in the cart is being ordered already');
  }

  take(userId: string): void {
    this.taken.add(userId);
  }
}

/** The orders on their way, those of the batch with them. */
class Flights {
  private readonly orders: Map<string, number>;

  constructor(
    inFlight: readonly InFlight[],
    private readonly max: number,
  ) {
    this.orders = new Map(inFlight.map(({ userId, orders }) => [userId, orders]));
  }

  isFull(userId: string): boolean {
    return (this.orders.get(userId) ?? 0) >= this.max;
  }

  add(userId: string): void {
    this.orders.set(userId, (this.orders.get(userId) ?? 0) + 1);
  }
}

/** Places orders that were not placed yet. */
export function decidePlacings(
  state: PlacingState,
  placings: readonly Placing[],
  moment: Moment,
): PlacingDecision {
  const taken = new Set(state.takenIds);
  const carts = new OrderableLines(state);
  const flights = new Flights(state.inFlight, moment.rules.inFlightMax);
  const decided = placings.map((placing): Outcome<Saga, RefusalOf<typeof placeOrder>> => {
    const { orderId, userId, items } = placing.payload;
    if (taken.has(orderId)) return refuse('IDEMPOTENCY_KEY_REUSED', `${orderId} is the id of another order`);
    if (flights.isFull(userId)) return refuse('TOO_MANY_ORDERS_IN_FLIGHT', tooMany(moment));
    const lines = items === undefined ? carts.of(userId) : done(items);
    if (!lines.ok) return lines;
    taken.add(orderId);
    const saga = begun(placing, lines.value, moment);
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
    history: sagas.flatMap((saga, index) => (saga === undefined ? [] : historyOf(saga, placings[index]))),
  };
}

const tooMany = ({ rules }: Moment): string => `at most ${rules.inFlightMax} orders of one user at a time`;

function historyOf({ order }: Saga, placing: Placing | undefined): HistoryRow[] {
  const { orderId, status: orderStatus, createdAt: changedAt, failure } = order;
  const { placedBy: changedBy = 'customer', actorId } = placing?.payload ?? {};
  const placed: HistoryRow = { orderId, seq: 1, orderStatus: 'PENDING', changedBy, actorId, changedAt };
  if (failure === null) return [placed];
  return [placed, { orderId, seq: 2, orderStatus, reason: failure.code, changedBy: 'saga', changedAt }];
}

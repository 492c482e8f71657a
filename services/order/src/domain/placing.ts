import {
  done,
  refuse,
  type OrderLine,
  type Outcome,
  type PayloadOf,
  type placeOrder,
} from '@jangteo/contracts';
import { orderableOf, type CartOrder, type Line } from './cart.js';
import { STEPS } from './commands.js';
import type { HistoryRow, Moment, Order, Saga, Trace, Waiter } from './order.js';
import { scheduled } from './schedule.js';

/** A request to place an order, and where its end is awaited, if anywhere. */
export interface Placing {
  readonly payload: PayloadOf<typeof placeOrder>;
  readonly waiter: Waiter | undefined;
  readonly trace: Trace;
}

/** Under an operation key only the order's id is kept: what became of the order is read when asked. */
export type PlacingOutcome = Outcome<{ orderId: string }, 'CART_EMPTY' | 'IDEMPOTENCY_KEY_REUSED'>;

/** What orders are placed against. */
export interface PlacingState {
  /** Ids that orders have already; one that comes under another operation key is refused. */
  readonly takenIds: readonly string[];
  /** The carts that are ordered from, locked. */
  readonly lines: readonly Line[];
  /** The orders from these carts that have not ended. */
  readonly underway: readonly CartOrder[];
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
  return scheduled(saga, moment);
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

  take(userId: string): Outcome<OrderLine[], 'CART_EMPTY'> {
    const lines = this.carts.get(userId);
    if (lines === undefined) return refuse('CART_EMPTY');
    const underway = this.underway.get(userId) ?? [];
    const orderable = this.taken.has(userId) ? [] : orderableOf(lines, underway);
    this.taken.add(userId);
    if (orderable.length > 0) return done(orderable);
    return refuse('CART_EMPTY', 'what is in the cart is being ordered already');
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
  const decided = placings.map((placing): Outcome<Saga, 'CART_EMPTY' | 'IDEMPOTENCY_KEY_REUSED'> => {
    const { orderId, userId, items } = placing.payload;
    if (taken.has(orderId)) return refuse('IDEMPOTENCY_KEY_REUSED', `${orderId} is the id of another order`);
    const lines = items === undefined ? carts.take(userId) : done(items);
    if (!lines.ok) return lines;
    taken.add(orderId);
    return done(begun(placing, lines.value, moment));
  });
  const sagas = decided.map((outcome) => (outcome.ok ? outcome.value : undefined));
  return {
    outcomes: decided.map((outcome) =>
      outcome.ok ? done({ orderId: outcome.value.order.orderId }) : outcome,
    ),
    sagas,
    history: sagas.filter((saga) => saga !== undefined).map(firstRowOf),
  };
}

function firstRowOf({ order }: Saga): HistoryRow {
  const { orderId, status: orderStatus, createdAt: changedAt } = order;
  return { orderId, seq: 1, orderStatus, changedBy: 'customer', changedAt };
}

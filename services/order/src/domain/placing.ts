import { done, refuse, type Outcome, type PayloadOf, type placeOrder } from '@jangteo/contracts';
import { STEPS } from './commands.js';
import type { HistoryRow, Moment, Order, Saga, Waiter } from './order.js';
import { scheduled } from './schedule.js';

/** A request to place an order, and where its end is awaited, if anywhere. */
export interface Placing {
  readonly payload: PayloadOf<typeof placeOrder>;
  readonly waiter: Waiter | undefined;
}

/** Under an operation key only the order's id is kept: what became of the order is read when asked. */
export type PlacingOutcome = Outcome<{ orderId: string }, 'IDEMPOTENCY_KEY_REUSED'>;

export interface PlacingDecision {
  /** Outcome i answers request i. */
  readonly outcomes: readonly PlacingOutcome[];
  /** Saga i is request i's, or undefined where it was refused. */
  readonly sagas: readonly (Saga | undefined)[];
  readonly history: readonly HistoryRow[];
}

function orderOf({ payload }: Placing, now: Date): Order {
  return {
    orderId: payload.orderId,
    userId: payload.userId,
    status: 'PENDING',
    lines: payload.items,
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
  };
}

/** Where every saga begins. */
export function begun(placing: Placing, moment: Moment): Saga {
  const { now, rules } = moment;
  const { waiter } = placing;
  const saga: Saga = {
    order: orderOf(placing, now),
    state: 'RESERVING_STOCK',
    awaits: [STEPS.RESERVING_STOCK.action],
    owedEvents: [],
    waiters: waiter === undefined ? [] : [waiter],
    deadlineAt: new Date(now.getTime() + rules.deadlineMs),
    sentAt: now,
    attempts: 0,
    lookAgainAt: null,
    historyLength: 1,
  };
  return scheduled(saga, moment);
}

/**
 * Places orders that were not placed yet.
 *
 * @param takenIds ids that orders have already; one that comes under another operation key is refused
 */
export function decidePlacings(
  takenIds: ReadonlySet<string>,
  placings: readonly Placing[],
  moment: Moment,
): PlacingDecision {
  const taken = new Set(takenIds);
  const sagas = placings.map((placing) => {
    const { orderId } = placing.payload;
    if (taken.has(orderId)) return undefined;
    taken.add(orderId);
    return begun(placing, moment);
  });
  const outcomes = placings.map(({ payload: { orderId } }, index): PlacingOutcome =>
    sagas[index] === undefined
      ? refuse('IDEMPOTENCY_KEY_REUSED', `${orderId} is the id of another order`)
      : done({ orderId }),
  );
  const history = sagas
    .filter((saga) => saga !== undefined)
    .map(({ order }): HistoryRow => {
      const { orderId, status: orderStatus, createdAt: changedAt } = order;
      return { orderId, seq: 1, orderStatus, changedBy: 'customer', changedAt };
    });
  return { outcomes, sagas, history };
}

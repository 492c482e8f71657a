import {
  FAILURE_STATUSES,
  type CancelledOrder,
  type Id,
  type Order,
  type OrderDraft,
  type OrderTimeline,
  type OrderWithHistory,
  type PendingOrder,
  type PlacedOrder,
} from '../api.js';
import type { List } from '../pages.js';
import { JangteoError } from '../problem.js';
import { pause } from '../retry.js';
import type { StreamOptions } from '../server-events.js';
import type { StreamEvent } from '../streams.js';
import type { CallOptions, QueryOf } from '../transport.js';
import { Namespace } from './namespace.js';

export interface PlaceOptions extends CallOptions {
  /**
   * Seconds to wait for the end of the order, at most 30 (5 by default); `none`; or `ended`: however long it takes,
   * until the signal is aborted.
   */
  readonly wait?: number | 'none' | 'ended';
}

/** The longest that the gateway holds a request for the end of its order. */
const WAIT_SECONDS_MAX = 30;
const [FIRST_LOOK_MS, LATER_LOOKS_MS] = [200, 2_000];

function preferOf(wait: PlaceOptions['wait']): Record<string, string> {
  if (wait === undefined) return {};
  if (wait === 'none') return { prefer: 'respond-async' };
  return { prefer: `wait=${wait === 'ended' ? WAIT_SECONDS_MAX : wait}` };
}

/** Of a code that a later release of the shop has. */
const STATUS_DEFAULT = 409;

/** The refusal of an order that was answered before it had failed: as it would have been answered then. */
function failureOf(order: OrderWithHistory): JangteoError {
  const { orderId, failureCode = 'INTERNAL', failureDetail = '', failureFacts, shortages } = order;
  return new JangteoError({
    title: 'The order failed',
    detail: failureDetail,
    status: FAILURE_STATUSES[failureCode] ?? STATUS_DEFAULT,
    code: failureCode,
    orderId,
    ...failureFacts,
    ...(shortages && { shortages }),
  });
}

export class Orders extends Namespace {
  /**
   * Places an order: stock, coupon and balance are taken, or none of them.
   * @returns the order: `SUCCESS`, or `PENDING` where it takes longer than the wait (`ended` has no end but its own)
   * @throws JangteoError with `orderId` where the order failed; nothing is taken then
   */
  place(
    draft: OrderDraft,
    options: PlaceOptions & { readonly wait: 'ended' },
  ): Promise<PlacedOrder | OrderWithHistory>;
  place(draft: OrderDraft, options?: PlaceOptions): Promise<PlacedOrder | PendingOrder>;
  async place(
    draft: OrderDraft,
    { wait, ...options }: PlaceOptions = {},
  ): Promise<PlacedOrder | PendingOrder | OrderWithHistory> {
    const placed = await this.transport.call('placeOrder', { body: draft }, options, preferOf(wait));
    if (wait !== 'ended' || placed.orderStatus !== 'PENDING') return placed;
    const { idempotencyKey: _, ...others } = options;
    const order = await this.untilEnded(placed.orderId, others);
    if (order.orderStatus === 'FAILED') throw failureOf(order);
    return order;
  }

  /** Looks again and again until an order is not `PENDING` any more, however it ended, or the signal is aborted. */
  async untilEnded(orderId: Id, options: CallOptions = {}): Promise<OrderWithHistory> {
    for (let everyMs = FIRST_LOOK_MS; ; everyMs = Math.min(LATER_LOOKS_MS, 2 * everyMs)) {
      const order = await this.read(orderId, options);
      if (order.orderStatus !== 'PENDING') return order;
      await pause(everyMs, options.signal);
    }
  }

  list(query: QueryOf<'listOrders'> = {}, options?: CallOptions): List<Order> {
    return this.pagesOf('listOrders', { query }, options);
  }

  read(orderId: Id, options?: CallOptions): Promise<OrderWithHistory> {
    return this.call('readOrder', { path: { orderId } }, options);
  }

  /** Each step with what was asked, decided, answered and undone; why it ended so. */
  timeline(orderId: Id, options?: CallOptions): Promise<OrderTimeline> {
    return this.call('readTimeline', { path: { orderId } }, options);
  }

  /** Gives back money, coupon and stock of an order that succeeded. */
  cancel(orderId: Id, options?: CallOptions): Promise<CancelledOrder> {
    return this.call('cancelOrder', { path: { orderId } }, options);
  }

  /** What would go back; nothing happens. */
  whatCancelGivesBack(orderId: Id, options?: CallOptions): Promise<CancelledOrder> {
    return this.call('cancelOrder', { path: { orderId }, query: { dryRun: true } }, options);
  }

  /** What happens to an order, until it has ended. */
  events(orderId: Id, options?: StreamOptions): AsyncIterable<StreamEvent<'watchOrder'>> {
    return this.stream('watchOrder', { orderId }, options, ({ type }) => type === 'end');
  }
}

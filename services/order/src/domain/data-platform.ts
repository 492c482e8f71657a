import { backoffMs, type OrderRecord } from '@jangteo/contracts';
import type { Decided } from './decide.js';
import type { EventName, Order } from './order.js';

/** A success or a cancellation that the data platform is owed, before it has a number. */
export interface PlatformEntry {
  readonly orderId: string;
  readonly type: EventName;
}

/**
 * A record of one success or one cancellation for the data platform; a contract, see docs/data-platform.md and
 * docs/record.schema.json.
 */
export type PlatformRecord = Readonly<OrderRecord>;

/** An order that has succeeded: all of its amounts are known. */
export type SoldOrder = Order & {
  readonly [K in 'subtotal' | 'discount' | 'total']: number;
} & { readonly completedAt: Date };

/** A record as it is kept: its number, what happened, and the order. */
export type NumberedOrder = SoldOrder & { readonly sequence: number; readonly type: EventName };

/** Waits after failures, in milliseconds, and the most records to send at a time. */
export interface RelayRules {
  readonly retryMs: number;
  readonly retryMsMax: number;
  readonly batchMax: number;
}

/** The successes and cancellations that came about by a decision, in the order in which they did. */
export function entriesOf({ changed }: Pick<Decided, 'changed'>): PlatformEntry[] {
  return changed.flatMap(({ before, after }) =>
    after.owedEvents
      .filter((event) => !before.owedEvents.includes(event))
      .map((type) => ({ orderId: after.order.orderId, type })),
  );
}

/** The same record of the same row whenever it is asked for: a sold order's facts do not change any more. */
export function recordOf({ sequence, type, ...order }: NumberedOrder): PlatformRecord {
  // The row of an order cancelled since says so, but its success is told as it was.
  const cancelledAt = type === 'order.cancelled' ? order.cancelledAt : null;
  return {
    sequence,
    type,
    orderId: order.orderId,
    userId: order.userId,
    occurredAt: (cancelledAt ?? order.completedAt).toISOString(),
    orderedAt: order.createdAt.toISOString(),
    completedAt: order.completedAt.toISOString(),
    ...(cancelledAt === null ? {} : { cancelledAt: cancelledAt.toISOString() }),
    items: order.items,
    subtotal: order.subtotal,
    discount: order.discount,
    totalPrice: order.total,
    ...(order.userCouponId === null ? {} : { userCouponId: order.userCouponId }),
  };
}

/** The pause before the try that follows so many failures in a row: doubled each time, up to a bound. */
export function retryPauseMs(failures: number, rules: RelayRules): number {
  return backoffMs(rules, failures - 1);
}

/**
 * The most records to send at a time after so many failures in a row: fewer each time, down to one, so that a receiver
 * for whom a whole batch is too much gets on all the same.
 */
export function batchMaxAfter(failures: number, { batchMax }: RelayRules): number {
  return Math.max(1, Math.floor(batchMax / 2 ** failures));
}

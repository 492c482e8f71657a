import type { OrderHistoryEntry, OrderLine, OrderStatus, Refusal, ReservedLine } from '@jangteo/contracts';

/** An order as far as it got. Amounts are in minor units, null while they are not known. */
export interface Order {
  readonly orderId: string;
  readonly userId: string;
  readonly status: OrderStatus;
  /** As wished: the commands about stock repeat these word for word, so that they mean the same rows. */
  readonly lines: readonly OrderLine[];
  /** The lines are those of the customer's cart, which a success takes them out of. */
  readonly fromCart: boolean;
  readonly userCouponId: string | null;
  readonly expectedTotal: number | null;
  /** As reserved, lines of one option summed; empty before. */
  readonly items: readonly ReservedLine[];
  readonly subtotal: number | null;
  readonly discount: number | null;
  readonly total: number | null;
  /** The reason that it fails; known as soon as the saga begins to undo. */
  readonly failure: Refusal | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
  readonly cancelledAt: Date | null;
  /** Time at which its row was last written. */
  readonly updatedAt: Date;
}

/** An event that subscribers must get; owed until the broker has confirmed it. */
export type EventName = 'order.completed' | 'order.cancelled';

/** A step taken or undone, why, and by whom. */
export type HistoryEntry = Pick<OrderHistoryEntry, 'step' | 'reason' | 'changedBy' | 'actorId'>;

/** An entry in its place, with the status that it led to. */
export interface HistoryRow extends HistoryEntry {
  readonly orderId: string;
  readonly seq: number;
  readonly orderStatus: OrderStatus;
  readonly changedAt: Date;
}

/** Bounds of the saga, from the configuration. */
export interface Bounds {
  readonly deadlineMs: number;
  /** Pause before a command is sent again; doubled each time, up to `retryMsMax`. */
  readonly retryMs: number;
  readonly retryMsMax: number;
  /** Waiters for one order; more are refused and have to come again. */
  readonly waitersMax: number;
  /** Orders of one user that may be on their way at a time. */
  readonly inFlightMax: number;
  /** Time after its success in which an order can be cancelled. */
  readonly cancelWindowMs: number;
}

/** The time by the database's clock, the only one that all replicas share, and the bounds. */
export interface Moment {
  readonly now: Date;
  readonly bounds: Bounds;
}

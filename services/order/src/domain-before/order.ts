import type {
  OrderHistoryEntry,
  OrderLine,
  OrderStatus,
  OrderTerms,
  Refusal,
  ReservedLine,
  SAGA_STEPS,
} from '@jangteo/contracts';

/** What was ordered and what became of it. Amounts are in minor units, null while they are not known. */
export interface Order {
  readonly orderId: string;
  readonly userId: string;
  readonly status: OrderStatus;
  /** As asked for: the commands about stock repeat these word for word, so that they mean the same rows. */
  readonly lines: readonly OrderLine[];
  /** The lines are those of the customer's cart, which a success takes them out of. */
  readonly fromCart: boolean;
  readonly userCouponId: string | null;
  readonly expectedTotal: number | null;
  /** As stock was reserved, lines of one option summed; empty before. */
  readonly items: readonly ReservedLine[];
  readonly subtotal: number | null;
  readonly discount: number | null;
  readonly total: number | null;
  /** Why it fails; known as soon as the saga begins to undo. */
  readonly failure: Refusal | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
  readonly cancelledAt: Date | null;
  /** When its row was last written. */
  readonly updatedAt: Date;
}

/** The states in which a step was sent and its answer is awaited. */
export type StepState = (typeof SAGA_STEPS)[number]['state'];
export type FinalState = 'SUCCESS' | 'FAILED' | 'CANCELLED';
export type SagaState = StepState | 'UNDOING' | 'CANCELLING' | FinalState;

/** What the saga tells participants to do; stored, and shown in histories. */
export type CommandName =
  'ReserveStock' | 'ReleaseStock' | 'UseCoupon' | 'ReleaseCoupon' | 'DebitWallet' | 'RefundWallet';

/** Where somebody waits for the order to end. */
export interface Waiter {
  readonly replyTo: string;
  readonly correlationId: string;
}

/** The request that something is done for, as it is named in logs and traces; of old orders not known. */
export interface Trace {
  readonly requestId?: string | undefined;
  /** W3C trace context. */
  readonly traceparent?: string | undefined;
}

/** An event that subscribers must get; owed until the broker has confirmed it. */
export type EventName = 'order.completed' | 'order.cancelled';

/** How far an order got, and all that is still owed to others because of it. */
export interface Saga {
  readonly order: Order;
  /** What was known beforehand of what may make it fail, where anything was. */
  readonly terms: OrderTerms | null;
  readonly state: SagaState;
  /** The commands that were sent and not answered yet. */
  readonly awaits: readonly CommandName[];
  readonly owedEvents: readonly EventName[];
  /** Who is told when the order ends. Kept after that, so that a replay can tell them again. */
  readonly waiters: readonly Waiter[];
  /** Of the request that placed the order, and since it was cancelled of the one that cancelled it. */
  readonly trace: Trace;
  /** Whoever placed the order was answered that it is pending: that is the answer for every repeat, too. */
  readonly isAnsweredPending: boolean;
  /** When a step that was not answered is given up. */
  readonly deadlineAt: Date;
  /** When the awaited commands were last sent, and how often they were sent again. */
  readonly sentAt: Date;
  readonly attempts: number;
  /** When the sweeper looks at it; null when nothing is owed. */
  readonly lookAgainAt: Date | null;
  /** Rows of history so far. */
  readonly historyLength: number;
}

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
export interface Rules {
  readonly deadlineMs: number;
  /** Pause before a command is sent again; doubled each time, up to `retryMsMax`. */
  readonly retryMs: number;
  readonly retryMsMax: number;
  /** Who waits for one order at most; who comes then is told to come again. */
  readonly waitersMax: number;
  /** Orders of one user that may be on their way at a time. */
  readonly inFlightMax: number;
  /** How long after its success an order can be cancelled. */
  readonly cancelWindowMs: number;
}

/** The time by the database's clock, the only one that all replicas share, and the bounds. */
export interface Moment {
  readonly now: Date;
  readonly rules: Rules;
}

export function isFinal(state: SagaState): state is FinalState {
  return state === 'SUCCESS' || state === 'FAILED' || state === 'CANCELLED';
}

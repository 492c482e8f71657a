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

/** The most that a batch weighs as JSON, in bytes: half of what receivers usually take. One record is sent all the same. */
const RECORDS_BYTES_MAX = 512 * 1024;
/** Batches that have to go through before a larger one is tried, at most. */
const PATIENCE_MAX = 64;

/** How far batches are cut down for a receiver that does not take whole ones. */
export interface BatchSize {
  /** How often both bounds of a batch are halved. */
  readonly halvings: number;
  /** Batches that have to go through before one twice as large is tried: more after each try that fails. */
  readonly patience: number;
  /** How many of them are missing; 0 while a larger one is tried. */
  readonly missing: number;
}

export const WHOLE: BatchSize = { halvings: 0, patience: 1, missing: 1 };

/** The most records of a batch, and the most bytes. */
export function batchBounds(
  { halvings }: BatchSize,
  { batchMax }: RelayRules,
): { limit: number; bytesMax: number } {
  const share = 2 ** -halvings;
  return {
    limit: Math.max(1, Math.floor(batchMax * share)),
    bytesMax: Math.floor(RECORDS_BYTES_MAX * share),
  };
}

/** At so many halvings a batch is one record. */
const halvingsMax = ({ batchMax }: RelayRules): number => Math.ceil(Math.log2(batchMax));

/** The size of the batch to send after so many failures in a row, of which not all need have been this process's. */
export function sizeAfterFailures(size: BatchSize, failures: number, rules: RelayRules): BatchSize {
  const halvings = Math.min(failures, halvingsMax(rules));
  return halvings > size.halvings ? { ...WHOLE, halvings } : size;
}

/** The size after a batch that went through: it is kept, and grows by doubling for as long as that goes well. */
export function sizeAfterSuccess({ halvings, patience, missing }: BatchSize): BatchSize {
  if (halvings === 0) return WHOLE;
  if (missing > 1) return { halvings, patience, missing: missing - 1 };
  return { halvings: halvings - 1, patience: missing === 0 ? 1 : patience, missing: 0 };
}

/** The size after a batch that failed: half of it, down to one record. */
export function sizeAfterFailure({ halvings, ...size }: BatchSize, rules: RelayRules): BatchSize {
  const patience = size.missing === 0 ? Math.min(2 * size.patience, PATIENCE_MAX) : size.patience;
  return { halvings: Math.min(halvings + 1, halvingsMax(rules)), patience, missing: patience };
}

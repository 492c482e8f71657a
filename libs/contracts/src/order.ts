import { z } from 'zod';
import { orderLines, reservedLine } from './catalog.js';
import { seenCoupon } from './coupon.js';
import { actorId, cursor, id, instant, operation, page } from './ids.js';
import { event, request } from './message.js';
import { money } from './money.js';
import { refusal, shortage } from './refusals.js';
import { failureCode } from './saga-steps.js';

const orderId = '01920000-0000-7000-8000-0000000000a1';
const userId = '01920000-0000-7000-8000-000000000001';
const productId = '01920000-0000-7000-8000-0000000000b1';
const optionId = '01920000-0000-7000-8000-0000000000b2';

/** An order's progress as its customer sees it; PENDING until the saga ends. */
export const orderStatus = z.enum(['PENDING', 'SUCCESS', 'FAILED', 'CANCELLED']);

/** A line as ordered; name and price are known once stock was reserved. */
export const orderItem = z.object({
  productId: id,
  optionId: id.optional(),
  name: z.string().optional(),
  price: money.optional(),
  quantity: z.int().min(1),
});

/** Further facts about a failure, as the problem of the order has them. */
export const failureFacts = refusal.pick({ errors: true, productId: true, optionId: true });

/** An order as its customer reads it; amounts are known once stock was reserved. */
export const order = z.object({
  orderId: id,
  userId: id,
  orderStatus,
  subtotal: money.optional(),
  discount: money.optional(),
  totalPrice: money.optional(),
  userCouponId: id.optional(),
  items: z.array(orderItem),
  orderDate: instant,
  completedAt: instant.optional(),
  cancelledAt: instant.optional(),
  /** Absent from services of the release before. */
  updatedAt: instant.optional(),
  failureCode: failureCode.optional(),
  failureDetail: z.string().optional(),
  shortages: z.array(shortage).optional(),
  failureFacts: failureFacts.optional(),
});

/** One row of an order's history: a status or a step taken or undone, and by whom. */
export const orderHistoryEntry = z.object({
  orderStatus,
  step: z.string().optional(),
  reason: z.string().optional(),
  changedBy: z.string(),
  actorId,
  changedAt: instant,
});

export const orderWithHistory = order.extend({ history: z.array(orderHistoryEntry) });

/** Checks that what is to be ordered is said, and said once. */
export function hasOneSource(wanted: { readonly items?: unknown; readonly fromCart?: unknown }): boolean {
  return (wanted.items === undefined) !== (wanted.fromCart === undefined);
}

/** The error where {@link hasOneSource} does not hold. */
export const ONE_SOURCE = { path: ['items'], message: 'give items, or fromCart' };

const exampleItem = { productId, optionId, name: 'Tea cup', price: 12_000, quantity: 2 };
const exampleOrder = {
  orderId,
  userId,
  orderStatus: 'SUCCESS' as const,
  subtotal: 24_000,
  discount: 0,
  totalPrice: 24_000,
  items: [exampleItem],
  orderDate: '2026-01-01T00:00:00.000Z',
  completedAt: '2026-01-01T00:00:00.100Z',
  updatedAt: '2026-01-01T00:00:00.100Z',
};
const exampleOperation = { key: orderId, fingerprint: '' };

/**
 * The gateway's findings from its look before the order; what it could not see in time is left out. The only thing that
 * they decide is that an order is refused before anything is held for it.
 */
export const seenBefore = z.object({ balance: money.optional(), coupon: seenCoupon.optional() });

export const placeOrder = request({
  type: 'order.place',
  service: 'order',
  summary:
    'Places an order, of the items given or of what is in the cart. With `wait` the answer comes when the ' +
    'saga has ended, else as soon as the order is stored. Asked again under the same operation key it places ' +
    'nothing and answers for the first order: PENDING if that was ever its answer, else with its end.',
  payload: z
    .object({
      operation,
      orderId: id,
      userId: id,
      items: orderLines.optional(),
      fromCart: z.literal(true).optional(),
      userCouponId: id.optional(),
      expectedTotal: money.optional(),
      seen: seenBefore.optional(),
      wait: z.boolean(),
      actorId,
      placedBy: z.string().max(100).optional().describe("The actor's role; `customer` where it is left out."),
    })
    .refine(hasOneSource, ONE_SOURCE),
  value: order,
  refusals: ['CART_EMPTY', 'TOO_MANY_ORDERS_IN_FLIGHT', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_KEY_IN_USE'],
  example: {
    payload: {
      operation: exampleOperation,
      orderId,
      userId,
      items: [{ productId, optionId, quantity: 2 }],
      wait: true,
      actorId: userId,
      placedBy: 'customer',
    },
    value: exampleOrder,
  },
});

/** A selection of orders by what they are and when they were placed: from `from` on, and before `to`. */
export const orderFilter = z.object({
  status: orderStatus.optional(),
  from: instant.optional(),
  to: instant.optional(),
});

export const listOrders = request({
  type: 'order.list',
  service: 'order',
  summary:
    "Reads a page of a user's orders, newest first. With a status so many orders are looked at for a page at most: it " +
    'may have fewer than were asked for, or none, where `next` says that the list goes on.',
  payload: page.extend({ ...orderFilter.shape, userId: id }),
  value: z.object({ orders: z.array(order), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: { payload: { userId, limit: 20 }, value: { orders: [exampleOrder] } },
});

/** More orders of a user than these are not counted. */
export const ORDERS_COUNTED_MAX = 1_000;

const ordersCounted = z.int().min(0).max(ORDERS_COUNTED_MAX);

export const readOrderFigures = request({
  type: 'order.read-figures',
  service: 'order',
  summary:
    "Counts a user's orders, up to a bound: those that are being carried out, undone or cancelled, and all.",
  payload: z.object({ userId: id }),
  value: z.object({ onTheWay: ordersCounted, placed: ordersCounted, lastOrderAt: instant.optional() }),
  refusals: [],
  example: {
    payload: { userId },
    value: { onTheWay: 0, placed: 1, lastOrderAt: '2026-01-01T00:00:00.000Z' },
  },
});

export const readOrder = request({
  type: 'order.read',
  service: 'order',
  summary: 'Reads an order with its history; with `userId`, only if it is that user’s.',
  payload: z.object({ orderId: id, userId: id.optional() }),
  value: orderWithHistory,
  refusals: ['ORDER_NOT_FOUND'],
  example: {
    payload: { orderId, userId },
    value: {
      ...exampleOrder,
      history: [
        {
          orderStatus: 'PENDING',
          changedBy: 'customer',
          actorId: userId,
          changedAt: '2026-01-01T00:00:00.000Z',
        },
      ],
    },
  },
});

export const cancelOrder = request({
  type: 'order.cancel',
  service: 'order',
  summary:
    'Cancels a successful order: money, coupon and stock go back. The answer comes when all of it is undone. ' +
    'Asked again it answers as the first time.',
  payload: z.object({
    operation,
    orderId: id,
    userId: id.optional(),
    cancelledBy: z.string().max(100),
    actorId,
  }),
  value: order,
  refusals: ['ORDER_NOT_FOUND', 'ORDER_NOT_CANCELLABLE', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_KEY_IN_USE'],
  example: {
    payload: { operation: exampleOperation, orderId, userId, cancelledBy: 'customer', actorId: userId },
    value: {
      ...exampleOrder,
      orderStatus: 'CANCELLED',
      cancelledAt: '2026-01-01T01:00:00.000Z',
      updatedAt: '2026-01-01T01:00:00.000Z',
    },
  },
});

const soldOrder = z.object({
  orderId: id,
  userId: id,
  items: z.array(reservedLine).min(1),
  totalPrice: money,
  completedAt: instant,
});

const exampleSoldOrder = {
  orderId,
  userId,
  items: [{ ...exampleItem, category: 'Kitchen' }],
  totalPrice: 24_000,
  completedAt: '2026-01-01T00:00:00.000Z',
};

export const orderCompleted = event({
  type: 'order.completed',
  service: 'order',
  summary: 'An order ended in SUCCESS.',
  payload: soldOrder,
  example: { payload: exampleSoldOrder },
});

export const orderCancelled = event({
  type: 'order.cancelled',
  service: 'order',
  summary: 'A successful order was cancelled and everything undone.',
  payload: soldOrder.extend({ cancelledAt: instant }),
  example: { payload: { ...exampleSoldOrder, cancelledAt: '2026-01-01T01:00:00.000Z' } },
});

export type SeenBefore = z.infer<typeof seenBefore>;
export type Order = z.infer<typeof order>;
export type OrderItem = z.infer<typeof orderItem>;
export type OrderStatus = z.infer<typeof orderStatus>;
export type OrderHistoryEntry = z.infer<typeof orderHistoryEntry>;
export type OrderWithHistory = z.infer<typeof orderWithHistory>;

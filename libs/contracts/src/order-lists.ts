import { z } from 'zod';
import { reservedLine } from './catalog.js';
import { cursor, id, instant, page } from './ids.js';
import { request } from './message.js';
import { money } from './money.js';
import { listOrders, order, orderCompleted, orderFilter, orderItem } from './order.js';

const { userId, orderId, items } = orderCompleted.example.payload;
const [exampleOrder] = listOrders.example.value.orders;

/** The longest time that an order is asked to have taken: a day. */
export const SLOWER_THAN_MS_MAX = 86_400_000;

const durationMs = z.int().min(0);

/** An order for those who run the shop. */
export const listedOrder = order.extend({
  durationMs: durationMs
    .optional()
    .describe('Milliseconds until it succeeded or failed; absent on its way, and where that was not noted.'),
});

export const listAllOrders = request({
  type: 'order.list-all',
  service: 'order',
  summary:
    "Reads a page of everybody's orders that match, newest first. So many orders are looked at for a page at most: " +
    'it may have fewer than were asked for, or none, where `next` says that the list goes on.',
  payload: page.extend({
    ...orderFilter.shape,
    userId: id.optional(),
    failureCode: z.string().max(64).optional(),
    productId: id.optional(),
    hasCoupon: z.literal(true).optional(),
    minTotal: money.optional(),
    slowerThanMs: durationMs.max(SLOWER_THAN_MS_MAX).optional(),
  }),
  value: z.object({ orders: z.array(listedOrder), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: {
    payload: { failureCode: 'OUT_OF_STOCK', limit: 20 },
    value: { orders: [{ ...exampleOrder!, durationMs: 100 }] },
  },
});

export const previewCancel = request({
  type: 'order.preview-cancel',
  service: 'order',
  summary: 'Says what a cancellation of an order would give back, and whether it would be refused.',
  payload: z.object({ orderId: id, userId: id.optional() }),
  value: z.object({
    order,
    givesBack: z.object({
      amount: money.describe('Money that goes back to the balance, in the smallest unit.'),
      userCouponId: id.optional().describe('The coupon that can be used again.'),
      items: z.array(orderItem).describe('The lines whose stock goes back.'),
    }),
  }),
  refusals: ['ORDER_NOT_FOUND', 'ORDER_NOT_CANCELLABLE'],
  example: {
    payload: { orderId, userId },
    value: { order: exampleOrder!, givesBack: { amount: 24_000, items: exampleOrder!.items } },
  },
});

/** A record of one success or one cancellation; see docs/data-platform.md. */
export const orderRecord = z.object({
  sequence: z.int().min(1),
  type: z.enum(['order.completed', 'order.cancelled']),
  orderId: id,
  userId: id,
  occurredAt: instant,
  orderedAt: instant,
  completedAt: instant,
  cancelledAt: instant.optional(),
  items: z.array(reservedLine).readonly(),
  subtotal: money,
  discount: money,
  totalPrice: money,
  userCouponId: id.optional(),
});

const sequence = z.int().min(0);

export const readRecords = request({
  type: 'order.read-records',
  service: 'order',
  summary:
    'Reads the records of completed and cancelled orders after a number, oldest first and without a gap.',
  payload: z.object({ after: sequence, limit: z.int().min(1).max(100) }),
  value: z.object({
    records: z.array(orderRecord),
    next: sequence.describe('The last number of these, or the one that was asked with: ask with it next.'),
    oldest: sequence.describe('The first number whose record is kept still.'),
    newest: sequence
      .optional()
      .describe(
        'The last number that was given, 0 before the first; a service of the release before does not say.',
      ),
  }),
  refusals: [],
  example: {
    payload: { after: 11, limit: 20 },
    value: {
      records: [
        {
          sequence: 12,
          type: 'order.completed',
          orderId,
          userId,
          occurredAt: '2026-01-01T00:00:00.100Z',
          orderedAt: '2026-01-01T00:00:00.000Z',
          completedAt: '2026-01-01T00:00:00.100Z',
          items: [...items],
          subtotal: 24_000,
          discount: 0,
          totalPrice: 24_000,
        },
      ],
      next: 12,
      oldest: 1,
      newest: 12,
    },
  },
});

export type OrderRecord = z.infer<typeof orderRecord>;

import { z } from 'zod';
import { orderLine } from './catalog.js';
import { deadLetter } from './dead-letters.js';
import { id, instant } from './ids.js';
import { request } from './message.js';
import { money, signedMoney } from './money.js';
import { order, readOrder } from './order.js';

/** More dead letters, nudges or redriven commands of one order are not told. */
export const TOLD_MAX = 20;

const word = z.string().max(1_000);

/** A message about an order that could not be handled. */
export const deadLetterOfOrder = deadLetter.pick({
  deadLetterId: true,
  type: true,
  messageId: true,
  reason: true,
  parkedAt: true,
  state: true,
  settledAt: true,
});

/** The decision of a participant on a command, as it is stored. */
export const decidedCommand = z.object({
  command: word,
  key: word.describe('The key under which it is stored.'),
  decidedAt: instant,
  code: word.optional().describe('What the command was refused with; absent where it took effect.'),
  detail: word.optional(),
  subtotal: money.optional(),
  discount: money.optional(),
  balanceAfter: money.optional(),
});

/** A row that was written for an order. */
export const writtenRow = z.object({
  table: word.describe('The table that it is in.'),
  id: word.describe('Its key.'),
  writtenAt: instant.optional().describe('When it was written; absent where that is in no row.'),
  undoneAt: instant.optional().describe('When it was given back.'),
  optionId: id.optional(),
  quantity: z.int().optional(),
  userCouponId: id.optional(),
  discount: money.optional(),
  amount: signedMoney.optional(),
  balanceBefore: money.optional(),
  balanceAfter: money.optional(),
});

/** The services besides the order service that hold rows of an order. */
export const PARTICIPANTS = ['catalog', 'coupon', 'wallet', 'ranking'] as const;

export type Participant = (typeof PARTICIPANTS)[number];

const { history: _, ...exampleOrder } = readOrder.example.value;
const { orderId, userId } = exampleOrder;
const at = '2026-01-01T00:00:00.040Z';

const orderRowsValue = z.object({
  decided: z.array(decidedCommand),
  rows: z.array(writtenRow),
  deadLetters: z.array(deadLetterOfOrder).max(TOLD_MAX),
});

function orderRowsOf<P extends Participant>(service: P) {
  return request({
    type: `${service}.read-order`,
    service,
    summary: `Says what the ${service} service has stored of an order; nothing of one that it never heard of.`,
    payload: z.object({ orderId: id }),
    value: orderRowsValue,
    refusals: [],
    example: { payload: { orderId }, value: { decided: [], rows: [], deadLetters: [] } },
  });
}

export type OrderRowsRequest = ReturnType<typeof orderRowsOf>;

/** By participant: each answers from its own database. */
export const orderRows = Object.fromEntries(
  PARTICIPANTS.map((service) => [service, orderRowsOf(service)]),
) as Record<Participant, OrderRowsRequest>;

/** A command as the order service knows it. */
export const askedCommand = z.object({
  name: word,
  command: word.describe("The type of the command's messages."),
  isUndo: z.boolean(),
  asked: z.object({
    items: z.array(orderLine).optional(),
    userCouponId: id.optional(),
    amount: money.optional(),
  }),
  askedAt: instant,
  answeredAt: instant.optional(),
  code: word.optional().describe('What it was refused with, as the order service heard it.'),
  isGivenUp: z.boolean().describe('Whether it was given up because nobody answered in time.'),
  sends: z.int().min(1).optional().describe('How often it was sent; known only while it is awaited.'),
  sentAt: instant.optional().describe('When it was last sent; known only while it is awaited.'),
});

const by = {
  at: instant.describe('When.'),
  by: word.describe('The role of who did it.'),
  actorId: id.optional().describe('Who did it; absent where that was not noted.'),
};

export const readTimeline = request({
  type: 'order.read-timeline',
  service: 'order',
  summary:
    'Says what the order service has stored of the way of an order; with `userId`, only if it is that user’s.',
  payload: z.object({ orderId: id, userId: id.optional() }),
  value: z.object({
    order,
    readAt: instant,
    placed: z.object(by),
    cancelled: z.object(by).optional(),
    failed: z.object({ at: instant, reason: word, step: word.optional() }).optional(),
    commands: z.array(askedCommand),
    toCome: z.array(word).describe('Steps that may still come.'),
    saga: z
      .object({
        state: word,
        awaits: z.array(word),
        owedEvents: z.array(word),
        lookAgainAt: instant.optional(),
        deadlineAt: instant,
        requestId: word.optional(),
        traceparent: word.optional(),
      })
      .optional()
      .describe('Absent once the order has ended so long ago that it was deleted.'),
    records: z.array(
      z.object({
        type: word.describe('`order.completed` or `order.cancelled`.'),
        sequence: z.int().min(1).optional().describe('Its number; absent while it has none yet.'),
        isSent: z.boolean().describe('Whether the data platform has confirmed it.'),
      }),
    ),
    nudges: z.array(z.object({ at: by.at, by: id.describe('Who had it sent again.') })).max(TOLD_MAX),
    redrives: z
      .array(
        z.object({
          command: word.describe('The command that was sent again.'),
          at: by.at,
          by: id.describe('Who had it sent again.'),
          code: word.optional().describe('What it was refused with.'),
        }),
      )
      .max(TOLD_MAX),
    deadLetters: z.array(deadLetterOfOrder).max(TOLD_MAX),
  }),
  refusals: ['ORDER_NOT_FOUND'],
  example: {
    payload: { orderId, userId },
    value: {
      order: exampleOrder,
      readAt: '2026-01-01T00:00:10.000Z',
      placed: { at: exampleOrder.orderDate, by: 'customer', actorId: userId },
      commands: [
        {
          name: 'ReserveStock',
          command: 'catalog.reserve-stock',
          isUndo: false,
          asked: { items: [{ productId: exampleOrder.items[0]!.productId, quantity: 2 }] },
          askedAt: exampleOrder.orderDate,
          answeredAt: at,
          isGivenUp: false,
        },
      ],
      toCome: [],
      records: [{ type: 'order.completed', sequence: 12, isSent: true }],
      nudges: [],
      redrives: [],
      deadLetters: [],
    },
  },
});

export type DeadLetterOfOrder = z.infer<typeof deadLetterOfOrder>;
export type DecidedCommand = z.infer<typeof decidedCommand>;
export type WrittenRow = z.infer<typeof writtenRow>;
export type AskedCommand = z.infer<typeof askedCommand>;
export type OrderRows = z.infer<typeof orderRowsValue>;
export type OrderWay = z.infer<typeof readTimeline.value>;

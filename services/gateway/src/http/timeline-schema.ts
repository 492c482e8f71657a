import {
  askedCommand,
  deadLetterOfOrder,
  id,
  instant,
  money,
  named,
  orderStatus,
  PARTICIPANTS,
  readTimeline,
  writtenRow,
} from '@jangteo/contracts';
import { z } from 'zod';
import { TIMELINE_VERSION } from '../domain/timeline.js';

const { orderId, items } = readTimeline.example.value.order;
const { orderDate } = readTimeline.example.value.order;
const { value } = readTimeline;
const service = z.enum(PARTICIPANTS);

const step = named(
  'TimelineStep',
  z.object({
    step: z.string().describe('The step that was taken or undone.'),
    service: service.optional().describe('The service that was asked.'),
    isUndo: z.boolean().describe('Whether it takes back what another step did.'),
    state: z
      .enum(['TO_COME', 'AWAITED', 'DONE', 'REFUSED', 'GIVEN_UP'])
      .describe(
        '`GIVEN_UP` where nobody answered in time, so that it is undone whether it was taken or not.',
      ),
    asked: askedCommand.shape.asked.optional().describe('What was asked.'),
    askedAt: instant.optional().describe("When it was first sent, by the order service's clock."),
    sends: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('How often it was sent; known while it is awaited.'),
    sentAt: instant
      .optional()
      .describe("When it was last sent, by the order service's clock; known while it is awaited."),
    lookAgainAt: instant.optional().describe('When it is sent again by itself, or given up.'),
    deadlineAt: instant.optional().describe('When it is given up.'),
    decision: z
      .enum(['NONE', 'DONE', 'REFUSED', 'BARRED', 'UNKNOWN'])
      .describe(
        'What the service has stored: `NONE` where it has decided nothing, `BARRED` where the undo came first, ' +
          '`UNKNOWN` where it does not answer now.',
      ),
    decidedAt: instant.optional().describe("When it was decided, by that service's clock."),
    answeredAt: instant.optional().describe("When the answer took effect, by the order service's clock."),
    clocksApartMs: z
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('How far the two clocks are apart at least, in milliseconds, where these times show it.'),
    code: z.string().optional().describe('What it was refused with.'),
    detail: z.string().optional().describe('Why, for people.'),
    subtotal: money.optional(),
    discount: money.optional(),
    balanceAfter: money.optional(),
    key: z
      .string()
      .optional()
      .describe('The key under which its outcome is stored; for those who run the shop.'),
  }),
  {
    step: 'ReserveStock',
    service: 'catalog',
    isUndo: false,
    state: 'DONE',
    asked: { items: items.map(({ productId, quantity }) => ({ productId, quantity })) },
    askedAt: orderDate,
    decision: 'DONE',
    decidedAt: '2026-01-01T00:00:00.020Z',
    answeredAt: '2026-01-01T00:00:00.040Z',
    subtotal: 24_000,
  },
  'A step of an order or its undo. Each time is by the clock that it names; what no row holds is left out.',
);

const who = value.shape.placed;
const ofService = { service };

export const orderTimeline = named(
  'OrderTimeline',
  z.object({
    version: z.literal(TIMELINE_VERSION).describe('The version of this form.'),
    orderId: id,
    orderStatus,
    readAt: instant.describe("When it was read, by the order service's clock."),
    why: z
      .object({
        en: z.string().describe('In English.'),
        ko: z.string().describe('In Korean.'),
        code: z.string().optional().describe('Why it failed, for programs.'),
        step: z
          .string()
          .optional()
          .describe('The step at which it failed; absent where nothing had been asked for.'),
      })
      .describe('Why it ended as it did, or where it stands.'),
    placed: who.describe('When it was placed, and by whom.'),
    cancelled: who.optional().describe('When its cancellation began, and by whom.'),
    steps: z.array(step).readonly().describe('Each step and undo in the order in which they were asked for.'),
    owed: z
      .array(
        z.object({
          kind: z
            .enum(['COMMAND', 'EVENT'])
            .describe('What is owed: an answer to a command, or the confirm of an event.'),
          name: z.string().describe('What it is called.'),
        }),
      )
      .readonly()
      .describe('What is sent again until it is answered or confirmed.'),
    records: value.shape.records.readonly().describe('Its numbered records, as `GET /events` reads them.'),
    unanswered: z
      .array(z.object({ service, reason: z.string().describe('Why.') }))
      .readonly()
      .describe('Services that do not answer now: what only they know is unknown.'),
    notRecorded: z.array(z.string()).readonly().describe('What no row holds, or none any more.'),
    requestId: z
      .string()
      .optional()
      .describe('The request that placed or cancelled it; for those who run the shop.'),
    traceparent: z.string().optional().describe('Its trace (W3C); for those who run the shop.'),
    rows: z
      .array(writtenRow.extend(ofService))
      .readonly()
      .optional()
      .describe('The rows that were written; for those who run the shop.'),
    deadLetters: z
      .array(deadLetterOfOrder.extend({ service: z.enum([...PARTICIPANTS, 'order']) }))
      .readonly()
      .optional()
      .describe('Messages about it that could not be handled, the latest; for those who run the shop.'),
    nudges: value.shape.nudges
      .readonly()
      .optional()
      .describe('Who had it sent again, the latest; for those who run the shop.'),
    redrives: value.shape.redrives
      .readonly()
      .optional()
      .describe('Its commands that were sent again after a restore; for those who run the shop.'),
  }),
  {
    version: TIMELINE_VERSION,
    orderId,
    orderStatus: 'SUCCESS',
    readAt: '2026-01-01T00:00:10.000Z',
    why: {
      en: 'The order succeeded: its stock was taken, and it was paid.',
      ko: '재고를 차감하고 결제해 주문이 완료되었습니다.',
    },
    placed: { at: orderDate, by: 'customer' },
    steps: [],
    owed: [],
    records: [{ type: 'order.completed', sequence: 12, isSent: true }],
    unanswered: [],
    notRecorded: ['sends', 'receivedAt', 'stockBefore', 'stockAfter'],
  },
  'The way of an order as its services have stored it. Only what some row holds is told.',
);

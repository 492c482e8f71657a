import {
  couponAnswers,
  couponProgress,
  id,
  instant,
  named,
  orderHistoryEntry,
  orderOutcome,
  orderStatus,
  queueState,
  readIssueProgress,
  readLoads,
  readOrderFlow,
  readProgress,
  SERVICES,
  ALL_SERVICES,
} from '@jangteo/contracts';
import { z } from 'zod';

/* What the events of streams carry. */

const many = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const milliseconds = many;

const [{ orderId, entries }] = readProgress.example.value.orders as [
  (typeof readProgress.example.value.orders)[number],
];
const { sequence: _, ...exampleEntry } = entries[0]!;

export const orderStep = named(
  'OrderStep',
  orderHistoryEntry.extend({ orderId: id }),
  { orderId, ...exampleEntry },
  'A step of an order that was taken or undone; the event has its number as `id`.',
);

export const orderEnd = named(
  'OrderEnd',
  z.object({ orderId: id, orderStatus }),
  { orderId, orderStatus: 'SUCCESS' },
  'That an order has ended: the last event of its stream.',
);

const latency = z.object({
  answers: many.describe('How many answers were timed.'),
  p50Ms: milliseconds.describe('Half of them took no longer, in milliseconds.'),
  p95Ms: milliseconds.describe('Nineteen in twenty took no longer, in milliseconds.'),
});

const [exampleCoupon] = readIssueProgress.example.value.coupons;

export const couponNow = named(
  'CouponNow',
  couponProgress.extend({
    at: instant.describe("When it was read, by the clock that the coupon's times are of."),
    totalQuantity: many,
    issuedQuantity: many,
    remainingQuantity: many,
    answers: couponAnswers
      .extend({
        issued: many.describe('Those who got one by asking for it.'),
        soldOut: many.describe('Those who came when nothing was left.'),
        alreadyIssued: many.describe('Those who had one already.'),
        notIssuable: many.describe('Those who came too early or too late, or while its issue was suspended.'),
        notEligible: many.describe('Those whose accounts do not meet what it demands.'),
      })
      .describe(
        'How those who asked for one were answered. A repeat under its `Idempotency-Key` counts once.',
      ),
    latency: latency
      .optional()
      .describe(
        'How long the answers of this gateway took in the last ten seconds; absent where there were none.',
      ),
  }),
  {
    ...exampleCoupon!,
    at: readIssueProgress.example.value.at,
    remainingQuantity: 0,
    latency: { answers: 102, p50Ms: 14, p95Ms: 35 },
  },
  'How far the issue of a coupon has come.',
);

export const serviceNow = named(
  'ServiceNow',
  z.object({
    service: z.enum(ALL_SERVICES),
    isAnswering: z.boolean().describe('Whether it answers; of the gateway, the one that tells.'),
    reason: z.string().optional().describe('Why it is said not to answer.'),
    answeredInMs: milliseconds.optional().describe('How long its answer took, in milliseconds.'),
    replicas: many
      .optional()
      .describe('How many processes take its requests; unknown of gateways, and without `queues`.'),
    deadLetters: many
      .optional()
      .describe(
        'Messages that it could not handle, which wait for people; from 10,000 on, at least so many.',
      ),
    queues: z
      .array(
        queueState.extend({
          queue: z.string().describe('The name of a queue that it reads.'),
          messages: many.describe(
            'Messages that wait in it; those that a process has taken are not among them.',
          ),
          consumers: many.describe('How many processes read it.'),
        }),
      )
      .optional()
      .describe('What waits for it; absent where the broker does not tell.'),
  }),
  { service: 'wallet', isAnswering: true, answeredInMs: 3, replicas: 2, ...readLoads.wallet.example.value },
  'A service of the shop as it is now.',
);

const { since, outcomes, p50Ms, p95Ms, inFlight, mayBeMore, stuck, oldestMs } = readOrderFlow.example.value;

export const shopNow = named(
  'ShopNow',
  z.object({
    at: instant.describe("When it was read, by the gateway's clock."),
    services: z.array(serviceNow).describe('Every service.'),
    orders: z
      .object({
        since: instant.describe('When the first of these orders was placed, or a minute ago.'),
        outcomes: z
          .array(orderOutcome.extend({ orders: many.describe('How many of them.') }))
          .describe('The orders of the last minute, the latest 1,000 at most, by what became of them.'),
        p50Ms: milliseconds.optional().describe('Half of them ended within so many milliseconds.'),
        p95Ms: milliseconds.optional().describe('Nineteen in twenty ended within so many milliseconds.'),
      })
      .optional()
      .describe('How orders fare; absent while the order service does not answer.'),
    sagas: z
      .object({
        inFlight: many.describe(
          'Orders that are being carried out, undone or cancelled: the oldest 10,000 of them at most.',
        ),
        mayBeMore: z
          .boolean()
          .optional()
          .describe(
            'Whether there may be more in flight than were counted. What is said of them is said of the oldest alone.',
          ),
        stuck: many.describe('Those whose messages were sent again so often that people should look.'),
        oldestMs: milliseconds
          .optional()
          .describe('How long ago the oldest of them was placed, in milliseconds.'),
      })
      .optional()
      .describe('What is on its way; absent while the order service does not answer.'),
    deadLetters: many.describe(
      'Messages that could not be handled, of the services that answer; from 10,000 on, at least so many.',
    ),
    books: z
      .object({
        isSound: z.boolean().describe('Whether every check was made, and none found anything.'),
        checkedAt: instant.describe('When the last audit began.'),
        isOutdated: z
          .boolean()
          .optional()
          .describe(
            'Whether it says nothing of the books as they are: three audits are missing since, and ten minutes are over.',
          ),
        findings: many.describe('What it found.'),
        unanswered: z
          .array(z.enum(SERVICES))
          .describe('Services that it could not ask: what only they know is unknown, and not sound.'),
      })
      .optional()
      .describe('The last audit; absent before the first.'),
  }),
  {
    at: '2026-01-01T00:01:00.000Z',
    services: [],
    orders: { since, outcomes, p50Ms, p95Ms },
    sagas: { inFlight, mayBeMore, stuck, oldestMs },
    deadLetters: 0,
    books: { isSound: true, checkedAt: since, isOutdated: false, findings: 0, unanswered: [] },
  },
  'The whole shop as it is now.',
);

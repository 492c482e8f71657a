import { z } from 'zod';
import { couponStatus } from './coupon.js';
import { id, instant, LOOKS_MAX } from './ids.js';
import { request, type RequestContract } from './message.js';
import { orderHistoryEntry, orderStatus } from './order.js';
import { failureCode } from './saga-steps.js';
import { SERVICES, type ServiceName } from './services.js';

/* What is looked at again and again for those who watch: the gateway asks for all of them together. */

const orderId = '01920000-0000-7000-8000-0000000000a1';
const userId = '01920000-0000-7000-8000-000000000001';
const couponId = '01920000-0000-7000-8000-0000000000d1';
const at = '2026-01-01T00:00:00.000Z';

const counted = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const place = z.int().min(0).max(1_000_000_000);

/** A row of an order's history; numbers of an order begin at 1 and have no gap. */
const numberedEntry = orderHistoryEntry.extend({ sequence: place });

/** What an order's history has after a place in it. */
export const orderProgress = z.object({
  orderId: id,
  userId: id,
  orderStatus,
  /** Nothing comes any more unless the order is cancelled. */
  hasEnded: z.boolean(),
  entries: z.array(numberedEntry),
});

export const readProgress = request({
  type: 'order.read-progress',
  service: 'order',
  summary:
    'Reads of orders what their histories have after a place in each. An order that nobody has is left out.',
  payload: z.object({ asked: z.array(z.object({ orderId: id, after: place })).max(LOOKS_MAX) }),
  value: z.object({ orders: z.array(orderProgress) }),
  refusals: [],
  example: {
    payload: { asked: [{ orderId, after: 1 }] },
    value: {
      orders: [
        {
          orderId,
          userId,
          orderStatus: 'PENDING',
          hasEnded: false,
          entries: [
            { sequence: 2, orderStatus: 'PENDING', step: 'ReserveStock', changedBy: 'saga', changedAt: at },
          ],
        },
      ],
    },
  },
});

/** Answers to those who asked for a coupon, by kind, each counted once. */
export const couponAnswers = z.object({
  issued: counted,
  soldOut: counted,
  alreadyIssued: counted,
  notIssuable: counted,
  notEligible: counted,
});

/** How far the issue of a coupon has come. */
export const couponProgress = z.object({
  couponId: id,
  status: couponStatus,
  issueStartsAt: instant.optional(),
  issueEndsAt: instant.optional(),
  totalQuantity: counted,
  issuedQuantity: counted,
  answers: couponAnswers,
});

export const readIssueProgress = request({
  type: 'coupon.read-issue-progress',
  service: 'coupon',
  summary: 'Reads how far the issue of coupons has come. A coupon that nobody has made is left out.',
  payload: z.object({ couponIds: z.array(id).max(LOOKS_MAX) }),
  value: z.object({ at: instant, coupons: z.array(couponProgress) }),
  refusals: [],
  example: {
    payload: { couponIds: [couponId] },
    value: {
      at,
      coupons: [
        {
          couponId,
          status: 'ISSUABLE',
          totalQuantity: 30,
          issuedQuantity: 30,
          answers: { issued: 30, soldOut: 70, alreadyIssued: 2, notIssuable: 0, notEligible: 0 },
        },
      ],
    },
  },
});

/** A queue as the broker sees it. */
export const queueState = z.object({
  queue: z.string(),
  messages: counted,
  consumers: z.int().min(0).max(1_000_000),
});

const load = z.object({ queues: z.array(queueState), deadLetters: counted });
const nothing = z.object({});

type ReadLoad = RequestContract<typeof nothing, typeof load, never>;

/** One request a service: what waits in its queues, who reads them, and the dead letters that wait for people. */
export const readLoads = Object.fromEntries(
  SERVICES.map((service) => [
    service,
    request({
      type: `${service}.read-load`,
      service,
      summary:
        'Reads what waits in the queues of the service, how many read them, and the dead letters that wait. Of no ' +
        'queue where the broker does not tell in time; dead letters from 10,000 on are how many there are at least.',
      payload: nothing,
      value: load,
      refusals: [],
      example: {
        payload: {},
        value: {
          queues: [{ queue: `jangteo.${service}.requests`, messages: 0, consumers: 2 }],
          deadLetters: 0,
        },
      },
    }),
  ]),
) as Record<ServiceName, ReadLoad>;

/** Orders that have fared alike. */
export const orderOutcome = z.object({
  orderStatus,
  failureCode: failureCode.optional(),
  orders: counted,
});

/** Of more sagas in flight than these the oldest alone are counted. */
export const FLIGHTS_COUNTED_MAX = 10_000;

export const readOrderFlow = request({
  type: 'order.read-flow',
  service: 'order',
  summary:
    'Counts the latest orders by what became of them, those of a minute and of a bounded number, and the sagas in ' +
    'flight, the oldest up to a bound.',
  payload: nothing,
  value: z.object({
    at: instant,
    since: instant,
    outcomes: z.array(orderOutcome),
    p50Ms: counted.optional(),
    p95Ms: counted.optional(),
    inFlight: counted,
    mayBeMore: z.boolean().optional(),
    stuck: counted,
    oldestMs: counted.optional(),
  }),
  refusals: [],
  example: {
    payload: {},
    value: {
      at: '2026-01-01T00:01:00.000Z',
      since: at,
      outcomes: [
        { orderStatus: 'SUCCESS', orders: 40 },
        { orderStatus: 'FAILED', failureCode: 'OUT_OF_STOCK', orders: 2 },
      ],
      p50Ms: 18,
      p95Ms: 41,
      inFlight: 3,
      mayBeMore: false,
      stuck: 0,
      oldestMs: 25,
    },
  },
});

export type OrderProgress = z.infer<typeof orderProgress>;
export type CouponProgress = z.infer<typeof couponProgress>;
export type CouponAnswers = z.infer<typeof couponAnswers>;
export type QueueState = z.infer<typeof queueState>;

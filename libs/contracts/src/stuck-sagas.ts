import { z } from 'zod';
import { cursor, id, instant, page } from './ids.js';
import { request } from './message.js';
import { operationId } from './operations.js';
import { failureCode } from './saga-steps.js';

/** Seconds without progress: a week at most. */
export const stuckSeconds = z.int().min(0).max(604_800);

/** A saga that has not ended, or has not told that it has, and what it waits for. */
export const stuckSaga = z.object({
  orderId: id,
  userId: id,
  state: z.string(),
  since: instant.describe('Of its last progress.'),
  awaits: z.array(z.string()).describe('Commands that were sent and not answered yet.'),
  owedEvents: z.array(z.string()).describe('Events that the broker has not confirmed yet.'),
  attempts: z
    .int()
    .min(0)
    .describe('How often it was to be sent again in this state; what lies unread in a queue was not.'),
  sentAt: instant,
  lookAgainAt: instant.describe('When it is sent again by itself, or given up.'),
  deadlineAt: instant,
  failureCode: failureCode.optional().describe('What it was refused with last.'),
  failureDetail: z.string().optional(),
  nudgedAt: instant.optional(),
  nudgedBy: id.optional(),
});

const orderId = '01920000-0000-7000-8000-0000000000a1';
const adminId = '01920000-0000-7000-8000-000000000009';
const example = {
  orderId,
  userId: '01920000-0000-7000-8000-000000000001',
  state: 'UNDOING',
  since: '2026-01-01T00:00:00.000Z',
  awaits: ['ReleaseStock'],
  owedEvents: [],
  attempts: 3,
  sentAt: '2026-01-01T00:00:35.000Z',
  lookAgainAt: '2026-01-01T00:01:15.000Z',
  deadlineAt: '2026-01-01T00:00:30.000Z',
  failureCode: 'INSUFFICIENT_BALANCE' as const,
};

export const listStuckSagas = request({
  type: 'order.list-stuck-sagas',
  service: 'order',
  summary:
    'Reads a page of the sagas that have made no progress for some time, those of the oldest orders first. So many are ' +
    'looked at for a page at most: it may have fewer than `limit`, or none, where the list goes on.',
  payload: page.extend({ olderThanSeconds: stuckSeconds }),
  value: z.object({ sagas: z.array(stuckSaga), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: { payload: { olderThanSeconds: 60, limit: 20 }, value: { sagas: [example] } },
});

export const nudgeSaga = request({
  type: 'order.nudge-saga',
  service: 'order',
  summary:
    'Has a saga send what it waits for again now, or give up if its deadline has passed. What lies in the queue of a ' +
    'participant that is away is not sent once more.',
  payload: z.object({ orderId: id, by: id, operationId }),
  value: stuckSaga,
  refusals: ['ORDER_NOT_FOUND', 'SAGA_ENDED'],
  example: {
    payload: { orderId, by: adminId },
    value: { ...example, nudgedAt: '2026-01-01T00:01:00.000Z', nudgedBy: adminId },
  },
});

export const nudgeSagas = request({
  type: 'order.nudge-sagas',
  service: 'order',
  summary: 'As order.nudge-saga, for a page of those without progress; `next` is where it goes on.',
  payload: page.extend({ olderThanSeconds: stuckSeconds, by: id, operationId }),
  value: z.object({ nudged: z.int().min(0), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: { payload: { olderThanSeconds: 60, limit: 100, by: adminId }, value: { nudged: 1 } },
});

export type StuckSaga = z.infer<typeof stuckSaga>;

import { z } from 'zod';
import { cursor, id, instant, page } from './ids.js';
import { request } from './message.js';
import { failureCode } from './saga-steps.js';

const count = z.int().min(0);

/** A command that was sent again and refused: what its participant lost can no longer be had. */
export const refusedRedrive = z.object({
  orderId: id,
  command: z.string(),
  failureCode,
  failureDetail: z.string().optional(),
});

/** A command that was sent again and never answered: its participant parked it, or it was lost. */
export const unansweredRedrive = z.object({ orderId: id, command: z.string() });

const orderId = '01920000-0000-7000-8000-0000000000a1';
const by = '01920000-0000-7000-8000-000000000009';
const since = '2026-01-01T00:00:00.000Z';

export const redriveOrders = request({
  type: 'order.redrive',
  service: 'order',
  summary:
    'Sends again, for a page of the orders that changed since a moment, what makes the participants agree with ' +
    'how each ended: first all undos, and once all of them are answered, or none of them is any more, the actions. ' +
    '`next` is where it goes on.',
  payload: page.extend({ since: instant, until: instant.optional(), by: id }),
  value: z.object({
    redriven: count.describe('Orders of this page.'),
    moving: count.describe('Orders that had not ended at the first page, which alone tells: left out.'),
    unanswered: count.describe(
      'Commands that are not answered yet, where the next page waits for that; on the last page those that it went on ' +
        'without.',
    ),
    refused: count.describe('Commands that were refused; told by the last page.'),
    refusals: z.array(refusedRedrive).describe('Some of them.'),
    unansweredCommands: z
      .array(unansweredRedrive)
      .optional()
      .describe('Some of those that it went on without; told by the last page.'),
    next: cursor.optional(),
  }),
  refusals: ['VALIDATION_FAILED'],
  example: {
    payload: { since, limit: 100, by },
    value: {
      redriven: 0,
      moving: 0,
      unanswered: 0,
      refused: 1,
      refusals: [{ orderId, command: 'DebitWallet', failureCode: 'INSUFFICIENT_BALANCE' as const }],
    },
  },
});

export type RefusedRedrive = z.infer<typeof refusedRedrive>;

import { id, instant, named, readRecords, type OrderRecord } from '@jangteo/contracts';
import { z } from 'zod';
import { EVENT_TYPES, STOP_REASONS, WEBHOOK_STATUSES } from '../domain/webhook.js';

const [{ orderId, occurredAt }] = readRecords.example.value.records as [OrderRecord];

const largeNumber = readRecords.value.shape.next;

const knownWebhook = z.object({
  webhookId: id.describe('The id of a webhook.'),
  name: z.string().describe('What the webhook is called.'),
  url: z.string().describe('Where records are sent.'),
  types: z.array(z.enum(EVENT_TYPES)).describe('Types of the records that it is told.'),
  status: z
    .enum(WEBHOOK_STATUSES)
    .describe(
      '`ACTIVE` is told of orders; the others are not until they are `ACTIVE` again, and then of all.',
    ),
  statusReason: z
    .enum(STOP_REASONS)
    .optional()
    .describe(
      'Why it is not `ACTIVE`: somebody here wished so, it has failed for five days, it has answered 410, or the ' +
        'next records were deleted before it was told.',
    ),
  next: largeNumber.describe('The number of the record that it is told next, or that is looked at next.'),
  owedSince: instant
    .optional()
    .describe(
      'When that record happened, or since when the webhook waits for its turn; absent where it was told all.',
    ),
  failures: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .describe('How often in a row it did not confirm.'),
  failingSince: instant.optional().describe('Since when; absent where the last try succeeded.'),
  nextTryAt: instant.optional().describe('When it is tried again; absent where it does not fail.'),
  previousSecretUntil: instant
    .optional()
    .describe('Until when the secret before this one signs as well; absent where none does.'),
  createdAt: instant,
  updatedAt: instant,
});

const exampleWebhook = {
  webhookId: '01920000-0000-7000-8000-000000000031',
  name: 'Warehouse',
  url: 'https://warehouse.example.com/hooks/jangteo',
  types: [...EVENT_TYPES],
  status: 'ACTIVE' as const,
  next: 13,
  failures: 0,
  createdAt: occurredAt,
  updatedAt: occurredAt,
};

export const webhook = named(
  'Webhook',
  knownWebhook,
  exampleWebhook,
  'An address that is told of completed and cancelled orders.',
);

export const createdWebhook = named(
  'CreatedWebhook',
  knownWebhook.extend({
    secret: z.string().describe('Signs what is sent to it (Standard Webhooks); it is not shown again.'),
  }),
  { ...exampleWebhook, secret: 'whsec_bm90IGEgc2VjcmV0IHRoYXQgYW55IHNob3AgaGFzIG1hZGU=' },
  'A webhook with a secret that was made just now.',
);

export const webhookDelivery = named(
  'WebhookDelivery',
  z.object({
    number: largeNumber.describe("The try's number: 1, 2, 3 and so on of this webhook."),
    messageId: z.string().describe('`webhook-id` of what was sent: the same whenever it is sent.'),
    type: z.string().describe('The type of what was sent: that of a record, or `webhook.test`.'),
    sequence: largeNumber.optional().describe('The number of the record; absent of a test.'),
    isDelivered: z.boolean().describe('Whether it was confirmed, by an answer of 2xx in time.'),
    status: z
      .int()
      .min(0)
      .max(999)
      .optional()
      .describe('The HTTP status of the answer; absent where there was none.'),
    error: z.string().optional().describe('What went wrong; absent where it was confirmed.'),
    tookMs: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .describe('How long it took, in milliseconds.'),
    at: instant.describe('When it had ended.'),
  }),
  {
    number: 7,
    messageId: `order-completed-${orderId}`,
    type: 'order.completed',
    sequence: 12,
    isDelivered: true,
    status: 204,
    tookMs: 31,
    at: occurredAt,
  },
  'A try to deliver.',
);

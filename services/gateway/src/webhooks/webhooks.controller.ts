/*
 * GET    /admin/webhooks                         viewer   200
 * POST   /admin/webhooks                         admin    201
 * GET    /admin/webhooks/:webhookId              viewer   200
 * PATCH  /admin/webhooks/:webhookId              admin    200
 * DELETE /admin/webhooks/:webhookId              admin    204
 * POST   /admin/webhooks/:webhookId/rotate       admin    200
 * POST   /admin/webhooks/:webhookId/test         admin    200
 * POST   /admin/webhooks/:webhookId/resend       admin    200
 * GET    /admin/webhooks/:webhookId/deliveries   viewer   200
 */
import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { id, named, present, readRecords } from '@jangteo/contracts';
import { cutPage, decodeCursor, refuseCursor } from '@jangteo/database';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { EVENT_TYPES, REQUESTED_STATUSES } from '../domain/webhook.js';
import { Api } from '../http/access.guard.js';
import { StaffCalls } from '../operations/staff-calls.js';
import { idBefore } from '../http/newest-first.js';
import { valueOf } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { cursorLike, emptyBody, pageQuery, personName, type PageQuery } from '../openapi/schemas.js';
import type { WebhookDeliveryEntity } from './webhooks.entities.js';
import { Webhooks } from './webhooks.js';
import type { Webhook } from './webhooks.queries.js';
import { createdWebhook, webhook, webhookDelivery } from './webhooks.responses.js';

export const webhookPath = z.object({ webhookId: id });
export const webhooksQuery = pageQuery.extend({ cursor: cursorLike('byId') });
export const deliveriesQuery = pageQuery.extend({ cursor: cursorLike('byNumber') });

const HTTP_URL = /^https?:\/\/[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+$/;

/** A user in it would be sent along in a header, and a part behind `#` never. */
function isPlainUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '';
}

const receiverUrl = z
  .string()
  .max(2_000)
  .regex(HTTP_URL, 'must be an address that begins with https:// or http://')
  .refine(isPlainUrl, 'must be an address without a user');

const eventTypes = z.array(z.enum(EVENT_TYPES)).min(1).max(EVENT_TYPES.length);

export const createWebhookBody = named(
  'WebhookDraft',
  z.strictObject({ name: personName, url: receiverUrl, types: eventTypes.optional() }),
  { name: 'Warehouse', url: 'https://warehouse.example.com/hooks/jangteo' },
);

export const changeWebhookBody = named(
  'WebhookChange',
  z
    .strictObject({
      name: personName.optional(),
      url: receiverUrl.optional(),
      types: eventTypes.optional(),
      status: z.enum(REQUESTED_STATUSES).optional(),
    })
    .refine((change) => Object.values(change).some((value) => value !== undefined), 'nothing to change'),
  { status: 'PAUSED' },
  'What is left out stays as it is.',
  { minProperties: 1 },
);

export const resendBody = named(
  'WebhookResend',
  z.strictObject({ from: z.int().min(1).max(Number.MAX_SAFE_INTEGER) }),
  { from: 1 },
);

type WebhookPath = z.infer<typeof webhookPath>;

@Api()
export class WebhooksController {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly calls: StaffCalls,
  ) {}

  @Get('admin/webhooks')
  @Documented({ id: 'listWebhooks', summary: 'Reads webhooks, the newest first', answer: z.array(webhook) })
  async list(@FromCall() call: Call, @Query({ schema: webhooksQuery }) { limit, cursor }: PageQuery) {
    const rows = await this.webhooks.list(idBefore(cursor), limit + 1);
    const { rows: listed, next } = cutPage(rows, limit, ({ webhookId }) => [webhookId]);
    call.linkNext(next);
    return listed.map(shown);
  }

  @Post('admin/webhooks')
  @Documented({
    id: 'createWebhook',
    summary: 'Has an address told of completed and cancelled orders from now on',
    description:
      'By [Standard Webhooks](https://www.standardwebhooks.com): each record is posted by itself as `{type, timestamp, ' +
      'data}`, in the order of the numbers, with `webhook-id`, `webhook-timestamp` and `webhook-signature`, and is ' +
      'confirmed by any 2xx. What is not confirmed is sent again with the same `webhook-id` and body until it is, and ' +
      'nothing after it before that; 410 ends it, and five days of failures pause it. A receiver may get a record twice, ' +
      'and tells by `webhook-id`. The secret is shown this once: a repeat under its `Idempotency-Key` makes nothing, is ' +
      '422, and says which webhook was made.',
    asks: [readRecords],
    refuses: ['TOO_MANY_WEBHOOKS', 'VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'],
    answer: createdWebhook,
    givesHeaders: ['WebhookLocation'],
  })
  async create(
    @FromCall() call: Call,
    @Body({ schema: createWebhookBody }) draft: z.infer<typeof createWebhookBody>,
  ) {
    const operation = call.operation({ type: 'gateway.create-webhook' }, draft);
    const { secret, ...made } = valueOf(await this.webhooks.make(draft, operation, call));
    call.tell('location', `/admin/webhooks/${made.webhookId}`);
    return { ...shown(made), secret };
  }

  @Get('admin/webhooks/:webhookId')
  @Documented({
    id: 'readWebhook',
    summary: 'Reads a webhook, and how far it has come',
    refuses: ['WEBHOOK_NOT_FOUND'],
    answer: webhook,
  })
  async read(@Param({ schema: webhookPath }) { webhookId }: WebhookPath) {
    return shown(valueOf(await this.webhooks.read(webhookId)));
  }

  @Patch('admin/webhooks/:webhookId')
  @Documented({
    id: 'changeWebhook',
    summary: 'Changes a webhook, pauses it, or has it go on',
    description:
      'It goes on with the first record that it has not confirmed, whatever happened meanwhile, at once and as if it ' +
      'had never failed.',
    refuses: ['WEBHOOK_NOT_FOUND', 'VALIDATION_FAILED'],
    answer: webhook,
  })
  async change(
    @FromCall() call: Call,
    @Param({ schema: webhookPath }) { webhookId }: WebhookPath,
    @Body({ schema: changeWebhookBody }) change: z.infer<typeof changeWebhookBody>,
  ) {
    const changed = valueOf(await this.webhooks.change(call.caller, webhookId, change));
    call.noteBefore(shown(changed.before));
    return shown(changed.webhook);
  }

  @Delete('admin/webhooks/:webhookId')
  @HttpCode(204)
  @Documented({
    id: 'deleteWebhook',
    summary: 'Has an address told nothing any more',
    description: 'What is on its way to it may still arrive. Its deliveries go with it.',
    refuses: ['WEBHOOK_NOT_FOUND'],
  })
  async end(
    @FromCall() call: Call,
    @Param({ schema: webhookPath }) { webhookId }: WebhookPath,
  ): Promise<void> {
    call.noteBefore(shown(valueOf(await this.webhooks.end(webhookId))));
  }

  @Post('admin/webhooks/:webhookId/rotate')
  @HttpCode(200)
  @Documented({
    id: 'rotateWebhookSecret',
    summary: "Puts another secret in the place of a webhook's",
    description:
      'For a day what is sent is signed with both, parted by a space, so that the receiver can change over. Only the ' +
      'last two sign, however often this is called. The secret is shown this once: a repeat under its ' +
      '`Idempotency-Key` makes none, and is 422.',
    refuses: ['WEBHOOK_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED'],
    answer: createdWebhook,
  })
  async rotate(
    @FromCall() call: Call,
    @Param({ schema: webhookPath }) { webhookId }: WebhookPath,
    @Body({ schema: emptyBody }) _body: z.infer<typeof emptyBody>,
  ) {
    const operation = call.operation({ type: 'gateway.rotate-webhook' }, { webhookId });
    const { secret, ...rotated } = valueOf(await this.webhooks.rotate(call.caller, webhookId, operation));
    return { ...shown(rotated), secret };
  }

  @Post('admin/webhooks/:webhookId/test')
  @HttpCode(200)
  @Documented({
    id: 'testWebhook',
    summary: 'Sends a test to a webhook, and says what came of it',
    description:
      'Once, now, whatever the status of the webhook: `{type: "webhook.test", timestamp, data: {webhookId}}`. A repeat ' +
      'under its `Idempotency-Key` is answered as the first time, or sends the same test again, with the same ' +
      '`webhook-id`, where nobody knows what became of that.',
    refuses: ['WEBHOOK_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED'],
    answer: webhookDelivery,
  })
  async test(
    @FromCall() call: Call,
    @Param({ schema: webhookPath }) { webhookId }: WebhookPath,
    @Body({ schema: emptyBody }) _body: z.infer<typeof emptyBody>,
  ) {
    const contract = { type: 'gateway.test-webhook' };
    const { operationId: _, ...delivery } = await this.calls.once(call, contract, { webhookId }, async (id) =>
      shownDelivery(valueOf(await this.webhooks.test(webhookId, id))),
    );
    return delivery;
  }

  @Post('admin/webhooks/:webhookId/resend')
  @HttpCode(200)
  @Documented({
    id: 'resendToWebhook',
    summary: 'Has deliveries go on with a record, as far back as records are kept',
    description:
      'What was told already is told again with the same `webhook-id` and body. A number beyond `next` of the webhook ' +
      'leaves out what is between: nothing else ever does. The status stays as it is.',
    asks: [readRecords],
    refuses: ['WEBHOOK_NOT_FOUND', 'VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'],
    answer: webhook,
  })
  async resend(
    @FromCall() call: Call,
    @Param({ schema: webhookPath }) { webhookId }: WebhookPath,
    @Body({ schema: resendBody }) { from }: z.infer<typeof resendBody>,
  ) {
    const operation = call.operation({ type: 'gateway.resend-to-webhook' }, { webhookId, from });
    const asked = { webhookId, from, operation };
    const { before, answer } = valueOf(await this.webhooks.resend(asked, call, shown));
    if (before === undefined) call.tellReplayed();
    else call.noteBefore(shown(before));
    return answer;
  }

  @Get('admin/webhooks/:webhookId/deliveries')
  @Documented({
    id: 'listDeliveries',
    summary: 'Reads the tries to deliver to a webhook, the latest first',
    description: 'The last 1,000 are kept, for 30 days.',
    refuses: ['WEBHOOK_NOT_FOUND'],
    answer: z.array(webhookDelivery),
  })
  async deliveries(
    @FromCall() call: Call,
    @Param({ schema: webhookPath }) { webhookId }: WebhookPath,
    @Query({ schema: deliveriesQuery }) { limit, cursor }: PageQuery,
  ) {
    const rows = valueOf(await this.webhooks.deliveries(webhookId, numberBefore(cursor), limit + 1));
    const { rows: listed, next } = cutPage(rows, limit, ({ number }) => [number]);
    call.linkNext(next);
    return listed.map(shownDelivery);
  }
}

/** @throws Refused with VALIDATION_FAILED for a cursor of another list */
function numberBefore(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const [last] = decodeCursor(cursor, ['number']) ?? valueOf<never>(refuseCursor());
  if (!Number.isSafeInteger(last)) return valueOf<never>(refuseCursor());
  return Number(last);
}

function shown(row: Webhook): z.infer<typeof webhook> {
  const { webhookId, name, url, status, failures } = row;
  return {
    webhookId,
    name,
    url,
    types: row.types as z.infer<typeof webhook>['types'],
    status,
    ...(row.statusReason === null
      ? {}
      : { statusReason: row.statusReason as z.infer<typeof webhook>['statusReason'] }),
    next: row.toldSeq + 1,
    ...present({
      owedSince: row.owedSince?.toISOString(),
      failingSince: row.failingSince?.toISOString(),
      nextTryAt: row.nextTryAt?.toISOString(),
      previousSecretUntil: row.previousUntil?.toISOString(),
    }),
    failures,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function shownDelivery(row: WebhookDeliveryEntity): z.infer<typeof webhookDelivery> {
  const { number, messageId, type, sequence, status, error, tookMs, at } = row;
  return {
    number,
    messageId,
    type,
    ...(sequence === null ? {} : { sequence }),
    isDelivered: error === null,
    ...present({ status, error }),
    tookMs,
    at: at.toISOString(),
  };
}

import type { WebhookChange, WebhookDraft } from '../../src/index.js';
import type { Command } from '../command.js';
import { detailsOf } from '../table.js';
import { bodyOf, doing, first, listing, queryOf, showing } from './kinds.js';

export const WEBHOOKS: readonly Command[] = [
  listing({
    name: 'webhooks list',
    about: 'Lists addresses that are told of orders, newest first.',
    list: (shop, given) => shop.admin.webhooks.list(queryOf<'listWebhooks'>(given)),
    row: ({ webhookId, name, url, status, statusReason, next, failures, owedSince }) => ({
      webhook: webhookId,
      name,
      url,
      status: [status, statusReason].filter(Boolean).join(', '),
      next,
      failures,
      'owed since': owedSince,
    }),
  }),
  showing({
    name: 'webhooks show',
    about: 'Shows a webhook.',
    names: '<webhook id>',
    read: (shop, given) => shop.admin.webhooks.read(first(given)),
  }),
  showing({
    name: 'webhooks create',
    about: 'Tells an address of orders from now on; its secret is shown this once.',
    options: {
      name: { value: '<text>', about: 'what it is called', isRequired: true },
      to: { value: '<https address>', field: 'url', about: 'where records are sent', isRequired: true },
    },
    read: (shop, given) => shop.admin.webhooks.create(bodyOf<WebhookDraft>(given)),
  }),
  showing({
    name: 'webhooks change',
    about: 'Changes a webhook, pauses it, or lets it go on.',
    names: '<webhook id>',
    options: {
      name: { value: '<text>', about: 'what it is called' },
      to: { value: '<https address>', field: 'url', about: 'where records are sent' },
      status: { value: '<status>', about: 'ACTIVE or PAUSED' },
    },
    read: (shop, given) => shop.admin.webhooks.change(first(given), bodyOf<WebhookChange>(given)),
  }),
  showing({
    name: 'webhooks rotate',
    about: 'Makes another secret; the one before it is good for a day more.',
    names: '<webhook id>',
    read: (shop, given) => shop.admin.webhooks.rotate(first(given)),
  }),
  {
    name: 'webhooks test',
    about:
      'Sends a message that tells of nothing, and says what became of it: ends with 1 where it did not arrive.',
    names: '<webhook id>',
    run: async (shop, given) => {
      const delivery = await shop.admin.webhooks.test(first(given));
      const verdict = delivery.isDelivered ? undefined : 'wrong';
      return { json: delivery, text: detailsOf(delivery), verdict };
    },
  },
  showing({
    name: 'webhooks resend',
    about: 'Sends all records from a number on again.',
    names: '<webhook id>',
    options: {
      from: { value: '<n>', kind: 'number', about: 'the first of them', least: 1, isRequired: true },
    },
    read: (shop, given) => shop.admin.webhooks.resend(first(given), Number(given.fields.from)),
  }),
  listing({
    name: 'webhooks deliveries',
    about: 'Lists what was sent to a webhook, newest first, and what became of it.',
    names: '<webhook id>',
    list: (shop, given) => shop.admin.webhooks.deliveries(first(given), queryOf<'listDeliveries'>(given)),
    row: ({ number, messageId, isDelivered, status, error, tookMs, at }) => ({
      number,
      at,
      message: messageId,
      delivered: isDelivered,
      status,
      ms: tookMs,
      error,
    }),
  }),
  doing({
    name: 'webhooks delete',
    about: 'Tells an address nothing any more.',
    names: '<webhook id>',
    act: async (shop, given) => {
      await shop.admin.webhooks.delete(first(given));
      return 'Deleted';
    },
  }),
];

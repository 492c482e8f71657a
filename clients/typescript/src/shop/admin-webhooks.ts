import type { Id, CreatedWebhook, Webhook, WebhookChange, WebhookDelivery, WebhookDraft } from '../api.js';
import type { List } from '../pages.js';
import type { CallOptions, QueryOf } from '../transport.js';
import { Namespace } from './namespace.js';

/** Addresses that are told of completed and cancelled orders. */
export class AdminWebhooks extends Namespace {
  list(query: QueryOf<'listWebhooks'> = {}, options?: CallOptions): List<Webhook> {
    return this.pagesOf('listWebhooks', { query }, options);
  }

  read(webhookId: Id, options?: CallOptions): Promise<Webhook> {
    return this.call('readWebhook', { path: { webhookId } }, options);
  }

  /** Its secret is shown this once. */
  create(draft: WebhookDraft, options?: CallOptions): Promise<CreatedWebhook> {
    return this.call('createWebhook', { body: draft }, options);
  }

  change(webhookId: Id, change: WebhookChange, options?: CallOptions): Promise<Webhook> {
    return this.call('changeWebhook', { path: { webhookId }, body: change }, options);
  }

  async delete(webhookId: Id, options?: CallOptions): Promise<void> {
    await this.call('deleteWebhook', { path: { webhookId } }, options);
  }

  /** Makes another secret; the one before it is good for a day more. */
  rotate(webhookId: Id, options?: CallOptions): Promise<CreatedWebhook> {
    return this.call('rotateWebhookSecret', { path: { webhookId } }, options);
  }

  /** Sends a message that tells of nothing, and says what became of it. */
  test(webhookId: Id, options?: CallOptions): Promise<WebhookDelivery> {
    return this.call('testWebhook', { path: { webhookId } }, options);
  }

  /** Sends all records from this number on again. */
  resend(webhookId: Id, from: number, options?: CallOptions): Promise<Webhook> {
    return this.call('resendToWebhook', { path: { webhookId }, body: { from } }, options);
  }

  deliveries(
    webhookId: Id,
    query: QueryOf<'listDeliveries'> = {},
    options?: CallOptions,
  ): List<WebhookDelivery> {
    return this.pagesOf('listDeliveries', { path: { webhookId }, query }, options);
  }
}

import { firstOf, oldestOf, runAll, table, type Statements } from '@jangteo/database';
import type { WebhookStatus } from '../domain/webhook.js';
import { WebhookDeliveryEntity, WebhookEntity } from './webhooks.entities.js';

const webhooks = table(WebhookEntity);
const deliveries = table(WebhookDeliveryEntity);

/** A webhook as people see it. */
export type Webhook = Omit<
  WebhookEntity,
  'secret' | 'previousSecret' | 'dueAt' | 'tries' | 'leaseHolder' | 'leasedUntil' | 'status'
> & {
  readonly status: WebhookStatus;
  /** Where it fails. */
  readonly nextTryAt: Date | null;
};

const WEBHOOK = `${webhooks.columns({
  omit: [
    ...(['secret', 'previousSecret', 'previousUntil', 'dueAt'] as const),
    ...(['tries', 'leaseHolder', 'leasedUntil'] as const),
  ],
})}, CASE WHEN previous_until > now() THEN previous_until END AS "previousUntil",
  CASE WHEN failures > 0 AND status = 'ACTIVE' THEN due_at END AS "nextTryAt"`;

const insert = webhooks.insert({
  only: ['webhookId', 'name', 'url', 'types', 'status', 'secret', 'toldSeq'],
  onConflict: `RETURNING ${WEBHOOK}`,
});

/** Also keeps others from making webhooks until the transaction ends. */
export async function countWebhooks(tx: Statements): Promise<number> {
  // More than that is not read by anybody, and less is not changed.
  await tx.rows(`SELECT pg_advisory_xact_lock(724120003)`);
  const [row] = await tx.rows<{ count: number }>('SELECT count(*) AS count FROM webhooks');
  return row?.count ?? 0;
}

export type WebhookRow = Pick<WebhookEntity, 'webhookId' | 'name' | 'url' | 'types' | 'secret' | 'toldSeq'>;

export async function insertWebhook(on: Statements, row: WebhookRow): Promise<Webhook> {
  const [made] = await runAll<Webhook>(on, insert([{ ...row, status: 'ACTIVE' }]));
  if (made === undefined) throw new Error('an inserted webhook gave no row');
  return made;
}

/** Reads webhooks, the newest first. @param before the id of the last of the page before */
export async function listWebhooks(on: Statements, before: string, limit: number): Promise<Webhook[]> {
  return await on.rows<Webhook>(
    `SELECT ${WEBHOOK} FROM webhooks WHERE webhook_id < $1::uuid ORDER BY webhook_id DESC LIMIT $2`,
    [before, limit],
  );
}

export async function readWebhook(on: Statements, webhookId: string): Promise<Webhook | undefined> {
  return await firstOf<Webhook>(on, `SELECT ${WEBHOOK} FROM webhooks WHERE webhook_id = $1`, [webhookId]);
}

/** As {@link readWebhook}; until the transaction ends nobody else changes it. */
export async function lockWebhook(tx: Statements, webhookId: string): Promise<Webhook | undefined> {
  return await firstOf<Webhook>(
    tx,
    `SELECT ${WEBHOOK} FROM webhooks WHERE webhook_id = $1 FOR NO KEY UPDATE`,
    [webhookId],
  );
}

/** Begins anew with a webhook that is tried at once, as if it had never failed. */
const AFRESH = 'failures = 0, failing_since = NULL, due_at = now(), updated_at = now()';

export interface WebhookChange {
  readonly name?: string | undefined;
  readonly url?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly status?: 'ACTIVE' | 'PAUSED' | undefined;
}

/** Changes what is given. */
export async function updateWebhook(
  tx: Statements,
  webhookId: string,
  { name, url, types, status }: WebhookChange,
): Promise<Webhook | undefined> {
  return await firstOf<Webhook>(
    tx,
    `UPDATE webhooks SET name = coalesce($2, name), url = coalesce($3, url), types = coalesce($4::text[], types),
       status = coalesce($5, status),
       status_reason = CASE $5 WHEN 'ACTIVE' THEN NULL WHEN 'PAUSED' THEN 'REQUESTED' ELSE status_reason END, ${AFRESH}
     WHERE webhook_id = $1 RETURNING ${WEBHOOK}`,
    [webhookId, name ?? null, url ?? null, types ?? null, status ?? null],
  );
}

/** Puts another secret in the place of a webhook's, which signs for a day still. */
export async function rotateSecret(
  on: Statements,
  webhookId: string,
  secret: Buffer,
): Promise<Webhook | undefined> {
  return await firstOf<Webhook>(
    on,
    `UPDATE webhooks SET previous_secret = secret, previous_until = now() + interval '1 day', secret = $2,
       updated_at = now()
     WHERE webhook_id = $1 RETURNING ${WEBHOOK}`,
    [webhookId, secret],
  );
}

/** Moves the cursor, to wherever it was. */
export async function moveCursor(
  tx: Statements,
  webhookId: string,
  toldSeq: number,
): Promise<Webhook | undefined> {
  return await firstOf<Webhook>(
    tx,
    `UPDATE webhooks SET told_seq = $2, owed_since = NULL, ${AFRESH} WHERE webhook_id = $1 RETURNING ${WEBHOOK}`,
    [webhookId, toldSeq],
  );
}

/** @returns the webhook that is told nothing any more; `undefined` where there is none */
export async function deleteWebhook(on: Statements, webhookId: string): Promise<Webhook | undefined> {
  return await firstOf<Webhook>(on, `DELETE FROM webhooks WHERE webhook_id = $1 RETURNING ${WEBHOOK}`, [
    webhookId,
  ]);
}

/** Reads what a test is sent with, also to a webhook that is paused. */
export async function readReceiver(
  on: Statements,
  webhookId: string,
): Promise<
  { readonly url: string; readonly secret: Buffer; readonly previousSecret: Buffer | null } | undefined
> {
  return await firstOf<{ url: string; secret: Buffer; previousSecret: Buffer | null }>(
    on,
    `SELECT url, secret, CASE WHEN previous_until > now() THEN previous_secret END AS "previousSecret"
     FROM webhooks WHERE webhook_id = $1`,
    [webhookId],
  );
}

/** Reads tries, the latest first. @param before the number of the last of the page before */
export async function listDeliveries(
  on: Statements,
  webhookId: string,
  before: number,
  limit: number,
): Promise<WebhookDeliveryEntity[]> {
  return await on.rows<WebhookDeliveryEntity>(
    `SELECT ${deliveries.columns()} FROM webhook_deliveries
     WHERE webhook_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3`,
    [webhookId, before, limit],
  );
}

export const OLD_DELIVERIES = oldestOf('webhook_deliveries', { by: 'at' });

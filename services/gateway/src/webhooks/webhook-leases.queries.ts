import { firstOf, type Statements } from '@jangteo/database';
import type { Attempt, AfterFailure, WebhookMessage, WebhookStatus } from '../domain/webhook.js';

/** All webhooks, at a glance. */
export interface Overview {
  /** The furthest cursor of those that can be delivered to now; null where there is none. */
  readonly dueFrom: number | null;
  readonly oldestAgeSeconds: number;
  readonly stopped: number;
}

/** A webhook that a gateway delivers to, as it was read last. */
export interface Leased {
  readonly webhookId: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly status: WebhookStatus;
  readonly toldSeq: number;
  readonly failures: number;
  /** Milliseconds since the first of these. */
  readonly failingMs: number;
  readonly secret: Buffer;
  readonly previousSecret: Buffer | null;
}

/** Deliveries of each webhook that are kept at most. */
export const DELIVERIES_KEPT = 1_000;

export const LEASED = `webhook_id AS "webhookId", url, types, status, told_seq AS "toldSeq", failures,
  coalesce(extract(epoch FROM now() - failing_since) * 1000, 0)::float8 AS "failingMs",
  secret, CASE WHEN previous_until > now() THEN previous_secret END AS "previousSecret"`;

const IS_DUE = `status = 'ACTIVE' AND due_at <= now() AND (leased_until IS NULL OR leased_until <= now())`;

export async function readOverview(on: Statements): Promise<Overview> {
  const [row] = await on.rows<Overview>(
    `SELECT max(told_seq) FILTER (WHERE ${IS_DUE}) AS "dueFrom",
       coalesce(greatest(0, extract(epoch FROM now() - min(owed_since) FILTER (WHERE status = 'ACTIVE'))), 0)::float8
         AS "oldestAgeSeconds",
       count(*) FILTER (WHERE status_reason <> 'REQUESTED') AS stopped
     FROM webhooks`,
  );
  return row ?? { dueFrom: null, oldestAgeSeconds: 0, stopped: 0 };
}

export interface Leasing {
  readonly holder: string;
  readonly leaseMs: number;
}

/**
 * Takes webhooks that can be delivered to now and were not told all up to a number; what other gateways are at is left
 * to them.
 */
export async function leaseDue(
  on: Statements,
  { holder, leaseMs }: Leasing,
  upTo: number,
  limit: number,
): Promise<Leased[]> {
  return await on.rows<Leased>(
    `UPDATE webhooks SET lease_holder = $1, leased_until = now() + $2 * interval '1 ms'
     WHERE webhook_id = ANY(ARRAY(
       SELECT webhook_id FROM webhooks WHERE ${IS_DUE} AND told_seq < $3
       ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED))
     RETURNING ${LEASED}`,
    [holder, leaseMs, upTo, limit],
  );
}

/** Notes of webhooks that can be delivered to now, and for which there is no place, that they wait from now on. */
export async function noteWaiting(on: Statements, upTo: number): Promise<void> {
  await on.rows(
    `UPDATE webhooks SET owed_since = now() WHERE webhook_id = ANY(ARRAY(
       SELECT webhook_id FROM webhooks WHERE ${IS_DUE} AND told_seq < $1 AND owed_since IS NULL
       FOR UPDATE SKIP LOCKED))`,
    [upTo],
  );
}

/** Lets others deliver to a webhook at once; it comes after those that wait already. */
export async function endLease(on: Statements, holder: string, webhookId: string): Promise<void> {
  await on.rows(
    `UPDATE webhooks SET lease_holder = NULL, leased_until = NULL, due_at = greatest(due_at, now())
     WHERE webhook_id = $2 AND lease_holder = $1`,
    [holder, webhookId],
  );
}

/** Keeps a try under the webhook's next number, $1 to $6, beside what is `changed` of the webhook; the oldest one goes. */
const noted = (changed: string): string => `
  WITH changed AS (${changed} RETURNING *),
  noted AS (
    INSERT INTO webhook_deliveries (webhook_id, number, message_id, type, sequence, took_ms, status, error)
    SELECT webhook_id, tries, $1, $2, $3::bigint, $4::int, $5::int, $6 FROM changed
  ), gone AS (
    DELETE FROM webhook_deliveries AS d USING changed
    WHERE d.webhook_id = changed.webhook_id AND d.number <= changed.tries - ${DELIVERIES_KEPT}
  )`;

const notedValues = (
  { messageId, type, sequence }: WebhookMessage,
  { tookMs, status, error }: Attempt,
): unknown[] => [messageId, type, sequence ?? null, tookMs, status ?? null, error ?? null];

const DELIVERED = `${noted(`
  UPDATE webhooks SET
    told_seq = CASE WHEN told_seq = $10 THEN $3::bigint ELSE told_seq END,
    owed_since = $11, failures = 0, failing_since = NULL, tries = tries + 1,
    leased_until = now() + $9 * interval '1 ms'
  WHERE webhook_id = $7 AND lease_holder = $8`)}
  SELECT ${LEASED} FROM changed`;

/**
 * Notes that a record was delivered, moves the cursor to it, unless somebody has moved that meanwhile, and keeps the
 * lease.
 *
 * @param owedSince when the next record happened that it is to be told, where there is one
 * @returns the webhook as it is now; `undefined` where the lease was lost
 */
export async function noteDelivered(
  on: Statements,
  { webhookId, toldSeq }: Pick<Leased, 'webhookId' | 'toldSeq'>,
  { holder, leaseMs }: Leasing,
  told: {
    readonly message: WebhookMessage;
    readonly attempt: Attempt;
    readonly owedSince: string | undefined;
  },
): Promise<Leased | undefined> {
  const values = notedValues(told.message, told.attempt);
  return await firstOf<Leased>(on, DELIVERED, [
    ...values,
    webhookId,
    holder,
    leaseMs,
    toldSeq,
    told.owedSince ?? null,
  ]);
}

/** Moves the cursor over records that a webhook does not want. @returns as {@link noteDelivered} */
export async function passOver(
  on: Statements,
  { webhookId, toldSeq }: Pick<Leased, 'webhookId' | 'toldSeq'>,
  { holder, leaseMs }: Leasing,
  upTo: number,
): Promise<Leased | undefined> {
  return await firstOf<Leased>(
    on,
    `UPDATE webhooks SET told_seq = CASE WHEN told_seq = $3 THEN $4::bigint ELSE told_seq END, owed_since = NULL,
       leased_until = now() + $5 * interval '1 ms'
     WHERE webhook_id = $1 AND lease_holder = $2 RETURNING ${LEASED}`,
    [webhookId, holder, toldSeq, upTo, leaseMs],
  );
}

/** What was tried is what the webhook is still: a failure of what it was before somebody changed it is no failure. */
const IS_SAME = `status = 'ACTIVE' AND failures = $9 AND url = $10`;

const FAILED = `${noted(`
  UPDATE webhooks SET
    failures = CASE WHEN ${IS_SAME} THEN failures + 1 ELSE failures END,
    failing_since = CASE WHEN ${IS_SAME} THEN coalesce(failing_since, now()) ELSE failing_since END,
    due_at = CASE WHEN ${IS_SAME} THEN now() + $11 * interval '1 ms' ELSE due_at END,
    status = CASE WHEN ${IS_SAME} THEN $12 ELSE status END,
    status_reason = CASE WHEN ${IS_SAME} THEN $13 ELSE status_reason END,
    owed_since = $14, tries = tries + 1
  WHERE webhook_id = $7 AND lease_holder = $8`)}
  SELECT 1 AS one FROM changed`;

/** Notes that a record was not delivered, and what follows. */
export async function noteFailed(
  on: Statements,
  { webhookId, failures, url }: Pick<Leased, 'webhookId' | 'failures' | 'url'>,
  holder: string,
  failed: {
    readonly message: WebhookMessage;
    readonly attempt: Attempt;
    readonly owedSince: string;
    readonly next: AfterFailure;
  },
): Promise<void> {
  const { message, attempt, owedSince, next } = failed;
  await on.rows(FAILED, [
    ...notedValues(message, attempt),
    webhookId,
    holder,
    failures,
    url,
    next.status === 'ACTIVE' ? next.pauseMs : 0,
    next.status,
    next.status === 'ACTIVE' ? null : next.reason,
    owedSince,
  ]);
}

/** Stops a webhook whose next records were deleted, so that somebody says where it goes on. */
export async function stopForDeleted(on: Statements, holder: string, webhookId: string): Promise<void> {
  await on.rows(
    `UPDATE webhooks SET status = 'PAUSED', status_reason = 'RECORDS_DELETED'
     WHERE webhook_id = $2 AND lease_holder = $1 AND status = 'ACTIVE'`,
    [holder, webhookId],
  );
}

const TESTED = `${noted('UPDATE webhooks SET tries = tries + 1 WHERE webhook_id = $7')}
  SELECT tries AS number, now() AS at FROM changed`;

/** Notes a test. @returns its number and time; `undefined` where the webhook is gone */
export async function noteTest(
  on: Statements,
  webhookId: string,
  message: WebhookMessage,
  attempt: Attempt,
): Promise<{ readonly number: number; readonly at: Date } | undefined> {
  return await firstOf<{ number: number; at: Date }>(on, TESTED, [
    ...notedValues(message, attempt),
    webhookId,
  ]);
}

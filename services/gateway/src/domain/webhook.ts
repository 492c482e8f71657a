import { backoffMs, HOUR_MS, orderRecord, type OrderRecord } from '@jangteo/contracts';

/** PAUSED goes on when somebody says so; DISABLED was ended by its receiver, and goes on in the same way. */
export const WEBHOOK_STATUSES = ['ACTIVE', 'PAUSED', 'DISABLED'] as const;

export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** Those that staff may ask for. */
export const REQUESTED_STATUSES = ['ACTIVE', 'PAUSED'] as const satisfies readonly WebhookStatus[];

export const STOP_REASONS = ['REQUESTED', 'FAILING', 'GONE', 'RECORDS_DELETED'] as const;

/** Types of records that a webhook can be told. */
export const EVENT_TYPES = orderRecord.shape.type.options;

export type EventType = (typeof EVENT_TYPES)[number];

/** A message as Standard Webhooks has it. */
export interface WebhookMessage {
  /** The same whenever it is sent, to whomever. It has no dots, which part it from the time in what is signed. */
  readonly messageId: string;
  readonly type: string;
  /** The number of its record; `undefined` of a test. */
  readonly sequence?: number;
  readonly body: string;
}

/** The end of a try: delivered where there is no error. */
export interface Attempt {
  readonly tookMs: number;
  /** The answer's HTTP status, where there was an answer. */
  readonly status?: number;
  /** What went wrong, for people. */
  readonly error?: string;
}

/** An order succeeds once and is cancelled once, so both together are a name that no restored database gives again. */
export function messageOf(record: OrderRecord): WebhookMessage {
  const { type, orderId, sequence, occurredAt } = record;
  const body = JSON.stringify({ type, timestamp: occurredAt, data: record });
  return { messageId: `${type.replaceAll('.', '-')}-${orderId}`, type, sequence, body };
}

export function testMessageOf(webhookId: string, id: string, now: Date): WebhookMessage {
  const type = 'webhook.test';
  const body = JSON.stringify({ type, timestamp: now.toISOString(), data: { webhookId } });
  return { messageId: `webhook-test-${id}`, type, body };
}

/** What was wrong with an answer; `undefined` where it confirms. */
export function faultOfStatus(status: number): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  return status >= 300 && status < 400 ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
}

/** For so long tries come at growing pauses, */
const EAGER_MS = 72 * HOUR_MS;
const EAGER_PAUSE_MS_MAX = 6 * HOUR_MS;
/** and then at these, */
const LATE_PAUSE_MS = 12 * HOUR_MS;
/** until it is paused. */
const FAILING_MS_MAX = 120 * HOUR_MS;
const GONE = 410;

/** A webhook's failures in a row before a try that failed, and for how long they have gone on. */
export interface Failing {
  readonly failures: number;
  readonly failingMs: number;
}

/** What follows from a try that failed: another one after a pause, or none. */
export type AfterFailure =
  | { readonly status: 'ACTIVE'; readonly pauseMs: number }
  | { readonly status: 'PAUSED'; readonly reason: 'FAILING' }
  | { readonly status: 'DISABLED'; readonly reason: 'GONE' };

/**
 * Pauses double for three days, then tries come twice a day; after five days of nothing but failures it is paused. No
 * record is ever passed over.
 *
 * @param retryMs the first pause
 * @param chance 0 to 1, by which pauses of many webhooks differ
 */
export function afterFailure(
  { failures, failingMs }: Failing,
  { status }: Pick<Attempt, 'status'>,
  { retryMs, chance }: { readonly retryMs: number; readonly chance: number },
): AfterFailure {
  if (status === GONE) return { status: 'DISABLED', reason: 'GONE' };
  if (failingMs >= FAILING_MS_MAX) return { status: 'PAUSED', reason: 'FAILING' };
  const usualMs =
    failingMs < EAGER_MS ? backoffMs({ retryMs, retryMsMax: EAGER_PAUSE_MS_MAX }, failures) : LATE_PAUSE_MS;
  return { status: 'ACTIVE', pauseMs: Math.round(usualMs * (0.75 + chance / 2)) };
}

import type { Id, Instant, OrderRecord } from './api.js';

/** The body of a webhook is not from the shop, or too old. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}

/** What a webhook of the shop tells: a record, whose type it has, or that somebody tries it. */
export type WebhookEvent =
  | { readonly type: OrderRecord['type']; readonly timestamp: Instant; readonly data: OrderRecord }
  | {
      readonly type: 'webhook.test';
      readonly timestamp: Instant;
      readonly data: { readonly webhookId: Id };
    };

export interface VerifyOptions {
  /** Seconds by which the sender's clock may differ from ours, or the message be old. */
  readonly toleranceSeconds?: number;
  /** The time, in milliseconds. */
  readonly now?: number;
}

/** Headers as `fetch`, Node's `http` and the frameworks on it have them. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

const TOLERANCE_SECONDS = 300;
const PREFIX = 'whsec_';

function headerOf(headers: WebhookHeaders, name: string): string {
  const found =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const value = Array.isArray(found) ? (found as string[]).join(' ') : (found as string | null | undefined);
  if (!value) throw new WebhookError(`${name} is missing`);
  return value;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

function joined(before: string, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = [encoder.encode(before), typeof body === 'string' ? encoder.encode(body) : body];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  bytes.set(parts[0] as Uint8Array);
  bytes.set(parts[1] as Uint8Array, (parts[0] as Uint8Array).length);
  return bytes;
}

async function isSignedBy(
  secret: string,
  bytes: BufferSource,
  signatures: readonly string[],
): Promise<boolean> {
  const raw = bytesOf(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  if (raw.length === 0) throw new WebhookError('The secret is none');
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['verify']);
  // `verify` compares in constant time.
  const verified = signatures.map((signature) =>
    crypto.subtle.verify('HMAC', key, bytesOf(signature), bytes),
  );
  return (await Promise.all(verified)).some(Boolean);
}

/**
 * Verifies a webhook by Standard Webhooks and reads its body. Whoever gets one answers 2xx soon, and takes what came
 * under a `webhook-id` twice for one.
 *
 * @param body as it came: parsed and printed again it is another one
 * @param secret `whsec_…`, or several while they are rotated
 * @returns the body's JSON
 * @throws WebhookError
 */
export async function verify<T = WebhookEvent>(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now() }: VerifyOptions = {},
): Promise<T> {
  const [id, timestamp] = [headerOf(headers, 'webhook-id'), headerOf(headers, 'webhook-timestamp')];
  if (!/^\d+$/.test(timestamp)) throw new WebhookError('webhook-timestamp is none');
  if (Math.abs(now / 1_000 - Number(timestamp)) > toleranceSeconds) {
    throw new WebhookError('The message is too old, or the clocks differ');
  }
  const signatures = headerOf(headers, 'webhook-signature')
    .split(' ')
    .flatMap((part) => (part.startsWith('v1,') ? [part.slice('v1,'.length)] : []));
  const bytes = joined(`${id}.${timestamp}.`, body);
  for (const one of typeof secret === 'string' ? [secret] : secret) {
    if (await isSignedBy(one, bytes, signatures)) {
      return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as T;
    }
  }
  throw new WebhookError('The signature is not of this secret');
}

import { createHmac } from 'node:crypto';
import type { PlatformRecord } from '../domain/data-platform.js';
import type { PlatformSink } from './sink.js';

/** Carries `t=<seconds since 1970>,v1=<HMAC-SHA256 in hex>`. */
export const SIGNATURE_HEADER = 'X-Jangteo-Signature';

/** Signs a body and the time, so that the receiver knows who sent it, and when, and it cannot be replayed. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}

/** Posts records as a JSON array; any answer of 2xx confirms all of them. */
export class HttpSink implements PlatformSink {
  readonly kind = 'http';
  readonly target: string;

  constructor(
    private readonly url: URL,
    private readonly secret: string | undefined,
  ) {
    // A query may hold a token.
    this.target = `${url.origin}${url.pathname}`;
  }

  async send(records: readonly PlatformRecord[], signal: AbortSignal, now: Date): Promise<void> {
    const body = JSON.stringify(records);
    const headers = new Headers({ 'content-type': 'application/json', 'user-agent': 'jangteo' });
    if (this.secret !== undefined) {
      headers.set(SIGNATURE_HEADER, signatureOf(this.secret, Math.floor(now.getTime() / 1_000), body));
    }
    // A redirect is a failure: what is signed for one receiver is nobody else's.
    const response = await fetch(this.url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
  }

  async close(): Promise<void> {}
}

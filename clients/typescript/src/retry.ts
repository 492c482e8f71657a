import type { JangteoError } from './problem.js';

/** Bounds of what a client asks again by itself. */
export interface Retry {
  /** How often a call is sent at most, the first time included. */
  readonly tries: number;
  /** The longest first pause; each one after it may be twice as long. */
  readonly baseMs: number;
  /** No pause is longer; where the shop asks for a longer one the error is thrown at once. */
  readonly longestMs: number;
}

export const RETRY: Retry = { tries: 4, baseMs: 250, longestMs: 20_000 };

interface Repeatable {
  readonly method: string;
  /** True if the call carries an Idempotency-Key. */
  readonly isKeyed: boolean;
}

/**
 * Says whether a call may be sent again after an error. What was refused before anything was done may always be; where
 * the outcome is not known, only a read, and what the shop answers as the first time.
 */
export function mayRepeat({ method, isKeyed }: Repeatable, { code, status }: JangteoError): boolean {
  // The order was given up, and this is its answer: it stays the same under the same key.
  if (code === 'ORDER_TIMED_OUT') return false;
  const isSafe = isKeyed || method === 'GET';
  if (status === 429) return true;
  // A proxy may say so of itself after the shop got the request.
  if (status === 503) return isSafe || code !== 'NO_PROBLEM';
  return (
    isSafe && (code === 'NO_ANSWER' || code === 'IDEMPOTENCY_KEY_IN_USE' || status === 502 || status === 504)
  );
}

/**
 * The pause before the next try, or nothing where there is none.
 *
 * @param tried how often the call was sent
 * @param random from 0 to 1: many clients that failed together must not come back together
 */
export function pauseMs(
  retry: Retry,
  tried: number,
  retryAfterMs: number | undefined,
  random: number,
): number | undefined {
  if (tried >= retry.tries || (retryAfterMs ?? 0) > retry.longestMs) return undefined;
  const spread = random * Math.min(retry.longestMs, retry.baseMs * 2 ** (tried - 1));
  return (retryAfterMs ?? 0) + spread;
}

/** @throws the signal's reason once it is aborted */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

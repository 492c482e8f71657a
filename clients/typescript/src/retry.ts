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

/** Waits for what others may wait for too, and may go on without us. @throws the signal's reason once it is aborted */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  let end = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  return await Promise.race([aborted, work]).finally(() => signal.removeEventListener('abort', end));
}

/** @throws the signal's reason once it is aborted */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await unlessAborted(over, signal).finally(() => clearTimeout(timer));
}

/**
 * Waits until a call that failed may be sent again.
 *
 * @param tried how often it was sent
 * @param leftMs within which it must be sent again, if at all
 * @throws the error where it may not, and the signal's reason once it is aborted
 */
export async function awaitNextTry(
  call: Repeatable,
  error: JangteoError,
  retry: Retry,
  tried: number,
  { signal, leftMs = Infinity }: { readonly signal?: AbortSignal | undefined; readonly leftMs?: number },
): Promise<void> {
  const wait = mayRepeat(call, error) ? pauseMs(retry, tried, error.retryAfterMs, Math.random()) : undefined;
  if (wait === undefined || wait > leftMs) throw error;
  await pause(wait, signal);
}

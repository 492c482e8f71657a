import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '@jangteo/contracts';

const RETRIES = { retryMs: 20, retryMsMax: 2_000 };

/** Doubles with every failure up to two seconds, spread so that replicas do not retry in step. */
export function spreadBackoffMs(failures: number, random = Math.random()): number {
  return Math.round(backoffMs(RETRIES, failures) * (0.5 + random / 2));
}

/** Waits, or returns at once when the signal aborts. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch(() => undefined);
}

/** Stands for a promise that did not settle in time. */
export const NOT_IN_TIME = Symbol('not in time');

/** The promise's value, or {@link NOT_IN_TIME}; what it does later is ignored. */
export async function within<T>(promise: Promise<T>, deadlineMs: number): Promise<T | typeof NOT_IN_TIME> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof NOT_IN_TIME>((resolve) => {
    timer = setTimeout(() => resolve(NOT_IN_TIME), deadlineMs);
    // A deadline alone keeps no process alive.
    timer.unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

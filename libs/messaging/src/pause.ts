import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 20;
const PAUSE_MS_MAX = 2_000;

/** Doubles with every failure up to two seconds, spread so that replicas do not retry in step. */
export function backoffMs(failures: number, random = Math.random()): number {
  const full = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 20), PAUSE_MS_MAX);
  return Math.round(full * (0.5 + random / 2));
}

/** Waits, or returns at once when the signal aborts. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch(() => undefined);
}

/** Stands for a promise that did not settle in time. */
export const TOO_LATE = Symbol('too late');

/** The promise's value, or {@link TOO_LATE}; what it does later is ignored. */
export async function within<T>(promise: Promise<T>, deadlineMs: number): Promise<T | typeof TOO_LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof TOO_LATE>((resolve) => {
    timer = setTimeout(() => resolve(TOO_LATE), deadlineMs);
    // A deadline alone keeps no process alive.
    timer.unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

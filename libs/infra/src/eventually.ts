import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

export interface Patience {
  /** Milliseconds until it gives up; 30 s unless told: a machine may have more to do than this. */
  readonly deadlineMs?: number;
  /** Milliseconds from one look to the next; longer where a look costs something. */
  readonly everyMs?: number;
}

/**
 * Waits until `condition` is true, or returns without throwing and without `false`, and gives its value.
 * @throws Error with the last failure when the deadline passes
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { deadlineMs = 30_000, everyMs = LOOK_EVERY_MS }: Patience = {},
): Promise<Exclude<T, false>> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    let failure: unknown = 'the condition stayed false';
    try {
      const value = await condition();
      if (value !== false) return value as Exclude<T, false>;
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= giveUpAt) {
      throw new Error(`Not so after ${deadlineMs} ms: ${String(failure)}`, { cause: failure });
    }
    await sleep(everyMs);
  }
}

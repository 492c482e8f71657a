import { setTimeout as pause } from 'node:timers/promises';

/** Of much that is done in steps: one step, then so many times as long for the others. */
const REST = 3;

/** Does a step and rests, so that others who want the same rows have their turn; a stop ends the rest. */
export async function stepAndRest<T>(step: () => Promise<T>, stopping: AbortSignal): Promise<T> {
  const startedMs = performance.now();
  const result = await step();
  const restMs = (performance.now() - startedMs) * REST;
  await pause(restMs, undefined, { signal: stopping }).catch(() => undefined);
  return result;
}

/**
 * Does the same with each, whatever becomes of the others.
 * @throws Error that names each that it could not be done with
 */
export async function eachInTurn<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  for (const one of all) {
    try {
      await work(one);
    } catch (error) {
      failures.push(`${nameOf(one)}: ${String(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(failures.join('; '));
}

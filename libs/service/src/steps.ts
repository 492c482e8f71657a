import { setTimeout as pause } from 'node:timers/promises';
import { BusyFailure, TransientFailure } from '@jangteo/contracts';

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

/** One failure for many: of the worst of their sorts (busy, away, a bug), and with the first bug as its cause. */
export function together(message: string, errors: readonly unknown[]): Error {
  const bug = errors.find((error) => !(error instanceof TransientFailure));
  if (bug !== undefined) return new Error(message, { cause: bug });
  const isBusy = errors.every((error) => error instanceof BusyFailure);
  return isBusy ? new BusyFailure(message) : new TransientFailure(message);
}

/**
 * Does the same with each, whatever becomes of the others.
 * @throws one failure that names each that it could not be done with, as {@link together}
 */
export async function eachInTurn<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  const errors: unknown[] = [];
  for (const one of all) {
    try {
      await work(one);
    } catch (error) {
      failures.push(`${nameOf(one)}: ${String(error)}`);
      errors.push(error);
    }
  }
  if (errors.length > 0) throw together(failures.join('; '), errors);
}

import { AsyncLocalStorage } from 'node:async_hooks';

/** Thrown by work whose database or other resource is away for a while: retried, never dead-lettered. */
export class TransientFailure extends Error {
  override readonly name: string = 'TransientFailure';
}

/** The resource is there, but somebody else holds what this work needs: other work can go on meanwhile. */
export class BusyFailure extends TransientFailure {
  override readonly name: string = 'BusyFailure';
}

const haste = new AsyncLocalStorage<true>();

/** Runs work that had better fail as busy than wait long for what somebody else holds. */
export function inHaste<T>(work: () => T): T {
  return haste.run(true, work);
}

/** Whether this is called by work that runs {@link inHaste}. */
export function isInHaste(): boolean {
  return haste.getStore() === true;
}

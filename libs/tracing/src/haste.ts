import { AsyncLocalStorage } from 'node:async_hooks';

const haste = new AsyncLocalStorage<true>();

/** Runs work that had better fail as busy than wait long for what somebody else holds. */
export function inHaste<T>(work: () => T): T {
  return haste.run(true, work);
}

/** True when called by work that runs {@link inHaste}. */
export function isInHaste(): boolean {
  return haste.getStore() === true;
}

import { JangteoError } from '@jangteo/client';

/** What is wrong with the fields of a form that was refused, by their names: all of it, where that is several things. */
export function faultsOf(error: unknown): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  for (const { path, message } of error instanceof JangteoError ? error.fields : []) {
    const known = faults.get(path);
    faults.set(path, known === undefined ? message : `${known}; ${message}`);
  }
  return faults;
}

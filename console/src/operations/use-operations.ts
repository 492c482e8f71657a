import { JangteoError, type OperationOfStaff } from '@jangteo/client';
import { useQueries } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useApi } from '../api/index.js';
import { fatesOf, lookAgainMs, type Fates } from './progress.js';
import type { Undertaking, Undertakings } from './undertakings.js';

export const useUndertakings = <Thing>(all: Undertakings<Thing>): readonly Undertaking<Thing>[] =>
  useSyncExternalStore(all.subscribe, all.all);

/** What could not be read is asked for again; what there is not yet, so often. */
const [UNREAD_MS, MISSING_MAX] = [2_000, 5];

interface Read {
  readonly data: OperationOfStaff | undefined;
  readonly error: Error | null;
  readonly errorUpdateCount: number;
}

function lookAgain({ data, error, errorUpdateCount }: Read): number | false {
  if (data !== undefined) return lookAgainMs(data, Date.now()) ?? false;
  const isMissing = error instanceof JangteoError && error.status === 404;
  return isMissing && errorUpdateCount > MISSING_MAX ? false : UNREAD_MS;
}

/**
 * What became of calls so far, looked at until nothing of them is open. It goes on while something is being chosen: it
 * moves nothing.
 *
 * @returns those that are read by now
 */
export function useOperations(operationIds: readonly string[]): {
  readonly operations: readonly OperationOfStaff[];
  /** Undefined until each has been read once. */
  readonly fates: Fates | undefined;
  readonly error: Error | null;
} {
  const api = useApi();
  const reads = useQueries({
    queries: operationIds.map((operationId) => ({
      queryKey: ['operation', operationId],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => api.admin.operation(operationId, { signal }),
      refetchInterval: ({ state }: { readonly state: Read }) => lookAgain(state),
    })),
  });
  const operations = reads.flatMap(({ data }) => data ?? []);
  const isWhole = operations.length === operationIds.length && operations.length > 0;
  return {
    operations,
    fates: isWhole ? fatesOf(operations) : undefined,
    error: reads.find(({ error }) => error !== null)?.error ?? null,
  };
}

import { keepPreviousData, useQuery, type QueryKey } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Freshness } from '../ui/LiveLine.js';
import { useIsHeld } from '../ui/hold.js';

/** After so many tries in vain it waits for whoever looks to ask again. */
const TRIES_MAX = 5;

export interface Fresh<T> {
  /** The last that was heard: it stays while nothing newer comes. */
  readonly data: T | undefined;
  /** True where the data are of what was asked for before, and the others still to come. */
  readonly isEarlier: boolean;
  /** Of the last try; undefined once one succeeds. */
  readonly error: Error | null;
  readonly freshness: Freshness;
  readonly refresh: () => void;
}

/**
 * Reads something, and again every so often, but not under the hand of whoever chooses something on the page.
 *
 * @param key names what is read, its arguments included
 * @param everyMs undefined for once
 */
export function useFresh<T>(
  key: QueryKey,
  read: (signal: AbortSignal) => Promise<T>,
  { everyMs, isWanted = true }: { readonly everyMs?: number | undefined; readonly isWanted?: boolean } = {},
): Fresh<T> {
  const isHeld = useIsHeld();
  const [tries, setTries] = useState(0);
  const isStopped = tries >= TRIES_MAX;
  const query = useQuery<T>({
    queryKey: key,
    queryFn: ({ signal }) => read(signal),
    enabled: isWanted,
    refetchInterval: everyMs === undefined || isHeld || isStopped ? false : everyMs,
    placeholderData: keepPreviousData,
  });
  const { dataUpdatedAt, errorUpdatedAt } = query;
  const counted = useRef(0);
  useEffect(() => {
    if (errorUpdatedAt > Math.max(dataUpdatedAt, counted.current)) {
      counted.current = errorUpdatedAt;
      setTries((old) => old + 1);
    } else if (dataUpdatedAt > errorUpdatedAt) setTries(0);
  }, [dataUpdatedAt, errorUpdatedAt]);
  const refresh = () => void query.refetch();
  const connect = () => {
    setTries(0);
    refresh();
  };
  return {
    data: query.data,
    isEarlier: query.isPlaceholderData,
    error: query.error,
    freshness: { at: dataUpdatedAt, tries, isStopped, connect },
    refresh,
  };
}

import { keepPreviousData, useQuery, type QueryKey } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Freshness } from '../ui/LiveLine.js';
import { useIsHeld } from '../ui/hold.js';

/** After so many tries in vain it waits for whoever looks to ask again. */
const TRIES_MAX = 5;
/** Where nobody may be there to do so it goes on, after pauses that grow up to this. */
const PAUSE_MS_MAX = 15_000;

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

export interface Again<T> {
  /** Between two reads; undefined where it is not read again. It may depend on what was read last. */
  readonly everyMs?: number | undefined | ((data: T | undefined) => number | undefined);
  readonly isWanted?: boolean;
  /** It never gives up: nobody may be there who would ask again. */
  readonly isEndless?: boolean;
}

/**
 * Reads something, and again every so often, but not under the hand of whoever chooses something on the page.
 *
 * @param key names what is read, its arguments included
 */
export function useFresh<T>(
  key: QueryKey,
  read: (signal: AbortSignal) => Promise<T>,
  { everyMs, isWanted = true, isEndless = false }: Again<T> = {},
): Fresh<T> {
  const isHeld = useIsHeld();
  const [tries, setTries] = useState(0);
  const isStopped = !isEndless && tries >= TRIES_MAX;
  const pauseAfter = (data: T | undefined): number | false => {
    const pause = typeof everyMs === 'function' ? everyMs(data) : everyMs;
    if (pause === undefined || isHeld || isStopped) return false;
    return isEndless ? Math.max(pause, Math.min(PAUSE_MS_MAX, pause * 2 ** tries)) : pause;
  };
  const query = useQuery<T>({
    queryKey: key,
    queryFn: ({ signal }) => read(signal),
    enabled: isWanted,
    refetchInterval: ({ state }) => pauseAfter(state.data),
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

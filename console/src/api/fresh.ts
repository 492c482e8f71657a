import { keepPreviousData, useQuery, type QueryKey } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useAddress } from '../ui/address.js';
import type { Freshness } from '../ui/freshness.js';
import { useIsHeld } from '../ui/hold.js';
import { isGivenUp, pauseBefore } from './again.js';

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
  /** It never gives up: nobody may be there who would ask again. So it is with all that is shown on a wall. */
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
  { everyMs, isWanted = true, isEndless: neverStops = false }: Again<T> = {},
): Fresh<T> {
  const isHeld = useIsHeld();
  const [{ wall }] = useAddress();
  const isEndless = neverStops || wall === '1';
  const [tries, setTries] = useState(0);
  const everyMsOf = (data: T | undefined) => (typeof everyMs === 'function' ? everyMs(data) : everyMs);
  const query = useQuery<T>({
    queryKey: key,
    queryFn: ({ signal }) => read(signal),
    enabled: isWanted,
    refetchInterval: ({ state }) => {
      const usual = everyMsOf(state.data);
      return (usual !== undefined && !isHeld && pauseBefore(usual, tries, isEndless)) || false;
    },
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
  const wasHeld = useRef(isHeld);
  // Whoever has read to the end sees the newest at once, not after another pause.
  useEffect(() => {
    const usual = everyMsOf(query.data);
    const isDue = usual !== undefined && Date.now() - dataUpdatedAt > usual;
    if (wasHeld.current && !isHeld && isWanted && isDue) refresh();
    wasHeld.current = isHeld;
  }, [isHeld]);
  const connect = () => {
    setTries(0);
    refresh();
  };
  const isLost = isWanted && tries > 0;
  const connecting = useRef(connect);
  connecting.current = connect;
  // A browser that finds its network again is not waited for.
  useEffect(() => {
    if (!isLost) return undefined;
    const onOnline = () => connecting.current();
    addEventListener('online', onOnline);
    return () => removeEventListener('online', onOnline);
  }, [isLost]);
  return {
    data: query.data,
    isEarlier: query.isPlaceholderData,
    error: query.error,
    freshness: {
      at: dataUpdatedAt,
      everyMs: isWanted ? everyMsOf(query.data) : undefined,
      tries,
      isStopped: isGivenUp(tries, isEndless),
      connect,
    },
    refresh,
  };
}

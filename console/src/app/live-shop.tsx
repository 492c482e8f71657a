import type { ShopNow } from '@jangteo/client';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { useApi } from '../api/index.js';
import { keepHearing } from '../api/keep-hearing.js';
import { stateOf, type Freshness } from '../ui/freshness.js';
import { useNow } from '../ui/now.js';

/** Longer than the ten minutes that are drawn, by the second. */
const KEPT = 610;
const EVERY_MS = 1_000;

export interface LiveShop {
  /** The latest last; empty before the first. */
  readonly heard: readonly ShopNow[];
  /** The shop as it is now; undefined while it is not heard, when what was told last may be true no more. */
  readonly now: ShopNow | undefined;
  readonly freshness: Freshness;
}

const LiveShopContext = createContext<LiveShop | undefined>(undefined);

/** The whole shop as the gateway tells it once a second. */
export function useLiveShop(): LiveShop {
  const live = useContext(LiveShopContext);
  if (live === undefined) throw new Error('nobody hears the shop here');
  return live;
}

/** Hears the shop once for all that show it, for as long as anybody does. */
export function LiveShopProvider({ children }: { readonly children: ReactNode }) {
  const api = useApi();
  const [heard, setHeard] = useState<readonly ShopNow[]>([]);
  const [at, setAt] = useState(0);
  const [tries, setTries] = useState(0);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    void keepHearing((options) => api.admin.live(options), {
      signal: leaving.signal,
      onEvent: ({ type, data }) => {
        if (type !== 'shop') return;
        setHeard((old) => [...old, data].slice(-KEPT));
        setAt(Date.now());
        setTries(0);
      },
      onLost: setTries,
    });
    return () => leaving.abort();
  }, [api, round]);
  const connect = () => setRound((old) => old + 1);
  const freshness = { at, everyMs: EVERY_MS, tries, isStopped: false, connect };
  const isHeard = stateOf(freshness, useNow()) === 'live';
  return (
    <LiveShopContext value={{ heard, now: isHeard ? heard.at(-1) : undefined, freshness }}>
      {children}
    </LiveShopContext>
  );
}

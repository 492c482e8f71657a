import type { ShopNow } from '@jangteo/client';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { useApi } from '../api/index.js';
import type { Freshness } from '../ui/LiveLine.js';

/** Longer than the ten minutes that are drawn, by the second. */
const KEPT = 610;

export interface LiveShop {
  /** The latest last; empty before the first. */
  readonly heard: readonly ShopNow[];
  readonly freshness: Freshness;
}

const LiveShopContext = createContext<LiveShop | undefined>(undefined);

/** The whole shop as the gateway tells it once a second. */
export function useLiveShop(): LiveShop {
  const live = useContext(LiveShopContext);
  if (live === undefined) throw new Error('nobody hears the shop here');
  return live;
}

/** Hears the shop once for all that show it. The client connects again by itself. */
export function LiveShopProvider({ children }: { readonly children: ReactNode }) {
  const api = useApi();
  const [heard, setHeard] = useState<readonly ShopNow[]>([]);
  const [at, setAt] = useState(0);
  const [tries, setTries] = useState(0);
  const [isStopped, stop] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    const listen = async () => {
      try {
        for await (const { type, data } of api.admin.live({ signal: leaving.signal })) {
          if (type !== 'shop') continue;
          setHeard((old) => [...old, data].slice(-KEPT));
          setAt(Date.now());
          setTries(0);
        }
      } catch {
        if (!leaving.signal.aborted) stop(true);
      }
    };
    void listen();
    // Told once a second: what has been silent for long is being connected again.
    const timer = setInterval(() => {
      setAt((last) => {
        if (last > 0) setTries(Math.max(0, Math.floor((Date.now() - last) / 5_000)));
        return last;
      });
    }, 1_000);
    return () => {
      leaving.abort();
      clearInterval(timer);
    };
  }, [api, round]);
  const connect = () => {
    stop(false);
    setTries(0);
    setRound((old) => old + 1);
  };
  return (
    <LiveShopContext value={{ heard, freshness: { at, tries, isStopped, connect } }}>
      {children}
    </LiveShopContext>
  );
}

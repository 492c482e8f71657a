import type { ListedOrder, OrderTimeline } from '@jangteo/client';
import { useEffect, useRef } from 'react';
import { useApi } from '../../api/index.js';
import { useFresh, type Fresh } from '../../api/fresh.js';
import { listed } from '../../api/listed-order.js';
import { useNow } from '../../ui/now.js';

/** How often it is read while it changes, on top of when its stream says that something happened. */
const EVERY_MS = 2_000;
/** What comes once an order has ended, such as the number of its record, comes within this time or much later. */
const RESTLESS_MS = 60_000;
/** Steps that were taken at once are read once. */
const GATHER_MS = 100;

const isInFlight = ({ orderStatus, steps }: OrderTimeline): boolean =>
  orderStatus === 'PENDING' || steps.some(({ state }) => state === 'AWAITED');

/** Whether something may still come by itself. */
function isRestless(timeline: OrderTimeline | undefined): boolean {
  if (timeline === undefined) return false;
  if (isInFlight(timeline)) return true;
  const lastMs = Math.max(
    ...timeline.steps.map(({ answeredAt }) => Date.parse(answeredAt ?? '')).filter(Number.isFinite),
  );
  const isTold = timeline.records.every(({ isSent }) => isSent);
  return !isTold && Date.parse(timeline.readAt) - lastMs < RESTLESS_MS;
}

export interface OrderOnScreen {
  readonly timeline: Fresh<OrderTimeline>;
  /** Has the names of what was ordered; the timeline has ids alone. */
  readonly order: ListedOrder | undefined;
  /** The order service's present, as far as can be told from here. */
  readonly now: number | undefined;
}

/** Reads the timeline of an order, again with each step of an order in flight. */
export function useTimeline(orderId: string, isWanted: boolean): OrderOnScreen {
  const api = useApi();
  const restless = useRef(false);
  const timeline = useFresh(['timeline', orderId], (signal) => api.orders.timeline(orderId, { signal }), {
    everyMs: restless.current ? EVERY_MS : undefined,
    isWanted,
  });
  const { data, refresh, freshness } = timeline;
  const { data: order } = useFresh(['listed', orderId], (signal) => listed(api, data!, signal), {
    isWanted: isWanted && data !== undefined && !timeline.isEarlier,
  });
  restless.current = isRestless(data);
  const isLive = isWanted && data !== undefined && isInFlight(data);
  const refreshed = useRef(refresh);
  refreshed.current = refresh;
  useEffect(() => {
    if (!isLive) return undefined;
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = async (): Promise<void> => {
      try {
        for await (const _ of api.orders.events(orderId, { signal: leaving.signal })) {
          timer ??= setTimeout(() => {
            timer = undefined;
            refreshed.current();
          }, GATHER_MS);
        }
      } catch {
        // It is read every so often all the same.
      }
    };
    void listen();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [api, orderId, isLive]);
  const present = useNow();
  const passedMs = Math.max(0, present - freshness.at);
  const now = data !== undefined && isLive ? Date.parse(data.readAt) + passedMs : undefined;
  return { timeline, order: order ?? undefined, now };
}

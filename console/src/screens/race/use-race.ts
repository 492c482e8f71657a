import { Jangteo, JangteoError, type Coupon, type CouponPlaces } from '@jangteo/client';
import { useEffect, useMemo, useReducer, useState } from 'react';
import { useFresh, type Fresh } from '../../api/fresh.js';
import { keepHearing } from '../../api/keep-hearing.js';
import type { Freshness } from '../../ui/freshness.js';
import { useLanguage } from '../../words/index.js';
import { aheadOf, heard, NOTHING_HEARD, type Figures, type Heard } from './model.js';

/** The stream says something once a second. */
const STREAM_EVERY_MS = 1_000;
/** What is read again waits so long, and as long again by chance. */
const READ_EVERY_MS = 2_000;

/** Neither an id of a coupon, nor one of this shop's. */
const isOfNone = (error: unknown): boolean =>
  error instanceof JangteoError && (error.status === 404 || error.status === 400);

const isRefusal = (error: unknown): boolean =>
  error instanceof JangteoError && (error.status === 429 || error.status === 503);

interface Listening extends Heard {
  /** When it last said something, by this machine's clock; 0 before. */
  readonly at: number;
  readonly tries: number;
  /** Since when there is no stream to be had, by this machine's clock: too many watch, or the coupons are away. */
  readonly refusedAt: number | undefined;
}

const SILENT: Listening = { ...NOTHING_HEARD, at: 0, tries: 0, refusedAt: undefined };

/** Hears a race for as long as somebody looks. */
function useStream(api: Jangteo, couponId: string): Listening {
  const [listening, change] = useReducer(
    (before: Listening, to: (before: Listening) => Listening) => to(before),
    SILENT,
  );
  useEffect(() => {
    const leaving = new AbortController();
    void keepHearing((options) => api.coupons.live(couponId, options), {
      signal: leaving.signal,
      isOver: isOfNone,
      onEvent: ({ data }) => {
        const [at, heardAt] = [Date.now(), performance.now()];
        change((before) => ({ ...heard(before, data, heardAt), at, tries: 0, refusedAt: undefined }));
      },
      onLost: (tries, error) => {
        const refusedAt = isRefusal(error) ? Date.now() : undefined;
        change((before) => ({ ...before, tries, refusedAt: refusedAt && (before.refusedAt ?? refusedAt) }));
      },
    });
    return () => leaving.abort();
  }, [api, couponId]);
  return listening;
}

/** What was read of the places, and when that was by the clock that goes on evenly. */
interface ReadPlaces {
  readonly places: CouponPlaces;
  readonly readAt: number;
}

export interface Race {
  readonly coupon: Coupon | undefined;
  readonly isUnknown: boolean;
  /** Why there is nothing to show, or nothing new. */
  readonly error: Error | null;
  /** Undefined before anything was heard or read. */
  readonly figures: Figures | undefined;
  readonly heard: Heard;
  /** How far the shop's clock is ahead of this machine's. */
  readonly ahead: number | undefined;
  readonly proof: Pick<Fresh<unknown>, 'error' | 'refresh'> & { readonly places: CouponPlaces | undefined };
  readonly freshness: Freshness;
  /** It is read now and then, as there is no room for one more stream. */
  readonly isCrowded: boolean;
  readonly refresh: () => void;
}

/**
 * A coupon's race as a stranger sees it, whoever looks: nothing of it is asked for in anybody's name. Another coupon is
 * another one of these.
 */
export function useRace(couponId: string): Race {
  const language = useLanguage();
  const api = useMemo(() => new Jangteo({ url: location.origin, language, retry: { tries: 2 } }), [language]);
  const [everyMs] = useState(() => READ_EVERY_MS * (1 + Math.random()));
  const stream = useStream(api, couponId);
  const isRefused = stream.refusedAt !== undefined;
  const [isUnknown, setUnknown] = useState(false);
  const coupon = useFresh(['race', couponId], (signal) => api.coupons.read(couponId, { signal }), {
    everyMs: (known) =>
      isRefused || known === undefined || (stream.tries > 0 && stream.now === undefined)
        ? 2 * everyMs
        : undefined,
    isWanted: !isUnknown,
    isEndless: true,
  });
  const isRead = coupon.freshness.at > stream.at;
  const figures = (isRead ? undefined : stream.now) ?? coupon.data;
  const [read, setRead] = useState<ReadPlaces>();
  const isProven = read !== undefined && read.places.issuedQuantity === figures?.issuedQuantity;
  const places = useFresh(
    ['race places', couponId],
    async (signal) => {
      const found = await api.coupons.places(couponId, { signal });
      setRead({ places: found, readAt: performance.now() });
      return found;
    },
    { everyMs: isProven ? undefined : everyMs, isWanted: !isUnknown, isEndless: true },
  );
  useEffect(() => setUnknown(isOfNone(coupon.error)), [coupon.error]);
  const isHeard = stream.at > 0;
  const isBack = isHeard && stream.tries === 0;
  // A shop that was away when the page was opened, or since, is there again.
  useEffect(() => {
    if (!isBack) return;
    if (coupon.data === undefined) coupon.refresh();
    if (!isProven) places.refresh();
  }, [isBack]);
  // A service that is away refuses a stream as a crowd does: it is one if the next is refused while the service reads.
  const isReadInstead = isRefused && coupon.error === null && coupon.freshness.at > stream.refusedAt;
  const [wasReadInstead, note] = useState(false);
  useEffect(() => note(isReadInstead), [stream.tries]);
  const isCrowded = isReadInstead && wasReadInstead;
  const ahead = stream.ahead ?? (read && aheadOf(undefined, read.places.at, read.readAt));
  return {
    coupon: coupon.data,
    isUnknown,
    error: isHeard && !isRead ? null : coupon.error,
    figures,
    heard: stream,
    ahead,
    proof: { places: read?.places, error: places.error, refresh: places.refresh },
    freshness: {
      at: Math.max(stream.at, coupon.freshness.at),
      everyMs: isRead ? 2 * everyMs : STREAM_EVERY_MS,
      tries: isReadInstead ? coupon.freshness.tries : stream.tries,
      // It never gives up: a screen on a wall has nobody who would press a button.
      isStopped: false,
      connect: coupon.refresh,
    },
    isCrowded,
    refresh: () => {
      coupon.refresh();
      places.refresh();
    },
  };
}

import type { CouponNow, CouponPlaces } from '@jangteo/client';
import { windowOf } from '../coupons/windows.js';

/* What a race is at a moment, by all that was heard of it. Times without a unit are milliseconds. */

export type Stage = 'before' | 'open' | 'suspended' | 'soldOut' | 'after';

/** How far the issue is: as the stream tells it, or as it was read where there is no stream. */
export type Figures = Pick<
  CouponNow,
  'status' | 'issueStartsAt' | 'issueEndsAt' | 'totalQuantity' | 'issuedQuantity' | 'remainingQuantity'
>;

/** @param now by the shop's clock */
export function stageOf(figures: Figures, now: number): Stage {
  const window = windowOf(figures, now);
  const isStopped = figures.status === 'SUSPENDED' && (window === 'before' || window === 'open');
  return isStopped ? 'suspended' : window;
}

/** The moment that a stage waits for: its beginning, or its end. */
export function awaitedIn(stage: Stage, { issueStartsAt, issueEndsAt }: Figures): number | undefined {
  const moment = {
    before: issueStartsAt,
    open: issueEndsAt,
    suspended: undefined,
    soldOut: undefined,
    after: undefined,
  }[stage];
  return moment === undefined ? undefined : Date.parse(moment);
}

const SECOND = 1_000;
const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

/** What is left until a moment, in whole seconds: the last one is 1, and 0 is the moment itself. */
export function countdownOf(left: number): { readonly days: number; readonly clock: string } {
  const seconds = Math.max(0, Math.ceil(left / SECOND));
  const parts = [Math.floor((seconds % DAY) / HOUR), Math.floor((seconds % HOUR) / MINUTE), seconds % MINUTE];
  return {
    days: Math.floor(seconds / DAY),
    clock: parts.map((part) => String(part).padStart(2, '0')).join(':'),
  };
}

/** How long from a moment on what a countdown shows stays as it is. */
export const untilNextSecond = (left: number): number => left - (Math.ceil(left / SECOND) - 1) * SECOND;

/**
 * How far the shop's clock is ahead of this machine's. What was on its way for the shortest time is the nearest to it,
 * and everything else looks as if the shop were behind.
 */
export const aheadOf = (ahead: number | undefined, at: string, heardAt: number): number =>
  Math.max(ahead ?? -Infinity, Date.parse(at) - heardAt);

/** How many had been answered at a moment of the shop's clock. */
export interface Sample {
  readonly at: number;
  readonly answered: number;
}

/** Over which a rate is taken: shorter than a race, and long enough for a number that can be read. */
const RATE_SPAN = 2_000;
/** From less than this nothing can be told. */
const RATE_SPAN_MIN = 400;

/** Answers a second of the last seconds; undefined while too little was heard. */
export function rateOf(samples: readonly Sample[]): number | undefined {
  const last = samples.at(-1);
  if (last === undefined) return undefined;
  const first = samples.findLast(({ at }) => at <= last.at - RATE_SPAN) ?? samples[0]!;
  const span = last.at - first.at;
  return span < RATE_SPAN_MIN ? undefined : ((last.answered - first.answered) * SECOND) / span;
}

/** Places that were issued in one go, as far as could be seen. */
export interface Ticked {
  readonly from: number;
  readonly to: number;
  readonly at: string;
}

export const TICKER_ROWS = 10;

/**
 * The latest places, the highest first: one by one as they were read, and above them those of which only the stream has
 * told so far.
 */
export function tickerOf(seen: readonly Ticked[], read: CouponPlaces['latest'] = []): Ticked[] {
  const known = read[0]?.sequence ?? 0;
  const newer = seen
    .filter(({ to }) => to > known)
    .map((one) => ({ ...one, from: Math.max(one.from, known + 1) }));
  const places = read.map(({ sequence, issuedAt }) => ({ from: sequence, to: sequence, at: issuedAt }));
  return [...newer, ...places].slice(0, TICKER_ROWS);
}

/** All that was heard of a race. */
export interface Heard {
  readonly now?: CouponNow;
  /** How far the shop's clock is ahead. */
  readonly ahead?: number;
  readonly samples: readonly Sample[];
  /** The highest rate. */
  readonly peak?: number;
  readonly ticks: readonly Ticked[];
}

export const NOTHING_HEARD: Heard = { samples: [], ticks: [] };

/** @param heardAt by this machine's clock, which goes on evenly */
export function heard(before: Heard, now: CouponNow, heardAt: number): Heard {
  const at = Date.parse(now.at);
  const answered = Object.values(now.answers).reduce((sum, count) => sum + count, 0);
  const samples = [
    ...before.samples.filter((one) => one.at < at && one.at >= at - 2 * RATE_SPAN),
    { at, answered },
  ];
  const rate = rateOf(samples);
  const peak = rate === undefined ? before.peak : Math.max(before.peak ?? 0, rate);
  const issued = before.now?.issuedQuantity ?? now.issuedQuantity;
  const ticked =
    now.issuedQuantity > issued ? [{ from: issued + 1, to: now.issuedQuantity, at: now.at }] : [];
  return {
    now,
    ahead: aheadOf(before.ahead, now.at, heardAt),
    samples,
    ...(peak === undefined ? {} : { peak }),
    ticks: [...ticked, ...before.ticks].slice(0, TICKER_ROWS),
  };
}

/** A thing that must hold, with both sides of it. */
export interface Check {
  readonly id: 'highest' | 'gaps' | 'each' | 'total';
  readonly left: number;
  readonly right: number;
  readonly holds: boolean;
}

/** Whether the first have got it and nobody else: one place each, from 1 on, without a gap. */
export function proofOf(places: CouponPlaces): Check[] {
  const { issuedQuantity, totalQuantity, highestPlace, checkedTo, heldPlaces, customers } = places;
  const same = (id: Check['id'], left: number, right: number): Check => ({
    id,
    left,
    right,
    holds: left === right,
  });
  return [
    same('highest', issuedQuantity, highestPlace),
    same('gaps', heldPlaces, checkedTo),
    same('each', customers, heldPlaces),
    { id: 'total', left: issuedQuantity, right: totalQuantity, holds: issuedQuantity <= totalQuantity },
  ];
}

/** What is longer than a race is told by nobody in seconds. */
const SPAN_MAX = HOUR * SECOND;

/** How long it took from the first place to the last; undefined of less than two, and of what went on for long. */
export function spanOf({ firstIssuedAt, latest: [last] }: CouponPlaces): number | undefined {
  if (firstIssuedAt === undefined || last === undefined || last.sequence < 2) return undefined;
  const span = Date.parse(last.issuedAt) - Date.parse(firstIssuedAt);
  return span < SPAN_MAX ? span : undefined;
}

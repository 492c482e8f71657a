import {
  DAY_MS,
  EXAMPLES_MAX,
  HOUR_MS,
  type NotCompared,
  type RuleSeen,
  type SalesRow,
} from '@jangteo/contracts';

/** How far the statistics are. */
export interface Progress {
  /** Between the first record that they have counted and the last one none is missing. */
  readonly isGapless: boolean;
  /** From here on they may have everything: where they began with a later record than the first; else null. */
  readonly completeFrom: Date | null;
  /** When the last record happened up to which none is missing; null where that is not known. */
  readonly lastOccurredAt: Date | null;
}

/** What one look at them tells: its `lastOccurredAt` is of all that is counted, beyond a gap too. */
export interface Look extends Progress {
  /** The number after the last one before the first gap. */
  readonly countedBefore: number;
}

/**
 * How far they are where a look finds a gap: as far as at the last look without one, as long as nothing is missing of
 * what was counted then. A topic with several partitions has such gaps all the time, each for a moment, as the later
 * of two records is read first.
 */
export function progressOf(look: Look, gapless: Look | undefined): Progress {
  if (look.isGapless) return look;
  const isKnown = gapless !== undefined && gapless.countedBefore <= look.countedBefore;
  return { ...look, lastOccurredAt: isKnown ? gapless.lastOccurredAt : null };
}

/** Sales of an hour or a day, as the statistics have them; discounts and cancellations are of all products together. */
export interface StatisticsRow {
  readonly at: Date;
  readonly units: number;
  readonly orders: number;
  readonly revenue: number;
  readonly discount?: number;
  readonly cancelled?: number;
}

/**
 * Records are numbered as transactions are committed, by several machines with clocks of their own: what happened
 * earlier may be numbered later by as much as a transaction may take, which is five minutes at the most
 * (DATABASE_TRANSACTION_DEADLINE_MS).
 */
export const MARGIN_MS = 300_000;

const PERIOD_MS = { hour: HOUR_MS, day: DAY_MS } as const;

/** The time, in milliseconds, before which all that happened is in the statistics; -Infinity where there is none. */
function completeTo({ completeFrom, lastOccurredAt }: Progress): number {
  return completeFrom === null && lastOccurredAt !== null ? lastOccurredAt.getTime() - MARGIN_MS : -Infinity;
}

/** Whether they lack at most the last minutes of a time, in milliseconds. */
export function isCurrent(
  { completeFrom, lastOccurredAt }: Progress,
  fromMs: number,
  untilMs: number,
): boolean {
  if (completeFrom !== null && completeFrom.getTime() > fromMs) return false;
  return lastOccurredAt !== null && lastOccurredAt.getTime() + MARGIN_MS >= untilMs;
}

interface Moment {
  readonly progress: Progress;
  readonly period: 'hour' | 'day';
  readonly nowMs: number;
}

/**
 * Sales as they are shown: as the statistics have them, where these lack at most the last minutes of a row, or have no
 * less than the ranking all the same, as in a night without orders; else as the ranking has them. So a job that stands
 * still never empties an hour. What the ranking keeps no longer is the statistics'.
 *
 * @param own what the ranking has: a row for each hour or day from the first that it keeps, the earliest first
 * @param theirs what the statistics have, in any order; there is none where nothing was sold
 * @param nothing what is shown of them where there is none
 */
export function salesOfBoth(
  own: readonly SalesRow[],
  theirs: readonly StatisticsRow[],
  nothing: Omit<StatisticsRow, 'at'>,
  { progress, period, nowMs }: Moment,
): SalesRow[] {
  const known = new Map(theirs.map(({ at, ...figures }) => [at.getTime(), figures]));
  const shownAt = (atMs: number): SalesRow => ({
    at: new Date(atMs).toISOString(),
    ...(known.get(atMs) ?? nothing),
    source: 'statistics',
  });
  const stepMs = PERIOD_MS[period];
  const first = Math.min(...known.keys());
  const end = own[0] === undefined ? Math.max(...known.keys()) + stepMs : Date.parse(own[0].at);
  const older =
    first < end ? Array.from({ length: (end - first) / stepMs }, (_, i) => first + i * stepMs) : [];
  const both = own.map((row) => {
    const atMs = Date.parse(row.at);
    const its = shownAt(atMs);
    const isShown = isCurrent(progress, atMs, Math.min(atMs + stepMs, nowMs)) || its.units >= row.units;
    return isShown ? its : row;
  });
  return [...older.map(shownAt), ...both];
}

/** An hour as both have it; the ranking's orders are null where it has not counted all of them. */
export interface HourOfBoth {
  readonly hour: Date;
  readonly own: { readonly units: number; readonly orders: number | null };
  readonly theirs: { readonly units: number; readonly orders: number };
}

/** Hours in which both differ, by their beginning: in what way, and when that was first seen, in milliseconds. */
export type Differences = ReadonlyMap<number, { readonly figures: string; readonly seenMs: number }>;

const differs = ({ own, theirs }: HourOfBoth): boolean =>
  own.units !== theirs.units || (own.orders !== null && own.orders !== theirs.orders);

const figuresOf = ({ own, theirs }: HourOfBoth): string =>
  `ranking ${own.units}/${own.orders ?? '?'}, statistics ${theirs.units}/${theirs.orders}`;

const endOf = ({ hour }: HourOfBoth): number => hour.getTime() + HOUR_MS;

const sumOf = (hours: readonly HourOfBoth[], unitsOf: (hour: HourOfBoth) => number): string =>
  hours.reduce((sum, hour) => sum + BigInt(unitsOf(hour)), 0n).toString();

/** An hour is over for so long before it is said that the statistics lack it. */
const PATIENCE_MS = 3 * MARGIN_MS;

function notComparedOf(
  hours: readonly HourOfBoth[],
  progress: Progress,
  nowMs: number,
): NotCompared | undefined {
  const { isGapless, completeFrom, lastOccurredAt } = progress;
  if (completeFrom !== null || (!isGapless && lastOccurredAt === null)) return { reason: 'GAPS' };
  // What they have all the same is not awaited: where nothing is sold, nothing shows that an hour is over.
  const first = hours.find((hour) => hour.own.units > 0 && differs(hour) && isAwaited(hour));
  if (first === undefined) return undefined;
  const isAll = hours.every((hour) => endOf(hour) > completeTo(progress));
  const reason = isGapless ? 'BEHIND' : 'GAPS';
  return { reason, ...(isAll ? {} : { from: first.hour.toISOString() }) };

  function isAwaited(hour: HourOfBoth): boolean {
    return endOf(hour) > completeTo(progress) && endOf(hour) + PATIENCE_MS <= nowMs;
  }
}

/**
 * Compares all hours that the statistics have completely. An order that is cancelled changes the hour in which it
 * succeeded, days later too, and reaches both at different times. So a difference counts once it was seen at an earlier
 * look, is still the same, and the statistics have meanwhile counted everything that had happened by that look: what
 * was on its way then has arrived, and would have changed it. Until then its hour is left out of the sums too.
 *
 * @param hours the earliest first
 * @param earlier the differences of the look before
 * @returns what is seen, and the differences for the next look
 */
export function compareHours(
  hours: readonly HourOfBoth[],
  progress: Progress,
  earlier: Differences,
  nowMs: number,
): { readonly seen: RuleSeen; readonly differences: Differences } {
  const reachMs = completeTo(progress);
  const compared = hours.filter((hour) => endOf(hour) <= reachMs);
  const differing = compared.filter(differs).map((one) => {
    const figures = figuresOf(one);
    const before = earlier.get(one.hour.getTime());
    const isSame = before !== undefined && before.figures === figures;
    return { hour: one.hour, figures, isSame, seenMs: isSame ? before.seenMs : nowMs };
  });
  const lasting = differing.filter(({ isSame, seenMs }) => isSame && seenMs <= reachMs);
  const found = new Set(lasting.map(({ hour }) => hour));
  const told = compared.filter((one) => found.has(one.hour) || !differs(one));
  const notCompared = notComparedOf(hours, progress, nowMs);
  return {
    seen: {
      rows: told.length,
      figures: {
        ranking: sumOf(told, ({ own }) => own.units),
        statistics: sumOf(told, ({ theirs }) => theirs.units),
      },
      broken: lasting.length,
      examples: lasting
        .slice(0, EXAMPLES_MAX)
        .map(({ hour, figures }) => `${hour.toISOString()}: ${figures}`.slice(0, 100)),
      ...(notCompared && { notCompared }),
    },
    differences: new Map(differing.map(({ hour, figures, seenMs }) => [hour.getTime(), { figures, seenMs }])),
  };
}

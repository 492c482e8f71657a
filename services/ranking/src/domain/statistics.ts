import { EXAMPLES_MAX, type NotCompared, type RuleSeen, type SalesRow } from '@jangteo/contracts';

/** How far the statistics are. */
export interface Progress {
  /** Every record up to the last one that they have counted is counted, from the first on. */
  readonly isGapless: boolean;
  /** When the last of what they have counted happened; null before the first. */
  readonly lastOccurredAt: Date | null;
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

const HOUR_MS = 3_600_000;
const PERIOD_MS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;

/** The time, in milliseconds, before which all that happened is in the statistics; -Infinity where there is none. */
export function completeTo({ isGapless, lastOccurredAt }: Progress): number {
  return isGapless && lastOccurredAt !== null ? lastOccurredAt.getTime() - MARGIN_MS : -Infinity;
}

/** Whether they lack at most the last minutes before a moment, in milliseconds. */
export function isCurrent({ isGapless, lastOccurredAt }: Progress, untilMs: number): boolean {
  return isGapless && lastOccurredAt !== null && lastOccurredAt.getTime() + MARGIN_MS >= untilMs;
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
    const isShown = isCurrent(progress, Math.min(atMs + stepMs, nowMs)) || its.units >= row.units;
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
  if (!progress.isGapless) return { reason: 'GAPS' };
  const first = hours.find(({ own, ...hour }) => own.units > 0 && isAwaited({ own, ...hour }));
  if (first === undefined) return undefined;
  const isAll = hours.every((hour) => endOf(hour) > completeTo(progress));
  return { reason: 'BEHIND', ...(isAll ? {} : { from: first.hour.toISOString() }) };

  function isAwaited(hour: HourOfBoth): boolean {
    return endOf(hour) > completeTo(progress) && endOf(hour) + PATIENCE_MS <= nowMs;
  }
}

/**
 * Compares all hours that the statistics have completely. An order that is cancelled changes the hour in which it
 * succeeded, days later too, and reaches both at different times. So a difference counts once it was seen at an earlier
 * look, is still the same, and the statistics have meanwhile counted everything that had happened by that look: what
 * was on its way then has arrived, and would have changed it.
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
  const notCompared = notComparedOf(hours, progress, nowMs);
  return {
    seen: {
      rows: compared.length,
      figures: {
        ranking: sumOf(compared, ({ own }) => own.units),
        statistics: sumOf(compared, ({ theirs }) => theirs.units),
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

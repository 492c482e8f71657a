import { HOUR_MS } from '@jangteo/contracts';

/** Sums of all products in all windows, looked at from one hour. */
export interface Tally {
  readonly hour: Date;
  /** The tally that its sums are made from; none when they are made from the hourly sales alone. */
  readonly baseHour: Date | null;
  readonly isSummed: boolean;
  /** Windows, in days, whose first products have to be looked for. */
  readonly unplaced: readonly number[];
  /** It is not needed any more, and being removed. */
  readonly isOver: boolean;
}

export interface Tallying {
  /** The start of the current hour. */
  readonly hour: Date;
  readonly tallies: readonly Tally[];
}

export type Step =
  | { readonly kind: 'BEGIN'; readonly hour: Date; readonly baseHour: Date | null }
  | { readonly kind: 'SUM'; readonly tally: Tally }
  | { readonly kind: 'PLACE'; readonly tally: Tally; readonly days: number }
  | { readonly kind: 'REMOVE'; readonly tally: Tally };

/** A later tally can be made from one that is at most so much older: else each hour leaves several windows. */
const BASE_AGE_MAX_MS = 24 * HOUR_MS;

/**
 * The hour that rankings show. A clock that was set back by less than an hour, or two replicas that meet at the
 * turn of one, move no ranking to and fro; one that was ahead by more was wrong.
 */
export function hourToShow(currentHour: Date, shownHour: Date | null): Date {
  const aheadMs = (shownHour?.getTime() ?? 0) - currentHour.getTime();
  return shownHour !== null && aheadMs > 0 && aheadMs <= HOUR_MS ? shownHour : currentHour;
}

function baseFor(hour: Date, tallies: readonly Tally[]): Date | null {
  const ages = tallies
    .filter(({ isSummed, isOver }) => isSummed && !isOver)
    .map((tally) => hour.getTime() - tally.hour.getTime())
    .filter((ageMs) => ageMs > 0 && ageMs <= BASE_AGE_MAX_MS);
  return ages.length === 0 ? null : new Date(hour.getTime() - Math.min(...ages));
}

function stepTowards(hour: Date, tallies: readonly Tally[]): Step | undefined {
  const tally = tallies.find((one) => one.hour.getTime() === hour.getTime());
  if (tally === undefined) return { kind: 'BEGIN', hour, baseHour: baseFor(hour, tallies) };
  if (tally.isOver) return { kind: 'REMOVE', tally };
  if (!tally.isSummed) return { kind: 'SUM', tally };
  const [days] = tally.unplaced;
  return days === undefined ? undefined : { kind: 'PLACE', tally, days };
}

/** Finds what is still to be done before the rankings of the current hour can be shown. */
export function nextStep({ hour, tallies }: Tallying): Step | undefined {
  return stepTowards(hour, tallies);
}

/** Finds what can be done once they are shown: the tally of the next hour, so that it is there when the hour begins. */
export function spareStep({ hour, tallies }: Tallying): Step | undefined {
  const nextHour = new Date(hour.getTime() + HOUR_MS);
  const step = stepTowards(nextHour, tallies);
  if (step !== undefined) return step;
  const needed = [hour.getTime(), nextHour.getTime()];
  const tally = tallies.find((one) => !needed.includes(one.hour.getTime()));
  return tally === undefined ? undefined : { kind: 'REMOVE', tally };
}

import { HEIGHT, WIDTH } from '../../ui/chart/lines.js';
import type { Clock } from '../../ui/format.js';
import { PERIOD_MS, type Period } from './view.js';

/** A place in the box of a plot. */
export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Of the room that each has, what a bar leaves free. */
const GAP = 0.2;
/** What is more than nothing is seen. */
const LEAST = 1.2;

const round = (value: number): number => Math.round(value * 100) / 100;

/** A bar for each value, beside each other; what is not known has the height of all. */
export function barsOf(values: readonly (number | null)[], max: number): Bar[] {
  const room = WIDTH / values.length;
  return values.map((value, index) => {
    const share = value === null ? 1 : value / max;
    const height = share === 0 ? 0 : Math.max(LEAST, share * HEIGHT);
    return {
      x: round((index + GAP / 2) * room),
      y: round(HEIGHT - height),
      width: round(room * (1 - GAP)),
      height: round(height),
    };
  });
}

const STEPS: Readonly<Record<Period, readonly number[]>> = {
  hour: [1, 2, 3, 4, 6, 12, 24, 48, 72, 96, 120, 144, 168],
  day: [1, 2, 3, 5, 7, 10, 14, 20],
};
const TICKS_MAX = 6;

const offsetOf = (atMs: number, zone: Clock['zone']): number =>
  zone === 'utc' ? 0 : new Date(atMs).getTimezoneOffset() * 60_000;

/**
 * Which of these moments, in milliseconds, are named below: at whole steps of the clock that is shown, and by their
 * date alone where they are a day or more apart.
 */
export function ticksAt(
  moments: readonly number[],
  period: Period,
  zone: Clock['zone'],
): { readonly indices: readonly number[]; readonly isDate: boolean } {
  const steps = STEPS[period];
  const step = steps.find((one) => moments.length / one <= TICKS_MAX) ?? steps.at(-1)!;
  const periodMs = PERIOD_MS[period];
  // Days are those of UTC, whatever the clock.
  const shift = period === 'day' ? () => 0 : (atMs: number) => offsetOf(atMs, zone);
  return {
    indices: moments.flatMap((atMs, index) =>
      Math.floor((atMs - shift(atMs)) / periodMs) % step === 0 ? [index] : [],
    ),
    isDate: period === 'day' || step >= 24,
  };
}

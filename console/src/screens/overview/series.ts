import type { ShopNow } from '@jangteo/client';
import { outcomesOf, type Outcomes } from './figures.js';

export const SPAN_MS = 600_000;

/** Told once a second: a longer silence is drawn as one. */
const GAP_MS = 3_500;

export interface Moment extends Outcomes {
  readonly p95Ms: number | undefined;
}

/** The last ten minutes, as far as they were heard: moments in milliseconds, and what was told then. */
export interface Series {
  readonly at: readonly number[];
  /** Undefined where nothing is known of the moment, which is not drawn. */
  readonly told: readonly (Moment | undefined)[];
}

export function seriesOf(heard: readonly ShopNow[], nowMs: number): Series {
  const at: number[] = [];
  const told: (Moment | undefined)[] = [];
  for (const { at: iso, orders } of heard) {
    const moment = Date.parse(iso);
    if (moment < nowMs - SPAN_MS) continue;
    const before = at.at(-1);
    // Two streams that overlap for a moment, or a clock that was set: a line does not go back.
    if (before !== undefined && moment <= before) continue;
    if (before !== undefined && moment - before > GAP_MS) {
      at.push(before + 1);
      told.push(undefined);
    }
    at.push(moment);
    told.push(orders && { ...outcomesOf(orders.outcomes), p95Ms: orders.p95Ms });
  }
  return { at, told };
}

/** What each minute ended with, which is of all of it: what is told is of the minute before each moment. */
export function minutesOf({ at, told }: Series): { readonly at: number; readonly told: Moment }[] {
  const minutes = new Map<number, { at: number; told: Moment }>();
  at.forEach((moment, index) => {
    const its = told[index];
    if (its !== undefined) minutes.set(Math.floor(moment / 60_000), { at: moment, told: its });
  });
  return [...minutes.values()];
}

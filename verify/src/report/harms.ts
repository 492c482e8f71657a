import { seconds } from './invariants.js';

/** The effect of one harm on those who shop. */
export interface Harm {
  readonly what: string;
  /** The longest time without an order that was answered with success, in milliseconds. */
  readonly pauseMs: number;
  /** Calls that were certainly not done, and those whose outcome the caller had to ask for again. */
  readonly failed: number;
  readonly unknown: number;
}

/** Harms after which customers had to wait for longer than that, in words. */
export function longPauses(harms: readonly Harm[], mostMs: number): string[] {
  const slow = harms.filter(({ pauseMs }) => pauseMs > mostMs);
  return slow.map(({ what, pauseMs }) => `${what}: ${seconds(pauseMs)} without an order`);
}

/** Harms that customers noticed by their calls, in words. */
export function noticed(harms: readonly Harm[]): string[] {
  const those = harms.filter(({ failed, unknown }) => failed + unknown > 0);
  return those.map(
    ({ what, failed, unknown }) => `${what}: ${failed} calls failed, ${unknown} have an unknown outcome`,
  );
}

/** As a table of a document. */
export function harmTable(harms: readonly Harm[]): string {
  const rows = harms.map(
    ({ what, pauseMs, failed, unknown }) => `| ${what} | ${seconds(pauseMs)} | ${failed} | ${unknown} |`,
  );
  return ['| what | without an order | calls failed | unknown |', '|---|---|---|---|', ...rows].join('\n');
}

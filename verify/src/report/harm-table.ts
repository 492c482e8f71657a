import { seconds, type Scene } from '../failpoint/harm.js';
import type { Pauses } from '../traffic/pauses.js';

/** The effect of one harm on those who shop. */
export interface Harm {
  readonly what: string;
  /** The longest time without an order that was answered with success, in milliseconds. */
  readonly pauseMs: number;
  /** Calls that were certainly not done, and those whose outcome the caller had to ask for again. */
  readonly failed: number;
  readonly unknown: number;
}

/** Notes what something that is done to the shop does to its customers. */
export async function during(
  scene: Scene,
  pauses: Pauses,
  what: string,
  work: () => Promise<void>,
): Promise<Harm> {
  const { calls } = scene.load.log;
  const before = { ...calls };
  const began = performance.now();
  await work();
  const harm = {
    what,
    pauseMs: pauses.longestSince(began),
    failed: calls.fail - before.fail,
    unknown: calls.unknown - before.unknown,
  };
  scene.report(
    `${what}: ${seconds(harm.pauseMs)} without an order; ${harm.failed} calls failed, ${harm.unknown} unknown`,
  );
  return harm;
}

/** As a table of a document. */
export function harmTable(harms: readonly Harm[]): string {
  const rows = harms.map(
    ({ what, pauseMs, failed, unknown }) => `| ${what} | ${seconds(pauseMs)} | ${failed} | ${unknown} |`,
  );
  return ['| what | without an order | calls failed | unknown |', '|---|---|---|---|', ...rows].join('\n');
}

import { appendFileSync } from 'node:fs';
import { drawn } from '@jangteo/infra';
import { testProcess } from './test-process.js';

/** Names the samples of this run: `npm test` makes one up and says it, or takes one that it is given. */
const SEED = process.env.TEST_SEED || String(Date.now());

/** All cases are to be tried, at full length, as every night. */
export const isWhole = process.env.TEST_SAMPLE === 'all';

/** So many of these cases, in their order, the same ones for the same seed. */
export function sampleFor<T>(seed: string, cases: readonly T[], count: number): T[] {
  const numbered = cases.map((one, index) => ({ one, index }));
  const chosen = drawn(seed, numbered, ({ index }) => `${index}/${cases.length}`).slice(0, count);
  return chosen.toSorted((a, b) => a.index - b.index).map(({ one }) => one);
}

/** Cases that a run of tests has not tried, as a line of JSON in the file that TEST_LEFT_CASES names. */
export interface LeftCases {
  /** The test file's path. */
  readonly file: string;
  readonly name: string;
  readonly count: number;
}

function noteLeft(name: string, count: number): void {
  const { TEST_LEFT_CASES: notes } = process.env;
  if (!notes || testProcess === undefined || count <= 0) return;
  const left: LeftCases = { file: testProcess.file, name, count };
  appendFileSync(notes, `${JSON.stringify(left)}\n`);
}

/**
 * Chooses some of the cases of a test that takes long where all tests run, others under another TEST_SEED. Whoever asks
 * for a file by its name, and every night, gets all of them. `npm test` tells at its end how many it has left out.
 * @param name of these cases, in the plural: lists of one length are not drawn alike
 */
export function sampled<T>(name: string, cases: readonly T[], count: number): T[] {
  if (process.env.TEST_SAMPLE !== 'some') return [...cases];
  const sample = sampleFor(`${SEED} ${name}`, cases, count);
  noteLeft(name, cases.length - sample.length);
  return sample;
}

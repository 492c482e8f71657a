import { drawn } from '@jangteo/infra';

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

/**
 * Chooses some of the cases of a test that takes long where all tests run, others under another TEST_SEED. Whoever asks
 * for a file by its name, and every night, gets all of them.
 * @param name of these cases: lists of one length are not drawn alike
 */
export function sampled<T>(name: string, cases: readonly T[], count: number): T[] {
  return process.env.TEST_SAMPLE === 'some' ? sampleFor(`${SEED} ${name}`, cases, count) : [...cases];
}

import { createHash } from 'node:crypto';

/** Names the samples of this run: `npm test` makes one up and says it, or takes one that it is given. */
const SEED = process.env.TEST_SEED || String(Date.now());

/** All cases are to be tried, at full length, as every night. */
export const isWhole = process.env.TEST_SAMPLE === 'all';

/** So many of these cases, in their order, the same ones for the same seed. */
export function sampleFor<T>(seed: string, cases: readonly T[], count: number): T[] {
  const rankOf = (index: number): string =>
    createHash('sha256').update(`${seed} ${index}/${cases.length}`).digest('hex');
  const ranked = cases.map((one, index) => ({ one, index, rank: rankOf(index) }));
  const chosen = ranked.toSorted((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, count);
  return chosen.toSorted((a, b) => a.index - b.index).map(({ one }) => one);
}

/**
 * Chooses some of the cases of a test that takes long: others under another TEST_SEED, and all of them with
 * TEST_SAMPLE=all.
 */
export function sampled<T>(cases: readonly T[], count: number): T[] {
  return isWhole ? [...cases] : sampleFor(SEED, cases, count);
}

import { createHash } from 'node:crypto';

/**
 * Cases in an order that a seed decides: another one for another seed, the same one for the same, in which those that
 * are there stay one after the other when some come or go.
 * @param nameOf tells them apart
 */
export function drawn<T>(seed: string, cases: readonly T[], nameOf: (one: T) => string): T[] {
  const rankOf = (one: T): string =>
    createHash('sha256')
      .update(`${seed} ${nameOf(one)}`)
      .digest('hex');
  const ranked = cases.map((one) => ({ one, rank: rankOf(one) }));
  return ranked.toSorted((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ one }) => one);
}

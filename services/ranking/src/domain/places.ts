/** A list of first products that is shorter than this has all that were sold. */
export const SHOWN_AT_LEAST = 100;

/** A product among the first of a ranking, with its units in a part of the ranking's time. */
export interface Ranked {
  readonly units: number;
  /** No product that is not among them has more units; 0 where all are. */
  readonly unitsOfOthersMax: number;
}

/**
 * The first ones of a part of a ranking's time.
 *
 * @param ranked best first
 * @returns undefined where others may come before the last of them
 */
export function firstOf<P extends Ranked>(ranked: readonly P[], limit: number): P[] | undefined {
  const [first] = ranked;
  if (first === undefined) return undefined;
  const { unitsOfOthersMax } = first;
  const last = ranked[limit - 1]?.units ?? 0;
  // Equal ones go by their ids: one of the others may come before the last.
  return unitsOfOthersMax === 0 || last > unitsOfOthersMax ? ranked.slice(0, limit) : undefined;
}

import type { TestCount } from '@jangteo/tools';

/** One line of the table at the end. */
export interface Invariant {
  /** A promise's; what is no promise of the shop has a word of its own. */
  readonly name: string;
  readonly says: string;
  /** Breaches; it holds where there are none. */
  readonly problems: readonly string[];
  /** Number and kind of the things looked at: `3 poisons`. */
  readonly looked?: string;
}

const PROBLEMS_SHOWN = 5;

/** A line for each, and under it what breaks it. */
export function invariantLines(invariants: readonly Invariant[]): string {
  return invariants
    .flatMap(({ name, says, problems, looked }) => [
      `  ${name.padEnd(9)} ${problems.length === 0 ? 'held  ' : 'BROKEN'}  ${says}${looked === undefined ? '' : ` (${looked})`}`,
      ...problems.slice(0, PROBLEMS_SHOWN).map((problem) => `            ${problem}`),
      ...(problems.length > PROBLEMS_SHOWN
        ? [`            and ${problems.length - PROBLEMS_SHOWN} more`]
        : []),
    ])
    .join('\n');
}

/** Counts invariants as tests are counted: those that hold as passed. */
export function countOf(invariants: readonly Invariant[]): TestCount {
  const failed = invariants.filter(({ problems }) => problems.length > 0).length;
  return { passed: invariants.length - failed, failed };
}

/** A length of time for people. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

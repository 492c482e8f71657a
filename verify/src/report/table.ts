import type { Arena } from '../places/arena.js';
import type { Invariant } from './invariant.js';
import type { Outcome } from '../scenarios/chaos-run.js';

const PROBLEMS_SHOWN = 5;

function counted(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`).join('\n');
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

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

/** The figures of a run, as JSON has them. */
export function figuresOf({ seed, faults, recoveries, invariants, memory }: Outcome, arena: Arena) {
  const { log } = arena.load;
  return {
    seed,
    isHeld: invariants.every(({ problems }) => problems.length === 0),
    invariants,
    faults: Object.fromEntries(faults),
    harms: Object.fromEntries(arena.harms),
    calls: log.calls,
    reads: log.reads,
    outcomes: Object.fromEntries(log.outcomes),
    unknownsResolved: log.resolved,
    recoverySeconds: {
      heals: recoveries.length,
      p50: percentile(recoveries, 0.5) / 1_000,
      max: Math.max(0, ...recoveries) / 1_000,
    },
    memoryMib: { atFirst: Object.fromEntries(memory.atFirst), atLast: Object.fromEntries(memory.atLast) },
  };
}

export type Figures = ReturnType<typeof figuresOf>;

/** The report for people at the end. */
export function tableOf(outcome: Outcome, figures: Figures): string {
  const { calls, recoverySeconds, memoryMib } = figures;
  const memory = Object.entries(memoryMib.atLast).map(
    ([name, mib]) => `${name} ${memoryMib.atFirst[name] ?? '-'} → ${mib}`,
  );
  return [
    'Faults',
    counted(outcome.faults),
    ...(Object.keys(figures.harms).length > 0
      ? ['of them, one by one', counted(new Map(Object.entries(figures.harms)))]
      : []),
    'Outcomes',
    counted(new Map(Object.entries(figures.outcomes))),
    `Calls: ${calls.ok} ok, ${calls.fail} failed, ${calls.unknown} unknown; ${figures.reads} of them reads; ` +
      `${figures.unknownsResolved} unknown outcomes resolved`,
    `Orders went on after a heal: p50 ${recoverySeconds.p50.toFixed(1)} s, max ${recoverySeconds.max.toFixed(1)} s ` +
      `(${recoverySeconds.heals} heals)`,
    `Memory, MiB: ${memory.join(', ')}`,
    'Invariants',
    invariantLines(outcome.invariants),
  ].join('\n');
}

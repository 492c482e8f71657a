import type { Arena } from '../places/arena.js';
import { invariantLines, type Invariant } from './invariants.js';

/** Everything that a run of faults has seen. */
export interface Outcome {
  readonly seed: number;
  readonly invariants: readonly Invariant[];
  /** Faults by name. */
  readonly faults: ReadonlyMap<string, number>;
  /** Milliseconds from each heal until the next order succeeded. */
  readonly recoveries: readonly number[];
  /** MiB by program. */
  readonly memory: Readonly<Record<'atFirst' | 'atLast', ReadonlyMap<string, number>>>;
}

function counted(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`).join('\n');
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
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

/** The report for people at the end. */
export function tableOf(figures: ReturnType<typeof figuresOf>): string {
  const { calls, recoverySeconds, memoryMib, harms } = figures;
  const memory = Object.entries(memoryMib.atLast).map(
    ([name, mib]) => `${name} ${memoryMib.atFirst[name] ?? '-'} → ${mib}`,
  );
  return [
    'Faults',
    counted(figures.faults),
    ...(Object.keys(harms).length > 0 ? ['of them, one by one', counted(harms)] : []),
    'Outcomes',
    counted(figures.outcomes),
    `Calls: ${calls.ok} ok, ${calls.fail} failed, ${calls.unknown} unknown; ${figures.reads} of them reads; ` +
      `${figures.unknownsResolved} unknown outcomes resolved`,
    `Orders went on after a heal: p50 ${recoverySeconds.p50.toFixed(1)} s, max ${recoverySeconds.max.toFixed(1)} s ` +
      `(${recoverySeconds.heals} heals)`,
    `Memory, MiB: ${memory.join(', ')}`,
    'Invariants',
    invariantLines(figures.invariants),
  ].join('\n');
}

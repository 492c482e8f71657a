import type { Measurement } from './measure.js';
import type { BenchOptions } from './options.js';
import type { TargetRow } from './targets.js';
import type { Comparison } from './turns.js';

/** The machine and the programs measured, which tell if figures of different days can be compared. */
export interface BenchSetting {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Of the code; `modified` where files differed from it. */
  readonly commit: string;
}

/** All that a run has found. */
export interface BenchResult extends BenchSetting {
  readonly startedAt: string;
  readonly settings: BenchOptions;
  readonly environment: Readonly<Record<string, string>>;
  readonly shareOfLimit: number | undefined;
  readonly targets: readonly TargetRow[];
  readonly measurements: readonly Measurement[];
  /** Of what took turns, where something did (a peer, streams); a measurement's detail names its side then. */
  readonly comparison?: readonly Comparison[] | undefined;
}

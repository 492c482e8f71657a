import { assertBooks } from '@jangteo/testkit';
import { averageBatches, batchesIn, type Batches } from './batches.js';
import { runLoad } from './load/run-load.js';
import type { LoadPlan, LoadResult } from './load/plan.js';
import { machineCpuSeconds, usageOf, type Usage } from '../stack/process-usage.js';
import type { ScenarioName } from './scenario-names.js';
import type { Stack } from '../stack/stack.js';

/** Use of the machine by a program while it was measured. */
export interface ProcessFigures {
  /** Busy on average. */
  readonly cores: number;
  /** At the end. */
  readonly memoryBytes: number;
  /** Some time after the beginning, in a long run. */
  readonly earlyMemoryBytes?: number | undefined;
}

/** One row of the table. */
export interface Measurement {
  readonly scenario: ScenarioName;
  readonly title: string;
  /** Tells measurements of a scenario apart that have the same number of clients. */
  readonly detail?: string | undefined;
  /** Clients that asked at a time; 0 where requests came at a fixed rate. */
  readonly clients: number;
  readonly ratePerSecond?: number | undefined;
  readonly load: LoadResult;
  /** By program; empty on systems that do not tell. */
  readonly processes: Readonly<Record<string, ProcessFigures>>;
  /** Cores busy with anything else on the machine: figures are worth little where this is not near 0. */
  readonly otherCores?: number | undefined;
  /** Messages that one handler call got on average, by queue. */
  readonly batches: Readonly<Record<string, number>>;
  /** Sums that did not add up afterwards, and answers that should not have been: nothing in a good run. */
  readonly faults: readonly string[];
}

/** A shop under load, whoever has written it. */
export interface Measured {
  /** Process ids of everything that works for it, by program. */
  programs(): ReadonlyMap<string, readonly number[]>;
  /** Metrics of every process that runs, in Prometheus' text format. */
  metrics(): Promise<string[]>;
  /** Services that have ended although nobody told them to. */
  deadServices(): string[];
  /** Sums that do not add up once everything in it has ended. */
  bookFaults(): Promise<string[]>;
}

/** Something to measure. */
export interface Trial {
  readonly title: string;
  /** Tells trials of a scenario apart that have the same number of clients. */
  readonly detail?: string;
  readonly plan: LoadPlan;
  /** Seconds after the warm-up at which memory is looked at for the first time. */
  readonly earlySeconds?: number;
  /** Finds faults in the answers taken together, by their counts per status, although each was a good one. */
  readonly answerFaults?: (answers: LoadResult['answers']) => string[];
  /** Undoes what was done to the shop for the load, before its books are looked at. */
  readonly afterLoad?: () => Promise<void>;
  /** In place of the shop's books, where something else was measured. */
  readonly bookFaults?: () => Promise<string[]>;
}

interface Sample {
  readonly at: number;
  readonly usage: ReadonlyMap<string, Usage> | undefined;
  readonly machineSeconds: number | undefined;
  readonly batches: Batches;
}

async function sample(shop: Measured, loadPid: number): Promise<Sample> {
  const usage = usageOf(new Map([...shop.programs(), ['load', [loadPid]]]));
  const machineSeconds = machineCpuSeconds();
  const at = performance.now();
  return { at, usage, machineSeconds, batches: batchesIn(await shop.metrics()) };
}

function figures(before: Sample, after: Sample, early: Sample['usage']): Record<string, ProcessFigures> {
  const seconds = (after.at - before.at) / 1_000;
  const entries = [...(after.usage ?? [])].map(([name, { cpuSeconds, memoryBytes }]) => {
    const cores = (cpuSeconds - (before.usage?.get(name)?.cpuSeconds ?? 0)) / seconds;
    return [name, { cores, memoryBytes, earlyMemoryBytes: early?.get(name)?.memoryBytes }] as const;
  });
  return Object.fromEntries(entries);
}

function otherCores(before: Sample, after: Sample): number | undefined {
  if (before.machineSeconds === undefined || after.machineSeconds === undefined) return undefined;
  const all = (after.machineSeconds - before.machineSeconds) / ((after.at - before.at) / 1_000);
  const ours = Object.values(figures(before, after, undefined)).reduce((sum, { cores }) => sum + cores, 0);
  return Math.max(0, all - ours);
}

/** Our shop, as it is measured. */
export function measuredShop(stack: Stack): Measured {
  return {
    programs: () => stack.programs(),
    metrics: () => stack.metrics(),
    deadServices: () => stack.deadServices(),
    bookFaults: () =>
      assertBooks(stack).then(
        () => [],
        (error: Error) => [error.message],
      ),
  };
}

function errorFaults({ errors, good }: LoadResult): string[] {
  const faults = Object.entries(errors).map(([name, count]) => `${count} × ${name}`);
  return good === 0 ? [...faults, 'no request was answered as it should be'] : faults;
}

async function faultsOf(shop: Measured, trial: Trial, load: LoadResult): Promise<string[]> {
  const dead = shop.deadServices().map((service) => `${service} ended while it was measured`);
  const books = dead.length > 0 ? [] : await (trial.bookFaults?.() ?? shop.bookFaults());
  return [...errorFaults(load), ...(trial.answerFaults?.(load.answers) ?? []), ...dead, ...books];
}

/**
 * Runs one load against a shop, and checks its books after it.
 * @throws Error when it could not be measured at all
 */
export async function measure(
  shop: Measured,
  scenario: ScenarioName,
  trial: Trial,
  signal: AbortSignal,
): Promise<Measurement> {
  const { title, detail, plan, earlySeconds, afterLoad } = trial;
  let before: Sample | undefined;
  let after: Sample | undefined;
  let early: Sample['usage'];
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => void (early = usageOf(shop.programs()));
  let load: LoadResult;
  try {
    load = await runLoad(plan, {
      signal,
      async onBegin(pid) {
        if (earlySeconds !== undefined) timer = setTimeout(look, earlySeconds * 1_000);
        before = await sample(shop, pid);
      },
      async onEnd(pid) {
        after = await sample(shop, pid);
      },
    });
  } finally {
    clearTimeout(timer);
    await afterLoad?.();
  }
  if (before === undefined || after === undefined) throw new Error('The load ended before it began');
  return {
    scenario,
    title,
    detail,
    clients: plan.clients,
    ratePerSecond: plan.loop === 'open' ? plan.ratePerSecond : undefined,
    load,
    processes: figures(before, after, early),
    otherCores: otherCores(before, after),
    batches: averageBatches(before.batches, after.batches),
    faults: await faultsOf(shop, trial, load),
  };
}

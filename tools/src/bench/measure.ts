import { assertBooks } from '@jangteo/testkit';
import { services } from '../services.js';
import { averageBatches, batchesIn, type Batches } from './batches.js';
import { runLoad } from './load/run-load.js';
import type { LoadPlan, LoadResult } from './load/plan.js';
import { usageOf, type Usage } from './process-usage.js';
import type { Stack } from './stack.js';

/** What a program used while it was measured: cores busy on average, memory at the end. */
export interface ProcessFigures {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** One row of the table. */
export interface Measurement {
  readonly scenario: string;
  readonly title: string;
  readonly clients: number;
  readonly load: LoadResult;
  /** By program; empty on systems that do not tell. */
  readonly processes: Readonly<Record<string, ProcessFigures>>;
  /** Messages that one handler call got on average, by queue. */
  readonly batches: Readonly<Record<string, number>>;
  /** What did not add up afterwards, and answers that should not have been: nothing in a good run. */
  readonly faults: readonly string[];
}

interface Sample {
  readonly at: number;
  readonly usage: ReadonlyMap<string, Usage> | undefined;
  readonly batches: Batches;
}

function programsOf(stack: Stack, loadPid: number): Map<string, number[]> {
  const { postgres, rabbit } = stack.infrastructure;
  const programs = services.map(
    (service) => [service as string, stack.processesOf(service).map(({ pid }) => pid)] as const,
  );
  return new Map([
    ...programs,
    ['postgres', postgres === undefined ? [] : [postgres.pid]],
    ['rabbitmq', rabbit?.pid === undefined ? [] : [rabbit.pid]],
    ['load', [loadPid]],
  ]);
}

async function metricsOf(stack: Stack): Promise<string[]> {
  const urls = services.flatMap((service) => stack.processesOf(service).map(({ url }) => url));
  return await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
}

async function sample(stack: Stack, loadPid: number): Promise<Sample> {
  const usage = usageOf(programsOf(stack, loadPid));
  const at = performance.now();
  return { at, usage, batches: batchesIn(await metricsOf(stack)) };
}

function figures(before: Sample, after: Sample): Record<string, ProcessFigures> {
  const seconds = (after.at - before.at) / 1_000;
  const entries = [...(after.usage ?? [])].map(([name, { cpuSeconds, memoryBytes }]) => {
    const used = cpuSeconds - (before.usage?.get(name)?.cpuSeconds ?? 0);
    return [name, { cores: used / seconds, memoryBytes }] as const;
  });
  return Object.fromEntries(entries);
}

/** What does not add up in the shop once everything in it has ended. */
async function bookFaults(stack: Stack): Promise<string[]> {
  const dead = stack.deadServices();
  if (dead.length > 0) return [`ended while they were measured: ${dead.join(', ')}`];
  try {
    await assertBooks(stack);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function errorFaults({ errors }: LoadResult): string[] {
  return Object.entries(errors).map(([name, count]) => `${count} × ${name}`);
}

/** Something to measure. */
export interface Trial {
  readonly scenario: string;
  readonly title: string;
  readonly plan: LoadPlan;
  readonly faultsOf?: ((answers: LoadResult['answers']) => string[]) | undefined;
}

/**
 * Runs one load against the shop, and checks the books after it.
 * @throws Error when it could not be measured at all
 */
export async function measure(
  stack: Stack,
  { scenario, title, plan, faultsOf }: Trial,
  signal: AbortSignal,
): Promise<Measurement> {
  let before: Sample | undefined;
  let after: Sample | undefined;
  const load = await runLoad(plan, {
    signal,
    async onBegin(pid) {
      before = await sample(stack, pid);
    },
    async onEnd(pid) {
      after = await sample(stack, pid);
    },
  });
  if (before === undefined || after === undefined) throw new Error('The load ended before it began');
  const faults = [...errorFaults(load), ...(faultsOf?.(load.answers) ?? []), ...(await bookFaults(stack))];
  return {
    scenario,
    title,
    clients: plan.clients,
    load,
    processes: figures(before, after),
    batches: averageBatches(before.batches, after.batches),
    faults,
  };
}

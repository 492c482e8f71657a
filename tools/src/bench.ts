import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { measure, type Measurement } from './bench/measure.js';
import { help, readBenchOptions, UsageError, type BenchOptions } from './bench/options.js';
import { SCENARIOS } from './bench/scenarios.js';
import { Stack } from './bench/stack.js';
import { tablesOf } from './bench/table.js';
import { makeWorld, type World } from './bench/world.js';
import { makeTestDir, removeTestDir } from './test-run.js';

const resultsDir = join(projectRoot(), 'bench', 'results');
const began = performance.now();
const report = (line: string): void => {
  console.error(`${((performance.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
};

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());

function lineOf({ scenario, clients, load, faults }: Measurement): string {
  const speed = `${load.perSecond.toFixed(0)}/s, p50 ${load.p50.toFixed(1)} ms, p99 ${load.p99.toFixed(1)} ms`;
  const exact = faults.length === 0 ? 'books exact' : `NOT EXACT:\n${faults.join('\n')}`;
  return `${scenario}, ${clients} clients: ${speed}; ${exact}`;
}

async function measureAll(options: BenchOptions, stack: Stack, world: World): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const { warmUpSeconds, seconds } = options;
  for (const scenario of SCENARIOS.filter(({ name }) => options.only.includes(name))) {
    for (const clients of scenario.clients?.(options.clients) ?? options.clients) {
      report(`Measuring ${scenario.name} (${scenario.title}) with ${clients} clients`);
      const occasion = { stack, world, clients, seconds: warmUpSeconds + seconds };
      const { requests, amount, faults } = await scenario.prepare(occasion);
      const plan = { urls: stack.urls, clients, warmUpSeconds, seconds, amount, requests };
      const trial = { scenario: scenario.name, title: scenario.title, plan, faultsOf: faults };
      const measurement = await measure(stack, trial, interruption.signal);
      measurements.push(measurement);
      report(lineOf(measurement));
    }
  }
  return measurements;
}

async function bench(options: BenchOptions): Promise<number> {
  const dir = await makeTestDir('bench-');
  const profileDir = join(resultsDir, 'profiles');
  if (options.profile.length > 0) await mkdir(profileDir, { recursive: true });
  let stack: Stack | undefined;
  try {
    const { replicas, profile } = options;
    stack = await Stack.start({ dir, replicas, profile, profileDir, report, signal: interruption.signal });
    report(`Making ${options.users} customers with money and ${options.products} products with stock`);
    const world = await makeWorld(stack, options);
    const measurements = await measureAll(options, stack, world);
    console.log(`\n${tablesOf(measurements)}\n`);
    for (const line of (await stack.failures()).slice(0, 10)) report(`Logged: ${line}`);
    return measurements.every(({ faults }) => faults.length === 0) ? 0 : 1;
  } finally {
    report('Stopping');
    await stack?.stop();
    await removeTestDir(dir);
    if (options.profile.length > 0) report(`CPU profiles are in ${profileDir}`);
  }
}

async function main(): Promise<number> {
  try {
    const options = readBenchOptions(process.argv.slice(2));
    if (options.help) {
      console.log(help);
      return 0;
    }
    return await bench(options);
  } catch (error) {
    if (interruption.signal.aborted) {
      console.error('Interrupted');
      return 130;
    }
    console.error(error instanceof UsageError ? `${error.message}\n\n${help}` : error);
    return 1;
  }
}

// A reader of our output that goes away must not take the orderly end with it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await main();
// Connections that are kept alive would hold the process for seconds.
process.exit();

import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BenchSetting } from './bench/bench-result.js';
import type { ClosedLoop } from './bench/load/plan.js';
import { runLoad } from './bench/load/run-load.js';
import { measure, measuredShop, type Measurement } from './bench/measure.js';
import { help, readBenchOptions, type BenchOptions } from './bench/options.js';
import type { ScenarioName } from './bench/scenario-names.js';
import { resultsDir, settingOf, writeResults } from './bench/results.js';
import { PeerShop } from './bench/peer-shop.js';
import { runInPlan, SCENARIOS, spreadOrders, type Bench } from './bench/scenarios.js';
import { interruptible, report, runToEnd } from './program.js';
import { Stack } from './stack/stack.js';
import { tablesOf, targetTable } from './bench/table.js';
import { bestOf, compareWithTargets, shareOfLimit } from './bench/targets.js';
import { compareTurns, comparisonTable, turnsOf, type Contender, type Turn } from './bench/turns.js';
import { Watchers } from './bench/watchers.js';
import { makeWorld } from './bench/world.js';
import { makeTestDir, removeTestDir } from './test-run.js';

/** Our shop, beside a peer. */
const OURS = 'jangteo';
/** Our shop, with streams open and without. */
const WATCHED = ['streams', 'none'] as const;
/** A sign of life where one measurement takes long. */
const STILL_EVERY_MS = 30_000;

const startedAt = new Date().toISOString();

const interruption = interruptible();
const interrupted = new Promise<never>((_, reject) => {
  interruption.addEventListener('abort', () => reject(new Error('Interrupted')));
});
// Whoever waits for it hears of it; until then it must not end the process.
interrupted.catch(() => undefined);

function foundIn({ load, faults }: Measurement): string {
  const speed = `${load.perSecond.toFixed(0)}/s, p50 ${load.p50.toFixed(1)} ms, p99 ${load.p99.toFixed(1)} ms`;
  return `  ${speed}, ${faults.length === 0 ? 'books exact' : `NOT EXACT:\n${faults.join('\n')}`}`;
}

async function runIn(plan: ClosedLoop): Promise<void> {
  if (plan.seconds === 0) return;
  report(`Running in: orders for ${plan.seconds} s`);
  const nothing = async (): Promise<void> => {};
  await runLoad(plan, { signal: interruption, onBegin: nothing, onEnd: nothing });
}

/** Something to measure, under the name of its scenario. */
type NamedTurn = Turn & { readonly name: ScenarioName };

async function* scenarioTurns(bench: Bench): AsyncGenerator<NamedTurn> {
  const shop = measuredShop(bench.stack);
  await runIn(runInPlan(bench));
  for (const name of bench.options.only) {
    for await (const trial of SCENARIOS[name](bench)) yield { name, shop, trial };
  }
}

/** Orders in our shop and in the other one, by turns. */
async function* peerTurns(bench: Bench, peer: PeerShop): AsyncGenerator<NamedTurn> {
  const { stack, world, options } = bench;
  report(`Filling ${peer.name} alike`);
  const theirs: Contender = {
    name: peer.name,
    shop: peer,
    urls: peer.urls,
    orders: await peer.makeOrders(options),
  };
  const ours: Contender = {
    name: OURS,
    shop: measuredShop(stack),
    urls: stack.urls,
    orders: spreadOrders(world),
  };
  const contenders = [ours, theirs] as const;
  for (const { urls, orders } of contenders) await runIn({ ...runInPlan(bench), urls, requests: orders });
  for (const turn of turnsOf(contenders, options)) yield { name: 'orders', ...turn };
}

/** Orders in our shop with so many streams open, and with none, by turns. */
async function* streamTurns(bench: Bench, count: number): AsyncGenerator<NamedTurn> {
  const { stack, world, options } = bench;
  await runIn(runInPlan(bench));
  report(`Placing orders for ${count} streams to tell of`);
  const watchers = await Watchers.of(stack, world, count);
  const ours = { shop: measuredShop(stack), urls: stack.urls, orders: spreadOrders(world) };
  const [open, none] = WATCHED;
  const contenders = [
    { name: open, ...ours },
    { name: none, ...ours },
  ] as const;
  for (const { shop, trial } of turnsOf(contenders, options)) {
    const faults: string[] = [];
    const end = await watchers.begin(trial.detail === open, faults);
    yield { name: 'orders', shop, trial: { ...trial, answerFaults: () => faults, afterLoad: end } };
  }
}

/** The names of what takes turns, where something does. */
function contendersOf({ peer, streams }: BenchOptions): readonly [string, string] | undefined {
  if (peer !== undefined) return [OURS, peer];
  return streams === undefined ? undefined : WATCHED;
}

/** @param measurements where each goes as soon as it is there, so that an end halfway loses none */
async function measureAll(turns: AsyncIterable<NamedTurn>, measurements: Measurement[]): Promise<void> {
  for await (const { name, shop, trial } of turns) {
    const { plan, title } = trial;
    const how = plan.loop === 'open' ? `${plan.ratePerSecond} a second` : `${plan.clients} clients`;
    report(`${name}: ${title}, ${how}`);
    const still = setInterval(() => report('  still measuring'), STILL_EVERY_MS);
    const measurement = await measure(shop, name, trial, interruption).finally(() => clearInterval(still));
    measurements.push(measurement);
    report(foundIn(measurement));
  }
}

/** @returns whether all of it is as it should be */
async function present(
  measurements: readonly Measurement[],
  options: BenchOptions,
  setting: BenchSetting,
): Promise<boolean> {
  console.log(`\n${tablesOf(measurements)}\n`);
  const share = shareOfLimit(measurements);
  if (share !== undefined) {
    const limit = Math.round(bestOf(measurements, 'limit') ?? 0).toLocaleString('en');
    console.log(
      `Limit: ${limit} orders a second by the database alone; the shop reaches ${share.toFixed(2)} of it.\n`,
    );
  }
  const names = contendersOf(options);
  const comparison = names && compareTurns(measurements, names);
  if (names && comparison)
    console.log(`Medians of ${options.rounds} rounds\n${comparisonTable(comparison, names)}\n`);
  const targets = comparison ? [] : compareWithTargets(measurements);
  if (options.check) console.log(`${targetTable(targets)}\n`);
  const run = { startedAt, settings: options, targets, measurements, comparison, ...setting };
  for (const path of await writeResults(run, options.out ?? resultsDir)) report(`Wrote ${path}`);
  const isExact = measurements.every(({ faults }) => faults.length === 0);
  return isExact && !(options.check && targets.some(({ verdict }) => verdict === 'missed'));
}

async function fillAndMeasure(
  stack: Stack,
  peer: PeerShop | undefined,
  options: BenchOptions,
): Promise<boolean> {
  report(`Making ${options.users} customers with money and ${options.products} products with stock`);
  const world = await makeWorld(stack, options);
  const setting = await settingOf(stack);
  const bench: Bench = { stack, world, options, report };
  const measurements: Measurement[] = [];
  const { streams } = options;
  const alone = streams === undefined ? scenarioTurns(bench) : streamTurns(bench, streams);
  await measureAll(peer === undefined ? alone : peerTurns(bench, peer), measurements).catch(
    (error: unknown) => {
      if (measurements.length > 0) console.log(`\n${tablesOf(measurements)}\n`);
      throw error;
    },
  );
  for (const line of (await stack.complaints()).slice(0, 10)) report(`Logged: ${line}`);
  return await present(measurements, options, setting);
}

/**
 * An audit that falls into a measurement of some seconds would weigh far more there than in a shop's day: what it
 * costs is a scenario of its own, and the books are checked after each anyway. All streams are of one address.
 */
const environment = {
  gateway: {
    AUDIT_INTERVAL_SECONDS: '0',
    STREAMS_MAX: '100000',
    STREAMS_PER_ADDRESS_MAX: '100000',
    STREAMS_PER_USER_MAX: '100000',
    STREAM_SECONDS_MAX: '86400',
  },
};

async function bench(options: BenchOptions): Promise<boolean> {
  const dir = await makeTestDir('bench-');
  const profileDir = resolve(options.out ?? resultsDir, 'profiles');
  if (options.profile.length > 0) await mkdir(profileDir, { recursive: true });
  let stack: Stack | undefined;
  let peer: PeerShop | undefined;
  try {
    const { replicas, profile } = options;
    stack = await Stack.start({
      dir,
      replicas,
      profile,
      profileDir,
      environment,
      report,
      signal: interruption,
    });
    if (options.peer !== undefined) {
      report(`Starting ${options.peer}`);
      const { infrastructure } = stack;
      peer = await PeerShop.start({ peer: options.peer, dir, infrastructure, signal: interruption });
    }
    return await Promise.race([fillAndMeasure(stack, peer, options), interrupted]);
  } finally {
    report('Stopping');
    await peer?.stop();
    await stack?.stop();
    await removeTestDir(dir);
    if (options.profile.length > 0) report(`CPU profiles are in ${profileDir}`);
  }
}

async function main(): Promise<boolean> {
  const options = readBenchOptions(process.argv.slice(2));
  if (!options.help) return await bench(options);
  console.log(help);
  return true;
}

await runToEnd('bench', interruption, main);

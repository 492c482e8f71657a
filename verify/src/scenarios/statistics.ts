import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, provideKafka, provideSpark, run } from '@jangteo/infra';
import { untilSettled } from '@jangteo/testkit';
import {
  argumentsOf,
  counted,
  localDir,
  numberOf,
  report,
  serverVersions,
  versionsLine,
  type TestCount,
} from '@jangteo/tools';
import { Dice } from '../dice.js';
import {
  harmStatistics,
  STATISTICS_HARMS,
  untilCounted,
  type StatisticsHarm,
  type StatisticsTrial,
} from '../failpoint/statistics.js';
import { tryPlace } from '../places/place.js';
import { JOB, sparkEnvironment } from '../places/statistics-job.js';
import { ReplayPlace } from '../places/replay-place.js';
import { emptyDatabase, StatisticsShop } from '../places/statistics-shop.js';
import { countOf, invariantLines, type Invariant } from '../report/invariants.js';
import { Load } from '../traffic/load.js';
import { RecordMaker } from '../traffic/record-maker.js';
import { validateStatistics } from '../validate/sales-figures.js';
import type { Scenario } from './scenario.js';
import { replay } from './statistics-replay.js';

const help = `Usage: npm run test:statistics [-- --short] [--rounds 3] [--seed <n>]
       npm run test:statistics -- --replay 10000000 [--batch-max 20000] [--seed <n>]

Tries the statistics job of jobs/statistics: its own tests on Spark and PostgreSQL; then customers shop, with coupons and
cancellations, while a real Kafka, the job and the order service are killed, records are sent again, the checkpoint is
lost, partitions are added and poison is put in; every figure is compared with the order service's books.
Needs Java 17, Python 3.10, Maven and PyPI; what cannot be had is told as NOT TESTED. Ends with \`N passed, N failed\`.

  --short        one round, without what only takes longer, and of the tests with Spark a sample, drawn by the seed
  --rounds <n>   rounds of all harms, each in another order (3)
  --seed <n>     of these orders (a random one)
  --replay <n>   instead: makes so many records, without a shop, has the job count them, and tells how many a second, its
                 memory, and whether every figure is exact
  --batch-max <n>  STATISTICS_BATCH_MAX of that (the job's own)
  -h, --help
`;

const CLIENTS = 6;
const FLAGS = {
  short: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '3' },
  seed: { type: 'string' },
  replay: { type: 'string' },
  'batch-max': { type: 'string' },
} as const;
const ROUNDS = { least: 1, most: 1_000, isWhole: true };
const REPLAYED = { least: 1, most: 100_000_000, isWhole: true };
const BATCH = { least: 1, most: 1_000_000, isWhole: true };
const SEED = { least: 0, most: 2 ** 32 - 1, isWhole: true };
/** Of the job's own tests with Spark, in a short run. */
const SAMPLE = 8;
const SECURED_RECORDS = 3;
const KNOWN_MS = 180_000;
const GOES_ON = { deadlineMs: 300_000, everyMs: 200 };
/** Of each kind that is counted, so that a figure that is wrong has something to be wrong about. */
const LEAST = 3;

/** That which begins with a start of the job is part of another harm in a short run. */
const SHORT = (Object.keys(STATISTICS_HARMS) as StatisticsHarm[]).filter(
  (harm) => harm !== 'SIGKILL to the job',
);

/** Reads the sum that pytest ends with. */
export function countPytest(output: string): TestCount {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const of = (what: string): number => Number(new RegExp(`(\\d+) ${what}`).exec(last)?.[1] ?? 0);
  const count = { passed: of('passed'), failed: of('failed') + of('error') };
  return count.passed + count.failed === 0 ? { passed: 0, failed: 1 } : count;
}

/** A topic behind TLS and a login, for the job's own tests. */
async function securedTopic({ broker }: StatisticsShop): Promise<string> {
  const topic = 'secured';
  await broker.makeTopic(topic, 1);
  const maker = new RecordMaker(SECURED_RECORDS, new Dice(1));
  const values = Array.from({ length: SECURED_RECORDS }, () => maker.next().value);
  await broker.send(values, topic);
  return JSON.stringify({ topic, ...broker.secure });
}

/** @param sampleSeed draws some of those that take longest; all of them without it */
async function runPytest(
  shop: StatisticsShop,
  python: string,
  dir: string,
  sampleSeed: number | undefined,
): Promise<TestCount> {
  report("The job's own tests");
  const env = {
    ...sparkEnvironment(python, dir),
    STATISTICS_TEST_DATABASE_URL: await emptyDatabase(shop.stack, 'statistics_tests'),
    STATISTICS_TEST_KAFKA: await securedTopic(shop),
  };
  const sample =
    sampleSeed === undefined ? [] : ['--sample', String(SAMPLE), '--sample-seed', String(sampleSeed)];
  const args = ['-q', '--tb=short', '-p', 'no:cacheprovider', '-c', join(JOB, 'pyproject.toml'), ...sample];
  // What fails is in the output of the error, too.
  const output = await run(python, ['-m', 'pytest', ...args], { env, cwd: JOB }).catch((error: unknown) =>
    String(error),
  );
  const count = countPytest(output);
  if (count.failed > 0) console.log(output);
  for (const [line] of output.matchAll(/^(FAILED|ERROR) .*$/gm)) console.log(line.replace('ERROR', 'FAILED'));
  const left = /(\d+) deselected/.exec(output)?.[1];
  if (left !== undefined) {
    console.log(
      `######## LEFT OUT by --seed ${sampleSeed}: ${left} of the job's own tests (npm run test:statistics)`,
    );
  }
  return count;
}

/** Waits until customers have used coupons and cancelled orders. */
async function untilAllKinds({ shop }: StatisticsTrial): Promise<void> {
  await eventually(async () => {
    const [its] = await shop.stack.sql<{ cancelled: number; discounted: number }>(
      'order',
      `SELECT count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled,
         count(*) FILTER (WHERE status = 'SUCCESS' AND discount > 0) AS discounted FROM orders`,
    );
    return its !== undefined && its.cancelled >= LEAST && its.discounted >= LEAST;
  }, GOES_ON);
}

async function round(
  shop: StatisticsShop,
  harms: readonly StatisticsHarm[],
  { dice, dir, poisons }: { readonly dice: Dice; readonly dir: string; readonly poisons: string[] },
): Promise<Invariant[]> {
  await mkdir(dir, { recursive: true });
  const load = await Load.start(shop.stack, CLIENTS, dice.fork(), dir);
  const trial = { shop, load, poisons };
  try {
    for (const harm of harms) await harmStatistics(trial, harm);
    await untilAllKinds(trial);
  } finally {
    await load.stop(KNOWN_MS);
  }
  await untilSettled(shop.stack);
  report('Comparing every figure with the order service’s books');
  await untilCounted(shop).catch((error: unknown) => report(String(error)));
  return await validateStatistics(shop, poisons);
}

interface Options {
  readonly isShort: boolean;
  readonly rounds: number;
  readonly seed: number;
  readonly python: string;
}

async function work(shop: StatisticsShop, dir: string, options: Options): Promise<TestCount> {
  const { isShort, rounds, seed, python } = options;
  console.log(versionsLine(await serverVersions(shop.stack.infrastructure)));
  const tests = await runPytest(shop, python, dir, isShort ? seed : undefined);
  report(`Seed ${seed}`);
  await shop.job.launch();
  const dice = new Dice(seed);
  const poisons: string[] = [];
  const invariants: Invariant[] = [];
  for (let turn = 1; turn <= (isShort ? 1 : rounds); turn += 1) {
    const all = Object.keys(STATISTICS_HARMS) as StatisticsHarm[];
    const harms = isShort ? SHORT : dice.some(all, all.length);
    const its = await round(shop, harms, { dice, dir: join(dir, `round-${turn}`), poisons });
    invariants.push(...its);
    if (countOf(its).failed > 0) break;
  }
  console.log(`\n${invariantLines(invariants)}\n`);
  const { passed, failed } = countOf(invariants);
  return { passed: passed + tests.passed, failed: failed + tests.failed };
}

export const statistics: Scenario = {
  help,
  async run(args, interruption) {
    const given = argumentsOf({ args: [...args], options: FLAGS }).values;
    const rounds = numberOf('rounds', given.rounds, ROUNDS);
    const replayed = given.replay === undefined ? undefined : numberOf('replay', given.replay, REPLAYED);
    const batchMax = given['batch-max'];
    if (batchMax !== undefined) numberOf('batch-max', batchMax, BATCH);
    const seed = given.seed === undefined ? randomInt(1_000_000) : numberOf('seed', given.seed, SEED);
    return await counted(interruption, async () => {
      const kafka = await provideKafka(report);
      const spark = 'problem' in kafka ? kafka : await provideSpark(JOB, join(localDir, 'spark'), report);
      if (!('python' in spark)) {
        console.log(`######## NOT TESTED: the statistics job. ${'problem' in spark ? spark.problem : ''}`);
        return { passed: 0, failed: 0 };
      }
      const { python } = spark;
      const visit = {
        prefix: 'statistics-',
        suffix: `-seed-${seed}`,
        interruption,
        isBad: ({ failed }: TestCount) => failed > 0,
      } as const;
      // Waits are long here, and nobody who interrupts it waits with them.
      const unlessInterrupted = (its: () => Promise<TestCount>): Promise<TestCount> => {
        interruption.throwIfAborted();
        return Promise.race([
          its(),
          once(interruption, 'abort').then(() => Promise.reject(new Error('interrupted'))),
        ]);
      };
      if (replayed !== undefined) {
        const settings: Record<string, string> =
          batchMax === undefined ? {} : { STATISTICS_BATCH_MAX: batchMax };
        return await tryPlace({
          ...visit,
          open: (dir) => ReplayPlace.open(dir, python, settings, interruption),
          work: (place) => unlessInterrupted(() => replay(place, replayed, seed)),
        });
      }
      return await tryPlace({
        ...visit,
        open: (dir) => StatisticsShop.open(dir, python, interruption),
        work: (shop, dir) =>
          unlessInterrupted(() => work(shop, dir, { isShort: given.short, rounds, seed, python })),
      });
    });
  },
};

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, provideKafka, provideSpark, run } from '@jangteo/infra';
import { untilSettled } from '@jangteo/testkit';
import {
  argumentsOf,
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
import { emptyDatabase, StatisticsShop } from '../places/statistics-shop.js';
import { countOf, invariantLines, type Invariant } from '../report/invariants.js';
import { Load } from '../traffic/load.js';
import { validateStatistics } from '../validate/sales-figures.js';
import { counted } from './counted.js';
import type { Scenario } from './scenario.js';

const help = `Usage: npm run test:statistics [-- --short] [--rounds 3] [--seed <n>]

Tries the statistics job of jobs/statistics: its own tests on Spark and PostgreSQL; then customers shop, with coupons and
cancellations, while a real Kafka, the job and the order service are killed, records are sent again, the checkpoint is
lost, partitions are added and poison is put in; every figure is compared with the order service's books.
Needs Java 17, Python 3.10, Maven and PyPI; what cannot be had is told as NOT TESTED. Ends with \`N passed, N failed\`.

  --short        the tests and one round, without what only takes longer
  --rounds <n>   rounds of all harms, each in another order (3)
  --seed <n>     of these orders (a random one)
  -h, --help
`;

const CLIENTS = 6;
const FLAGS = {
  short: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '3' },
  seed: { type: 'string' },
} as const;
const ROUNDS = { least: 1, most: 1_000, isWhole: true };
const SEED = { least: 0, most: 2 ** 32 - 1, isWhole: true };
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

async function runPytest(shop: StatisticsShop, python: string, dir: string): Promise<TestCount> {
  report("The job's own tests");
  const database = await emptyDatabase(shop.stack, 'statistics_tests');
  const env = { ...sparkEnvironment(python, dir), STATISTICS_TEST_DATABASE_URL: database };
  const args = [
    '-m',
    'pytest',
    '-q',
    '--tb=short',
    '-p',
    'no:cacheprovider',
    '-c',
    join(JOB, 'pyproject.toml'),
  ];
  // What fails is in the output of the error, too.
  const output = await run(python, args, { env, cwd: JOB }).catch((error: unknown) => String(error));
  const count = countPytest(output);
  if (count.failed > 0) console.log(output);
  for (const [line] of output.matchAll(/^(FAILED|ERROR) .*$/gm)) console.log(line.replace('ERROR', 'FAILED'));
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
  const tests = await runPytest(shop, python, dir);
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
    const seed = given.seed === undefined ? randomInt(1_000_000) : numberOf('seed', given.seed, SEED);
    return await counted(interruption, async () => {
      const kafka = await provideKafka(report);
      const spark = 'problem' in kafka ? kafka : await provideSpark(JOB, join(localDir, 'spark'), report);
      if (!('python' in spark)) {
        console.log(`######## NOT TESTED: the statistics job. ${'problem' in spark ? spark.problem : ''}`);
        return { passed: 0, failed: 0 };
      }
      const { python } = spark;
      return await tryPlace({
        prefix: 'statistics-',
        suffix: `-seed-${seed}`,
        interruption,
        open: (dir) => StatisticsShop.open(dir, python, interruption),
        // Waits are long here, and nobody who interrupts it waits with them.
        work: (shop, dir) => {
          interruption.throwIfAborted();
          return Promise.race([
            work(shop, dir, { isShort: given.short, rounds, seed, python }),
            once(interruption, 'abort').then(() => Promise.reject(new Error('interrupted'))),
          ]);
        },
        isBad: ({ failed }) => failed > 0,
      });
    });
  },
};

import { writeFile } from 'node:fs/promises';
import { projectRoot, provideRedis, startInfrastructure } from '@jangteo/infra';
import { copyProject, removeCopy } from './mutations/copy.js';
import { PAGE_PATH, pageOf, reportOf } from './mutations/page.js';
import { readMutations, type Mutation } from './mutations/patches.js';
import { isDetected, testify, tryMutation, type Bench, type Trial } from './mutations/trial.js';
import { argumentsOf, interruptible, runToEnd, UsageError } from './program.js';
import { makeTestDir, removeTestDir, testEnvironment } from './test-run.js';

const help = `Usage: npm run mutations [-- --only <names>]

Breaks one rule of the house after the other in a copy of the project, each by a patch in tools/mutations, and
runs the tests that have to notice. Ends with 1 when one does not turn red, or a patch does not apply. When all
were noticed it writes docs/mutations.md.

  --only <names>    some of them, separated by commas; writes nothing
  -h, --help

Environment: POSTGRES_URL, AMQP_URL, REDIS_URL as for npm test.
`;

const interruption = interruptible();

/** The mutations that were asked for; undefined where help was. @throws UsageError */
async function chosen(args: readonly string[]): Promise<Mutation[] | undefined> {
  const { values } = argumentsOf({
    args: [...args],
    options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return undefined;
  const all = await readMutations();
  const names = values.only?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => all.every((mutation) => mutation.name !== name));
  if (unknown !== undefined) {
    throw new UsageError(
      `--only does not know "${unknown}"; it knows ${all.map(({ name }) => name).join(', ')}`,
    );
  }
  return names === undefined ? all : all.filter(({ name }) => names.includes(name));
}

/** Without any mutation every test has to be green: else a red one would prove nothing. */
async function assertGreen(bench: Bench, mutations: readonly Mutation[]): Promise<void> {
  const named = mutations.flatMap(({ witnesses }) => witnesses);
  const witnesses = [...new Map(named.map((witness) => [JSON.stringify(witness), witness])).values()];
  console.log(`Without any mutation: ${witnesses.length} tests`);
  const bad = (await testify(bench, witnesses)).filter(({ end }) => end !== 'passed');
  if (bad.length === 0) return;
  const lines = bad.map(({ end, file, title, said }) => `  ${end}: ${file} > ${title} ${said}`);
  throw new Error(`Not green without any mutation:\n${lines.join('\n')}`);
}

async function tryAll(bench: Bench, mutations: readonly Mutation[]): Promise<Trial[]> {
  await assertGreen(bench, mutations);
  const trials: Trial[] = [];
  for (const mutation of mutations) {
    interruption.throwIfAborted();
    const trial = await tryMutation(bench, mutation);
    console.log(reportOf(trial));
    trials.push(trial);
  }
  return trials;
}

/** Runs with servers and a copy of the project of its own, which all end with it. */
async function withBench<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
  const dir = await makeTestDir();
  const options = {
    dataDir: dir,
    postgresUrl: process.env.POSTGRES_URL,
    amqpUrl: process.env.AMQP_URL,
    mode: 'local',
    onProgress: console.log,
    signal: interruption,
  } as const;
  const copy = await copyProject();
  try {
    const { postgresUrl, amqpUrl, stop } = await startInfrastructure(options);
    const redis = await provideRedis(options, process.env.REDIS_URL);
    const urls = { POSTGRES_URL: postgresUrl, AMQP_URL: amqpUrl, REDIS_URL: redis?.url ?? '' };
    const env = { ...testEnvironment(dir), ...urls };
    try {
      return await work({ copy, dir, env, signal: interruption });
    } finally {
      await redis?.stop();
      await stop();
    }
  } finally {
    await removeTestDir(dir);
    await removeCopy(copy);
  }
}

async function main(): Promise<boolean> {
  const args = process.argv.slice(2);
  const mutations = await chosen(args);
  if (mutations === undefined) {
    process.stdout.write(help);
    return true;
  }
  const trials = await withBench((bench) => tryAll(bench, mutations));
  const detected = trials.filter(isDetected);
  console.log(`${detected.length} of ${trials.length} mutations were noticed`);
  if (detected.length < trials.length) return false;
  if (args.length === 0) {
    await writeFile(PAGE_PATH, pageOf(trials));
    console.log(`Wrote ${PAGE_PATH.slice(projectRoot().length + 1)}`);
  }
  return true;
}

await runToEnd('mutations', interruption, main);

import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants, getPriority, setPriority } from 'node:os';
import { join } from 'node:path';
import { ANY_NAMESPACE } from '@jangteo/contracts';
import {
  amqpUrlVariables,
  brokerAccounts,
  projectRoot,
  provideBrowser,
  provideKafka,
  provideRedis,
  readAmqpUrls,
  startInfrastructure,
  type Infrastructure,
  type InfrastructureOptions,
} from '@jangteo/infra';
import { auditDependencies } from './dependency-audit.js';
import { newSecrets } from './secrets.js';
import { choiceOf, leftCasesLines, leftOutLine } from './test-sample.js';
import {
  countTests,
  failureLines,
  jestCommand,
  makeTestDir,
  removeTestDir,
  testEnvironment,
  untestedLines,
  type TestCount,
} from './test-run.js';
import { engineVersion, serverVersions, versionsLine } from './versions.js';

const help = `Usage: npm test [-- <jest arguments>]

Lints everything, audits the packages in use and runs the tests against a PostgreSQL, a RabbitMQ and a Redis of its own:
all but what is slow by nature (tools/src/test-sample.ts), of which it draws some minutes' worth, others each time; what
was left out is named at the end. With arguments it runs all of the tests that they choose, and nothing else:
  npm test -- libs/messaging          tests below a folder
  npm test -- -t 'second debit'       tests by title

Environment:
  POSTGRES_URL, AMQP_URL,
  REDIS_URL                     servers to use instead of own ones
  TEST_INFRA=testcontainers     take them from containers (POSTGRES_IMAGE, RABBITMQ_IMAGE, REDIS_IMAGE)
  TEST_SEED                     repeat the sample of an earlier run, which has said its seed
  TEST_SAMPLE=all               leave nothing out, and take full length, as .ci/nightly does
  ADVISORIES_REQUIRED=true      fail where the registry cannot be asked for known advisories
  BROWSER                       a Chromium to look at pages with (one that is found, or Debian's package)
  KAFKA_JARS                    a folder with the jars of Kafka's brokers (fetched with Maven, and kept)
  JEST_WORKERS                  test files at a time (3)
`;

const KAFKA_TESTS = ['real-kafka', 'real-kafka-cluster'].map(
  (name) => `services/order/test/${name}.int.spec.ts`,
);

const jestArgs = process.argv.slice(2);
const choosesAll = jestArgs.every((arg) => arg.startsWith('-'));
/** Tests that nobody would want a browser for are chosen more often than those of pages. */
const wantsBrowser = choosesAll || jestArgs.some((arg) => /console|client|example/.test(arg));
const wantsKafka = choosesAll || jestArgs.some((arg) => /kafka|(services|order|test)\/?$/.test(arg));
if (jestArgs.includes('--help')) {
  process.stdout.write(help);
  process.exit(0);
}

const interruption = new AbortController();
let endedBy: NodeJS.Signals | undefined;
const children = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    endedBy = signal;
    interruption.abort();
    for (const child of children) child.kill(signal);
  });
}

/**
 * Runs a program; true when it succeeded.
 * @param held takes its output, which else is visible as it comes, of one that runs beside the tests
 */
async function succeeds(
  program: string,
  args: readonly string[],
  { env = process.env, held }: { env?: NodeJS.ProcessEnv; held?: (chunk: Buffer) => void } = {},
): Promise<boolean> {
  if (interruption.signal.aborted) return false;
  const its = held === undefined ? 'inherit' : 'pipe';
  const child = spawn(program, args, { cwd: projectRoot(), stdio: ['ignore', its, its], env });
  if (held !== undefined) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', held);
    // It gives way to what others wait for; whoever gives way already may not be allowed to go back.
    if (child.pid !== undefined && getPriority() < constants.priority.PRIORITY_BELOW_NORMAL) {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    }
  }
  children.add(child);
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      console.error(String(error));
      resolve(null);
    });
    child.once('close', resolve);
  });
  children.delete(child);
  return code === 0;
}

async function lint(): Promise<TestCount> {
  const output: Buffer[] = [];
  const clean = await succeeds('npm', ['run', '--silent', 'lint'], { held: (chunk) => output.push(chunk) });
  // In one piece, since tests are told of meanwhile.
  if (clean) {
    console.log('Lint: clean');
  } else if (!interruption.signal.aborted) {
    const said = Buffer.concat(output).toString();
    // The first line of a record of what failed; the rest of it may be far above its end.
    const [first] = /^.*\b(error|warn|not formatted|×|✖)\b.*$/im.exec(said) ?? ['see below'];
    console.log(`FAILED lint: ${first.trim()}\n${said}`);
  }
  return { passed: 0, failed: clean ? 0 : 1 };
}

/** Fails for want of a registry that can be asked only where somebody counts on the answer. */
async function auditPackages(): Promise<TestCount> {
  return { passed: 0, failed: await auditDependencies(process.env.ADVISORIES_REQUIRED === 'true') };
}

interface ServerUrls extends Readonly<Record<string, string>> {
  readonly POSTGRES_URL: string;
  readonly AMQP_URL: string;
  /** Empty where no Redis can be had: the tests that need one fail then, and say so. */
  readonly REDIS_URL: string;
}

async function runJest(dir: string, urls: ServerUrls): Promise<TestCount> {
  const report = join(dir, 'report.json');
  // On servers of others nothing may stay behind that only their end removes.
  const ownServers = !process.env.POSTGRES_URL && !process.env.AMQP_URL;
  const env: NodeJS.ProcessEnv = { ...testEnvironment(dir), ...urls, SHARE_SHOPS: String(ownServers) };
  const { sample, left } = choiceOf(jestArgs, env);
  const leftCases = join(dir, 'left-cases.jsonl');
  Object.assign(env, { TEST_SAMPLE: sample, TEST_LEFT_OUT: left.join(' '), TEST_LEFT_CASES: leftCases });
  if (wantsBrowser) env.BROWSER ??= (await provideBrowser(console.log)) ?? '';
  const lacksKafka =
    wantsKafka && !KAFKA_TESTS.every((path) => left.includes(path)) && env.KAFKA_JARS === undefined;
  const kafka = lacksKafka ? await provideKafka(console.log) : undefined;
  if (kafka !== undefined) env.KAFKA_JARS = 'jars' in kafka ? kafka.jars : '';
  const isWhole = sample === 'all';
  console.log(isWhole ? 'All of what takes long' : `A sample of what takes long: TEST_SEED=${env.TEST_SEED}`);
  const succeeded = await succeeds(process.execPath, jestCommand(projectRoot(), report, jestArgs), { env });
  const count = await countTests(report);
  // Of what is chosen by title jest reports all else of its files as left out.
  const isByTitle = jestArgs.some((arg) => /^(-t|--testNamePattern)/.test(arg));
  for (const line of isByTitle ? [] : await untestedLines(report)) console.log(line);
  if (env.BROWSER === '') console.log('######## NOT TESTED: console/test, for want of Chromium');
  if (env.KAFKA_JARS === '') {
    const why = kafka !== undefined && 'problem' in kafka ? kafka.problem : 'KAFKA_JARS is set to nothing';
    console.log(`######## NOT TESTED: ${KAFKA_TESTS.join(' ')}, for want of Kafka: ${why}`);
  }
  if (left.length > 0) console.log(leftOutLine(env.TEST_SEED!, left));
  const notes = await readFile(leftCases, 'utf8').catch(() => '');
  for (const line of leftCasesLines(env.TEST_SEED!, notes)) console.log(line);
  const failures = await failureLines(report);
  for (const line of failures) console.log(line);
  if (failures.length > 0 && !isWhole) console.log(`The same sample again: TEST_SEED=${env.TEST_SEED}`);
  if (succeeded) return count;
  // For reasons that no test shows, such as a pattern that matches nothing, or for want of memory.
  if (failures.length === 0) {
    console.log(`FAILED jest ended without a test that failed: ${jestArgs.join(' ')}`);
  }
  return { ...count, failed: Math.max(count.failed, 1) };
}

async function sayVersions(servers: Infrastructure, mode: InfrastructureOptions['mode']): Promise<void> {
  const engine = mode === 'testcontainers' ? await engineVersion() : {};
  console.log(versionsLine({ ...(await serverVersions(servers)), Node: process.versions.node, ...engine }));
}

async function testEverything(): Promise<TestCount> {
  const given = readAmqpUrls(process.env);
  const dir = await makeTestDir();
  const options: InfrastructureOptions = {
    dataDir: dir,
    postgresUrl: process.env.POSTGRES_URL,
    amqpUrl: given.amqpUrl,
    // So that whatever a service does without having the permission is seen by every test that runs it.
    brokerUsers: {
      accounts: brokerAccounts('test', newSecrets().brokerPasswords),
      namespace: ANY_NAMESPACE,
      ownerPlaysAll: true,
    },
    mode: process.env.TEST_INFRA === 'testcontainers' ? 'testcontainers' : 'local',
    onProgress: console.log,
    signal: interruption.signal,
  };
  try {
    const infrastructure = await startInfrastructure(options);
    const { postgresUrl, amqpUrl, amqpUrls, stop } = infrastructure;
    const redis = await provideRedis(options, process.env.REDIS_URL).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      return undefined;
    });
    try {
      await sayVersions(infrastructure, options.mode);
      const urls = { POSTGRES_URL: postgresUrl, AMQP_URL: amqpUrl, REDIS_URL: redis?.url ?? '' };
      return await runJest(dir, { ...amqpUrlVariables({ ...amqpUrls, ...given.amqpUrls }), ...urls });
    } finally {
      await redis?.stop();
      await stop();
    }
  } finally {
    await removeTestDir(dir);
  }
}

const nothing: TestCount = { passed: 0, failed: 0 };

/** What cannot be done is told and counted, while the rest goes on. */
const countedFailure =
  (what: string) =>
  (error: unknown): TestCount => {
    console.log(`FAILED ${what}: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1 };
  };

const [linted, audited, tested] = await Promise.all([
  // Tests wait much; what is looked at without running it fills the gaps.
  ...(jestArgs.length === 0
    ? ([lint().catch(countedFailure('lint')), auditPackages().catch(countedFailure('advisories'))] as const)
    : ([nothing, nothing] as const)),
  testEverything().catch(countedFailure('tests')),
]);
if (endedBy !== undefined) console.log(`FAILED the run was ended by ${endedBy}`);
const failed = linted.failed + audited.failed + tested.failed + (endedBy === undefined ? 0 : 1);
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${tested.passed} passed, ${failed} failed`);

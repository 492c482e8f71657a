import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { eventually, projectRoot } from '@jangteo/infra';
import { auditProblems } from './chaos/checks/audit.js';
import type { Invariant } from './chaos/checks/invariant.js';
import { answersInvariant, bookInvariants, settleProblems } from './chaos/checks/verify.js';
import { Dice } from './chaos/dice.js';
import { Load } from './chaos/load/load.js';
import { invariantLines } from './chaos/table.js';
import { killEach, makeReplicas, restartEach, type Scene } from './compose/harm.js';
import { ContainerShop } from './compose/open-shop.js';
import { ComposeProject } from './compose/project.js';
import { walkOf, walkProblems } from './compose/walk.js';
import { localDir } from './paths.js';
import {
  countTests,
  jestCommand,
  makeTestDir,
  removeTestDir,
  testEnvironment,
  type TestCount,
} from './test-run.js';

const help = `Usage: npm run test:compose

Builds the images, starts the shop of docker-compose.yml under a name and ports of its own, and tries it: each service
is killed in the middle of orders, then restarted one replica after the other; the books are compared with what clients
were told; the README's walk is taken; whole-stack tests run. All of it is taken down again, volumes included.
Needs a Docker engine with Docker Compose or docker-compose. Ends with \`N passed, N failed\`.
`;

const CLIENTS = 24;
const ORDERS = 500;
const READY_MS = 120_000;
const KNOWN_MS = 60_000;

/** Whole-stack tests that need nothing but REST, books and logs of a shop as it comes. */
const SPECS = ['orders', 'coupons', 'races', 'products', 'cart', 'idempotency'].map(
  (name) => `services/gateway/test/${name}.e2e.spec.ts`,
);

const began = performance.now();
const report = (line: string): void => {
  console.error(`${((performance.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
};

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());

async function start(project: ComposeProject): Promise<void> {
  report('Building the images');
  await project.compose('build');
  report('Starting the shop');
  await project.compose('up', '--detach');
  const isReady = async (): Promise<boolean> => {
    interruption.signal.throwIfAborted();
    return (await fetch(`${project.url}/health/ready`)).ok;
  };
  await eventually(isReady, { deadlineMs: READY_MS, everyMs: 200 });
  report(`The shop is ready at ${project.url}`);
}

/** Customers shop while services are killed and restarted; then all that they were told must be so. */
async function shopping(project: ComposeProject, dir: string): Promise<Invariant[]> {
  const stack = new ContainerShop(project.shop, project.secrets);
  const load = await Load.start(stack, CLIENTS, new Dice(1), join(dir, 'clients.log'));
  const scene: Scene = { project, load, report };
  try {
    const kills = await killEach(scene, ORDERS);
    report('Making a second replica of each service behind the gateway');
    await makeReplicas(scene);
    const rolling = await restartEach(scene);
    const unknown = await load.stop(KNOWN_MS);
    report('Comparing the books with what clients were told');
    const settled = await settleProblems(stack);
    const books = await bookInvariants({ stack, load });
    return [
      kills,
      rolling,
      { name: 'settled', says: 'all came to an end within a minute', problems: settled },
      ...books,
      answersInvariant(load, unknown),
      { name: 'audit', says: 'GET /admin/audit finds nothing', problems: await auditProblems(stack) },
    ];
  } finally {
    await load.stop(0);
    await stack.close();
  }
}

async function walk(project: ComposeProject, dir: string): Promise<Invariant> {
  const readme = walkOf(await readFile(join(projectRoot(), 'README.md'), 'utf8'));
  const problems = await walkProblems(readme, project.url, dir).catch((error: unknown) => [String(error)]);
  const says = "the README's walk is answered as it shows";
  return { name: 'walk', says, problems, looked: `${readme.answers.length} answers` };
}

async function runSpecs(project: ComposeProject, dir: string): Promise<TestCount> {
  const running = join(dir, 'running-shop.json');
  const result = join(dir, 'report.json');
  await writeFile(running, JSON.stringify(project.shop));
  const args = jestCommand(projectRoot(), result, ['--runInBand', ...SPECS]);
  const env = { ...testEnvironment(dir), RUNNING_SHOP: running };
  const child = spawn(process.execPath, args, {
    cwd: projectRoot(),
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    signal: interruption.signal,
  });
  await new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  return await countTests(result);
}

async function keepLogs(project: ComposeProject): Promise<void> {
  const kept = join(localDir, 'compose-logs', new Date().toISOString().replaceAll(':', '-'));
  await mkdir(kept, { recursive: true });
  await writeFile(join(kept, 'containers.log'), await project.logs());
  report(`Logs: ${kept}`);
}

async function testCompose(): Promise<TestCount> {
  const dir = await makeTestDir('compose-');
  const name = `jangteo-test-${process.pid}`;
  const project = await ComposeProject.make({ dir, name, signal: interruption.signal });
  let count: TestCount = { passed: 0, failed: 1 };
  try {
    await start(project);
    report("Taking the README's walk");
    const invariants = [await walk(project, dir)];
    report('Letting customers in');
    invariants.push(...(await shopping(project, dir)));
    report('Running whole-stack tests');
    const specs = await runSpecs(project, dir);
    console.log(`\n${invariantLines(invariants)}\n`);
    const broken = invariants.filter(({ problems }) => problems.length > 0).length;
    count = { passed: specs.passed + invariants.length - broken, failed: specs.failed + broken };
    return count;
  } finally {
    if (count.failed > 0 && !interruption.signal.aborted) {
      await keepLogs(project).catch((error: unknown) => report(String(error)));
    }
    report('Taking everything down');
    await project.down();
    await removeTestDir(dir);
  }
}

async function main(): Promise<number> {
  if (process.argv.length > 2) {
    console.log(help);
    return process.argv.includes('--help') || process.argv.includes('-h') ? 0 : 2;
  }
  const { passed, failed } = await testCompose().catch((error: unknown) => {
    console.error(interruption.signal.aborted ? 'Interrupted' : error);
    return { passed: 0, failed: 1 };
  });
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
// Connections that are kept alive would hold the process for seconds.
process.exit();

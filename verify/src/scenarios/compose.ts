import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { countTests, failureLines, jestCommand, type TestCount, testEnvironment } from '@jangteo/tools';
import type { Invariant } from '../report/invariant.js';
import { invariantLines } from '../report/table.js';
import { killEach, makeReplicas, restartEach } from '../failpoint/harm.js';
import type { ComposeProject } from '../places/compose-project.js';
import { countOf, refuseOptions, Trial } from './trial.js';
import { walkOf, walkProblems, WALKS } from '../validate/walk.js';

const help = `Usage: npm run test:compose

Builds the images, starts the shop of docker-compose.yml under a name and ports of its own, and tries it: each service
is killed in the middle of orders, then restarted one replica after the other; the books are compared with what clients
were told; the walks of README and docs/walk.md are taken; whole-stack tests run. All of it is taken down again, volumes included.
Needs a Docker engine with Docker Compose or docker-compose. Ends with \`N passed, N failed\`.
`;

/** As many as two cores serve without haste, containers and clients on them. */
const CLIENTS = 12;
const ORDERS = 500;

/** Whole-stack tests that need nothing but REST, books and logs of a shop as it comes. */
const SPECS = ['orders', 'coupons', 'races', 'products'].map(
  (name) => `services/gateway/test/${name}.e2e.spec.ts`,
);

const refused = refuseOptions(help);
if (refused !== undefined) process.exit(refused);
const trial = new Trial(false);

async function walk(path: string, project: ComposeProject, dir: string): Promise<Invariant> {
  const walk = walkOf(await readFile(join(projectRoot(), path), 'utf8'));
  const problems = await walkProblems(walk, project.url, dir).catch((error: unknown) => [String(error)]);
  return {
    name: path === 'README.md' ? 'one order' : 'walk',
    says: `what ${path} has pasted is answered as it shows`,
    problems,
    looked: `${walk.answers.length} answers`,
  };
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
    signal: trial.signal,
  });
  await new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  for (const line of await failureLines(result)) console.log(line);
  return await countTests(result);
}

process.exitCode = await trial.run(async (project, dir) => {
  trial.report('Taking the walks of README and docs/walk.md');
  const walked: Invariant[] = [];
  for (const path of WALKS) walked.push(await walk(path, project, dir));
  trial.report('Letting customers in');
  const shopped = await trial.shopping(project, { clients: CLIENTS, dir }, async (scene) => {
    const kills = await killEach(scene, ORDERS);
    scene.report('Making a second replica of each service behind the gateway');
    await makeReplicas(scene);
    return [kills, await restartEach(scene)];
  });
  trial.report('Running whole-stack tests');
  const specs = await runSpecs(project, dir);
  const invariants = [...walked, ...shopped];
  console.log(`\n${invariantLines(invariants)}\n`);
  const counted = countOf(invariants);
  return { passed: specs.passed + counted.passed, failed: specs.failed + counted.failed };
});
// Connections that are kept alive would hold the process for seconds.
process.exit();

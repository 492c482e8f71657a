import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { sampled } from '@jangteo/testkit';
import {
  argumentsOf,
  countTests,
  failureLines,
  jestCommand,
  report,
  testEnvironment,
  type TestCount,
} from '@jangteo/tools';
import { killEach, makeReplicas, restartInTurn } from '../failpoint/containers.js';
import { BEHIND } from '../failpoint/trial.js';
import type { ComposeProject } from '../places/compose-project.js';
import type { Invariant } from '../report/invariants.js';
import { walkInvariant, WALKS } from '../validate/walk.js';
import { tryStatistics } from './compose-statistics.js';
import { tryInContainers } from './in-containers.js';
import type { Scenario } from './scenario.js';

const help = `Usage: npm run test:compose [-- --statistics]

Builds the images, starts the shop of docker-compose.yml under a name and ports of its own, and tries it: each service
is killed in the middle of orders, then restarted one replica after the other; the books are compared with what clients
were told; the walks of README and docs/walk.md are taken; whole-stack tests run. All of it is taken down again, volumes included.
With TEST_SAMPLE=some, as .ci/run has it, TEST_SEED draws two services that are restarted and one file of tests.
Needs a Docker engine with Docker Compose or docker-compose. Ends with \`N passed, N failed\`.

  --statistics   tries the profile statistics instead: it does not start unprepared; Kafka and the job are killed while
                 customers shop, all of it is taken down and started again, the walk of docs/walk.md through it is taken,
                 and every figure is compared with the order service's books, and what /admin/sales and the audit say
                 with both. NOT TESTED where Kafka's or Spark's image cannot be had
  -h, --help
`;

const FLAGS = { statistics: { type: 'boolean', default: false } } as const;

/** As many as two cores serve without haste, containers and clients on them. */
const CLIENTS = 12;
const ORDERS = 500;

/** Whole-stack tests that need nothing but REST, books and logs of a shop as it comes. */
const SPECS = ['orders', 'coupons', 'races', 'products'].map(
  (name) => `services/gateway/test/${name}.e2e.spec.ts`,
);

async function runSpecs(project: ComposeProject, dir: string, signal: AbortSignal): Promise<TestCount> {
  report('Running whole-stack tests');
  const running = join(dir, 'running-shop.json');
  const result = join(dir, 'report.json');
  await writeFile(running, JSON.stringify(project.shop));
  const child = spawn(
    process.execPath,
    jestCommand(projectRoot(), result, ['--runInBand', ...sampled('specs', SPECS, 1)]),
    {
      cwd: projectRoot(),
      env: { ...testEnvironment(dir), RUNNING_SHOP: running },
      stdio: ['ignore', 'inherit', 'inherit'],
      signal,
    },
  );
  await new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  for (const line of await failureLines(result)) console.log(line);
  return await countTests(result);
}

export const compose: Scenario = {
  help,
  async run(args, interruption) {
    const { values } = argumentsOf({ args: [...args], options: FLAGS });
    if (values.statistics) return await tryStatistics(interruption);
    return await tryInContainers(
      {
        clients: CLIENTS,
        async before(project, dir) {
          report('Taking the walks of README and docs/walk.md');
          const walks: Invariant[] = [];
          for (const path of WALKS) walks.push(await walkInvariant(path, { url: project.url, dir }));
          return walks;
        },
        async harm(trial) {
          const kills = await killEach(trial, ORDERS);
          const those = sampled('replicas', BEHIND, 2);
          report(`Making a second replica of ${those.join(', ')}`);
          await makeReplicas(trial, those);
          return [kills, await restartInTurn(trial, those)];
        },
        after: (project, dir) => runSpecs(project, dir, interruption),
      },
      interruption,
    );
  },
};

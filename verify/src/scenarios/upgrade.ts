import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, run } from '@jangteo/infra';
import type { TestCount } from '@jangteo/tools';
import type { Invariant } from '../report/invariant.js';
import { invariantLines } from '../report/table.js';
import { replaceBroker } from '../failpoint/broker-upgrade.js';
import type { Scene } from '../failpoint/harm.js';
import { harmTable, type Harm } from '../report/harm-table.js';
import { thisRelease, type ComposeProject, type Release } from '../places/compose-project.js';
import { countOf, Trial } from './trial.js';
import { upgradeAndBack } from '../failpoint/upgrade.js';

const help = `Usage: npm run test:upgrade -- --from <commit>
       npm run test:upgrade -- --broker <image>

With --from it tries the upgrade of docs/operations.md: builds the images of an older commit and of this code, starts the shop of the
older one under a name and ports of its own, and under load goes to this code as docs/operations.md says, and back
again with the databases as they are then. Each service but the gateway is replaced with old and new at work side by
side, which no request may notice.
With --broker it tries the change to another RabbitMQ of docs/operations.md: the shop starts with the image that
RABBITMQ_IMAGE names, or docker-compose.yml; orders are placed and not worked off, everything is stopped, the broker is
thrown away with all that is in it, and the shop goes on with the other one.
The books are compared with what clients were told. All of it is taken down again, volumes included. Prints how long
there were no orders each time.
Needs git, and a Docker engine with Docker Compose or docker-compose. Ends with \`N passed, N failed\`.

  --from <commit>   a commit, branch or tag that has a docker-compose.yml
  --broker <image>  RabbitMQ with its management plugin, of another version
  -h, --help
`;

const CLIENTS = 8;
const OLD_TAG = 'test-old';

type Wanted = { readonly from: string } | { readonly broker: string };

/** @returns undefined where help was asked for @throws Error that is for the user */
function readWanted(): Wanted | undefined {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      broker: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const { from, broker, help: isHelp } = values;
  if (isHelp) return undefined;
  if (from !== undefined && broker === undefined) return { from };
  if (broker !== undefined && from === undefined) return { broker };
  throw new Error(
    'One of --from and --broker is needed: the commit to upgrade from, or the RabbitMQ to go to',
  );
}

/** @throws Error that is for the user where a commit cannot be had, or is of a time before docker compose */
async function assertHasCompose(commit: string): Promise<void> {
  await run('git', ['cat-file', '-e', `${commit}:docker-compose.yml`], { cwd: projectRoot() }).catch(() => {
    throw new Error(`--from ${commit}: no such commit here, or it has no docker-compose.yml`);
  });
}

const oldRelease = (dir: string): Release => ({ root: join(dir, 'old'), tag: OLD_TAG });

/** Brings the sources of a commit, in a folder of their own. */
async function sourcesOf(commit: string, dir: string): Promise<Release> {
  const release = oldRelease(dir);
  const { root } = release;
  const archive = `${root}.tar`;
  await mkdir(root);
  await run('git', ['archive', '--format=tar', '--output', archive, commit], { cwd: projectRoot() });
  await run('tar', ['-xf', archive, '-C', root]);
  return release;
}

type Move = (scene: Scene) => Promise<{ harms: Harm[]; invariants: Invariant[] }>;

/** Tries one change while customers shop. */
async function shopDuring(
  trial: Trial,
  project: ComposeProject,
  dir: string,
  move: Move,
): Promise<TestCount> {
  trial.report('Letting customers in');
  let table = '';
  const invariants = await trial.shopping(project, { clients: CLIENTS, dir }, async (scene) => {
    const { harms, invariants: found } = await move(scene);
    table = harmTable(harms);
    return found;
  });
  console.log(`\n${table}\n\n${invariantLines(invariants)}\n`);
  return countOf(invariants);
}

async function testUpgrade(from: string): Promise<number> {
  await assertHasCompose(from);
  // As docs/operations.md says: the older one may be one whose messages do not say who sent them.
  const trial = new Trial(false, { UNSIGNED_MESSAGES: 'take' });
  const to = thisRelease();
  return await trial.run(
    async (project, dir) => {
      trial.report('Building the images of this code');
      await project.of(to).compose('build');
      return await shopDuring(trial, project, dir, (scene) =>
        upgradeAndBack(scene, { from: oldRelease(dir), to }),
      );
    },
    (dir) => sourcesOf(from, dir),
  );
}

async function testBroker(image: string): Promise<number> {
  const trial = new Trial(false);
  const to: Release = { ...thisRelease(), rabbitImage: image };
  return await trial.run((project, dir) =>
    shopDuring(trial, project, dir, (scene) => replaceBroker(scene, to)),
  );
}

try {
  const wanted = readWanted();
  if (wanted === undefined) console.log(help);
  else process.exitCode = await ('from' in wanted ? testUpgrade(wanted.from) : testBroker(wanted.broker));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  process.exitCode = 2;
}
// Connections that are kept alive would hold the process for seconds.
process.exit();

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, run } from '@jangteo/infra';
import { argumentsOf, report, UsageError } from '@jangteo/tools';
import { replaceBroker } from '../failpoint/broker-upgrade.js';
import { upgradeAndBack } from '../failpoint/upgrade.js';
import { thisRelease, type Release } from '../places/compose-project.js';
import { tryInContainers, type Plan } from './in-containers.js';
import type { Scenario } from './scenario.js';

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

/** @throws UsageError where a commit cannot be had, or is of a time before docker compose */
async function assertHasCompose(commit: string): Promise<void> {
  await run('git', ['cat-file', '-e', `${commit}:docker-compose.yml`], { cwd: projectRoot() }).catch(() => {
    throw new UsageError(`--from ${commit}: no such commit here, or it has no docker-compose.yml`);
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

/** The upgrade from a commit to this code, and back. */
async function fromCommit(from: string): Promise<Plan> {
  await assertHasCompose(from);
  const to = thisRelease();
  return {
    clients: CLIENTS,
    // As docs/operations.md says: the older one may be one whose messages do not say who sent them.
    variables: { UNSIGNED_MESSAGES: 'take' },
    first: (dir) => sourcesOf(from, dir),
    async before(project) {
      report('Building the images of this code');
      await project.of(to).compose('build');
      return [];
    },
    harm: (trial, dir) => upgradeAndBack(trial, oldRelease(dir), to),
  };
}

/** The change to another RabbitMQ. */
function toBroker(rabbitImage: string): Plan {
  return { clients: CLIENTS, harm: (trial) => replaceBroker(trial, { ...thisRelease(), rabbitImage }) };
}

export const upgrade: Scenario = {
  help,
  async run(args, interruption) {
    const options = { from: { type: 'string' }, broker: { type: 'string' } } as const;
    const { from, broker } = argumentsOf({ args: [...args], options }).values;
    if (from !== undefined && broker === undefined)
      return tryInContainers(await fromCommit(from), interruption);
    if (broker !== undefined && from === undefined) return tryInContainers(toBroker(broker), interruption);
    throw new UsageError(
      'One of --from and --broker is needed: the commit to upgrade from, or the RabbitMQ to go to',
    );
  },
};

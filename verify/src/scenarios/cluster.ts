import { join } from 'node:path';
import { projectRoot, run } from '@jangteo/infra';
import { argumentsOf, report, services } from '@jangteo/tools';
import { calm, killOneOfEach, restartInTurn } from '../failpoint/containers.js';
import { canHave } from '../places/images.js';
import { clusterInvariant } from '../validate/cluster.js';
import { tryInContainers } from './in-containers.js';
import type { Scenario } from './scenario.js';

const help = `Usage: npm run test:cluster

Builds the images, starts the shop of docker-compose.cluster.yml under a name and ports of its own, and tries it: under
load one broker, one replica of each service and one gateway are killed, one after the other, and come back; then each
replica of each service is restarted in turn, which no request may notice. The books are compared with what clients were
told. All of it is taken down again, volumes included. Prints how long there were no orders each time.
Needs a Docker engine with Docker Compose or docker-compose. Ends with \`N passed, N failed\`.
`;

/** Few: it is not about speed, and some twenty processes share the machine. */
const CLIENTS = 8;
const BALANCER_IMAGE = 'haproxy:3.2-alpine';
const STAND_IN = 'jangteo/balancer:stand-in';

/** The image of the load balancer, or Debian's HAProxy where no registry is reached. @returns its name */
async function provideBalancer(): Promise<string> {
  const given = process.env.HAPROXY_IMAGE || BALANCER_IMAGE;
  if (await canHave(given)) return given;
  report(`${given} cannot be had: building a stand-in`);
  const folder = join(projectRoot(), 'deploy', 'haproxy');
  await run('docker', [
    'build',
    '--quiet',
    '--tag',
    STAND_IN,
    '--file',
    join(folder, 'stand-in.Dockerfile'),
    folder,
  ]);
  return STAND_IN;
}

export const cluster: Scenario = {
  help,
  async run(args, interruption) {
    argumentsOf({ args: [...args], options: {} });
    process.env.HAPROXY_IMAGE = await provideBalancer();
    return await tryInContainers(
      {
        isCluster: true,
        clients: CLIENTS,
        async harm(trial) {
          const found = await clusterInvariant(trial.project);
          await calm(trial);
          return [found, await killOneOfEach(trial), await restartInTurn(trial, services)];
        },
      },
      interruption,
    );
  },
};

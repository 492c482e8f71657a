import { eventually, run } from '@jangteo/infra';
import { containersOf, untilHealthy } from '@jangteo/testkit';
import { type Service, services } from '@jangteo/tools';
import { setTimeout as wait } from 'node:timers/promises';
import type { Invariant } from '../report/invariant.js';
import { BROKERS } from '../validate/deprecations.js';
import { restartReplicas, seconds, type Scene } from './harm.js';
import { during, type Harm } from '../report/harm-table.js';
import { Pauses } from '../traffic/pauses.js';

/** Time for which the shop is left alone before a harm, to know how long it pauses anyway; and after one. */
const CALM_MS = 5_000;
/** One that is killed stays away for so long at least, so that the others are seen to do its work. */
const AWAY_MS = 4_000;
const BACK_MS = 90_000;
const GATEWAYS = 2;
/** Longer than the broker's elections and the client's way to another node take, on a busy machine too. */
const PAUSE_MS_MAX = 30_000;

/** Waits until the load balancer sends requests to all gateways again. */
async function untilBalanced({ project }: Scene): Promise<void> {
  const areUp = async (): Promise<boolean> => {
    const table = await (await fetch(`${project.balancerUrl}/;csv`)).text();
    return table.split('\n').filter((line) => /^gateways,gateway-\d+,.*,UP,/.test(line)).length === GATEWAYS;
  };
  await eventually(areUp, { deadlineMs: BACK_MS, everyMs: 100 });
}

/** Waits until a node is back in the cluster and its members of all queues are up to date. */
async function untilJoined(id: string): Promise<void> {
  const isHealthy = async (): Promise<boolean> =>
    (await run('docker', ['inspect', '--format', '{{.State.Health.Status}}', id])).trim() === 'healthy';
  await eventually(isHealthy, { deadlineMs: BACK_MS, everyMs: 500 });
  await run('docker', ['exec', id, 'rabbitmq-upgrade', '--timeout', '60', 'await_online_quorum_plus_one']);
}

async function oneOf({ project }: Scene, service: string): Promise<string> {
  const [id] = await containersOf(project.name, service, false);
  if (id === undefined) throw new Error(`No container of ${service} runs`);
  return id;
}

/** Brokers that started together have to have found each other: each knows all of them. */
async function clusterInvariant(scene: Scene): Promise<Invariant> {
  const problems: string[] = [];
  for (const broker of BROKERS) {
    const status = ['rabbitmqctl', '--silent', 'cluster_status', '--formatter', 'json'];
    const answer = await run('docker', ['exec', await oneOf(scene, broker), ...status]);
    const { running_nodes: running } = JSON.parse(answer) as { running_nodes: string[] };
    if (running.length !== BROKERS.length)
      problems.push(`${broker} is in a cluster of ${running.join(', ')}`);
  }
  return { name: 'cluster', says: 'the three brokers, started together, are one cluster', problems };
}

/** Kills one broker, one replica of each service and one gateway, one after the other; each comes back. */
async function killOneOfEach(scene: Scene, pauses: Pauses): Promise<Harm[]> {
  const harms: Harm[] = [];
  const targets = [...BROKERS.slice(0, 1), ...services];
  for (const target of targets) {
    const id = await oneOf(scene, target);
    const harm = await during(scene, pauses, `${target} killed`, async () => {
      await run('docker', ['kill', '--signal', 'KILL', id]);
      await wait(AWAY_MS);
      await run('docker', ['start', id]);
      await (BROKERS.includes(target) ? untilJoined(id) : untilHealthy(id));
      if (target === 'gateway') await untilBalanced(scene);
    });
    harms.push(harm);
  }
  return harms;
}

/** Ends and starts each replica of each service, gateways too, one at a time: nobody may notice. */
async function restartAll(scene: Scene, pauses: Pauses, problems: string[]): Promise<Harm> {
  const harm = await during(scene, pauses, 'each replica restarted in turn', async () => {
    for (const service of services) {
      problems.push(...(await restartReplicas(scene, service, () => afterRestart(scene, service))));
    }
  });
  if (harm.failed + harm.unknown > 0) {
    problems.push(`${harm.failed} calls failed, ${harm.unknown} have an unknown outcome`);
  }
  return harm;
}

async function afterRestart(scene: Scene, service: Service): Promise<void> {
  if (service === 'gateway') await untilBalanced(scene);
}

/** Everything that is done to a cluster under load. */
export async function harmCluster(scene: Scene): Promise<{ harms: Harm[]; invariants: Invariant[] }> {
  const pauses = new Pauses(scene.load.log);
  try {
    const cluster = await clusterInvariant(scene);
    const calm = await during(scene, pauses, 'nothing', async () => wait(CALM_MS));
    const kills = await killOneOfEach(scene, pauses);
    await wait(CALM_MS);
    const problems: string[] = [];
    const restart = await restartAll(scene, pauses, problems);
    const slow = kills.filter(({ pauseMs }) => pauseMs > PAUSE_MS_MAX);
    return {
      harms: [calm, ...kills, restart],
      invariants: [
        cluster,
        {
          name: 'kills',
          says: 'one broker, one replica of each service and one gateway are killed, and orders go on',
          problems: slow.map(({ what, pauseMs }) => `${what}: ${seconds(pauseMs)} without an order`),
          looked: `${kills.length} kills`,
        },
        {
          name: 'rolling',
          says: 'a rolling restart of every service, gateways too, loses and fails no request',
          problems,
        },
      ],
    };
  } finally {
    pauses.end();
  }
}

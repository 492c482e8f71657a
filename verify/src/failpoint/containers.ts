import { setTimeout as wait } from 'node:timers/promises';
import { eventually, pace, run } from '@jangteo/infra';
import { containersOf, ServiceContainers, untilHealthy } from '@jangteo/testkit';
import { services, type Service } from '@jangteo/tools';
import { BROKERS } from '../places/compose-project.js';
import { longPauses } from '../report/harms.js';
import { seconds, type Invariant } from '../report/invariants.js';
import { BEHIND, type Trial } from './trial.js';

/** Time for which the shop is left alone before a harm, to know how long it pauses anyway; and after one. */
const CALM_MS = 5_000;
/** One that is killed stays away for so long at least, so that the others are seen to do its work. */
const AWAY_MS = 4_000;
const BACK_MS = 90_000;
const RESTARTED_MS = 180_000;
const GATEWAYS = 2;
/** Limit for orders to go on after a kill, at the usual pace: longer than a start, or the broker's elections. */
const PAUSE_MS_MAX = 30_000;

/** Leaves the shop alone for a while. */
export async function calm(trial: Trial): Promise<void> {
  await trial.during('nothing', async () => wait(CALM_MS));
}

async function untilAllHealthy({ project }: Trial, service: Service): Promise<void> {
  for (const id of await containersOf(project.name, service)) await untilHealthy(id);
}

/** Kills one after the other; each time orders have to go on. */
export async function killInTurn<T extends string>(
  trial: Trial,
  targets: readonly T[],
  says: string,
  kill: (target: T, index: number) => Promise<void>,
): Promise<Invariant> {
  const here = await pace();
  for (const [index, target] of targets.entries()) await kill(target, index);
  const kills = trial.harms.filter(({ what }) => what.endsWith(' killed'));
  const looked = kills.map(({ what, pauseMs }) => `${what.replace(' killed', '')} ${seconds(pauseMs)}`);
  const problems = longPauses(kills, here(PAUSE_MS_MAX));
  return { name: 'kills', says, problems, looked: looked.join(', ') };
}

/** Kills a service as an operator would, and starts it again. */
async function killAndStart({ project }: Trial, service: string): Promise<void> {
  await project.compose('kill', '-s', 'KILL', service);
  await project.compose('start', service);
}

/** Lets a service crash, and waits until the engine has started it again; where that cannot be done, kills it. */
export async function crash(trial: Trial, service: string): Promise<void> {
  const its = new ServiceContainers(trial.project.name, service, trial.project, new Date());
  if (!(await its.crash())) return await killAndStart(trial, service);
  const isBack = async (): Promise<boolean> => (await trial.running(service)).length > 0;
  await eventually(isBack, { deadlineMs: RESTARTED_MS, everyMs: 100 });
}

/** Kills one service after the other, each the only one of its kind, in the middle of so many orders. */
export async function killEach(trial: Trial, orders: number): Promise<Invariant> {
  const all: readonly Service[] = [...BEHIND, 'gateway'];
  const says = 'each service is killed in the middle of orders, and orders go on';
  const kills = await killInTurn(trial, all, says, async (service, index) => {
    await trial.untilOrders(Math.round((orders / (all.length + 1)) * (index + 1)));
    await trial.during(`${service} killed`, async () => {
      await (index === 0 ? killAndStart(trial, service) : crash(trial, service));
      await untilAllHealthy(trial, service);
      await trial.untilSuccess();
    });
  });
  await trial.untilOrders(orders);
  return kills;
}

/** Waits until the load balancer sends requests to all gateways again. */
async function untilBalanced({ project }: Trial): Promise<void> {
  const areUp = async (): Promise<boolean> => {
    const table = await (await fetch(`${project.balancerUrl}/;csv`)).text();
    return table.split('\n').filter((line) => /^gateways,gateway-\d+,.*,UP,/.test(line)).length === GATEWAYS;
  };
  await eventually(areUp, { deadlineMs: BACK_MS, everyMs: 100 });
}

/** Waits until a container that was killed runs again, as far as its health check tells. */
export async function untilHealthyAgain({ project }: Trial, service: string): Promise<void> {
  await eventually(() => project.isRunning(service), { deadlineMs: RESTARTED_MS, everyMs: 500 });
}

/** Waits until a broker is back in the cluster and its members of all queues are up to date. */
async function untilJoined(id: string): Promise<void> {
  const isHealthy = async (): Promise<boolean> =>
    (await run('docker', ['inspect', '--format', '{{.State.Health.Status}}', id])).trim() === 'healthy';
  await eventually(isHealthy, { deadlineMs: BACK_MS, everyMs: 500 });
  await run('docker', ['exec', id, 'rabbitmq-upgrade', '--timeout', '60', 'await_online_quorum_plus_one']);
}

async function oneOf(trial: Trial, service: string): Promise<string> {
  const [id] = await trial.running(service);
  if (id === undefined) throw new Error(`No container of ${service} runs`);
  return id;
}

/** Kills one broker, one replica of each service and one gateway of a cluster; each comes back. */
export async function killOneOfEach(trial: Trial): Promise<Invariant> {
  const targets = [...BROKERS.slice(0, 1), ...services];
  const says = 'one broker, one replica of each service and one gateway are killed, and orders go on';
  const kills = await killInTurn(trial, targets, says, async (target) => {
    const id = await oneOf(trial, target);
    await trial.during(`${target} killed`, async () => {
      await run('docker', ['kill', '--signal', 'KILL', id]);
      await wait(AWAY_MS);
      await run('docker', ['start', id]);
      await (BROKERS.includes(target) ? untilJoined(id) : untilHealthy(id));
      if (target === 'gateway') await untilBalanced(trial);
    });
  });
  await wait(CALM_MS);
  return kills;
}

/** Makes a second replica of each of some services. */
export async function makeReplicas(trial: Trial, those: readonly Service[]): Promise<void> {
  const scale = those.flatMap((service) => ['--scale', `${service}=2`]);
  await trial.project.compose('up', '--detach', '--no-deps', '--no-recreate', ...scale, ...those);
  for (const service of those) await untilAllHealthy(trial, service);
}

/** Ends and starts each replica of some services, one at a time: nobody may notice. */
export async function restartInTurn(trial: Trial, those: readonly Service[]): Promise<Invariant> {
  const problems: string[] = [];
  let restarts = 0;
  const before = trial.load.log.calls.ok;
  const restart = async (service: Service, id: string): Promise<void> => {
    await run('docker', ['stop', '--time', '40', id]);
    const code = (await run('docker', ['inspect', '--format', '{{.State.ExitCode}}', id])).trim();
    if (code !== '0') problems.push(`${service} ended with ${code} instead of in order`);
    await run('docker', ['start', id]);
    await untilHealthy(id);
    if (service === 'gateway') await untilBalanced(trial);
    restarts += 1;
  };
  const { failed, unknown } = await trial.during('each replica restarted in turn', async () => {
    for (const service of those) {
      for (const id of await containersOf(trial.project.name, service)) await restart(service, id);
    }
  });
  if (failed + unknown > 0) problems.push(`${failed} calls failed, ${unknown} have an unknown outcome`);
  const every = `every service${those.includes('gateway') ? ', gateways too,' : ' behind the gateway'}`;
  const what = BEHIND.every((service) => those.includes(service)) ? every : those.join(' and ');
  const says = `a rolling restart of ${what} loses and fails no request`;
  const looked = `${restarts} restarts, ${trial.load.log.calls.ok - before} calls`;
  return { name: 'rolling', says, problems, looked };
}

import { SAGA_SERVICE, SERVICES } from '@jangteo/contracts';
import { eventually, pace, run } from '@jangteo/infra';
import { containersOf, ServiceContainers, untilHealthy } from '@jangteo/testkit';
import type { Service } from '@jangteo/tools';
import type { Invariant } from '../report/invariant.js';
import type { Load } from '../traffic/load.js';
import type { ComposeProject } from '../places/compose-project.js';

/** On a machine that has much else to do: only what hangs is given up. */
const GOES_ON_MS = 300_000;
const RESTARTED_MS = 180_000;
/** Limit for orders to go on after a service was killed, its start included, at the usual pace. */
const PAUSE_MS_MAX = 30_000;

/** The services behind the gateway: whoever calls the shop has nothing to do with them. */
export const BEHIND: readonly Service[] = [SAGA_SERVICE, ...SERVICES.filter((one) => one !== SAGA_SERVICE)];

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** A shop in containers, and those who shop there. */
export interface Scene {
  readonly project: ComposeProject;
  readonly load: Load;
  readonly report: (line: string) => void;
}

function containers({ project }: Scene, service: Service): ServiceContainers {
  return new ServiceContainers(project.name, service, project, new Date());
}

/** The number of orders that have been answered. */
export function knownOrders({ load }: Pick<Scene, 'load'>): number {
  return load.log.operations.filter(({ kind, told }) => kind === 'order' && told !== undefined).length;
}

/** Waits until so many orders are known. */
export async function untilOrders(scene: Scene, count: number): Promise<void> {
  await eventually(() => knownOrders(scene) >= count, { deadlineMs: GOES_ON_MS, everyMs: 20 });
}

/** @returns milliseconds until the next order that was answered with success */
async function untilSuccess({ load }: Scene, began: number): Promise<number> {
  const next = load.log.nextSuccess().then(() => true);
  let goesOn = false;
  void next.then(() => (goesOn = true));
  await eventually(() => goesOn, { deadlineMs: GOES_ON_MS });
  return performance.now() - began;
}

/** Kills a service as an operator would, and starts it again. */
async function killAndStart(scene: Scene, service: Service): Promise<void> {
  await scene.project.compose('kill', '-s', 'KILL', service);
  await scene.project.compose('start', service);
}

/** Lets a service crash, and waits until the engine has started it again; where that cannot be done, kills it. */
async function crash(scene: Scene, service: Service): Promise<'crashed' | 'killed'> {
  const its = containers(scene, service);
  if (!(await its.crash())) {
    await killAndStart(scene, service);
    return 'killed';
  }
  const isBack = async (): Promise<boolean> =>
    (await containersOf(scene.project.name, service, false)).length > 0;
  await eventually(isBack, { deadlineMs: RESTARTED_MS, everyMs: 100 });
  return 'crashed';
}

/** Kills one service after the other in the middle of orders; each time orders have to go on. */
export async function killEach(scene: Scene, orders: number): Promise<Invariant> {
  const pauses: string[] = [];
  const problems: string[] = [];
  const here = await pace();
  const all: readonly Service[] = [...BEHIND, 'gateway'];
  for (const [index, service] of all.entries()) {
    await untilOrders(scene, Math.round((orders / (all.length + 1)) * (index + 1)));
    const began = performance.now();
    const how = index === 0 ? 'killed' : await crash(scene, service);
    if (index === 0) await killAndStart(scene, service);
    for (const id of await containers(scene, service).ids()) await untilHealthy(id);
    const pauseMs = await untilSuccess(scene, began);
    scene.report(`${service} ${how}; orders go on after ${seconds(pauseMs)}`);
    pauses.push(`${service} ${seconds(pauseMs)}`);
    if (pauseMs > here(PAUSE_MS_MAX))
      problems.push(`orders went on ${seconds(pauseMs)} after ${service} was ${how}`);
  }
  await untilOrders(scene, orders);
  const says = 'each service is killed in the middle of orders, and orders go on';
  return { name: 'kills', says, problems, looked: pauses.join(', ') };
}

/** Makes a second replica of each service behind the gateway. */
export async function makeReplicas(scene: Scene): Promise<void> {
  const scale = BEHIND.flatMap((service) => ['--scale', `${service}=2`]);
  await scene.project.compose('up', '--detach', '--no-deps', '--no-recreate', ...scale, ...BEHIND);
  for (const service of BEHIND) {
    for (const id of await containers(scene, service).ids()) await untilHealthy(id);
  }
}

/**
 * Ends and starts the replicas of a service, one at a time.
 * @param afterEach what else must be so before it is the turn of the next
 * @returns those that did not end in order
 */
export async function restartReplicas(
  scene: Scene,
  service: Service,
  afterEach: () => Promise<void>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const id of await containers(scene, service).ids()) {
    await run('docker', ['stop', '--time', '40', id]);
    const code = (await run('docker', ['inspect', '--format', '{{.State.ExitCode}}', id])).trim();
    if (code !== '0') problems.push(`${service} ended with ${code} instead of in order`);
    await run('docker', ['start', id]);
    await untilHealthy(id);
    await afterEach();
  }
  return problems;
}

/** Ends and starts each replica of each service behind the gateway, one at a time: nobody may notice. */
export async function restartEach(scene: Scene): Promise<Invariant> {
  const { calls } = scene.load.log;
  const before = { ...calls };
  const problems: string[] = [];
  let restarts = 0;
  for (const service of BEHIND) {
    problems.push(...(await restartReplicas(scene, service, async () => void (restarts += 1))));
    scene.report(`${service} restarted, one replica after the other`);
  }
  const [failed, unknown, ok] = [
    calls.fail - before.fail,
    calls.unknown - before.unknown,
    calls.ok - before.ok,
  ];
  if (failed + unknown > 0) problems.push(`${failed} calls failed, ${unknown} have an unknown outcome`);
  const says = 'a rolling restart of every service behind the gateway loses and fails no request';
  return { name: 'rolling', says, problems, looked: `${restarts} restarts, ${ok} calls` };
}

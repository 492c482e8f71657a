import { setTimeout as wait } from 'node:timers/promises';
import { run } from '@jangteo/infra';
import { containersOf, untilHealthy } from '@jangteo/testkit';
import { type Service, services } from '@jangteo/tools';
import type { Invariant } from '../report/invariant.js';
import { BEHIND, knownOrders, seconds, untilOrders, type Scene } from './harm.js';
import { during, type Harm } from '../report/harm-table.js';
import { Pauses } from '../traffic/pauses.js';
import type { ComposeProject, Release } from '../places/compose-project.js';

/** Time for which the shop is left alone first, to know how long it pauses anyway. */
const CALM_MS = 5_000;
/** Placed while both releases work on the same queue. */
const ORDERS_SIDE_BY_SIDE = 30;
/** Limit for the wait of customers while the one gateway is replaced. */
const PAUSE_MS_MAX = 30_000;

/** Services to run once before those of a release start: no others than docs/operations.md names. */
const ONE_SHOTS = ['rabbitmq-users', ...services.map((service) => `${service}-migrate`)];

/** The scene with the containers of the present release, and the project that runs the release to come. */
type Upgrade = Scene & { readonly next: ComposeProject };

async function prepare({ next, project }: Upgrade): Promise<void> {
  // Whom migrations let work with a database.
  await next.compose('run', '--rm', '-T', '--no-deps', 'postgres-users');
  await next.compose('up', '--detach', '--no-deps', 'redis', ...ONE_SHOTS);
  for (const step of ONE_SHOTS) {
    const [id = ''] = await containersOf(project.name, step);
    const code = (await run('docker', ['wait', id])).trim();
    if (code !== '0') throw new Error(`${step} ended with ${code}:\n${await run('docker', ['logs', id])}`);
  }
}

/** New replicas beside the old ones, which end when the new ones work. */
async function replaceSideBySide(upgrade: Upgrade, service: Service): Promise<void> {
  const { next, project } = upgrade;
  const old = await containersOf(project.name, service);
  const scale = `${service}=${old.length * 2}`;
  await next.compose('up', '--detach', '--no-deps', '--no-recreate', '--scale', scale, service);
  for (const id of await containersOf(project.name, service)) await untilHealthy(id);
  await untilOrders(upgrade, knownOrders(upgrade) + ORDERS_SIDE_BY_SIDE);
  await run('docker', ['stop', '--time', '40', ...old]);
  await run('docker', ['rm', ...old]);
}

/** Its port is published: there is one at a time. */
async function replaceGateway({ next, project }: Upgrade): Promise<void> {
  await next.compose('up', '--detach', '--no-deps', 'gateway');
  for (const id of await containersOf(project.name, 'gateway')) await untilHealthy(id);
}

async function images(name: string): Promise<string[]> {
  const ids = await Promise.all(services.map((service) => containersOf(name, service, false)));
  const answer = await run('docker', ['inspect', '--format', '{{.Config.Image}}', ...ids.flat()]);
  return answer.split('\n').filter((line) => line !== '');
}

/** Harm to customers while each service was replaced; they may notice that of the gateway. */
interface Move {
  readonly behind: readonly Harm[];
  readonly gateway: Harm;
}

/** Replaces every service by that of another release, one after the other, while customers shop. */
async function moveTo(release: Release, scene: Scene, pauses: Pauses, isForward: boolean): Promise<Move> {
  const upgrade = { ...scene, next: scene.project.of(release) };
  const to = isForward ? 'the new one' : 'the old one again';
  const behind: Harm[] = [];
  if (isForward) behind.push(await during(scene, pauses, 'migrations', async () => prepare(upgrade)));
  const replaceDoor = async (): Promise<Harm> =>
    await during(scene, pauses, `the one gateway: ${to}`, async () => replaceGateway(upgrade));
  // A new gateway asks what old services do not know, so it comes last and goes first.
  const gone = isForward ? undefined : await replaceDoor();
  for (const service of BEHIND) {
    const replace = async (): Promise<void> => replaceSideBySide(upgrade, service);
    behind.push(await during(scene, pauses, `${service}: ${to} beside, and instead`, replace));
  }
  const gateway = gone ?? (await replaceDoor());
  const others = (await images(scene.project.name)).filter((image) => !image.endsWith(`:${release.tag}`));
  if (others.length > 0) throw new Error(`Of another release: ${others.join(', ')}`);
  return { behind, gateway };
}

/** Goes from the release that runs to another one and back, under load. */
export async function upgradeAndBack(
  scene: Scene,
  { from, to }: { readonly from: Release; readonly to: Release },
): Promise<{ harms: Harm[]; invariants: Invariant[] }> {
  const pauses = new Pauses(scene.load.log);
  try {
    const calm = await during(scene, pauses, 'nothing', async () => wait(CALM_MS));
    const forth = await moveTo(to, scene, pauses, true);
    const back = await moveTo(from, scene, pauses, false);
    const harms = [...forth.behind, forth.gateway, back.gateway, ...back.behind];
    const noticed = [...forth.behind, ...back.behind].filter(({ failed, unknown }) => failed + unknown > 0);
    const slow = harms.filter(({ pauseMs }) => pauseMs > PAUSE_MS_MAX);
    return {
      harms: [calm, ...harms],
      invariants: [
        {
          name: 'upgrade',
          says: 'from one release to the other and back, no request to a service behind the gateway fails',
          problems: noticed.map(
            ({ what, failed, unknown }) => `${what}: ${failed} calls failed, ${unknown} are unknown`,
          ),
          looked: `${harms.length} steps`,
        },
        {
          name: 'pauses',
          says: 'orders go on while each service is replaced',
          problems: slow.map(({ what, pauseMs }) => `${what}: ${seconds(pauseMs)} without an order`),
        },
      ],
    };
  } finally {
    pauses.end();
  }
}

import { pace, run } from '@jangteo/infra';
import { containersOf, untilHealthy } from '@jangteo/testkit';
import { services, type Service } from '@jangteo/tools';
import type { ComposeProject, Release } from '../places/compose-project.js';
import { longPauses, noticed, type Harm } from '../report/harms.js';
import type { Invariant } from '../report/invariants.js';
import { calm } from './containers.js';
import { BEHIND, type Trial } from './trial.js';

/** Placed while both releases work on the same queue. */
const ORDERS_SIDE_BY_SIDE = 30;
/** Limit for the wait of customers while the one gateway is replaced, at the usual pace. */
const PAUSE_MS_MAX = 30_000;

/** Services to run once before those of a release start: no others than docs/operations.md names. */
const ONE_SHOTS = ['rabbitmq-users', ...services.map((service) => `${service}-migrate`)];

/** Runs the migrations of the release to come. */
async function prepare({ project }: Trial, next: ComposeProject): Promise<void> {
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
async function replaceSideBySide(trial: Trial, next: ComposeProject, service: Service): Promise<void> {
  const { name } = trial.project;
  const old = await containersOf(name, service);
  const scale = `${service}=${old.length * 2}`;
  await next.compose('up', '--detach', '--no-deps', '--no-recreate', '--scale', scale, service);
  for (const id of await containersOf(name, service)) await untilHealthy(id);
  await trial.untilMoreOrders(ORDERS_SIDE_BY_SIDE);
  await run('docker', ['stop', '--time', '40', ...old]);
  await run('docker', ['rm', ...old]);
}

/** Its port is published: there is one at a time. */
async function replaceGateway({ project }: Trial, next: ComposeProject): Promise<void> {
  await next.compose('up', '--detach', '--no-deps', 'gateway');
  for (const id of await containersOf(project.name, 'gateway')) await untilHealthy(id);
}

async function images(trial: Trial): Promise<string[]> {
  const ids = await Promise.all(services.map((service) => trial.running(service)));
  const answer = await run('docker', ['inspect', '--format', '{{.Config.Image}}', ...ids.flat()]);
  return answer.split('\n').filter((line) => line !== '');
}

/** Replaces every service by that of another release. @returns the harms that customers may not notice by a call */
async function moveTo(release: Release, trial: Trial, isForward: boolean): Promise<Harm[]> {
  const next = trial.project.of(release);
  const to = isForward ? 'the new one' : 'the old one again';
  const behind: Harm[] = [];
  const replaceDoor = () => trial.during(`the one gateway: ${to}`, async () => replaceGateway(trial, next));
  if (isForward) behind.push(await trial.during('migrations', async () => prepare(trial, next)));
  // A new gateway asks what old services do not know, so it comes last and goes first.
  else await replaceDoor();
  for (const service of BEHIND) {
    const replace = async (): Promise<void> => replaceSideBySide(trial, next, service);
    behind.push(await trial.during(`${service}: ${to} beside, and instead`, replace));
  }
  if (isForward) await replaceDoor();
  const others = (await images(trial)).filter((image) => !image.endsWith(`:${release.tag}`));
  if (others.length > 0) throw new Error(`Of another release: ${others.join(', ')}`);
  return behind;
}

/** Goes from the release that runs to another one and back, under load. */
export async function upgradeAndBack(trial: Trial, from: Release, to: Release): Promise<Invariant[]> {
  await calm(trial);
  const here = await pace();
  const behind = [...(await moveTo(to, trial, true)), ...(await moveTo(from, trial, false))];
  const [, ...harms] = trial.harms;
  return [
    {
      name: 'upgrade',
      says: 'from one release to the other and back, no request to a service behind the gateway fails',
      problems: noticed(behind),
      looked: `${harms.length} steps`,
    },
    {
      name: 'pauses',
      says: 'orders go on while each service is replaced',
      problems: longPauses(harms, here(PAUSE_MS_MAX)),
    },
  ];
}

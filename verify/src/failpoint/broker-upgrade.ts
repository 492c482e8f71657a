import { eventually, run } from '@jangteo/infra';
import { containersOf } from '@jangteo/testkit';
import { brokerVersion, services } from '@jangteo/tools';
import type { Invariant } from '../report/invariant.js';
import { knownOrders, seconds, untilOrders, type Scene } from './harm.js';
import { during, type Harm } from '../report/harm-table.js';
import { ContainerShop } from '../places/container-shop.js';
import { Pauses } from '../traffic/pauses.js';
import type { ComposeProject, Release } from '../places/compose-project.js';

/** On their way when the broker goes, at the least. */
const ON_THEIR_WAY = 10;
const LOOK = { deadlineMs: 60_000, everyMs: 200 };
const START_MS = 180_000;
/** Orders that have to succeed afterwards. */
const ORDERS_AFTER = 30;
/** Far longer than a start of everything takes, on a busy machine too. */
const PAUSE_MS_MAX = 300_000;
/** Whoever places orders, works on them, or publishes events. */
const ALL_BUT_RANKING = services.filter((service) => service !== 'ranking').toReversed();

async function pendingOrders(shop: ContainerShop): Promise<number> {
  const counted = "SELECT count(*) AS orders FROM orders WHERE status = 'PENDING'";
  const [row] = await shop.sql<{ orders: number }>('order', counted);
  return row?.orders ?? 0;
}

/** Events that were confirmed are in the broker alone, until the ranking has counted them. */
async function untilCounted(shop: ContainerShop): Promise<void> {
  await eventually(async () => (await shop.queueCounts())['jangteo.ranking.events'] === 0, LOOK);
}

/** Throws the broker away with all that is in it, as docs/operations.md says, and starts the other one. */
async function startNextBroker(project: ComposeProject, next: ComposeProject): Promise<void> {
  await project.compose('rm', '--stop', '--force', 'rabbitmq');
  await run('docker', ['volume', 'rm', `${project.name}_rabbitmq-data`]);
  await next.compose('up', '--detach');
  // The gateway is ready without the services behind it, so the whole shop is asked for.
  await eventually(() => next.isWhole(), { deadlineMs: START_MS, everyMs: 200 });
}

/**
 * Goes from one broker to another, empty one while customers shop. The wallet is ended first, so that orders are on
 * their way with their commands in the broker that goes.
 */
export async function replaceBroker(
  scene: Scene,
  to: Release,
): Promise<{ harms: Harm[]; invariants: Invariant[] }> {
  const { project } = scene;
  const shop = new ContainerShop(project.shop, project.secrets);
  const pauses = new Pauses(scene.load.log);
  let pending = 0;
  try {
    const before = await brokerVersion(project.shop.amqpUrl);
    const harm = await during(scene, pauses, 'the broker replaced by an empty one', async () => {
      await run('docker', ['stop', '--time', '40', ...(await containersOf(project.name, 'wallet', false))]);
      await eventually(async () => (await pendingOrders(shop)) >= ON_THEIR_WAY, LOOK);
      await project.compose('stop', ...ALL_BUT_RANKING);
      await untilCounted(shop);
      await project.compose('stop', 'ranking');
      pending = await pendingOrders(shop);
      await startNextBroker(project, project.of(to));
      await untilOrders(scene, knownOrders(scene) + ORDERS_AFTER);
    });
    const after = await brokerVersion(project.shop.amqpUrl);
    const problems = [
      ...(after === before ? [`RabbitMQ is ${after} as before`] : []),
      ...(pending === 0 ? ['no order was on its way'] : []),
      ...(harm.pauseMs > PAUSE_MS_MAX ? [`${seconds(harm.pauseMs)} without an order`] : []),
    ];
    const says = 'another RabbitMQ, without a message of the first, goes on with the orders on their way';
    const looked = `${pending} orders on their way, from ${before} to ${after}`;
    return { harms: [harm], invariants: [{ name: 'broker', says, problems, looked }] };
  } finally {
    pauses.end();
    await shop.close();
  }
}

import { eventually, run } from '@jangteo/infra';
import { brokerVersion, services } from '@jangteo/tools';
import type { ComposeProject, Release } from '../places/compose-project.js';
import { longPauses } from '../report/harms.js';
import type { Invariant } from '../report/invariants.js';
import type { Trial } from './trial.js';

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

async function pendingOrders(shop: ComposeProject): Promise<number> {
  const counted = "SELECT count(*) AS orders FROM orders WHERE status = 'PENDING'";
  const [row] = await shop.sql<{ orders: number }>('order', counted);
  return row?.orders ?? 0;
}

/** Events that were confirmed are in the broker alone, until the ranking has counted them. */
async function untilCounted(shop: ComposeProject): Promise<void> {
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
export async function replaceBroker(trial: Trial, to: Release): Promise<Invariant[]> {
  const { project } = trial;
  const before = await brokerVersion(project.amqpUrl);
  let pending = 0;
  const harm = await trial.during('the broker replaced by an empty one', async () => {
    await run('docker', ['stop', '--time', '40', ...(await trial.running('wallet'))]);
    await eventually(async () => (await pendingOrders(project)) >= ON_THEIR_WAY, LOOK);
    await project.compose('stop', ...ALL_BUT_RANKING);
    await untilCounted(project);
    await project.compose('stop', 'ranking');
    pending = await pendingOrders(project);
    await startNextBroker(project, project.of(to));
    await trial.untilMoreOrders(ORDERS_AFTER);
  });
  const after = await brokerVersion(project.amqpUrl);
  const problems = [
    ...(after === before ? [`RabbitMQ is ${after} as before`] : []),
    ...(pending === 0 ? ['no order was on its way'] : []),
    ...longPauses([harm], PAUSE_MS_MAX),
  ];
  const says = 'another RabbitMQ, without a message of the first, goes on with the orders on their way';
  const looked = `${pending} orders on their way, from ${before} to ${after}`;
  return [{ name: 'broker', says, problems, looked }];
}

import { eventually } from '@jangteo/infra';
import { report } from '@jangteo/tools';
import type { StatisticsShop } from '../places/statistics-shop.js';
import type { Load } from '../traffic/load.js';
import type { Counted } from '../validate/sales-figures.js';

/** On a machine that has much else to do. */
const GOES_ON = { deadlineMs: 900_000, everyMs: 50 };
/** While something is away. */
const ORDERS_MEANWHILE = 15;

/** Harm that is done where records are counted. */
export interface StatisticsTrial {
  readonly shop: StatisticsShop;
  readonly load: Load;
  /** Reasons for which records are to be set aside by now. */
  readonly poisons: string[];
}

const untilMoreOrders = async ({ load: { log } }: StatisticsTrial): Promise<void> => {
  const wanted = log.knownOrders + ORDERS_MEANWHILE;
  await eventually(() => log.knownOrders >= wanted, GOES_ON);
};

/** Waits until the job has counted something since it was started. */
async function untilMoreBatches({ shop: { job } }: StatisticsTrial): Promise<void> {
  const before = await job.batches();
  await eventually(async () => (await job.batches()) > before, GOES_ON);
}

/** Waits until all that has happened by now is counted. */
export async function untilCounted(shop: Counted): Promise<void> {
  const [now] = await shop.stack.sql<{ last: number }>(
    'order',
    'SELECT numbered_seq + (SELECT count(*) FROM platform_entries) AS last FROM platform_relay',
  );
  const last = now?.last ?? 0;
  if (last === 0) return;
  await eventually(async () => {
    const [its] = await shop.figures<{ isCounted: boolean }>(
      `SELECT counted @> int8range(1, ${last}, '[]') AS "isCounted" FROM progress`,
    );
    return its?.isCounted === true;
  }, GOES_ON);
}

/** Orders that are told of later have happened in other hours: those that nobody was told of yet. */
async function moveToOtherHours({ shop }: StatisticsTrial, since: string): Promise<number> {
  const hours = 'make_interval(hours => 1 + abs(hashtext(order_id::text)) % 30)';
  return await shop.changeOrders(
    `UPDATE orders SET created_at = created_at - ${hours}, completed_at = completed_at - ${hours}
     WHERE completed_at > '${since}'`,
  );
}

async function killBroker(trial: StatisticsTrial): Promise<void> {
  const { broker, stack } = trial.shop;
  await broker.kill();
  const [its] = await stack.sql<{ now: string }>('order', 'SELECT now()::text AS now');
  await untilMoreOrders(trial);
  await moveToOtherHours(trial, its?.now ?? 'infinity');
  await broker.launch();
}

async function killJob(trial: StatisticsTrial): Promise<void> {
  const { job } = trial.shop;
  await untilMoreBatches(trial);
  await job.kill();
  await untilMoreOrders(trial);
  await job.launch();
}

async function loseCheckpoint(trial: StatisticsTrial): Promise<void> {
  const { job } = trial.shop;
  await untilMoreBatches(trial);
  await job.kill();
  await job.loseCheckpoint();
  await job.launch();
}

async function killOrder(trial: StatisticsTrial): Promise<void> {
  const [process] = trial.shop.stack.processesOf('order');
  await process?.kill();
  await process?.start();
  await untilMoreOrders(trial);
}

async function sendAgain(trial: StatisticsTrial): Promise<void> {
  await untilMoreOrders(trial);
  await untilCounted(trial.shop);
  await trial.shop.resend();
}

const MOMENT = '2026-01-01T09:59:59.999Z';

async function putPoisonIn({ shop, poisons }: StatisticsTrial): Promise<void> {
  const record = { sequence: 1, occurredAt: MOMENT, completedAt: MOMENT, items: [], discount: 0 };
  const values = [
    '?',
    JSON.stringify({ ...record, type: 'order.swapped' }),
    JSON.stringify({ ...record, type: 'order.completed' }),
  ];
  await shop.broker.send(values);
  poisons.push(
    'it is no JSON object',
    'type is neither order.completed nor order.cancelled',
    'items are not 1 to 1000',
  );
}

/** By what they are called. */
export const STATISTICS_HARMS = {
  'poison between the records': putPoisonIn,
  'a partition more': async ({ shop }: StatisticsTrial) => void (await shop.broker.addPartition()),
  'SIGKILL to the broker; sales of other hours wait': killBroker,
  'SIGKILL to the order service': killOrder,
  'every record sent again': sendAgain,
  'SIGKILL to the job': killJob,
  'SIGKILL to the job, and its checkpoint lost': loseCheckpoint,
} as const satisfies Readonly<Record<string, (trial: StatisticsTrial) => Promise<void>>>;

export type StatisticsHarm = keyof typeof STATISTICS_HARMS;

export async function harmStatistics(trial: StatisticsTrial, harm: StatisticsHarm): Promise<void> {
  report(harm);
  await STATISTICS_HARMS[harm](trial);
}

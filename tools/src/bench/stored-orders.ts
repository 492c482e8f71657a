import { eventually } from '@jangteo/infra';
import type pg from 'pg';
import type { Service } from '../services.js';
import { withDatabase } from '../stack/customers.js';
import type { Stack } from '../stack/stack.js';
import { STORED_ORDERS } from './stored-orders.sql.js';
import { PRICE, type World } from './world.js';

/** Orders that one statement inserts. */
const CHUNK = 50_000;
/** Over so many days, the last of them today, as a shop's orders are. */
const DAYS = 30;
const DAY_MS = 86_400_000;
const RELAY_DEADLINE_MS = 60_000;

/** The data platform's mark may only be moved on by hand when nothing is on its way to it. */
async function untilRelayed(stack: Stack): Promise<void> {
  await eventually(
    async () => {
      const [row] = await stack.sql<{ isIdle: boolean }>(
        'order',
        `SELECT sent_seq = numbered_seq AND NOT EXISTS (SELECT FROM platform_entries) AS "isIdle"
         FROM platform_relay`,
      );
      return row?.isIdle ?? false;
    },
    { deadlineMs: RELAY_DEADLINE_MS, everyMs: 100 },
  );
}

async function insertChunks(
  client: pg.Client,
  statements: readonly string[],
  count: number,
  parametersOf: (first: number, last: number) => readonly unknown[],
  onChunk: (last: number) => void,
): Promise<void> {
  // Foreign keys hold by construction, and the books are checked afterwards: no need to look each one up.
  await client.query('SET session_replication_role = replica');
  await client.query('SET synchronous_commit = off');
  for (let first = 1; first <= count; first += CHUNK) {
    const last = Math.min(first + CHUNK - 1, count);
    await client.query('BEGIN');
    await client.query('DROP TABLE IF EXISTS made');
    const [make, ...inserts] = statements;
    await client.query(make ?? '', [...parametersOf(first, last)]);
    for (const insert of inserts) await client.query(insert);
    await client.query('COMMIT');
    onChunk(last);
  }
  await client.query('VACUUM (ANALYZE)');
}

/**
 * Puts successful orders of the past into the databases of all services, as if they had been placed: with
 * items, history, sagas, outcomes, reservations, payments and sales, so that the books still add up.
 * The shop must be at rest.
 */
export async function storeOrders(
  stack: Stack,
  world: World,
  count: number,
  report: (line: string) => void,
): Promise<void> {
  await untilRelayed(stack);
  const beganAtMs = Date.now() - DAYS * DAY_MS;
  const parametersOf = (first: number, last: number): readonly unknown[] => [
    first,
    last,
    beganAtMs,
    Math.floor((DAYS * DAY_MS) / count),
    world.customers.map(({ userId }) => userId),
    world.goods.map(({ productId }) => productId),
    world.goods.map(({ optionId }) => optionId),
    PRICE,
  ];
  const works = Object.entries(STORED_ORDERS).map(async ([service, statements]) => {
    const onChunk = (last: number): void => {
      if (service === 'order') report(`  ${last} of ${count}`);
    };
    await withDatabase(stack.superuserUrlOf(service as Service), (client) =>
      insertChunks(client, statements, count, parametersOf, onChunk),
    );
  });
  await Promise.all(works);
  await withDatabase(stack.infrastructure.postgresUrl, (client) => client.query('CHECKPOINT'));
}

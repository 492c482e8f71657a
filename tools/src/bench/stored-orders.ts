import { DAY_MS } from '@jangteo/contracts';
import { Database, databaseEnv, type BookSource } from '@jangteo/database';
import { eventually } from '@jangteo/infra';
import type pg from 'pg';
import { readConfig } from '@jangteo/service';
import { patientDatabase, sealBooks, withClient } from '@jangteo/testkit';
import type { Service } from '../services.js';
import type { Stack } from '../stack/stack.js';
import { AFTER_STORED, STORED_CUSTOMERS, STORED_ORDERS, STORED_PRODUCTS } from './stored-orders.sql.js';
import { PRICE, type World } from './world.js';

/** Of the orders of the past, one in so many brings a customer or a product of its own. */
const ORDERS_A_CUSTOMER = 10;
const ORDERS_A_PRODUCT = 100;
/** Orders that one statement inserts. */
const CHUNK = 50_000;
/** Over so many days, the last of them today, as a shop's orders are. */
const DAYS = 30;
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

type Chunks = (client: pg.Client) => Promise<void>;

/** @param first of the numbers; the last is `first + count - 1` */
function chunksOf(
  [make = '', ...inserts]: readonly string[],
  { first, count }: { readonly first: number; readonly count: number },
  parametersOf: (first: number, last: number) => readonly unknown[],
  onChunk: (last: number) => void = () => undefined,
): Chunks {
  return async (client) => {
    // Foreign keys hold by construction, and the books are checked afterwards: no need to look each one up.
    await client.query('SET session_replication_role = replica');
    await client.query('SET synchronous_commit = off');
    for (let from = first; from < first + count; from += CHUNK) {
      const last = Math.min(from + CHUNK, first + count) - 1;
      await client.query('BEGIN');
      await client.query('DROP TABLE IF EXISTS made');
      await client.query(make, [...parametersOf(from, last)]);
      for (const insert of inserts) await client.query(insert);
      await client.query('COMMIT');
      onChunk(last);
    }
    await client.query('VACUUM (ANALYZE)');
  };
}

/** Each service's database by itself, all at once. */
async function inAll(
  stack: Stack,
  statements: Readonly<Partial<Record<Service, readonly string[]>>>,
  chunks: (service: Service, statements: readonly string[]) => Chunks,
): Promise<void> {
  const entries = Object.entries(statements) as [Service, readonly string[]][];
  await Promise.all(
    entries.map(([service, its]) => withClient(stack.superuserUrlOf(service), chunks(service, its))),
  );
}

/**
 * Puts successful orders of the past into the databases of all services, as if they had been placed: with
 * items, history, sagas, outcomes, reservations, payments and sales, so that the books still add up. Half of them
 * by customers and of products of the past, which it brings too. The shop must be at rest.
 */
export async function storeOrders(
  stack: Stack,
  world: World,
  count: number,
  report: (line: string) => void,
): Promise<void> {
  await untilRelayed(stack);
  const customers = Math.ceil(count / ORDERS_A_CUSTOMER);
  const products = Math.max(2, Math.ceil(count / ORDERS_A_PRODUCT));
  report(`  ${customers} customers and ${products} products`);
  await inAll(stack, STORED_CUSTOMERS, (_, statements) =>
    chunksOf(statements, { first: 0, count: customers }, (first, last) => [first, last]),
  );
  await inAll(stack, STORED_PRODUCTS, (_, statements) =>
    chunksOf(statements, { first: 0, count: products }, (first, last) => [first, last, PRICE]),
  );
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
    customers,
    products,
  ];
  await inAll(stack, STORED_ORDERS, (service, statements) =>
    chunksOf(statements, { first: 1, count }, parametersOf, (last) => {
      if (service === 'order') report(`  ${last} of ${count} orders`);
    }),
  );
  await inAll(stack, AFTER_STORED, (_, statements) => async (client) => {
    for (const statement of statements) await client.query(statement);
  });
  await withClient(stack.infrastructure.postgresUrl, (client) => client.query('CHECKPOINT'));
}

/** Of whose rows sums are kept for audits. */
const SUMMED: Readonly<Record<keyof typeof STORED_ORDERS, readonly BookSource[]>> = {
  order: ['orders', 'sagas', 'platform_records'].map((table) => ({ table, ids: ['order_id'] })),
  catalog: [{ table: 'reservations', ids: ['order_id'] }],
  wallet: [
    { table: 'ledger', ids: ['order_id', 'charge_id', 'adjustment_id'] },
    { table: 'charges', ids: ['charge_id'] },
  ],
  ranking: [{ table: 'counted_steps', ids: ['order_id'] }],
};
/** Services add rows that are older than a quarter of an hour, ten thousand at a time, and rest after each step: hours of it here. */
const SUMMED_AFTER_SECONDS = 900;
const STEP_ROWS = 100_000;
const SUMMED_DEADLINE_MS = 3 * 3_600_000;
const STEP_DEADLINE_MS = 120_000;

/** Adds stored orders to the kept sums, so that audits need not read them any more. */
export async function sumStored(stack: Stack): Promise<void> {
  const summed = Object.entries(SUMMED).flatMap(([service, sources]) =>
    sources.map(async (source) => {
      const environment = {
        ...patientDatabase(stack.superuserUrlOf(service as Service)),
        DATABASE_STATEMENT_TIMEOUT_MS: String(STEP_DEADLINE_MS),
        DATABASE_TRANSACTION_DEADLINE_MS: String(STEP_DEADLINE_MS),
      };
      const database = new Database(readConfig(databaseEnv, environment));
      try {
        await sealBooks(database, [source], SUMMED_AFTER_SECONDS, {
          deadlineMs: SUMMED_DEADLINE_MS,
          stepRows: STEP_ROWS,
        });
      } finally {
        await database.onApplicationShutdown();
      }
    }),
  );
  await Promise.all(summed);
}

import { randomUUIDv7 } from 'node:crypto';
import { createServiceDatabase, programOf, randomPassword, run } from '@jangteo/infra';
import { withClient } from '@jangteo/testkit';
import type { Trial } from './measure.js';
import { LIMIT_BOOKS, LIMIT_ROWS, PLACE_ORDER, schemaOf } from './limit.sql.js';
import { twoOf } from './load/requests.js';
import type { Stack } from '../stack/stack.js';

const DATABASE = 'jangteo_limit';
const SERVICES = ['order', 'catalog', 'wallet', 'ranking'] as const;
/** The best of these is the limit. */
const CONNECTIONS = [4, 8, 16, 32];
/** More pairs of customer and products than there are of either. */
const PARAMETERS = 20_000;

interface LimitDatabase {
  readonly url: string;
  readonly parameters: readonly (readonly unknown[])[];
}

/** One database with the tables of all services that an order without a coupon writes to. */
async function makeDatabase(stack: Stack, size: { users: number; products: number }): Promise<LimitDatabase> {
  const { postgresUrl } = stack.infrastructure;
  const owner = { name: DATABASE, user: DATABASE, password: randomPassword() };
  const url = await createServiceDatabase(postgresUrl, owner);
  await withClient(url, async (client) => {
    for (const service of SERVICES) await client.query(`CREATE SCHEMA ${schemaOf(service)}`);
  });
  for (const service of SERVICES) {
    const its = new URL(url);
    its.searchParams.set('options', `-c search_path=${schemaOf(service)}`);
    await run(process.execPath, [programOf(service, 'migrate')], {
      env: { ...process.env, DATABASE_URL: its.href },
    });
  }
  const users = Array.from({ length: size.users }, () => randomUUIDv7());
  const productIds = Array.from({ length: size.products }, () => randomUUIDv7()).toSorted();
  const products = productIds.map((productId) => ({ productId }));
  await withClient(url, async (client) => {
    const [wallets, ...goods] = LIMIT_ROWS;
    await client.query(wallets, [users]);
    for (const statement of goods) await client.query(statement, [productIds]);
    // Not the empty tables: plans made for those would read all of what comes into them, row by row.
    await client.query('ANALYZE wallet_service.wallets, catalog_service.products, catalog_service.options');
    await client.query(PLACE_ORDER);
  });
  const parameters = Array.from({ length: PARAMETERS }, (_, index) => [
    users[index % users.length],
    ...twoOf(products, index)
      .map(({ productId }) => productId)
      .toSorted(),
  ]);
  return { url, parameters };
}

async function bookFaults(url: string): Promise<string[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; number: string; orders: string }>(LIMIT_BOOKS);
    return rows.map(({ name, number, orders }) => `${orders} orders, but ${number} ${name}`);
  });
}

/**
 * Measures what PostgreSQL itself can do: one function in one database that writes the rows of an order, called over
 * more and more connections. The database is dropped at the end.
 */
export async function* limitTrials(
  stack: Stack,
  settings: { users: number; products: number; seconds: number; warmUpSeconds: number },
): AsyncGenerator<Trial> {
  const { url, parameters } = await makeDatabase(stack, settings);
  try {
    for (const clients of CONNECTIONS) {
      yield {
        title: 'one function in one database',
        plan: {
          loop: 'calls',
          databaseUrl: url,
          statement: 'SELECT place_order($1, $2, $3)',
          parameters,
          clients,
          warmUpSeconds: Math.min(settings.warmUpSeconds, 1),
          seconds: settings.seconds,
        },
        bookFaults: () => bookFaults(url),
      };
    }
  } finally {
    await withClient(stack.infrastructure.postgresUrl, (client) =>
      client.query(`DROP DATABASE ${DATABASE} WITH (FORCE)`),
    );
  }
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstIdAt, HOUR_MS } from '@jangteo/contracts';
import { Database, databaseEnv, forget, migrate, prove, readColumn, readRule } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import { patientDatabase, sealBooks, testDatabase, type TestDatabase } from '@jangteo/testkit';
import { catalogBooks } from '../src/books.queries.js';
import { migrations } from '../src/migrations/index.js';
import { OLD_RESERVATIONS } from '../src/stock.queries.js';

const THING = '01920000-0000-7000-8000-0000000000b1';
const KEPT = { keptSeconds: 30 * 86_400, limit: 1_000 };
const NOW_MS = Date.now();

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase('catalog');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  await database.rows(
    `INSERT INTO products (product_id, name, price, status, created_at) VALUES ($1, 'Tea', 1, 'SELLABLE', now())`,
    [THING],
  );
  await database.rows(
    `INSERT INTO options (option_id, product_id, name, additional_price, stock, position)
     VALUES ($1, $1, 'Green', 0, 10, 0)`,
    [THING],
  );
  await database.rows(
    `INSERT INTO stock_movements (option_id, operation_key, quantity, created_at) VALUES ($1, 'made', 10, now())`,
    [THING],
  );
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

const orderAt = (daysAgo: number): string =>
  `${firstIdAt(NOW_MS - daysAgo * 24 * HOUR_MS).slice(0, 13)}-7000-8000-000000000001`;

async function reserve(daysAgo: number, releasedDaysAgo?: number): Promise<string> {
  const orderId = orderAt(daysAgo);
  await database.rows(
    `INSERT INTO reservations (order_id, option_id, quantity, reserved_at, released_at)
     VALUES ($1, $2, 2, now(), now() - $3::float8 * interval '1 day')`,
    [orderId, THING, releasedDaysAgo ?? null],
  );
  if (releasedDaysAgo === undefined) await database.rows('UPDATE options SET stock = stock - 2');
  return orderId;
}

const sealAll = (): Promise<void> => sealBooks(database, catalogBooks.sources, 3_600);

/** Looks at the stock as an audit does, and lists where kept sums are not proved. */
async function audited() {
  return await database.snapshot(10_000, async (tx) => {
    const { broken, figures } = await readRule(tx, catalogBooks.rules.stock, new Date());
    const { amount, digests } = await readColumn(tx, catalogBooks.columns.stock, new Date());
    const first = await prove(tx, catalogBooks.sources);
    const last = first.next === undefined ? first : await prove(tx, catalogBooks.sources, first.next);
    return {
      broken,
      taken: figures.taken,
      amount,
      digests,
      differences: [...first.differences, ...last.differences],
    };
  });
}

const left = async (): Promise<string[]> =>
  (await database.rows<{ id: string }>('SELECT order_id AS id FROM reservations ORDER BY 1')).map(
    ({ id }) => id,
  );

describe('reservations that were released', () => {
  it('go when they are old and in the kept sums, which stay as they are', async () => {
    const old = await reserve(50, 40);
    const held = await reserve(49);
    const lately = await reserve(48, 20);
    expect(await forget(database, OLD_RESERVATIONS, KEPT)).toBe(0);
    await sealAll();
    const before = await audited();
    expect(before).toMatchObject({ broken: 0, taken: '2', amount: '2', differences: [] });
    expect(await forget(database, OLD_RESERVATIONS, KEPT)).toBe(1);
    expect(await left()).toEqual([held, lately]);
    expect(await audited()).toEqual(before);
    await sealAll();
    expect(await audited()).toEqual(before);
    expect(await forget(database, OLD_RESERVATIONS, KEPT)).toBe(0);
    expect(old < held).toBe(true);
  });

  it('count in the audit as soon as one is released, however long ago it was made', async () => {
    await database.rows('UPDATE reservations SET released_at = now() WHERE released_at IS NULL');
    expect(await audited()).toMatchObject({
      broken: 1,
      taken: '0',
      amount: '0',
      digests: {},
      differences: [],
    });
    await database.rows('UPDATE options SET stock = stock + 2');
    await sealAll();
    expect(await audited()).toMatchObject({
      broken: 0,
      taken: '0',
      amount: '0',
      digests: {},
      differences: [],
    });
  });
});

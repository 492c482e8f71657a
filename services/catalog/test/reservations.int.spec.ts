import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstIdAt, HOUR_MS } from '@jangteo/contracts';
import { Database, databaseEnv, forget, migrate, readColumn, readRule } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import { patientDatabase, proveBooks, sealBooks, testDatabase, type TestDatabase } from '@jangteo/testkit';
import { catalogBooks } from '../src/books.queries.js';
import { oldReservations } from '../src/catalog.module.js';
import { migrations } from '../src/migrations/index.js';

const THING = '01920000-0000-7000-8000-0000000000b1';
const { statement, keptSeconds } = oldReservations({ RESERVATIONS_KEPT_DAYS: 30 });
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

const forgetOld = (): Promise<number> => forget(database, statement, { keptSeconds, limit: 1_000 });

const sealAll = (): Promise<void> => sealBooks(database, catalogBooks.sources, 3_600);

/** Looks at the stock as an audit does, and lists where kept sums are not proved. */
async function audited() {
  const seen = await database.snapshot(10_000, async (tx) => {
    const { broken, figures } = await readRule(tx, catalogBooks.rules.stock, new Date());
    const { amount, digests } = await readColumn(tx, catalogBooks.columns.stock, new Date());
    return { broken, taken: figures.taken, received: figures.received, amount, digests };
  });
  return { ...seen, differences: await proveBooks(database, catalogBooks.sources) };
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
    expect(await forgetOld()).toBe(0);
    await sealAll();
    const before = await audited();
    expect(before).toMatchObject({ broken: 0, taken: '2', amount: '2', differences: [] });
    expect(await forgetOld()).toBe(1);
    expect(await left()).toEqual([held, lately]);
    expect(await audited()).toEqual(before);
    await sealAll();
    expect(await audited()).toEqual(before);
    expect(await forgetOld()).toBe(0);
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

describe('what has come in', () => {
  async function move(key: string, quantity: number, optionId = THING): Promise<void> {
    await database.rows(
      'INSERT INTO stock_movements (option_id, operation_key, quantity, created_at) VALUES ($1, $2, $3, now())',
      [optionId, key, quantity],
    );
    await database.rows('UPDATE options SET stock = stock + $2::bigint WHERE option_id = $1', [
      optionId,
      quantity,
    ]);
  }
  const sound = (received: string) => ({ broken: 0, received, differences: [] });

  it('is summed by option, and follows what comes long after', async () => {
    await database.rows('SELECT begin_books_anew()');
    expect(await audited()).toMatchObject(sound('10'));
    await move('before it is summed', 5);
    expect(await audited()).toMatchObject(sound('15'));
    await sealAll();
    expect(await audited()).toMatchObject(sound('15'));
    await move('after', -3);
    const young = orderAt(0);
    await database.rows(
      `INSERT INTO options (option_id, product_id, name, additional_price, stock, position)
       VALUES ($1, $2, 'Black', 0, 0, 1)`,
      [young, THING],
    );
    await move('made', 7, young);
    expect(await audited()).toMatchObject(sound('19'));
    await sealAll();
    expect(await audited()).toMatchObject(sound('19'));
    const marks = await database.rows(
      `SELECT sealed_to AS id FROM book_marks WHERE source = 'stock_movements'`,
    );
    expect(marks).toEqual([{ id: THING }]);
  });

  it('is found where a movement or a sum was changed by hand', async () => {
    const add = (units: number) =>
      database.rows(
        `UPDATE stock_movements SET quantity = quantity + $1::bigint WHERE operation_key = 'after'`,
        [units],
      );
    await add(1);
    expect(await audited()).toMatchObject({ broken: 1, differences: [] });
    await add(-1);
    await database.rows('ALTER TABLE stock_movements DISABLE TRIGGER USER');
    await add(1);
    const unseen = await audited();
    expect(unseen).toMatchObject({ broken: 0 });
    expect(unseen.differences).toMatchObject([{ source: 'stock_movements', book: 'received' }]);
    await add(-1);
    await database.rows('ALTER TABLE stock_movements ENABLE TRIGGER USER');
    const addKept = (units: number) =>
      database.rows(`UPDATE book_sums SET amount = amount + $1::bigint WHERE book = 'received'`, [units]);
    await addKept(1);
    const forged = await audited();
    expect(forged).toMatchObject({ broken: 1 });
    expect(forged.differences).toMatchObject([{ book: 'received' }]);
    await addKept(-1);
    expect(await audited()).toMatchObject(sound('19'));
  });
});

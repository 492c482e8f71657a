import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOUR_MS, orderCompleted } from '@jangteo/contracts';
import { Database, databaseEnv, migrate, type Statements } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import { patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import { migrations } from '../src/migrations/index.js';
import { RankingHandler } from '../src/ranking.handler.js';
import { SalesHandler } from '../src/sales.handler.js';
import { Statistics } from '../src/statistics.js';

const HOURS = 60;
const PRODUCTS = 3_000;
const config = { HOURLY_SALES_DAYS: 35 };
const now = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS / 2);
const later = (hours: number): Date => new Date(now.getTime() + hours * HOUR_MS);

/** Rows of each table that were read or written. */
async function workOf(tx: Statements): Promise<Map<string, number>> {
  const tables = await tx.rows<{ name: string; rows: number }>(
    `SELECT relname AS name,
       coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) + n_tup_ins + n_tup_upd + n_tup_del AS rows
     FROM pg_stat_xact_user_tables`,
  );
  return new Map(tables.map(({ name, rows }) => [name, rows]));
}

/** A database that knows what its transactions touched. */
class WatchedDatabase extends Database {
  readonly transactions: ReadonlyMap<string, number>[] = [];

  override async transaction<T>(work: (tx: Statements) => Promise<T>): Promise<T> {
    return await super.transaction(async (tx) => {
      // The connection still has some of what it did before.
      const before = await workOf(tx);
      const result = await work(tx);
      const after = await workOf(tx);
      this.transactions.push(
        new Map([...after].map(([name, rows]) => [name, rows - (before.get(name) ?? 0)])),
      );
      return result;
    });
  }

  /** The rows of a table that each transaction of some work touched. */
  async rowsOf(table: string, work: () => Promise<unknown>): Promise<number[]> {
    this.transactions.length = 0;
    await work();
    return this.transactions.map((tables) => tables.get(table) ?? 0);
  }
}

let scratch: TestDatabase;
let database: WatchedDatabase;
let sales: SalesHandler;
let rankings: RankingHandler;

beforeAll(async () => {
  scratch = await testDatabase('ranking');
  await migrate(scratch.url, migrations);
  database = new WatchedDatabase(readConfig(databaseEnv, patientDatabase(scratch.url)));
  sales = new SalesHandler(database, new Statistics(undefined), config);
  rankings = new RankingHandler(database);
  await database.rows(
    `INSERT INTO hourly_sales (hour, product_id, sold, cancelled)
     SELECT date_trunc('hour', $1::timestamptz, 'UTC') - make_interval(hours => hour), md5('product' || i)::uuid,
       1 + (i * 7919 + hour * 31) % 13, 0
     FROM generate_series(1, $2::int) AS hour, generate_series(1, $3::int) AS i`,
    [now, HOURS, PRODUCTS],
  );
  await rankings.refresh({ at: now });
  await aheadOf(now);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await scratch.drop();
});

/** Refreshes until nothing is left that could be done ahead. */
async function aheadOf(at: Date): Promise<void> {
  const busy = async (): Promise<boolean> => {
    const [left] = await database.rows<{ left: number }>(
      `SELECT (SELECT count(*) FROM tally_leaders WHERE product_ids IS NULL)
         + (SELECT abs(2 - count(*)) FROM tallies) AS left`,
    );
    return left?.left !== 0;
  };
  do await rankings.refresh({ at });
  while (await busy());
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe(`the ranking of ${PRODUCTS} products that sell each hour`, () => {
  it('reads of the figures what changed, not what is there', async () => {
    const items = Array.from({ length: 20 }, () => {
      const productId = randomUUIDv7();
      return { productId, optionId: productId, name: 'Tea cup', price: 1, quantity: 9_000 };
    });
    const [payload] = [{ orderId: randomUUIDv7(), userId: randomUUIDv7(), items, totalPrice: 1 }];
    const completedAt = now.toISOString();
    await sales.count([{ type: orderCompleted.type, payload: { ...payload, completedAt } }]);

    expect(sum(await database.rowsOf('hourly_sales', () => rankings.refresh({ at: now })))).toBe(0);
    const [first] = await database.rows<{ units: number[] }>('SELECT units FROM rankings WHERE days = 1');
    expect(first?.units.slice(0, 20)).toEqual(items.map(({ quantity }) => quantity));
    await sales.count([
      { type: orderCompleted.type, payload: { ...payload, orderId: randomUUIDv7(), completedAt } },
    ]);
    // Two tallies; each row is found once by its key, and written once.
    expect(sum(await database.rowsOf('tally_sums', () => rankings.refresh({ at: now })))).toBeLessThanOrEqual(
      4 * items.length,
    );
  });

  it('turns to the next hour without reading any figures, and makes the one after from what leaves', async () => {
    const turning = await database.rowsOf('hourly_sales', () => rankings.refresh({ at: later(1) }));
    expect(turning[0]).toBe(0);
    const making = await database.rowsOf('hourly_sales', () => aheadOf(later(1)));
    // Of the hours that sold, two leave a window each hour: the ones of 24 and 48 hours ago.
    expect(sum([...turning, ...making])).toBe(2 * PRODUCTS);
  });

  it('never touches more in one transaction than a part of the products', async () => {
    const rows = await database.rowsOf('tally_sums', () => aheadOf(later(2)));
    expect(Math.max(...rows)).toBeGreaterThan(0);
    // A window's places are looked for among all; that only reads.
    expect(Math.max(...rows)).toBeLessThanOrEqual(4 * PRODUCTS);
  });
});

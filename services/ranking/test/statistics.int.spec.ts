import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  HOUR_MS,
  orderCompleted,
  readCategorySales,
  readProductSales,
  readSales,
  type PayloadOf,
} from '@jangteo/contracts';
import { Database, databaseEnv, migrate, OutsideDatabase, type OutsideDeadlines } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import {
  askHandlers,
  pace,
  patientDatabase,
  statisticsDatabase,
  testDatabase,
  withClient,
  type StatisticsDatabase,
  type TestDatabase,
} from '@jangteo/testkit';
import { register } from 'prom-client';
import { migrations } from '../src/migrations/index.js';
import { rankingHandlers } from '../src/ranking.handlers.js';
import { SalesHandler } from '../src/sales.handler.js';
import { Statistics } from '../src/statistics.js';
import { readHoursOfStatistics } from '../src/statistics.queries.js';
import { StatisticsRule } from '../src/statistics.rule.js';

const here = await pace();
const MINUTE_MS = 60_000;
/** Where they answer, however slow the machine is. */
const PATIENT: OutsideDeadlines = { connectMs: MINUTE_MS, statementMs: MINUTE_MS, totalMs: 2 * MINUTE_MS };
const [cup, pot] = ['a', 'b'].map((end) => `01920000-0000-7000-8000-00000000000${end}`) as [string, string];

/** Whatever hour it may become meanwhile. */
const THIS_HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

/** The beginning of an hour so many hours ago. */
const hour = (hours: number): Date => new Date(THIS_HOUR - hours * HOUR_MS);
const soon = (): Date => new Date(Date.now() + 10 * MINUTE_MS);

let scratch: TestDatabase;
let outside: StatisticsDatabase;
let database: Database;
let statistics: Statistics;

beforeAll(async () => {
  [scratch, outside] = await Promise.all([testDatabase('ranking'), statisticsDatabase()]);
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  statistics = new Statistics(outside.url, PATIENT);
});
beforeEach(async () => {
  await database.rows('TRUNCATE counted_steps, hourly_sales, hourly_totals');
  await outside.run('TRUNCATE hourly_sales, hourly_totals, progress');
});
afterAll(async () => {
  await statistics.onApplicationShutdown();
  await database.onApplicationShutdown();
  await Promise.all([scratch.drop(), outside.drop()]);
});

const handlerWith = (its: Statistics): SalesHandler =>
  new SalesHandler(database, its, { HOURLY_SALES_DAYS: 35 });

async function sell(productId: string, units: number, completedAt: Date): Promise<void> {
  const items = [{ productId, optionId: productId, name: 'Tea cup', price: 1, quantity: units }];
  const order = { orderId: randomUUIDv7(), userId: cup, items, totalPrice: 1 };
  const payload = { ...order, completedAt: completedAt.toISOString() };
  await handlerWith(statistics).count([{ type: orderCompleted.type, payload }]);
}

const range = (hours: number) => ({ from: hour(hours).toISOString(), to: hour(-1).toISOString() });

async function salesOf(wanted: Partial<PayloadOf<typeof readSales>> = {}, its = statistics) {
  const ask = askHandlers(rankingHandlers, database, handlerWith(its));
  const [outcome] = await ask(readSales, [{ ...range(2), period: 'hour', ...wanted }]);
  if (outcome?.ok !== true) throw new Error('reading sales was refused');
  return outcome.value.sales;
}

async function productsOf(wanted: Partial<PayloadOf<typeof readProductSales>> = {}, its = statistics) {
  const ask = askHandlers(rankingHandlers, database, handlerWith(its));
  const [outcome] = await ask(readProductSales, [{ ...range(48), limit: 10, ...wanted }]);
  if (outcome?.ok !== true) throw new Error('reading products was refused');
  return outcome.value.products;
}

async function categoriesOf(wanted: Partial<PayloadOf<typeof readCategorySales>> = {}, its = statistics) {
  const ask = askHandlers(rankingHandlers, database, handlerWith(its));
  const [outcome] = await ask(readCategorySales, [{ ...range(48), limit: 10, ...wanted }]);
  if (outcome?.ok !== true) throw new Error('reading categories was refused');
  return outcome.value.categories;
}

const counted = (
  hours: number,
  productId: string,
  units: number,
  revenue: number,
  name = 'Tea cup',
  category = '',
) => ({ hour: hour(hours), productId, name, category, units, revenue });

async function withStatistics(
  url: string,
  work: (its: Statistics) => Promise<void>,
  deadlines?: OutsideDeadlines,
): Promise<void> {
  const its = new Statistics(url, deadlines);
  try {
    await work(its);
  } finally {
    await its.onApplicationShutdown();
  }
}

describe('sales, where there are statistics', () => {
  it('are told as far as a number goes, where there is more', async () => {
    const [most, all] = [Number.MAX_SAFE_INTEGER, '9223372036854775807' as unknown as number];
    await outside.count(counted(2, cup, all, all), counted(1, cup, all, all), counted(0, pot, 1, 1));
    await outside.reach(soon());
    const figures = { units: most, revenue: most, source: 'statistics' };
    expect(await salesOf()).toMatchObject([figures, figures, { revenue: 1 }]);
    expect(await productsOf()).toMatchObject([
      { ...figures, productId: cup },
      { productId: pot, revenue: 1 },
    ]);
    expect(await categoriesOf()).toMatchObject([figures]);
    const rows = (await statistics.read('audit', (its) => readHoursOfStatistics(its, hour(2))))?.rows;
    expect(rows?.map(({ units }) => units).toSorted()).toEqual([1, most, most]);
  });

  it('have their money, of all products and of one', async () => {
    await sell(cup, 2, hour(1));
    await sell(pot, 1, hour(1));
    await outside.count(
      { ...counted(1, cup, 2, 24_000), discount: 3_000, cancelled: 1 },
      counted(1, pot, 1, 50_000),
    );
    await outside.reach(soon());
    const none = { units: 0, orders: 0, revenue: 0, source: 'statistics' };
    expect(await salesOf()).toEqual([
      { ...none, at: hour(2).toISOString(), discount: 0, cancelled: 0 },
      {
        at: hour(1).toISOString(),
        units: 3,
        orders: 2,
        revenue: 74_000,
        discount: 3_000,
        cancelled: 1,
        source: 'statistics',
      },
      { ...none, at: hour(0).toISOString(), discount: 0, cancelled: 0 },
    ]);
    expect((await salesOf({ productId: pot }))[1]).toEqual({
      at: hour(1).toISOString(),
      units: 1,
      orders: 1,
      revenue: 50_000,
      source: 'statistics',
    });
    const days = await salesOf({ ...range(72), period: 'day' });
    expect(days.reduce((sum, { revenue }) => sum + revenue!, 0)).toBe(74_000);
  });

  it('are the ranking’s own in hours that the statistics have not reached, and theirs where these are ahead', async () => {
    await sell(cup, 2, hour(1));
    await outside.count(counted(2, cup, 7, 70_000));
    await outside.reach(hour(2));
    const rows = await salesOf();
    expect(rows.map(({ units, source }) => [units, source])).toEqual([
      [7, 'statistics'],
      [2, 'ranking'],
      [0, 'statistics'],
    ]);
    expect(rows[1]).not.toHaveProperty('revenue');
  });

  it('are theirs as far as no record is missing, and of the ranking beyond that', async () => {
    for (const [units, ago] of [
      [1, 2],
      [2, 1],
      [1, 0],
    ] as const) {
      await sell(cup, units, hour(ago));
    }
    await outside.count(counted(1, cup, 2, 24_000));
    const sources = async () => (await salesOf()).map(({ source }) => source).join(' ');
    await outside.reach(soon());
    expect(await sources()).toBe('statistics statistics statistics');
    // Of two records the later one is counted first: nothing that was counted at the look before is missing.
    await outside.reach(soon(), '{[1,105),[106,108)}');
    expect(await sources()).toBe('statistics statistics statistics');
    await outside.reach(soon(), '{[1,99),[100,108)}');
    expect(await sources()).toBe('ranking statistics ranking');
    // The job began with a later record than the first.
    await outside.reach(soon(), '{[7,108)}');
    expect(await sources()).toBe('ranking statistics statistics');
    // The topic has another name since.
    await outside.reach(hour(9), '{[1,108)}');
    await outside.run(`INSERT INTO progress VALUES ('renamed', '{[108,120)}', 'infinity', now())`);
    expect(await sources()).toBe('statistics statistics statistics');
    // A clock was wrong: nothing has happened after it was counted.
    await outside.run(`UPDATE progress SET updated_at = now() - interval '4 hours'`);
    expect(await sources()).toBe('ranking statistics ranking');
  });

  it('are never below nothing, where a cancellation was counted before its order', async () => {
    await outside.count(counted(1, cup, -2, -24_000));
    await outside.reach(soon());
    expect((await salesOf())[1]).toMatchObject({ units: 0, revenue: 0 });
  });
});

describe('sales by the hour', () => {
  it('are there at once while products and categories take long', async () => {
    await outside.count(counted(1, cup, 2, 24_000));
    await outside.reach(soon());
    const work = async (its: Statistics): Promise<void> => {
      const [long, rows] = await withClient(outside.url, async (client) => {
        await client.query('BEGIN; LOCK TABLE hourly_sales IN ACCESS EXCLUSIVE MODE');
        const both = Promise.all([productsOf({}, its), categoriesOf({}, its)]);
        const read = await salesOf({}, its);
        await client.query('ROLLBACK');
        return [await both, read];
      });
      const sources = [...long.flat(), ...rows].map(({ source }) => source);
      expect(new Set(sources)).toEqual(new Set(['statistics']));
    };
    await withStatistics(outside.url, work, { ...PATIENT, connectMs: 10_000 });
  });
});

describe('products that sold most', () => {
  it('go by revenue, under the last name and category that they had, ties by id', async () => {
    await outside.count(
      counted(30, cup, 1, 60_000, 'Cup', 'Kitchen'),
      counted(3, cup, 1, 40_000, 'Tea cup of porcelain', 'Tea'),
      counted(2, pot, 9, 90_000, 'Pot'),
    );
    await outside.reach(soon());
    const its = { orders: 2, source: 'statistics' };
    expect(await productsOf()).toEqual([
      { productId: cup, name: 'Tea cup of porcelain', category: 'Tea', units: 2, revenue: 100_000, ...its },
      { productId: pot, name: 'Pot', units: 9, revenue: 90_000, ...its, orders: 1 },
    ]);
    expect(await productsOf({ limit: 1 })).toHaveLength(1);
    await outside.run('UPDATE hourly_sales SET revenue = 100000 / units');
    expect((await productsOf()).map(({ productId }) => productId)).toEqual([cup, pot]);
  });

  it('go by units, without names and money, as long as the statistics lag and have less', async () => {
    await sell(cup, 2, hour(1));
    await sell(pot, 3, hour(30));
    await outside.count(counted(1, cup, 2, 24_000));
    await outside.reach(hour(1));
    const own = [
      { productId: pot, units: 3, orders: 1, source: 'ranking' },
      { productId: cup, units: 2, orders: 1, source: 'ranking' },
    ];
    expect(await productsOf()).toEqual(own);
    // What the ranking has deleted makes up for nothing.
    await outside.count(counted(24 * 40, pot, 100, 1));
    expect(await productsOf(range(24 * 50))).toMatchObject(own.map(({ productId }) => ({ productId })));
    // In a quiet shop nothing happens that would show how far they are.
    await outside.count(counted(30, pot, 3, 9_000));
    expect((await productsOf()).map(({ productId, revenue }) => [productId, revenue])).toEqual([
      [cup, 24_000],
      [pot, 9_000],
    ]);
  });
});

describe('categories that were sold', () => {
  it('have what was sold under them then, by revenue, and a row for what had none', async () => {
    await outside.count(
      counted(72, pot, 50, 500_000, 'Pot', 'Before'),
      counted(30, cup, 1, 60_000, 'Cup', 'Kitchen'),
      counted(3, cup, 1, 40_000, 'Cup', 'Tea'),
      counted(3, pot, 2, 80_000, 'Pot', 'Tea'),
      counted(2, pot, 7, 70_000, 'Pot'),
      counted(1, pot, -1, -9_000, 'Pot', 'Taken back'),
    );
    await outside.reach(soon());
    const source = 'statistics';
    const rows = [
      { category: 'Tea', units: 3, revenue: 120_000, source },
      { units: 7, revenue: 70_000, source },
      { category: 'Kitchen', units: 1, revenue: 60_000, source },
    ];
    expect(await categoriesOf()).toEqual(rows);
    expect(await categoriesOf({ limit: 2 })).toEqual(rows.slice(0, 2));
    await outside.run('UPDATE hourly_sales SET revenue = CASE category WHEN $$Tea$$ THEN 5 ELSE 10 END');
    expect((await categoriesOf()).map(({ category }) => category)).toEqual([undefined, 'Kitchen', 'Tea']);
  });

  it('are one row of all products, of the ranking, as long as the statistics lag and have less', async () => {
    expect(await categoriesOf()).toEqual([]);
    await sell(cup, 2, hour(1));
    await sell(pot, 3, hour(30));
    await outside.count(counted(1, cup, 2, 24_000, 'Cup', 'Kitchen'));
    await outside.reach(hour(1));
    expect(await categoriesOf()).toEqual([{ units: 5, source: 'ranking' }]);
    await outside.count(counted(30, pot, 3, 9_000));
    expect(await categoriesOf()).toMatchObject([{ category: 'Kitchen' }, { units: 3, source: 'statistics' }]);
  });
});

describe('statistics that do not answer', () => {
  /** Whoever asked still waits then (REQUEST_DEADLINE_MS). */
  const SOON_MS = here(5_000);

  const readsOf = async (result: string): Promise<number> => {
    const metric = await register.getSingleMetric('ranking_statistics_reads_total')!.get();
    const isIt = ({ labels }: (typeof metric.values)[number]): boolean =>
      labels['matter'] === 'sales' && labels['result'] === result;
    return metric.values.find(isIt)?.value ?? 0;
  };

  async function expectOwn(its: Statistics): Promise<void> {
    await sell(cup, 2, hour(1));
    const [failed, leftAlone] = [await readsOf('failed'), await readsOf('left_alone')];
    const startedMs = performance.now();
    expect((await salesOf({}, its)).map(({ source, units }) => [source, units])).toEqual([
      ['ranking', 0],
      ['ranking', 2],
      ['ranking', 0],
    ]);
    expect(performance.now() - startedMs).toBeLessThan(SOON_MS);
    expect(await readsOf('failed')).toBe(failed + 1);
    // Whoever asks next does not wait for them at all.
    expect((await salesOf({}, its))[0]).toMatchObject({ source: 'ranking' });
    expect(await readsOf('failed')).toBe(failed + 1);
    expect(await readsOf('left_alone')).toBe(leftAlone + 1);
    expect((await productsOf({}, its))[0]).toMatchObject({ source: 'ranking' });
    expect(await categoriesOf({}, its)).toEqual([{ units: 2, source: 'ranking' }]);
  }

  async function listening(): Promise<{ server: Server; port: number; sockets: Socket[] }> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, port: (server.address() as AddressInfo).port, sockets };
  }

  it('are done without while nobody listens there', async () => {
    const { server, port } = await listening();
    server.close();
    await once(server, 'close');
    await withStatistics(`postgres://u:p@127.0.0.1:${port}/statistics`, expectOwn);
  });

  it('are done without while their tables are not made yet', async () => {
    const empty = await testDatabase('statistics_to_be');
    try {
      await withStatistics(empty.url, expectOwn);
    } finally {
      await empty.drop();
    }
  });

  it('are done without while somebody listens there who never speaks', async () => {
    const { server, port, sockets } = await listening();
    await withStatistics(`postgres://u:p@127.0.0.1:${port}/statistics`, expectOwn);
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('are done without while a statement hangs', async () => {
    await outside.reach(soon());
    await withClient(outside.url, async (client) => {
      await client.query('BEGIN; LOCK TABLE progress IN ACCESS EXCLUSIVE MODE');
      await withStatistics(outside.url, expectOwn);
      await client.query('ROLLBACK');
    });
    expect((await salesOf())[0]).toMatchObject({ source: 'statistics' });
  });

  it('cannot be changed from here', async () => {
    const reader = new OutsideDatabase(outside.url);
    await expect(reader.rows('DELETE FROM progress')).rejects.toThrow(/read-only/);
    await reader.end();
  });
});

describe('an audit of the statistics', () => {
  const withRule = (work: (rule: StatisticsRule) => Promise<void>) =>
    withStatistics(outside.url, (its) => work(new StatisticsRule(its)), PATIENT);
  const lookWith = (rule: StatisticsRule) => database.snapshot(MINUTE_MS, (tx) => rule.read(tx));

  it('finds an hour that differs, at the second look and not before', async () => {
    await sell(cup, 2, hour(3));
    await outside.count(counted(3, cup, 2, 24_000));
    await outside.reach(soon());
    await withRule(async (rule) => {
      const sums = { rows: 1, figures: { ranking: '2', statistics: '2' }, broken: 0, examples: [] };
      expect(await lookWith(rule)).toEqual(sums);
      await outside.run('UPDATE hourly_totals SET units = 3');
      expect(await lookWith(rule)).toMatchObject({ broken: 0, figures: { ranking: '0', statistics: '0' } });
      expect(await lookWith(rule)).toMatchObject({
        broken: 1,
        figures: { ranking: '2', statistics: '3' },
        examples: [`${hour(3).toISOString()}: ranking 2/1, statistics 3/1`],
      });
      await outside.run('UPDATE hourly_totals SET units = 2');
      expect(await lookWith(rule)).toEqual(sums);
    });
  });

  it('never takes for wrong what the job has not counted yet, and says so', async () => {
    await sell(cup, 2, hour(3));
    await withRule(async (rule) => {
      // As the job begins.
      await outside.run(`INSERT INTO progress (topic, counted) VALUES ('orders', '{}')`);
      expect(await lookWith(rule)).toMatchObject({ rows: 0, notCompared: { reason: 'BEHIND' } });
      await outside.reach(hour(3));
      for (let looks = 0; looks < 3; looks += 1) {
        expect(await lookWith(rule)).toMatchObject({ rows: 0, broken: 0, notCompared: { reason: 'BEHIND' } });
      }
      // A record is missing that happened before others that are counted.
      await outside.reach(soon(), '{[1,5),[6,9)}');
      for (let looks = 0; looks < 3; looks += 1) {
        expect(await lookWith(rule)).toMatchObject({ rows: 0, broken: 0, notCompared: { reason: 'GAPS' } });
      }
      await outside.reach(soon(), '{[2,9)}');
      expect(await lookWith(rule)).toMatchObject({ notCompared: { reason: 'GAPS' } });
    });
  });

  it('is not made while they are away', async () => {
    await withRule(async (rule) => {
      await outside.run('ALTER TABLE hourly_totals RENAME TO gone');
      try {
        const seen = await lookWith(rule);
        expect(seen).toEqual({
          rows: 0,
          figures: {},
          broken: 0,
          examples: [],
          notCompared: { reason: 'AWAY' },
        });
      } finally {
        await outside.run('ALTER TABLE gone RENAME TO hourly_totals');
      }
    });
  });
});

import { randomUUIDv7 } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  HOUR_MS,
  orderCancelled,
  orderCompleted,
  readProductSales,
  readSales,
  readTopProducts,
  type PayloadOf,
} from '@jangteo/contracts';
import { Database, databaseEnv, migrate, readRule } from '@jangteo/database';
import { projectRoot } from '@jangteo/infra';
import { readConfig } from '@jangteo/service';
import {
  askHandlers,
  patientDatabase,
  Plans,
  testDatabase,
  withClient,
  type Ask,
  type TestDatabase,
} from '@jangteo/testkit';
import { rankingBooks } from '../src/books.queries.js';
import { hourOf, type SaleEvent } from '../src/domain/sales.js';
import { HourlyTotals1769472000003 } from '../src/migrations/1769472000003-hourly-totals.js';
import { migrations } from '../src/migrations/index.js';
import { RankingHandler } from '../src/ranking.handler.js';
import { rankingHandlers } from '../src/ranking.handlers.js';
import { SalesHandler } from '../src/sales.handler.js';
import { readProductsRanked, readProductsSold, readSalesBy } from '../src/sales.queries.js';
import { Statistics } from '../src/statistics.js';

const DAY_HOURS = 24;
/** In the middle of the hour that the database has: what is too old for it is not counted. */
const now = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 25 * 60_000);
const [cup, pot, tray] = ['a', 'b', 'c'].map((end) => `01920000-0000-7000-8000-00000000000${end}`) as [
  string,
  string,
  string,
];

let scratch: TestDatabase;
let database: Database;
let sales: SalesHandler;
let rankings: RankingHandler;
let ask: Ask;

beforeAll(async () => {
  scratch = await testDatabase('ranking');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  sales = new SalesHandler(database, new Statistics(undefined), { HOURLY_SALES_DAYS: 35 });
  rankings = new RankingHandler(database);
  ask = askHandlers(rankingHandlers, database, sales);
});
beforeEach(async () => {
  await database.rows(
    'TRUNCATE counted_steps, hourly_sales, hourly_totals, untallied_sales, tallies, tally_sums, tally_leaders',
  );
  await database.rows("UPDATE rankings SET product_ids = '{}', units = '{}'");
  await database.rows('UPDATE calculation SET hour = NULL');
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await scratch.drop();
});

const hoursBefore = (hours: number): string => new Date(now.getTime() - hours * HOUR_MS).toISOString();

function orderOf(bought: Record<string, number>, completedAt = hoursBefore(0)): SaleEvent['payload'] {
  const items = Object.entries(bought).map(([productId, quantity]) => ({
    productId,
    optionId: productId,
    name: 'Tea cup',
    price: 1,
    quantity,
  }));
  return { orderId: randomUUIDv7(), userId: cup, items, totalPrice: 1, completedAt };
}

type Order = ReturnType<typeof orderOf>;
const completed = (order: Order): SaleEvent => ({ type: orderCompleted.type, payload: order });
const cancelled = (order: Order): SaleEvent => ({
  type: orderCancelled.type,
  payload: { ...order, cancelledAt: hoursBefore(0) },
});

async function read(days: number, limit = 100) {
  const [outcome] = await ask(readTopProducts, [{ days, limit }]);
  if (outcome?.ok !== true) throw new Error('reading the ranking was refused');
  return outcome.value;
}

/** Products and units of a window, as [id, units]. */
async function top(days: number, limit?: number): Promise<[string, number][]> {
  return (await read(days, limit)).products.map(({ productId, totalSales }) => [productId, totalSales]);
}

describe('counting sales', () => {
  it('ends with a recount of the orders when batches come at once, repeated and out of order', async () => {
    const orders = Array.from({ length: 60 }, (_, i) =>
      orderOf({ [cup]: 1 + (i % 3), [i % 2 === 0 ? pot : tray]: 2 }, hoursBefore(i % 4)),
    );
    const undone = orders.filter((_, i) => i % 5 === 0);
    const events = [...undone.map(cancelled), ...orders.map(completed)];
    const batches = Array.from({ length: 16 }, (_, i) =>
      (i < 8 ? events : events.toReversed()).slice((i % 8) * 9, (i % 8) * 9 + 9),
    );
    await Promise.all(batches.map((batch) => sales.count(batch)));

    const kept = orders.filter((order) => !undone.includes(order));
    const unitsOf = (productId: string) =>
      kept
        .flatMap(({ items }) => items)
        .reduce((sum, i) => sum + (i.productId === productId ? i.quantity : 0), 0);
    const rows = await database.rows<{ product_id: string; units: number }>(
      'SELECT product_id, sum(units)::bigint AS units FROM hourly_sales GROUP BY product_id ORDER BY product_id',
    );
    expect(rows).toEqual([cup, pot, tray].map((id) => ({ product_id: id, units: unitsOf(id) })));
    const totals = await database.rows(
      `SELECT sum(units)::bigint AS units, sum(orders)::bigint AS orders,
         (SELECT sum(orders)::bigint FROM hourly_sales WHERE product_id = $1) AS "ordersOfCup"
       FROM hourly_totals`,
      [cup],
    );
    const units = [cup, pot, tray].reduce((sum, id) => sum + unitsOf(id), 0);
    expect(totals).toEqual([{ units, orders: kept.length, ordersOfCup: kept.length }]);
  });

  it('leaves nothing of an order whose cancellation came first', async () => {
    const order = orderOf({ [cup]: 3 });
    await sales.count([completed(orderOf({ [cup]: 1 }))]);
    await sales.count([cancelled(order)]);
    await rankings.refresh({ at: now });
    expect(await top(1)).toEqual([[cup, 1]]);
    await sales.count([completed(order), cancelled(order)]);
    await rankings.refresh({ at: now });
    expect(await top(1)).toEqual([[cup, 1]]);
  });
});

describe('sales by the hour or day', () => {
  const source = 'ranking';
  const hour = (hours: number): string =>
    new Date(Math.floor((now.getTime() - hours * HOUR_MS) / HOUR_MS) * HOUR_MS).toISOString();
  const salesOf = async (wanted: PayloadOf<typeof readSales>) => {
    const [outcome] = await ask(readSales, [wanted]);
    if (outcome?.ok !== true) throw new Error('reading sales was refused');
    return outcome.value.sales;
  };
  const to = new Date(now.getTime() + DAY_HOURS * HOUR_MS).toISOString();

  it('are those of orders that were not cancelled, with a row for each hour that is over or begun', async () => {
    const undone = orderOf({ [cup]: 9 }, hoursBefore(2));
    const orders = [
      orderOf({ [cup]: 1, [pot]: 2 }, hoursBefore(2)),
      orderOf({ [cup]: 4 }, hoursBefore(0)),
      undone,
    ];
    await sales.count([...orders.map(completed), cancelled(undone)]);
    const range = { from: hour(3), to, period: 'hour' } as const;
    expect(await salesOf(range)).toEqual([
      { at: hour(3), units: 0, orders: 0, source },
      { at: hour(2), units: 3, orders: 1, source },
      { at: hour(1), units: 0, orders: 0, source },
      { at: hour(0), units: 4, orders: 1, source },
    ]);
    expect(await salesOf({ ...range, productId: pot })).toMatchObject([
      {},
      { units: 2, orders: 1 },
      {},
      { units: 0 },
    ]);
    expect(await salesOf({ ...range, to: hour(1) })).toHaveLength(2);
    const days = await salesOf({ from: hour(3), to, period: 'day' });
    expect(days.reduce((sum, { units }) => sum + units, 0)).toBe(7);
    expect(days.every(({ at }) => at.endsWith('T00:00:00.000Z'))).toBe(true);
  });

  it('are none of days that are not kept whole, and say nothing of orders that were not counted', async () => {
    const long = hoursBefore(90 * DAY_HOURS);
    const days = await salesOf({ from: long, to, period: 'day' });
    expect([35, 36]).toContain(days.length);
    expect(await salesOf({ from: long, to: hoursBefore(60 * DAY_HOURS), period: 'day' })).toEqual([]);
    await database.rows('UPDATE calculation SET orders_counted_from = $1', [hour(0)]);
    try {
      const hours = await salesOf({ from: hour(1), to, period: 'hour' });
      expect(hours).toEqual([
        { at: hour(1), units: 0, source },
        { at: hour(0), units: 0, orders: 0, source },
      ]);
    } finally {
      await database.rows(`UPDATE calculation SET orders_counted_from = '-infinity'`);
    }
  });

  it('are none, rather than fewer, in an hour of which more was taken back than counted', async () => {
    await sales.count([completed(orderOf({ [cup]: 1 }, hoursBefore(0)))]);
    await database.rows('UPDATE hourly_sales SET orders = -1, cancelled = 2');
    await database.rows('UPDATE hourly_totals SET orders = -1');
    const range = { from: hour(0), to, period: 'hour' } as const;
    for (const wanted of [range, { ...range, productId: cup }]) {
      expect(await salesOf(wanted)).toEqual([{ at: hour(0), units: 0, orders: 0, source }]);
    }
  });

  it('are in the totals too where they were counted before there were any, and by replicas of then', async () => {
    const older = await testDatabase('ranking_older');
    try {
      const before = migrations.indexOf(HourlyTotals1769472000003);
      await migrate(older.url, migrations.slice(0, before));
      const sell = (product: string) => `INSERT INTO hourly_sales (hour, product_id, sold, cancelled)
        VALUES (date_trunc('hour', now(), 'UTC'), '${product}', 5, 1)
        ON CONFLICT (hour, product_id) DO UPDATE SET sold = hourly_sales.sold + excluded.sold`;
      await withClient(older.url, (client) => client.query(sell(cup)));
      await migrate(older.url, migrations);
      await withClient(older.url, async (client) => {
        for (const product of [cup, pot]) await client.query(sell(product));
        const { rows } = await client.query<object>(
          `SELECT units::int, orders::int, orders_counted_from > now() AS later FROM hourly_totals, calculation`,
        );
        expect(rows).toEqual([{ units: 13, orders: 0, later: true }]);
      });
    } finally {
      await older.drop();
    }
  });

  it('cost what they tell of, whatever else was sold', async () => {
    const plans = await Plans.open(scratch.url);
    try {
      const week = { from: hoursBefore(7 * DAY_HOURS), to, period: 'hour' } as const;
      const kept = await plans.keepAll({
        all: (on) => readSalesBy(on, week, 35, 744),
        one: (on) => readSalesBy(on, { ...week, productId: cup }, 35, 744),
      });
      await database.rows(
        `INSERT INTO hourly_sales (hour, product_id, sold, cancelled)
         SELECT date_trunc('hour', now(), 'UTC') - i % 200 * interval '1 hour', md5((i / 200)::text)::uuid, 1, 0
         FROM generate_series(0, 39999) AS i`,
      );
      const [table] = await database.rows<{ pages: number }>(
        `SELECT pg_relation_size('hourly_sales') / 8192 AS pages`,
      );
      // Of each hour a row is found by its key.
      expect(await plans.pagesOf(kept.get('all')![0]!)).toBeLessThan(7 * DAY_HOURS * 4);
      expect(await plans.pagesOf(kept.get('one')![0]!)).toBeLessThan(7 * DAY_HOURS * 5);
      expect(table!.pages).toBeGreaterThan(250);
    } finally {
      await plans.close();
    }
  });
});

describe('products that sold most', () => {
  const hour = (hours: number): string => hourOf(new Date(hoursBefore(hours))).toISOString();
  const ofLastDays = {
    from: hour(30 * DAY_HOURS - 1),
    to: new Date(now.getTime() + 1).toISOString(),
    limit: 2,
  };

  it('are those of the places, and else refused where there are too many rows to add up', async () => {
    const [few, many] = [3, 5].map((units) => completed(orderOf({ [cup]: units }, hoursBefore(40))));
    const gone = completed(orderOf({ [tray]: 50 }, hoursBefore(30 * DAY_HOURS)));
    await sales.count([few!, many!, gone, completed(orderOf({ [pot]: 6, [tray]: 1 }, hoursBefore(0)))]);
    const source = 'ranking';
    const expected = [
      { productId: cup, units: 8, orders: 2, source },
      { productId: pot, units: 6, orders: 1, source },
    ];
    const addedUp = await ask(readProductSales, [ofLastDays]);
    await rankings.refresh();
    const placed = await ask(readProductSales, [ofLastDays]);
    const earlier = { ...ofLastDays, to: hour(0) };
    // Adding them up takes too long.
    await database.rows('ALTER TABLE hourly_sales RENAME TO stored_sales');
    await database.rows('CREATE VIEW hourly_sales AS SELECT stored_sales.* FROM stored_sales, pg_sleep(60)');
    const read = await ask(readProductSales, [earlier]);
    await database.rows('DROP VIEW hourly_sales');
    await database.rows('ALTER TABLE stored_sales RENAME TO hourly_sales');
    expect([addedUp, placed]).toEqual([
      [{ ok: true, value: { products: expected } }],
      [{ ok: true, value: { products: expected } }],
    ]);
    expect(read).toMatchObject([
      { ok: false, refusal: { code: 'VALIDATION_FAILED', errors: [{ path: 'from' }] } },
    ]);
  });

  it('cost their places, whatever else was sold', async () => {
    await database.rows(
      `INSERT INTO hourly_sales (hour, product_id, sold, cancelled)
       SELECT date_trunc('hour', now(), 'UTC') - i % 200 * interval '1 hour', md5((i / 200)::text)::uuid, 1 + i / 200, 0
       FROM generate_series(0, 39999) AS i`,
    );
    await rankings.refresh();
    const wanted = { ...ofLastDays, from: hour(199) };
    const ranked = await readProductsRanked(database, wanted);
    expect(ranked).toEqual(
      (await readProductsSold(database, wanted)).map((product) => ({ ...product, orders: 0 })),
    );
    const plans = await Plans.open(scratch.url);
    try {
      const kept = await plans.keepAll({ ranked: (on) => readProductsRanked(on, wanted) });
      const [table] = await database.rows<{ pages: number }>(
        `SELECT pg_relation_size('hourly_sales') / 8192 AS pages`,
      );
      expect(await plans.pagesOf(kept.get('ranked')![0]!)).toBeLessThan(4 * 200 * 5);
      expect(table!.pages).toBeGreaterThan(250);
    } finally {
      await plans.close();
    }
  });
});

describe('the totals of hours', () => {
  const wrongHours = () =>
    database.snapshot(10_000, async (tx) => (await readRule(tx, rankingBooks.rules.sales, now)).examples);
  const totals = () => database.rows('SELECT hour, units, orders FROM hourly_totals ORDER BY hour');

  it('are audited, and made anew as the manual says', async () => {
    const [both, undone] = [
      orderOf({ [cup]: 1, [pot]: 2 }, hoursBefore(2)),
      orderOf({ [cup]: 9 }, hoursBefore(2)),
    ];
    const others = [orderOf({ [cup]: 4 }, hoursBefore(2)), orderOf({ [cup]: 4 }, hoursBefore(4))];
    await sales.count([...others, both, undone].map(completed));
    await sales.count([cancelled(undone)]);
    const right = await totals();
    expect(await wrongHours()).toEqual([]);
    const [, anew] = /```sql\n([^`]*INTO hourly_totals[^`]*)```/.exec(
      readFileSync(join(projectRoot(), 'docs', 'operations.md'), 'utf8'),
    ) as RegExpExecArray;
    for (const forge of [
      'UPDATE hourly_totals SET units = units + 1',
      'UPDATE hourly_totals SET orders = 0',
      'UPDATE hourly_totals SET orders = 9',
      'DELETE FROM hourly_totals',
      `UPDATE hourly_totals SET hour = hour - interval '1 hour'`,
    ]) {
      await database.rows(forge);
      expect([forge, (await wrongHours()).length]).toEqual([forge, forge.includes('hour -') ? 4 : 2]);
      await withClient(scratch.url, (client) => client.query(anew as string));
      expect(await wrongHours()).toEqual([]);
    }
    // How many orders two products share is told by the totals alone.
    expect(await totals()).toMatchObject((right as { units: number }[]).map(({ units }) => ({ units })));
  });
});

describe('an audit of the rankings', () => {
  /** What an audit finds wrong in a minute in which rankings of so many days have their turn. */
  const wrong = (days: number, round = 0) => {
    const minute = (Math.floor(now.getTime() / 60_000 / 31) + round) * 31 + days;
    return database.snapshot(
      10_000,
      async (tx) => (await readRule(tx, rankingBooks.rules.sales, new Date(minute * 60_000))).examples,
    );
  };
  const products = Array.from({ length: 260 }, () => randomUUIDv7());
  const sell = () =>
    sales.count(
      products.map((product, i) =>
        completed(orderOf({ [product]: 1 + (i % 90), [cup]: 1 }, hoursBefore(i % 60))),
      ),
    );

  it.each([
    ['a sum of a product that is listed', `UPDATE tally_sums SET w3 = w3 + 1000 WHERE product_id = '${cup}'`],
    ['a sum of one that is not', `UPDATE tally_sums SET w3 = 0 WHERE w3 = 1`],
    ['two sums', `UPDATE tally_sums SET w3 = w3 + (CASE WHEN product_id = '${cup}' THEN -259 ELSE 1 END)`],
    ['sums that are gone', 'DELETE FROM tally_sums WHERE w3 = 1'],
    ['units of a list', 'UPDATE tally_leaders SET units[2] = units[1]'],
    [
      'the order of a list',
      'UPDATE tally_leaders SET product_ids = product_ids[2:2] || product_ids[1:1] || product_ids[3:], units = units[2:2] || units[1:1] || units[3:]',
    ],
    ['a list without its first', 'UPDATE tally_leaders SET product_ids = product_ids[2:], units = units[2:]'],
  ])('finds %s, until they are made anew as the manual says', async (_, forge) => {
    await sell();
    await rankings.refresh({ at: now });
    expect(await wrong(3)).toEqual([]);
    await database.rows(forge);
    expect((await wrong(3)).join()).toContain('top of 3 days');
    await database.rows('TRUNCATE untallied_sales, tallies, tally_sums, tally_leaders');
    expect(await wrong(3)).toEqual([]);
    await rankings.refresh({ at: now });
    expect(await wrong(3)).toEqual([]);
  });

  it('finds sales that were never tallied, and none while they wait to be', async () => {
    await sell();
    await rankings.refresh({ at: now });
    await sales.count([completed(orderOf({ [cup]: 7, [pot]: 500 }, hoursBefore(1)))]);
    const windows = [1, 2, 3, 7, 30];
    for (const days of windows) expect(await wrong(days)).toEqual([]);
    await database.rows('DELETE FROM untallied_sales');
    for (const days of windows) expect(await wrong(days)).toContain(`top of ${days} days`);
    // 200 products of 720 hours are too many for one audit.
    const rounds = await Promise.all([0, 1, 2, 3, 4, 5].map((round) => wrong(30, round)));
    expect(rounds.flat().filter((key) => key.endsWith(`/${cup}`))).toHaveLength(1);
    expect(await wrong(3)).toEqual(['top of 3 days', `top of 3 days/${cup}`]);
  });

  it('finds nothing wrong at any step of a refresh, nor while the hour changes', async () => {
    await sell();
    const hours = [0, 0, 1, 1, 2, 30];
    for (const [index, hour] of hours.entries()) {
      await sales.count([completed(orderOf({ [pot]: 3, [cup]: 1 }, hoursBefore(index - hour)))]);
      expect(await wrong(1 + index)).toEqual([]);
      const at = new Date(now.getTime() + hour * HOUR_MS);
      let transactions = 0;
      // Each transaction takes one step.
      const isStopping = () => (transactions += 1) > 3;
      for (let i = 0; i < 60; i += 1) {
        transactions = 0;
        const refresh = await rankings.refresh({ at, workMs: 0, isStopping });
        expect(await wrong(1 + (i % 30))).toEqual([]);
        if (refresh === 'UNCHANGED') break;
      }
    }
  });
});

describe('the rankings', () => {
  it('list most units first, ties by product id, no more than asked', async () => {
    await sales.count([completed(orderOf({ [tray]: 4, [cup]: 1, [pot]: 4 }))]);
    await rankings.refresh({ at: now });
    expect(await top(3)).toEqual([
      [pot, 4],
      [tray, 4],
      [cup, 1],
    ]);
    expect(await top(3, 1)).toEqual([[pot, 4]]);
  });

  it('leave out products of which every unit was cancelled', async () => {
    const order = orderOf({ [cup]: 2 });
    await sales.count([completed(order), cancelled(order)]);
    await rankings.refresh({ at: now });
    expect(await top(30)).toEqual([]);
  });

  it.each([
    ['a sale of this hour', 0, 1],
    ['a sale ahead of the clock', -2, 1],
    ['a sale of just under 24 hours ago', 23.99, 1],
    ['a sale of the hour that began 24 hours before this one', 24.4, 1],
    ['a sale of the hour before that', 24.5, 2],
    ['a sale of 72 hours ago', 72, 3],
    ['a sale of 30 days ago', 30 * DAY_HOURS, 30],
    ['a sale of 30 days and an hour ago', 30 * DAY_HOURS + 1, undefined],
  ])('count %s from the right window on', async (_title, hoursAgo, firstDays) => {
    await sales.count([completed(orderOf({ [cup]: 1 }, hoursBefore(hoursAgo)))]);
    await rankings.refresh({ at: now });
    const windows = await Promise.all(Array.from({ length: 30 }, (_, i) => top(i + 1)));
    const having = windows.flatMap((places, i) => (places.length > 0 ? [i + 1] : []));
    expect(having[0]).toBe(firstDays);
    expect(having).toHaveLength(firstDays === undefined ? 0 : 31 - firstDays);
  });

  it('agree with a naive recount in every window, and keep 100 places', async () => {
    const products = Array.from({ length: 150 }, () => randomUUIDv7());
    const events = Array.from({ length: 900 }, (_, i) =>
      completed(
        orderOf({ [products[(i * 37) % 150] as string]: 1 + ((i * 7) % 11) }, hoursBefore((i * 13) % 800)),
      ),
    );
    await sales.count(events);
    await rankings.refresh({ at: now });
    const thisHourMs = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
    for (const days of [1, 2, 3, 7, 29, 30]) {
      const totals = new Map<string, number>();
      for (const { payload } of events) {
        if (Date.parse(payload.completedAt) < thisHourMs - days * DAY_HOURS * HOUR_MS) continue;
        const [{ productId, quantity }] = payload.items as [(typeof payload.items)[number]];
        totals.set(productId, (totals.get(productId) ?? 0) + quantity);
      }
      const expected = [...totals].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 100);
      expect(await top(days)).toEqual(expected);
    }
    expect(await top(30)).toHaveLength(100);
  });

  it('are empty and dated before the first calculation', async () => {
    const { calculatedAt, products } = await read(3);
    expect(products).toEqual([]);
    expect(Date.parse(calculatedAt)).not.toBeNaN();
  });

  it('answer a batch of different windows in one reading, each with its own', async () => {
    await sales.count([completed(orderOf({ [cup]: 1 })), completed(orderOf({ [cup]: 1 }, hoursBefore(30)))]);
    await rankings.refresh({ at: now });
    const asked = [2, 1, 2].map((days) => ({ days, limit: 5 }));
    const outcomes = await ask(readTopProducts, asked);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.products[0]?.totalSales)).toEqual([2, 1, 2]);
  });
});

describe('refreshing', () => {
  const later = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);

  it('calculates only when sales changed or an hour began, and always says from when the figures are', async () => {
    expect(await rankings.refresh({ at: now })).toBe('CALCULATED');
    expect(await rankings.refresh({ at: later(1) })).toBe('UNCHANGED');
    expect((await read(1)).calculatedAt).toBe(later(1).toISOString());
    const order = orderOf({ [cup]: 1 });
    await sales.count([completed(order)]);
    expect(await rankings.refresh({ at: later(2) })).toBe('CALCULATED');
    await sales.count([completed(order)]);
    expect(await rankings.refresh({ at: later(3) })).toBe('UNCHANGED');
    expect(await rankings.refresh({ at: later(60) })).toBe('CALCULATED');
    expect((await read(1)).calculatedAt).toBe(later(60).toISOString());
  });

  it('drops a sale from a window once its hour has left it, without any new sale', async () => {
    await sales.count([completed(orderOf({ [cup]: 1 }))]);
    await rankings.refresh({ at: later(24 * 60) });
    expect(await top(1)).toEqual([[cup, 1]]);
    await rankings.refresh({ at: later(25 * 60) });
    expect(await top(1)).toEqual([]);
    expect(await top(2)).toEqual([[cup, 1]]);
  });

  it('leaves the work to the replica that is at it', async () => {
    await database.transaction(async (tx) => {
      await tx.rows('SELECT pg_advisory_xact_lock(724120002)');
      expect(await rankings.refresh({ at: now })).toBe('BUSY');
    });
    const all = await Promise.all(Array.from({ length: 8 }, () => rankings.refresh({ at: now })));
    expect(all.filter((refresh) => refresh === 'CALCULATED')).toHaveLength(1);
  });

  it('shows the sales of batches that commit while it calculates by the next time', async () => {
    const orders = Array.from({ length: 40 }, () => orderOf({ [cup]: 1 }));
    await Promise.all([
      ...orders.map((order) => sales.count([completed(order)])),
      ...Array.from({ length: 10 }, () => rankings.refresh({ at: now })),
    ]);
    await rankings.refresh({ at: now });
    expect(await top(1)).toEqual([[cup, 40]]);
  });
});

import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { orderCancelled, orderCompleted, readTopProducts } from '@jangteo/contracts';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import { askHandlers, patientDatabase, testDatabase, type Ask, type TestDatabase } from '@jangteo/testkit';
import type { SaleEvent } from '../src/domain/sales.js';
import { migrations } from '../src/migrations/index.js';
import { RankingHandler } from '../src/ranking.handler.js';
import { rankingHandlers } from '../src/ranking.handlers.js';
import { SalesHandler } from '../src/sales.handler.js';

const HOUR_MS = 3_600_000;
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
  sales = new SalesHandler(database, { HOURLY_SALES_DAYS: 35 });
  rankings = new RankingHandler(database);
  ask = askHandlers(rankingHandlers, database, sales);
});
beforeEach(async () => {
  await database.rows(
    'TRUNCATE counted_steps, hourly_sales, untallied_sales, tallies, tally_sums, tally_leaders',
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

import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { HOUR_MS, orderCancelled, orderCompleted } from '@jangteo/contracts';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import { NOT_THE_CLOCK, patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import { hourOf, type SaleEvent } from '../src/domain/sales.js';
import { migrations } from '../src/migrations/index.js';
import { RankingHandler } from '../src/ranking.handler.js';
import { SalesHandler } from '../src/sales.handler.js';
import { beginTally, sumProducts } from '../src/tally.queries.js';
import { Statistics } from '../src/statistics.js';

const thisHourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const config = { HOURLY_SALES_DAYS: 35 };

let scratch: TestDatabase;
let database: Database;
let sales: SalesHandler;
let replicas: RankingHandler[];

beforeAll(async () => {
  scratch = await testDatabase('ranking');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  sales = new SalesHandler(database, new Statistics(undefined), config);
  replicas = [1, 2].map(() => new RankingHandler(database));
});
async function forget(): Promise<void> {
  await database.rows(
    'TRUNCATE counted_steps, hourly_sales, hourly_totals, untallied_sales, tallies, tally_sums, tally_leaders',
  );
  await database.rows("UPDATE rankings SET product_ids = '{}', units = '{}'");
  await database.rows('UPDATE calculation SET hour = NULL');
}
beforeEach(forget);
afterAll(async () => {
  await database.onApplicationShutdown();
  await scratch.drop();
});

/** After so many hours from now, in the middle of the hour. */
const afterHours = (hours: number): Date => new Date(thisHourMs + (hours + 0.5) * HOUR_MS);

/** Of so many places a list may be. */
const SHOWN_AT_LEAST = 100;

interface Window {
  days: number;
  productIds: string[];
  units: number[];
}

async function shown(): Promise<Window[]> {
  return await database.rows<Window>(
    'SELECT days, product_ids AS "productIds", units FROM rankings ORDER BY days',
  );
}

/** Works out what the rankings have to be, from all that was sold. */
async function recount(at: Date): Promise<Window[]> {
  return await database.rows<Window>(
    `WITH totals AS (
       SELECT days, product_id, sum(units)::bigint AS units,
         row_number() OVER (PARTITION BY days ORDER BY sum(units) DESC, product_id) AS place
       FROM generate_series(1, 30) AS days
       JOIN hourly_sales ON hour >= date_trunc('hour', $1::timestamptz, 'UTC') - make_interval(hours => 24 * days)
       GROUP BY days, product_id HAVING sum(units) > 0
     )
     SELECT days, coalesce(array_agg(product_id ORDER BY place) FILTER (WHERE product_id IS NOT NULL), '{}')
         AS "productIds",
       coalesce(array_agg(units ORDER BY place) FILTER (WHERE product_id IS NOT NULL), '{}') AS units
     FROM generate_series(1, 30) AS days LEFT JOIN (SELECT * FROM totals WHERE place <= 200) AS placed USING (days)
     GROUP BY days ORDER BY days`,
    [at],
  );
}

const replica = (index: number): RankingHandler => replicas[index] as RankingHandler;

async function expectRecount(hours: number, index = 0): Promise<void> {
  expect(await replica(index).refresh({ at: afterHours(hours) })).toMatch(/CALCULATED|UNCHANGED/);
  const found = await shown();
  const whole = await recount(afterHours(hours));
  // After cancellations there may be fewer in reserve, but those are in their places.
  const first = whole.map((window, index) => {
    const places = Math.max(found[index]?.units.length ?? 0, Math.min(window.units.length, SHOWN_AT_LEAST));
    return {
      ...window,
      productIds: window.productIds.slice(0, places),
      units: window.units.slice(0, places),
    };
  });
  expect(found).toEqual(first);
}

function sale(productId: string, quantity: number, hour: number): SaleEvent {
  const item = { productId, optionId: productId, name: 'Tea cup', price: 1, quantity };
  const completedAt = afterHours(hour).toISOString();
  return {
    type: orderCompleted.type,
    payload: { orderId: randomUUIDv7(), userId: productId, items: [item], totalPrice: 1, completedAt },
  };
}

const cancellation = ({ payload }: SaleEvent): SaleEvent => ({
  type: orderCancelled.type,
  payload: { ...payload, cancelledAt: payload.completedAt },
});

/** Rows of hourly sales: each of these products sells in each of these hours. */
async function sellHourly(products: number, fromHour: number, toHour: number): Promise<void> {
  await database.rows(
    `INSERT INTO hourly_sales (hour, product_id, sold, cancelled)
     SELECT $1::timestamptz + make_interval(hours => hour), md5('product' || i)::uuid,
       1 + (i * 7919 + hour * 31) % 13, 0
     FROM generate_series($2::int, $3::int) AS hour, generate_series(1, $4::int) AS i`,
    [new Date(thisHourMs), fromHour, toHour, products],
  );
}

type Deed =
  | { kind: 'sell'; product: number; quantity: number; hoursAgo: number }
  | { kind: 'cancel'; order: number }
  | { kind: 'pass'; hours: number }
  | { kind: 'refresh'; replica: number; steps: number };

const hoursAgo = fc.oneof(
  fc.constantFrom(-1, 0, 0, 0, 1, 23, 24, 25, 47, 48, 719, 720, 721),
  fc.integer({ min: 0, max: 760 }),
);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('sell' as const),
      product: fc.nat(5),
      quantity: fc.integer({ min: 1, max: 4 }),
      hoursAgo,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), order: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      hours: fc.constantFrom(1, 1, 1, 2, 5, 23, 24, 25, 40),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('refresh' as const),
      replica: fc.nat(1),
      steps: fc.constantFrom(1, 3, 20, 1_000),
    }),
  },
);

const products = Array.from({ length: 6 }, (_, i) => `01920000-0000-7000-8000-00000000000${i}`);

async function live(deeds: readonly Deed[]): Promise<void> {
  const orders: SaleEvent[] = [];
  let hour = 0;
  for (const one of deeds) {
    if (one.kind === 'sell') {
      const order = sale(products[one.product] as string, one.quantity, hour - one.hoursAgo);
      orders.push(order);
      await sales.count([order]);
    } else if (one.kind === 'cancel') {
      const order = orders[one.order];
      if (order !== undefined) await sales.count([cancellation(order), order]);
    } else if (one.kind === 'pass') {
      hour += one.hours;
    } else {
      let left = one.steps;
      const isStopping = (): boolean => (left -= 1) < 0;
      await replica(one.replica).refresh({ at: afterHours(hour), isStopping, workMs: 0 });
    }
  }
  await expectRecount(hour);
}

/** Something is sold and cancelled after a step took in what was noted, and before it reads the hourly sales. */
async function expectRecountWithWhatComesBetween(baseHour: Date | null): Promise<void> {
  const order = sale(products[0] as string, 4, -24);
  await sales.count([order, sale(products[0] as string, 1, -22)]);
  await expectRecount(0);
  await sales.count([cancellation(order), sale(products[1] as string, 2, -24)]);
  const hour = hourOf(afterHours(2));
  await database.transaction(async (tx) => {
    await beginTally(tx, hour, baseHour);
    await sumProducts(tx, { hour, baseHour });
  });
  await expectRecount(2);
}

describe('the rankings after any history', () => {
  it('are those of a recount: sales, cancellations, late events, hours, and refreshes that end at any step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 40 }), live).beforeEach(forget),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('are those of a recount while products and windows are many', async () => {
    await sellHourly(450, -48, 0);
    await expectRecount(0);
    for (let hour = 1; hour <= 3; hour += 1) {
      await sales.count(Array.from({ length: 60 }, (_, i) => sale(randomUUIDv7(), 10 + i * 9, hour - i)));
      await expectRecount(hour, hour % 2);
    }
  });

  it('find who comes next when more was cancelled than was kept in reserve', async () => {
    await sellHourly(450, -1, 0);
    await expectRecount(0);
    for (let round = 0; round < 4; round += 1) {
      const [longest] = (await shown()).toReversed();
      await database.rows('UPDATE hourly_sales SET cancelled = sold WHERE product_id = ANY($1::uuid[])', [
        longest?.productIds,
      ]);
      await expectRecount(0);
    }
  });

  it('know of the first product past those that are kept, and show it once others are cancelled', async () => {
    const last = 'ffffffff-ffff-7fff-bfff-ffffffffffff';
    await sellHourly(200, 0, 0);
    await expectRecount(0);
    await sales.count([sale(last, 1, 0)]);
    await expectRecount(0);
    await database.rows(
      `UPDATE hourly_sales SET cancelled = sold WHERE product_id IN (
         SELECT product_id FROM hourly_sales WHERE product_id <> $1 ORDER BY product_id LIMIT 120)`,
      [last],
    );
    await expectRecount(0);
    expect((await shown())[0]?.productIds).toContain(last);
  });

  it('lose an hour that leaves a window, and one that was changed while it was leaving', async () => {
    const [early, late] = [sale(products[0] as string, 3, -24), sale(products[1] as string, 4, -24)];
    await sales.count([early, late]);
    await expectRecount(0);
    await sales.count([cancellation(late)]);
    await replica(0).refresh({ at: afterHours(1), isStopping: () => true, workMs: 0 });
    await expectRecount(1);
    expect((await shown())[0]).toMatchObject({ days: 1, productIds: [] });
    expect((await shown())[1]).toMatchObject({ days: 2, units: [3] });
  });

  it('are not off by what comes while an hour leaves, in a tally made from the one before', async () => {
    await expectRecountWithWhatComesBetween(hourOf(afterHours(0)));
  });

  it('are not off by what comes while a tally is made from nothing', async () => {
    await expectRecountWithWhatComesBetween(null);
  });
});

describe('the clock', () => {
  it('is that of the database, whatever a replica thinks', async () => {
    const [product] = products as [string];
    await sales.count([sale(product, 2, 0)]);
    jest.useFakeTimers({
      now: Date.now() + 3 * 24 * HOUR_MS,
      doNotFake: [...NOT_THE_CLOCK],
    });
    try {
      await replica(0).refresh();
    } finally {
      jest.useRealTimers();
    }
    const [window] = await database.rows<{ product_ids: string[]; late: boolean }>(
      `SELECT product_ids, calculated_at > now() + interval '1 hour' AS late FROM rankings WHERE days = 1`,
    );
    expect(window).toEqual({ product_ids: [product], late: false });
  });

  it('takes no hour back that was shown', async () => {
    await sales.count([sale(products[0] as string, 2, -24)]);
    await expectRecount(1);
    await replica(1).refresh({ at: afterHours(0) });
    expect(await shown()).toEqual(await recount(afterHours(1)));
  });
});

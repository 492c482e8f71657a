import { createHash, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { productSort, type ProductSort } from '@jangteo/contracts';
import { migrate } from '@jangteo/database';
import { Plans, testDatabase, withClient, type Asking, type Kept, type TestDatabase } from '@jangteo/testkit';
import { LOOKED_AT_MAX, searchOf, type ProductSearch, type Way } from '../src/domain/search.js';
import { migrations } from '../src/migrations/index.js';
import { readMovementPages } from '../src/movements.js';
import { lockProducts, readLive, readPages, readVersionedOptions } from '../src/product.queries.js';
import { countCandidates, searchProducts } from '../src/search.queries.js';
import { lockedOptions, readHeld, readReservationsOf } from '../src/stock.queries.js';

const PRODUCTS = 20_000;
const ORDERS = 150_000;
/** That many in a batch have one time. */
const BATCH = 200;
/** Fewer than any of these tables has. */
const PAGES_MAX = 600;

/** As PostgreSQL makes ids of numbers below. */
function madeOf(text: string | number): string {
  const hex = createHash('md5').update(String(text)).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const ids = [randomUUIDv7()];
const [OFTEN, SELDOM] = [madeOf(1), madeOf(2)];
const NEWEST = { atMicros: null, id: null, optionId: null, rowsMax: 21 };

const FEW: Record<string, Asking> = {
  'the list': (database) => readPages(database, [{ after: madeOf(1), limit: 20 }], 65_536),
  'products by their ids': async (database) => {
    await readLive(database, ids);
    await readVersionedOptions(database, ids);
    await lockProducts(database, ids);
    await lockedOptions(database, ids);
  },
  'what orders hold': async (database) => {
    await readHeld(database, ids);
    await readReservationsOf(database, ids);
  },
  'movements of what is sold often': (database) =>
    readMovementPages(database, [{ ...NEWEST, productId: OFTEN }]),
  'movements of what is sold often, a later page': (database) =>
    readMovementPages(database, [
      { ...NEWEST, productId: OFTEN, atMicros: Date.UTC(2026, 0, 1) * 1_000, id: OFTEN, optionId: OFTEN },
    ]),
  'movements of what is sold seldom': (database) =>
    readMovementPages(database, [{ ...NEWEST, productId: SELDOM }]),
  'how many a name and a range of prices leave': (database) =>
    countCandidates(database, [
      { q: 'cup', minPrice: 0, maxPrice: 2 ** 53 - 1 },
      { q: 'cup 777', minPrice: 5, maxPrice: 9 },
    ]),
};

/** What is asked for on each way; so many are looked at that are not found by it. */
const LOOKED_AT = 40;
const WAYS: [Way, Partial<Parameters<typeof searchOf>[0]>][] = [
  ['order', {}],
  ['order', { q: 'nowhere' }],
  ['order', { minPrice: 7, maxPrice: 8 }],
  ['order', { inStock: true }],
  ['order', { stockBelow: 1 }],
  ['category', { category: 'Category 7' }],
  ['category', { category: 'Category 7', q: 'nowhere', minPrice: 7, maxPrice: 8, inStock: true }],
  ['name', { q: 'cup 777' }],
  ['price', { minPrice: 7, maxPrice: 8 }],
  ['ids', { productIds: [OFTEN, SELDOM] }],
];

function searching(sort: ProductSort): Record<string, Asking> {
  const after = { key: sort.endsWith('price') ? '7' : 'cup 7', id: madeOf(7) };
  const statuses = ['SELLABLE' as const, undefined];
  const searches = WAYS.flatMap(([way, asked]) =>
    statuses.map((status): ProductSearch => {
      const search = searchOf({ limit: 20, ...asked, ...(status && { status }) }, sort, after);
      return { ...search, way, bound: Math.min(search.bound, LOOKED_AT) };
    }),
  );
  return Object.fromEntries(
    searches.map((search, place) => [
      `${sort}, ${place}: ${search.way} of ${JSON.stringify(search)}`,
      (database) => searchProducts(database, search, [search], 65_536),
    ]),
  );
}

/** Pages that are soon full, where as many as ever may be looked at. */
const SOON_FULL: Partial<Parameters<typeof searchOf>[0]>[] = [{ inStock: true }, { q: 'cup' }];

function filling(sort: ProductSort): Record<string, Asking> {
  const statuses = ['SELLABLE' as const, undefined];
  const searches = SOON_FULL.flatMap((asked) =>
    statuses.map((status): ProductSearch => {
      const search = searchOf({ limit: 20, ...asked, ...(status && { status }) }, sort, undefined);
      return { ...search, way: 'order', bound: LOOKED_AT_MAX };
    }),
  );
  return Object.fromEntries(
    searches.map((search, place) => [
      `${sort} soon full, ${place}: ${JSON.stringify(search)}`,
      (database) => searchProducts(database, search, [search], 65_536),
    ]),
  );
}

const ASKED = {
  ...FEW,
  ...Object.assign({}, ...productSort.options.map(filling)),
  ...Object.assign({}, ...productSort.options.map(searching)),
} as Record<string, Asking>;

const STORED = [
  `INSERT INTO products (product_id, name, price, status, description, category, created_at)
   SELECT md5(i::text)::uuid, 'Cup ' || i, i, CASE WHEN i % 10 = 0 THEN 'ARCHIVED' ELSE 'SELLABLE' END,
     repeat('Porcelain. ', 50), 'Category ' || i % 100, now() FROM generate_series(1, ${PRODUCTS}) AS i`,
  `INSERT INTO options (option_id, product_id, name, additional_price, stock, position)
   SELECT product_id, product_id, repeat('Size ', 40), 0, 5, 0 FROM products`,
  `INSERT INTO stock_movements (option_id, operation_key, quantity, created_at)
   SELECT '${OFTEN}', i, 1, now() FROM generate_series(1, 5000) AS i`,
  `INSERT INTO reservations (order_id, option_id, quantity, reserved_at)
   SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint + i), 12, '0') || '70008000' ||
       lpad(i::text, 12, '0'))::uuid, CASE WHEN i % 30000 = 0 THEN '${SELDOM}'::uuid ELSE '${OFTEN}' END, 1,
     '2026-01-01'::timestamptz + (i - ${ORDERS / 2}) / ${BATCH} * interval '1 second'
   FROM generate_series(1, ${ORDERS}) AS i`,
];

let database: TestDatabase;
let plans: Plans;
let kept: Map<string, Kept[]>;

beforeAll(async () => {
  database = await testDatabase('catalog_plans');
  await migrate(database.url, migrations);
  plans = await Plans.open(database.url);
  kept = await plans.keepAll(ASKED);
  await withClient(database.url, async (client) => {
    for (const table of ['products', 'options', 'stock_movements', 'reservations']) {
      await client.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
    }
    for (const statement of STORED) await client.query(statement);
  });
});
afterAll(async () => {
  await plans?.close();
  await database?.drop();
});

async function manyPages(names: readonly string[]): Promise<object[]> {
  const many: object[] = [];
  for (const name of names) {
    const statements = kept.get(name) ?? [];
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) {
      const pages = await plans.pagesOf(statement);
      if (pages > PAGES_MAX) many.push({ name, pages });
    }
  }
  return many;
}

describe('a plan that was made while there were no products', () => {
  it.each(Object.keys(FEW))('reads no more with many of everything: %s', async (name) => {
    expect(await manyPages([name])).toEqual([]);
  });

  it.each(productSort.options)('looks at no more than it may, on no way of a list by %s', async (sort) => {
    expect(await manyPages(Object.keys(ASKED).filter((name) => name.startsWith(`${sort}, `)))).toEqual([]);
  });

  it.each(productSort.options)(
    'looks at no more than a page takes that is soon full, by %s',
    async (sort) => {
      const names = Object.keys(ASKED).filter((name) => name.startsWith(`${sort} soon full`));
      expect(await manyPages(names)).toEqual([]);
    },
  );
});

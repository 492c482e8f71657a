import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  changeProduct,
  createProduct,
  done,
  listProducts,
  readProducts,
  refuse,
  releaseStock,
  reserveStock,
  restock,
  type OrderLine,
  type Outcome,
  type Product,
  type ProductChange,
  type ProductDraft,
} from '@jangteo/contracts';
import { migrate, type Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { locksLowerFirst, testDatabase, withClient, type Ask, type TestDatabase } from '@jangteo/testkit';
import { migrations } from '../src/migrations/index.js';
import * as made from './fixture.js';
import { operationOf, replicaOn, valueOf, watchedDatabase, type Replica } from './fixture.js';

let scratch: TestDatabase;
let database: Database;
let replica: Replica;
let ask: Ask;

beforeAll(async () => {
  scratch = await testDatabase('catalog');
  await migrate(scratch.url, migrations);
  replica = replicaOn(watchedDatabase(scratch.url));
  ({ ask, database } = replica);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await scratch.drop();
});

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const create = (draft: ProductDraft) => made.create(replica, draft);
const cupWith = (count: number) => create({ name: 'Cup', price: 1_000, stock: count });
const change = (product: Product, to: ProductChange) => made.change(replica, product, to);
const read = (product: Product) => made.read(replica, product);
const stockOf = async (product: Product): Promise<number> => (await read(product)).stock;

function restockOf({ productId }: Product, quantity: number, optionId?: string) {
  return { operation: operationOf(), productId, change: { quantity, optionId } };
}

interface Order {
  readonly orderId: string;
  readonly items: OrderLine[];
}

const orderOf = (...items: OrderLine[]): Order => ({ orderId: newId(), items });
const one = ({ productId }: Product, quantity = 1): OrderLine => ({ productId, quantity });

/** Splits at random, as the broker hands messages to several replicas. */
function randomBatches<T>(all: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let from = 0; from < all.length;) {
    const size = 1 + Math.floor(Math.random() * 20);
    batches.push(all.slice(from, from + size));
    from += size;
  }
  return batches;
}

async function inParallel(orders: readonly Order[]): Promise<Outcome[]> {
  return (await Promise.all(randomBatches(orders).map((batch) => ask(reserveStock, batch)))).flat();
}

const accepted = (outcomes: readonly Outcome[]): number => outcomes.filter(({ ok }) => ok).length;
const codes = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.refusal.code));

/** Options whose stock is not what came in less what orders hold. */
async function unbalanced(): Promise<object[]> {
  return await database.rows(`
    SELECT option_id, stock, received, held FROM options
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(quantity), 0) AS received FROM stock_movements
      WHERE stock_movements.option_id = options.option_id) AS came_in
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(quantity), 0) AS held FROM reservations
      WHERE reservations.option_id = options.option_id AND released_at IS NULL) AS taken
    WHERE stock <> received - held`);
}
afterEach(async () => {
  const rows = await unbalanced();
  if (rows.length > 0) throw new Error(`stock is not received less held: ${JSON.stringify(rows)}`);
});

describe('reserving stock', () => {
  it('sells exactly 50 of a stock of 50 to 200 buyers at once, in whatever batches they come', async () => {
    const cup = await cupWith(50);
    const outcomes = await inParallel(times(200, () => orderOf(one(cup))));
    expect(accepted(outcomes)).toBe(50);
    expect(new Set(codes(outcomes))).toEqual(new Set(['ok', 'OUT_OF_STOCK']));
    expect(await stockOf(cup)).toBe(0);
  });

  it('locks options in the order of their ids, whatever order names them', async () => {
    const cups = [await cupWith(10), await cupWith(10)];
    const idOf = ({ options: [option] }: Product): string => option?.optionId ?? '';
    const [lower, higher] = cups.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    const options = { table: 'options', key: 'option_id', ids: [idOf(lower!), idOf(higher!)] } as const;
    for (const order of [orderOf(one(lower!), one(higher!)), orderOf(one(higher!), one(lower!))]) {
      expect(await locksLowerFirst(scratch.url, options, () => ask(reserveStock, [order]))).toBe(true);
    }
  });

  it('serves batches that want the same options in opposite order, each at once', async () => {
    const [cup, pot] = [await cupWith(1_000), await cupWith(1_000)];
    const orders = times(60, (i) =>
      i % 2 === 0 ? orderOf(one(cup), one(pot)) : orderOf(one(pot), one(cup)),
    );
    const outcomes = await Promise.all(orders.map((order) => ask(reserveStock, [order])));
    expect(accepted(outcomes.flat())).toBe(60);
    expect([await stockOf(cup), await stockOf(pot)]).toEqual([940, 940]);
    const deadlocks = 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()';
    expect(await database.rows(deadlocks)).toEqual([{ deadlocks: 0 }]);
  });

  it('has one effect when a batch is delivered twice, in one batch, at once and later', async () => {
    const cup = await cupWith(10);
    const orders = times(4, () => orderOf(one(cup, 3)));
    const batch = [...orders, ...orders];
    const [first, second] = await Promise.all([
      ask(reserveStock, batch),
      ask(reserveStock, batch.toReversed()),
    ]);
    expect(second?.toReversed()).toEqual(first);
    expect(accepted(first)).toBe(6);
    await ask(restock, [restockOf(cup, 100)]);
    expect(await ask(reserveStock, batch)).toEqual(first);
    expect(await stockOf(cup)).toBe(101);
  });

  it('holds nothing of an order of which one line is short', async () => {
    const [cup, pot] = [await cupWith(5), await cupWith(1)];
    const [outcome] = await ask(reserveStock, [orderOf(one(cup, 5), one(pot, 2))]);
    const [option] = pot.options;
    const shortages = [{ productId: pot.productId, optionId: option?.optionId, requested: 2, available: 1 }];
    expect(outcome).toEqual(refuse('OUT_OF_STOCK', undefined, { shortages } as never));
    expect([await stockOf(cup), await stockOf(pot)]).toEqual([5, 1]);
  });

  it('takes the price, the category and the status of the moment', async () => {
    const cup = await cupWith(5);
    await change(cup, { price: 7, category: 'Kitchen' });
    const order = orderOf(one(cup, 2));
    const [first] = await ask(reserveStock, [order]);
    const item = { name: 'Cup', category: 'Kitchen', price: 7 };
    expect(first).toMatchObject({ value: { subtotal: 14, items: [item] } });
    await change(cup, { category: null });
    const [again, other] = await ask(reserveStock, [order, orderOf(one(cup))]);
    expect(again).toEqual(first);
    expect(other).not.toHaveProperty('value.items.0.category');
    await change(cup, { status: 'SUSPENDED' });
    expect(codes(await ask(reserveStock, [orderOf(one(cup))]))).toEqual(['PRODUCT_NOT_SELLABLE']);
  });
});

describe('releasing stock', () => {
  it('puts back exactly what the order holds after the product changed, once', async () => {
    const shirt = await create({
      name: 'Shirt',
      price: 20_000,
      options: [
        { name: 'M', stock: 5 },
        { name: 'L', additionalPrice: 500, stock: 5 },
      ],
    });
    const [m, l] = shirt.options.map(({ optionId }) => optionId);
    const order = orderOf(
      { ...one(shirt, 2), optionId: l },
      { ...one(shirt), optionId: m },
      { ...one(shirt), optionId: l },
    );
    expect(accepted(await ask(reserveStock, [order]))).toBe(1);
    await change(shirt, { price: 1, status: 'SUSPENDED' });
    expect(await ask(releaseStock, [order, order])).toEqual([
      done({ released: true }),
      done({ released: true }),
    ]);
    expect(await ask(releaseStock, [order])).toEqual([done({ released: true })]);
    expect((await read(shirt)).options.map((option) => option.stock)).toEqual([5, 5]);
  });

  it('bars the reservation that it overtook, of an unknown product too', async () => {
    const cup = await cupWith(5);
    const orders = [orderOf(one(cup)), orderOf({ productId: newId(), quantity: 1 })];
    expect(await ask(releaseStock, orders)).toEqual([done({ released: false }), done({ released: false })]);
    expect(codes(await ask(reserveStock, orders))).toEqual(['ORDER_TIMED_OUT', 'ORDER_TIMED_OUT']);
    expect(await stockOf(cup)).toBe(5);
  });

  it('has nothing to put back for an order that was refused', async () => {
    const cup = await cupWith(5);
    const order = orderOf(one(cup, 6));
    const refused = await ask(reserveStock, [order]);
    expect(await ask(releaseStock, [order])).toEqual([done({ released: false })]);
    expect(await ask(reserveStock, [order])).toEqual(refused);
    expect(await stockOf(cup)).toBe(5);
  });

  it('leaves nothing held when reservations and releases of the same orders race', async () => {
    const [cup, pot] = [await cupWith(40), await cupWith(40)];
    const ghost = { productId: newId(), quantity: 1 };
    const orders = times(90, (i) =>
      i % 3 === 0 ? orderOf(one(cup), one(pot)) : i % 3 === 1 ? orderOf(one(pot, 2)) : orderOf(ghost),
    );
    await Promise.all([
      ...randomBatches(orders).map((batch) => ask(reserveStock, batch)),
      ...randomBatches(orders.toReversed()).map((batch) => ask(releaseStock, batch)),
    ]);
    expect([await stockOf(cup), await stockOf(pot)]).toEqual([40, 40]);
  });
});

describe('restocking', () => {
  it('adds each operation once, however often it comes, while orders take', async () => {
    const cup = await cupWith(100);
    const restocks = times(10, () => restockOf(cup, 5));
    const [outcomes] = await Promise.all([
      inParallel(times(100, () => orderOf(one(cup)))),
      ...times(3, () => Promise.all(randomBatches(restocks).map((batch) => ask(restock, batch)))),
    ]);
    expect(accepted(outcomes)).toBe(100);
    expect(await stockOf(cup)).toBe(50);
  });

  it('takes nothing below zero', async () => {
    const cup = await cupWith(10);
    const outcomes = await Promise.all(times(20, () => ask(restock, [restockOf(cup, -1)])));
    expect(accepted(outcomes.flat())).toBe(10);
    expect(await stockOf(cup)).toBe(0);
  });
});

describe('making and changing products', () => {
  it('makes one product when the same operation comes twice at once', async () => {
    const request = { operation: operationOf(), draft: { name: 'Once', price: 1, stock: 3 } };
    const answers = await Promise.all(times(5, () => ask(createProduct, [request, request])));
    expect(new Set(answers.flat().map((outcome) => valueOf(outcome).productId)).size).toBe(1);
    expect(await database.rows("SELECT FROM products WHERE name = 'Once'")).toHaveLength(1);
  });

  it('keeps both changes when two fields are changed at once', async () => {
    const cups = await Promise.all(times(10, () => cupWith(1)));
    await Promise.all(cups.flatMap((cup) => [change(cup, { price: 5 }), change(cup, { name: 'Mug' })]));
    for (const cup of cups)
      expect(await read(cup)).toMatchObject({ name: 'Mug', price: 5, status: 'SELLABLE' });
  });

  it('refuses a product that is not there', async () => {
    const request = { operation: operationOf(), productId: newId(), change: { price: 1 } };
    expect(codes(await ask(changeProduct, [request]))).toEqual(['PRODUCT_NOT_FOUND']);
  });
});

describe('reading products', () => {
  it('answers in the order asked for, whatever the status, without those that are not there', async () => {
    const [cup, pot] = [await cupWith(1), await cupWith(2)];
    await change(pot, { status: 'SUSPENDED' });
    const [first, second] = await ask(readProducts, [
      { productIds: [pot.productId, newId(), cup.productId] },
      { productIds: [newId()] },
    ]);
    const [suspended, untouched] = valueOf(first).products;
    expect(suspended).toEqual({ ...pot, status: 'SUSPENDED', version: 2, updatedAt: expect.any(String) });
    expect(untouched).toEqual(cup);
    expect(valueOf(second).products).toEqual([]);
  });

  it('says when a product was made and when it was last changed, whatever its stock does', async () => {
    const cup = await cupWith(1);
    expect(cup.updatedAt).toBe(cup.createdAt);
    await ask(restock, [restockOf(cup, 9)]);
    await ask(reserveStock, [orderOf(one(cup))]);
    expect(await read(cup)).toEqual({ ...cup, stock: 9, options: [{ ...cup.options[0], stock: 9 }] });
    await change(cup, { price: 2_000 });
    const changed = await read(cup);
    expect(Date.parse(changed.updatedAt!)).toBeGreaterThan(Date.parse(cup.createdAt!));
    expect(changed.createdAt).toBe(cup.createdAt);
    // As the release before does, which does not know of the column.
    await database.rows('UPDATE products SET price = 3000 WHERE product_id = $1', [cup.productId]);
    const [{ isLater } = { isLater: false }] = await database.rows<{ isLater: boolean }>(
      'SELECT updated_at > $2::timestamptz AS "isLater" FROM products WHERE product_id = $1',
      [cup.productId, changed.updatedAt],
    );
    expect(isLater).toBe(true);
  });

  it('shows options in the order in which they were given', async () => {
    const names = times(20, (i) => `size ${20 - i}`);
    const shirt = await create({
      name: 'Shirt',
      price: 1,
      options: names.map((name, i) => ({ name, stock: i })),
    });
    expect(await read(shirt)).toEqual(shirt);
    expect(shirt.options.map(({ name }) => name)).toEqual(names);
    expect(shirt.stock).toBe(190);
  });

  it('lists what is on sale oldest first, page by page, live, while products are added', async () => {
    await database.rows("UPDATE products SET status = 'SUSPENDED'");
    const made = [];
    for (const index of times(7, (i) => i)) made.push(await cupWith(index));
    await change(made[3] as Product, { status: 'SUSPENDED' });
    const onSale = made.filter((_, i) => i !== 3);
    await ask(restock, [restockOf(made[0] as Product, 9)]);

    const page = async (cursor?: string) => valueOf((await ask(listProducts, [{ limit: 3, cursor }]))[0]);
    const first = await page();
    await ask(reserveStock, [orderOf(one(made[6] as Product, 4))]);
    const second = await page(first.next);
    expect([...first.products, ...second.products].map(({ productId }) => productId)).toEqual(
      onSale.map(({ productId }) => productId),
    );
    expect(first.products[0]?.stock).toBe(9);
    expect(second.products[2]?.stock).toBe(2);
    expect(second.next).toBeUndefined();

    const added = await cupWith(1);
    const third = await page(Buffer.from(JSON.stringify([made[6]?.productId])).toString('base64url'));
    expect(third.products).toEqual([added]);
  });

  it('answers a batch of different pages, an unusable cursor among them', async () => {
    const cursors = ['nonsense', Buffer.from('["1; DROP TABLE products"]').toString('base64url')];
    const [all, broken, injected, short, same] = await ask(listProducts, [
      { limit: 100 },
      { limit: 1, cursor: cursors[0] },
      { limit: 1, cursor: cursors[1] },
      { limit: 2 },
      { limit: 2 },
    ]);
    expect(codes([broken as Outcome, injected as Outcome])).toEqual([
      'VALIDATION_FAILED',
      'VALIDATION_FAILED',
    ]);
    expect(valueOf(short).products).toEqual(valueOf(all).products.slice(0, 2));
    expect(valueOf(short).next).toBeDefined();
    expect(same).toEqual(short);
    expect(valueOf(all).next).toBeUndefined();
  });

  const LIST_BYTES_MAX = 65_536;
  const longest = '🍵'.repeat(200);
  const largest = (): Promise<Product> =>
    create({ name: longest, price: 1_000, options: times(100, () => ({ name: longest, stock: 1 })) });

  it('ends a page early rather than make it too large, and goes on with the next product', async () => {
    await database.rows("UPDATE products SET status = 'SUSPENDED'");
    const options = times(20, () => ({ name: longest, stock: 1 }));
    const made = [await largest()];
    for (const _ of times(9, (i) => i)) made.push(await create({ name: 'Tea', price: 1_000, options }));
    const seen: string[] = [];
    let pages = 0;
    for (let cursor: string | undefined; pages === 0 || cursor !== undefined; pages += 1) {
      const { products: shown, next } = valueOf((await ask(listProducts, [{ limit: 95, cursor }]))[0]);
      const bytes = Buffer.byteLength(JSON.stringify(shown));
      expect(shown.length === 1 || bytes <= LIST_BYTES_MAX).toBe(true);
      seen.push(...shown.map(({ productId }) => productId));
      cursor = next;
    }
    expect(seen.toSorted()).toEqual(made.map(({ productId }) => productId).toSorted());
    expect(pages).toBeLessThan(6);
  });

  it('tells of the named options alone, and whether there are others', async () => {
    const shirt = await largest();
    const cup = await cupWith(1);
    const productIds = [shirt.productId, cup.productId];
    const wanted = shirt.options[70]!;
    const [top, cart, whole] = (
      await ask(readProducts, [
        { productIds, optionIds: [] },
        { productIds, optionIds: [wanted.optionId] },
        { productIds },
      ])
    ).map((outcome) => valueOf(outcome).products);
    expect(top).toEqual([{ ...shirt, options: shirt.options.slice(0, 2) }, cup]);
    expect(cart).toEqual([{ ...shirt, options: [...shirt.options.slice(0, 2), wanted] }, cup]);
    expect(whole).toEqual([shirt, cup]);
  });
});

describe('the tables', () => {
  it.each([
    ['stock below zero', 'UPDATE options SET stock = -1'],
    [
      'a reservation of nothing',
      `INSERT INTO reservations
      SELECT gen_random_uuid(), option_id, 0, now() FROM options LIMIT 1`,
    ],
    [
      'a reservation of an unknown option',
      `INSERT INTO reservations
      VALUES (gen_random_uuid(), gen_random_uuid(), 1, now())`,
    ],
    [
      'one operation twice in one transaction',
      `INSERT INTO stock_movements
      SELECT option_id, operation_key, 1, created_at FROM stock_movements`,
    ],
  ])('refuse %s, whatever asks for it', async (_title, statement) => {
    await cupWith(1);
    await expect(database.rows(statement)).rejects.toThrow(/violates/);
  });

  it('can be taken down and built again', async () => {
    const other = await testDatabase('catalog');
    await migrate(other.url, migrations);
    await withClient(other.url, async (client) => {
      const runner = { query: (text: string) => client.query(text) } as never;
      for (const Migration of migrations.toReversed()) await new Migration().down(runner);
      await client.query('DELETE FROM migrations');
      const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
      expect(rows).toEqual([{ tablename: 'migrations' }]);
    });
    await migrate(other.url, migrations);
    await other.drop();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  changeOption,
  changeProduct,
  listAllProducts,
  listMovements,
  listProducts,
  releaseStock,
  reserveStock,
  restock,
  type PayloadOf,
  type Product,
} from '@jangteo/contracts';
import { migrate, type Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { testDatabase, type Ask, type TestDatabase } from '@jangteo/testkit';
import { migrations } from '../src/migrations/index.js';
import { create, operationOf, replicaOn, valueOf, watchedDatabase, type Replica } from './fixture.js';

let scratch: TestDatabase;
let database: Database;
let replica: Replica;
let ask: Ask;
const made = new Map<string, Product>();

type Search = Omit<PayloadOf<typeof listProducts>, 'limit'> & { readonly limit?: number };

/** In jamo, as some keyboards send it. */
const CERAMIC = '도자기'.normalize('NFD');

/** Names, prices, stock and categories of what is on sale, oldest first. */
const GOODS: [name: string, price: number, stock: number, category?: string][] = [
  ['찻잔 세트', 30_000, 5, '주방'],
  ['유리 찻잔', 12_000, 0, '주방'],
  ['Coffee CUP', 9_000, 3, '주방'],
  ['면 티셔츠', 15_000, 9, '옷'],
  ['cupboard', 90_000, 1],
  ['찻주전자', 45_000, 2, '주방'],
  ['100%_\\ 녹차', 5_000, 1],
  [CERAMIC, 70_000, 1],
];

beforeAll(async () => {
  scratch = await testDatabase('catalog');
  await migrate(scratch.url, migrations);
  replica = replicaOn(watchedDatabase(scratch.url));
  ({ ask, database } = replica);
  for (const [name, price, stock, category] of GOODS) {
    made.set(name, await create(replica, { name, price, stock, ...(category && { category }) }));
  }
  for (const [name, status] of [
    ['Old cup', 'ARCHIVED'],
    ['Lost cup', 'SUSPENDED'],
  ] as const) {
    const product = await create(replica, { name, price: 1, stock: 1 });
    made.set(name, product);
    const change = { operation: operationOf(), productId: product.productId, change: { status } };
    valueOf((await ask(changeProduct, [change]))[0]);
  }
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await scratch.drop();
});

const idOf = (name: string): string => made.get(name)?.productId ?? '';

/** The names of a list, page after page. */
async function found(search: Search = {}): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const payload = { limit: 2, ...search, ...(cursor === undefined ? {} : { cursor }) };
    const { products, next } = valueOf((await ask(listProducts, [payload]))[0]);
    names.push(...products.map(({ name }) => name));
    cursor = next;
  } while (cursor !== undefined);
  return names;
}

describe('looking for products', () => {
  it.each<[string, Search, string[]]>([
    ['two syllables', { q: '찻잔' }, ['찻잔 세트', '유리 찻잔']],
    ['one syllable', { q: '찻' }, ['찻잔 세트', '유리 찻잔', '찻주전자']],
    ['syllables in jamo', { q: '찻잔'.normalize('NFD') }, ['찻잔 세트', '유리 찻잔']],
    ['letters of whatever case', { q: 'cUp' }, ['Coffee CUP', 'cupboard']],
    ['pairs that are there, but not side by side', { q: '찻전' }, []],
    ['what a pattern would be, as it stands there', { q: '%' }, ['100%_\\ 녹차']],
    ['what a pattern would be, in part', { q: 'c_p' }, []],
    ['what would escape a sign', { q: '_\\' }, ['100%_\\ 녹차']],
    ['nothing of what would escape all', { q: '\\%' }, []],
    ['what was named in jamo', { q: '자기' }, [CERAMIC]],
    ['a category', { category: '주방', sort: 'price' }, ['Coffee CUP', '유리 찻잔', '찻잔 세트', '찻주전자']],
    ['a range of prices', { minPrice: 12_000, maxPrice: 30_000 }, ['찻잔 세트', '유리 찻잔', '면 티셔츠']],
    [
      'a range of prices, the dearest first',
      { minPrice: 30_000, sort: '-price' },
      ['cupboard', CERAMIC, '찻주전자', '찻잔 세트'],
    ],
    ['what is left', { inStock: true, q: '찻' }, ['찻잔 세트', '찻주전자']],
    [
      'names',
      { sort: 'name' },
      ['100%_\\ 녹차', 'Coffee CUP', 'cupboard', CERAMIC, '면 티셔츠', '유리 찻잔', '찻잔 세트', '찻주전자'],
    ],
    [
      'the newest',
      { sort: 'newest', category: '주방' },
      ['찻주전자', 'Coffee CUP', '유리 찻잔', '찻잔 세트'],
    ],
    ['the oldest', {}, GOODS.map(([name]) => name)],
  ])('finds %s', async (_title, search, names) => {
    expect(await found(search)).toEqual(names);
    expect(await found({ ...search, limit: 100 })).toEqual(names);
  });

  it('finds those with ids that are on sale, and all of a batch of unlike lists', async () => {
    const productIds = ['cupboard', 'Lost cup', '찻주전자'].map(idOf);
    const lists = [
      { limit: 9, productIds },
      { limit: 1 },
      { limit: 9, q: '티' },
      { limit: 9, productIds: [] },
    ];
    const pages = (await ask(listProducts, lists)).map(valueOf);
    expect(pages.map(({ products }) => products.map(({ name }) => name))).toEqual([
      ['cupboard', '찻주전자'],
      ['찻잔 세트'],
      ['면 티셔츠'],
      [],
    ]);
  });

  it('takes no cursor of another order', async () => {
    const [first] = await ask(listProducts, [{ limit: 1, sort: 'price' }]);
    const { next: cursor } = valueOf(first);
    const outcomes = await ask(listProducts, [
      { limit: 1, sort: 'name', cursor },
      { limit: 1, cursor },
      { limit: 1, sort: 'price', cursor: Buffer.from('["price","1; DROP",7]').toString('base64url') },
    ]);
    expect(outcomes).toMatchObject(
      outcomes.map(() => ({ ok: false, refusal: { code: 'VALIDATION_FAILED' } })),
    );
  });

  it('goes on behind the price that was shown, although it is another one by now', async () => {
    const [first] = await ask(listProducts, [{ limit: 2, sort: 'price' }]);
    const { products, next: cursor } = valueOf(first);
    const last = products.at(-1)!;
    const change = (price: number) =>
      ask(changeProduct, [{ operation: operationOf(), productId: last.productId, change: { price } }]);
    await change(1);
    const [second] = await ask(listProducts, [{ limit: 1, sort: 'price', cursor }]);
    await change(last.price);
    expect(valueOf(second).products).toMatchObject([{ name: '유리 찻잔' }]);
  });

  it('is not shown what is suspended of it', async () => {
    const options = [
      { name: 'S', stock: 4 },
      { name: 'L', stock: 0 },
    ];
    const product = await create(replica, { name: 'Bowl', price: 1, options, category: 'Bowls' });
    const { productId } = product;
    const [small] = product.options;
    const suspend = { operation: operationOf(), productId, optionId: small!.optionId };
    valueOf((await ask(changeOption, [{ ...suspend, change: { status: 'SUSPENDED' } }]))[0]);
    expect(await found({ category: 'Bowls' })).toEqual(['Bowl']);
    expect(await found({ category: 'Bowls', inStock: true })).toEqual([]);
    const archive = { operation: operationOf(), productId, change: { status: 'ARCHIVED' as const } };
    valueOf((await ask(changeProduct, [archive]))[0]);
  });
});

describe('products of every status', () => {
  const all = async (search: object) =>
    valueOf((await ask(listAllProducts, [{ limit: 9, ...search }]))[0]).products.map(({ name }) => name);

  it('are found by status, name and what is left, the newest first', async () => {
    expect(await all({ q: 'cup' })).toEqual(['Lost cup', 'Old cup', 'cupboard', 'Coffee CUP']);
    expect(await all({ status: 'ARCHIVED', q: 'cup' })).toEqual(['Old cup']);
    expect(await all({ stockBelow: 2, status: 'SELLABLE' })).toEqual([
      CERAMIC,
      '100%_\\ 녹차',
      'cupboard',
      '유리 찻잔',
    ]);
    expect(await all({ sort: 'price', limit: 3 })).toEqual(['Old cup', 'Lost cup', 'Bowl']);
  });
});

describe('movements of stock', () => {
  const options = ['S', 'L'].map((name) => ({ name, stock: 10 }));

  it('tell which order or who, and why, page after page without a gap, those of one moment too', async () => {
    const { productId, options: made } = await create(replica, { name: 'Lamp', price: 1, options });
    const optionIds = made.map(({ optionId }) => optionId);
    const actorId = newId();
    const delivery = (quantity: number) => ({
      operation: operationOf(),
      productId,
      change: { optionId: optionIds[0], quantity, reason: `Delivery of ${quantity}` },
      actorId,
    });
    (await ask(restock, [delivery(3), delivery(4)])).forEach((outcome) => valueOf(outcome));
    const [sold, failed] = [newId(), newId()];
    const items = optionIds.map((optionId) => ({ productId, optionId, quantity: 2 }));
    valueOf((await ask(reserveStock, [{ orderId: sold, items }]))[0]);
    valueOf((await ask(reserveStock, [{ orderId: failed, items }]))[0]);
    await ask(releaseStock, [{ orderId: failed, items }]);

    const rows = [];
    let cursor: string | undefined;
    do {
      const payload = { productId, limit: 1, ...(cursor === undefined ? {} : { cursor }) };
      const { movements, next } = valueOf((await ask(listMovements, [payload]))[0]);
      rows.push(...movements);
      cursor = next;
    } while (cursor !== undefined);
    const [all] = await ask(listMovements, [{ productId, limit: 100 }]);
    expect(rows).toEqual(valueOf(all).movements);

    const ofBoth = (movement: object) =>
      expect.arrayContaining(optionIds.map((optionId) => expect.objectContaining({ optionId, ...movement })));
    expect(rows).toHaveLength(8);
    expect(rows.slice(0, 2)).toEqual(
      ofBoth({ orderId: failed, quantity: -2, releasedAt: expect.any(String) }),
    );
    expect(rows.slice(2, 4)).toEqual(ofBoth({ orderId: sold, quantity: -2 }));
    expect(rows.slice(4, 6)).toMatchObject([{ actorId }, { actorId }]);
    expect(new Set(rows.slice(4, 6).map(({ reason }) => reason))).toEqual(
      new Set(['Delivery of 3', 'Delivery of 4']),
    );
    expect(rows.slice(6)).toEqual(ofBoth({ quantity: 10 }));
  });

  it('take no cursor that is none of theirs', async () => {
    const { productId } = await create(replica, { name: 'Lantern', price: 1, stock: 1 });
    const parts = [
      [1.5, newId(), newId()],
      [1, 'x', newId()],
      [2 ** 60, newId(), newId()],
      [1, newId()],
    ];
    const cursors = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const outcomes = await ask(
      listMovements,
      cursors.map((cursor) => ({ productId, limit: 1, cursor })),
    );
    expect(outcomes).toMatchObject(cursors.map(() => ({ refusal: { code: 'VALIDATION_FAILED' } })));
  });
});

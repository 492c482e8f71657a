import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { listProducts, reserveStock, restock, type Product } from '@jangteo/contracts';
import { migrate } from '@jangteo/database';
import {
  eventually,
  startTcpProxy,
  testDatabase,
  testRedisUrl,
  uniqueName,
  type TcpProxy,
  type TestDatabase,
} from '@jangteo/testkit';
import { register } from 'prom-client';
import { migrations } from '../src/migrations/index.js';
import {
  change,
  create,
  operationOf,
  someCachedProduct,
  read,
  replicaOn,
  valueOf,
  watchedDatabase,
  type Replica,
  type WatchedDatabase,
} from './fixture.js';

const shirtDraft = {
  name: 'Shirt',
  price: 20_000,
  options: [
    { name: 'M', stock: 5 },
    { name: 'L', additionalPrice: 500, stock: 7 },
  ],
};

/** Matches only the statement that loads names and prices. */
const LOADS_TAGS = /additional_price AS/;

let scratch: TestDatabase;
let databases: WatchedDatabase[] = [];

beforeAll(async () => {
  scratch = await testDatabase('catalog');
  await migrate(scratch.url, migrations);
});
afterEach(async () => {
  for (const database of databases.splice(0)) await database.onApplicationShutdown();
});
afterAll(() => scratch?.drop());

function start(settings: Parameters<typeof replicaOn>[1] = {}): Replica {
  const database = watchedDatabase(scratch.url);
  databases.push(database);
  return replicaOn(database, settings);
}

/** Counts the statements that loaded names and prices. */
const loadsIn = ({ database }: Replica): number =>
  database.statements.filter((statement) => LOADS_TAGS.test(statement)).length;

async function counted(name: string): Promise<number> {
  const metric = await register.getSingleMetric(name)?.get();
  return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
}

/** Holds back the first load of names and prices, which has read the database by then. */
function holdFirstLoad(replica: Replica): { begun: Promise<void>; goOn: () => void } {
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  let isFirst = true;
  replica.database.beforeAnswer = async (statement) => {
    if (!isFirst || !LOADS_TAGS.test(statement)) return;
    isFirst = false;
    begun.resolve();
    await held.promise;
  };
  return { begun: begun.promise, goOn: held.resolve };
}

describe('the cache in the memory of a process', () => {
  it('gives names and prices from their second reading on, while stock and status are read each time', async () => {
    const replica = start();
    const shirt = await create(replica, shirtDraft);
    const { productId } = shirt;
    expect(await read(replica, shirt)).toEqual(shirt);
    const [hits, misses] = [
      await counted('catalog_cache_hits_total'),
      await counted('catalog_cache_misses_total'),
    ];

    const optionId = shirt.options[1]?.optionId;
    await replica.ask(restock, [{ operation: operationOf(), productId, change: { optionId, quantity: 30 } }]);
    const orderId = randomUUIDv7();
    await replica.ask(reserveStock, [
      { orderId, items: [{ productId, optionId: shirt.options[0]?.optionId, quantity: 4 }] },
    ]);
    replica.database.statements.splice(0);
    const again = await read(replica, shirt);
    expect(again).toMatchObject({
      name: 'Shirt',
      stock: 38,
      options: [{ stock: 1 }, { stock: 37, price: 20_500 }],
    });
    expect(replica.database.statements).toHaveLength(1);
    expect(loadsIn(replica)).toBe(0);
    expect(await counted('catalog_cache_hits_total')).toBe(hits + 1);
    expect(await counted('catalog_cache_misses_total')).toBe(misses);
  });

  it('serves lists in one statement once it knows their products, and loads what it lacks in one more', async () => {
    const replica = start();
    await replica.database.rows("UPDATE products SET status = 'SUSPENDED'");
    for (const name of ['a', 'b', 'c', 'd']) await create(replica, { ...shirtDraft, name });
    const list = async (limit: number) => {
      replica.database.statements.splice(0);
      const [page] = await replica.ask(listProducts, [{ limit }]);
      return [
        valueOf(page)
          .products.map(({ name }) => name)
          .join(''),
        replica.database.statements.length,
      ];
    };
    expect(await list(2)).toEqual(['ab', 2]);
    expect(await list(2)).toEqual(['ab', 1]);
    expect(await list(100)).toEqual(['abcd', 2]);
    expect(await list(100)).toEqual(['abcd', 1]);
  });

  it('shows a change at once in a process that has not heard of it', async () => {
    const [here, there] = [start(), start()];
    const shirt = await create(here, shirtDraft);
    for (const replica of [here, there]) expect(await read(replica, shirt)).toEqual(shirt);
    await change(here, shirt, { name: 'Blouse', price: 9 });
    for (const replica of [here, there]) {
      expect(await read(replica, shirt)).toMatchObject({
        name: 'Blouse',
        price: 9,
        options: [{ price: 9 }, { price: 509 }],
      });
    }
  });

  it('shows what was changed by hand at once as well', async () => {
    const replica = start();
    const shirt = await create(replica, shirtDraft);
    await read(replica, shirt);
    await replica.database.rows('UPDATE products SET price = 1 WHERE product_id = $1', [shirt.productId]);
    expect((await read(replica, shirt)).price).toBe(1);
  });

  it('does not show what a slow reader put there after the change', async () => {
    const replica = start();
    const shirt = await create(replica, shirtDraft);
    const { begun, goOn } = holdFirstLoad(replica);
    const slow = read(replica, shirt);
    await begun;
    await change(replica, shirt, { price: 1 });
    goOn();
    expect((await slow).price).toBe(20_000);
    expect((await read(replica, shirt)).price).toBe(1);
    expect((await read(replica, shirt)).price).toBe(1);
  });

  it('keeps the newer of two when a slow reader comes last', async () => {
    const replica = start();
    const shirt = await create(replica, shirtDraft);
    const { begun, goOn } = holdFirstLoad(replica);
    const slow = read(replica, shirt);
    await begun;
    await change(replica, shirt, { price: 1 });
    await read(replica, shirt);
    goOn();
    await slow;
    replica.database.statements.splice(0);
    expect((await read(replica, shirt)).price).toBe(1);
    expect(loadsIn(replica)).toBe(0);
  });

  it('keeps no more than it may', async () => {
    const replica = start({ CACHE_ENTRIES_MAX: '2' });
    const [a, b, c] = [
      await create(replica, shirtDraft),
      await create(replica, shirtDraft),
      await create(replica, shirtDraft),
    ];
    const loads = async (...products: { productId: string }[]) => {
      replica.database.statements.splice(0);
      for (const product of products) await read(replica, product);
      return loadsIn(replica);
    };
    expect(await loads(a, b, c)).toBe(3);
    expect(await loads(c, b)).toBe(0);
    expect(await loads(a)).toBe(1);
    expect(await loads(b, a)).toBe(0);
  });

  it('lets go after CACHE_TTL_SECONDS of what no version tells apart', async () => {
    const replica = start({ CACHE_TTL_SECONDS: '1' });
    const shirt = await create(replica, shirtDraft);
    await read(replica, shirt);
    await replica.database.rows("UPDATE options SET name = 'XL' WHERE product_id = $1 AND position = 1", [
      shirt.productId,
    ]);
    await eventually(async () => expect((await read(replica, shirt)).options[1]?.name).toBe('XL'));
  });
});

describe('the cache in Redis', () => {
  let redis: ReturnType<typeof createClient>;
  let namespace: string;
  const running: Replica[] = [];

  beforeAll(async () => {
    redis = createClient({ url: testRedisUrl() });
    await redis.connect();
  });
  beforeEach(() => {
    namespace = uniqueName('cache');
  });
  afterEach(async () => {
    for (const { shared } of running.splice(0)) shared.onApplicationShutdown();
    const keys = await redis.keys(`${namespace}:*`);
    if (keys.length > 0) await redis.del(keys);
  });
  afterAll(() => redis?.close());

  /** A process that has found Redis. */
  async function join(settings: Parameters<typeof start>[0] = {}): Promise<Replica> {
    const patient = { REDIS_URL: testRedisUrl(), REDIS_DEADLINE_MS: '5000', MESSAGING_NAMESPACE: namespace };
    const replica = start({ ...patient, ...settings });
    replica.shared.onModuleInit();
    running.push(replica);
    const probe = someCachedProduct();
    await eventually(async () => {
      await replica.shared.write([probe]);
      return (await replica.shared.read([probe.productId])).length === 1;
    });
    return replica;
  }

  const keyOf = ({ productId }: { productId: string }) => `${namespace}:catalog:price-tag:${productId}`;
  const inRedis = async (product: { productId: string }) => {
    const text = await redis.get(keyOf(product));
    return text === null ? undefined : (JSON.parse(text) as { version: number; price: number });
  };

  it('gives another process what the first one has loaded, for a limited time', async () => {
    const [here, there] = [await join(), await join()];
    const shirt = await create(here, shirtDraft);
    await read(here, shirt);
    await eventually(async () => (await inRedis(shirt)) !== undefined);
    expect(await redis.ttl(keyOf(shirt))).toBeGreaterThan(290);
    expect(await read(there, shirt)).toEqual(shirt);
    expect(loadsIn(there)).toBe(0);
    expect(await inRedis(shirt)).not.toHaveProperty('stock');
  });

  it('shows nobody what it held before a change, and gives others what the first of its readers loads', async () => {
    const [here, there, late] = [await join(), await join(), await join()];
    const shirt = await create(here, shirtDraft);
    await read(here, shirt);
    await eventually(async () => (await inRedis(shirt)) !== undefined);
    await read(there, shirt);
    await change(here, shirt, { name: 'Blouse', price: 9 });
    expect(await read(there, shirt)).toMatchObject({ name: 'Blouse', price: 9 });
    await eventually(async () => (await inRedis(shirt))?.price === 9);
    expect(await read(late, shirt)).toMatchObject({ name: 'Blouse', price: 9 });
    expect(loadsIn(late)).toBe(0);
  });

  it('shows nobody what a slow reader put there after the change', async () => {
    const [slow, quick, late] = [await join(), await join(), await join()];
    const shirt = await create(quick, shirtDraft);
    const { begun, goOn } = holdFirstLoad(slow);
    const reading = read(slow, shirt);
    await begun;
    await change(quick, shirt, { price: 1 });
    goOn();
    expect((await reading).price).toBe(20_000);
    await eventually(async () => (await inRedis(shirt))?.price === 20_000);
    for (const replica of [late, quick, slow]) expect((await read(replica, shirt)).price).toBe(1);
    await eventually(async () => (await inRedis(shirt))?.price === 1);
  });

  it.each([
    ['no JSON', '{'],
    ['something else', '{"price":"free"}'],
    ['what another version of the shop wrote', JSON.stringify({ v: 2, tag: [] })],
  ])('counts as empty where it holds %s', async (_title, text) => {
    const replica = await join();
    const shirt = await create(replica, shirtDraft);
    await redis.set(keyOf(shirt), text);
    expect(await read(replica, shirt)).toEqual(shirt);
    await eventually(async () => (await inRedis(shirt))?.price === 20_000);
  });

  describe('while it is out of reach', () => {
    let proxy: TcpProxy;
    let url: string;

    beforeEach(async () => {
      const target = new URL(testRedisUrl());
      proxy = await startTcpProxy({ targetHost: target.hostname, targetPort: Number(target.port || 6379) });
      target.hostname = '127.0.0.1';
      target.port = String(proxy.port);
      url = target.href;
    });
    afterEach(() => proxy.close());

    it.each([
      ['refuses every connection', (isOn: boolean) => (proxy.refuse(isOn), isOn && proxy.cut())],
      ['is silent', (isOn: boolean) => proxy.hole(isOn)],
      ['takes everything and never answers', (isOn: boolean) => proxy.dropAnswers(isOn)],
    ])('is done without, and used again afterwards, when it %s', async (_title, fault) => {
      const deadlineMs = 200;
      const settings = { REDIS_URL: url, REDIS_DEADLINE_MS: String(deadlineMs), CACHE_ENTRIES_MAX: '1' };
      const [here, other] = [await join(settings), await join()];
      const shirts: Product[] = [];
      for (let index = 0; index < 30; index += 1)
        shirts.push(await create(here, { ...shirtDraft, price: index }));
      const failures = await counted('catalog_cache_shared_failures_total');
      fault(true);
      const startedMs = performance.now();
      for (const shirt of shirts) expect(await read(here, shirt)).toEqual(shirt);
      const spentMs = performance.now() - startedMs;
      // Not a wait each time.
      expect(spentMs).toBeLessThan(shirts.length * deadlineMs);
      await eventually(async () => (await counted('catalog_cache_shared_failures_total')) > failures);

      fault(false);
      const late = await create(other, shirtDraft);
      await read(other, late);
      await eventually(
        async () => {
          // In place of the one product that it keeps.
          await read(here, shirts[0]!);
          const before = loadsIn(here);
          expect(await read(here, late)).toEqual(late);
          return loadsIn(here) === before;
        },
        { deadlineMs: 20_000, everyMs: 50 },
      );
    });

    it('is not waited for at the start', async () => {
      proxy.refuse(true);
      const replica = start({ REDIS_URL: url, MESSAGING_NAMESPACE: namespace });
      replica.shared.onModuleInit();
      running.push(replica);
      const shirt = await create(replica, shirtDraft);
      expect(await read(replica, shirt)).toEqual(shirt);
    });
  });
});

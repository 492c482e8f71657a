import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeProduct, createProduct, readProducts, type Product } from '@jangteo/contracts';
import {
  contractClient,
  startService,
  testDatabase,
  testRedisUrl,
  uniqueName,
  type ContractClient,
  type RunningService,
  type TestDatabase,
} from '@jangteo/testkit';

/** Enough that the broker, which hands requests out in turn, has asked each replica several times. */
const READERS = 8;

describe('two replicas of the catalog', () => {
  let database: TestDatabase;
  let replicas: [RunningService, RunningService];
  let client: ContractClient;

  beforeAll(async () => {
    database = await testDatabase('catalog');
    const namespace = uniqueName('test');
    const env = { REDIS_URL: testRedisUrl(), REDIS_DEADLINE_MS: '5000' };
    const options = { namespace, databaseUrl: database.url, env };
    replicas = [await startService('catalog', options), await startService('catalog', options)];
    client = await contractClient(namespace);
  });

  afterAll(async () => {
    for (const replica of replicas ?? []) await replica.stop();
    await client?.close();
    await database?.drop();
  });

  async function made(draft: Pick<Product, 'name' | 'price'>): Promise<Product> {
    const operation = { key: randomUUIDv7(), fingerprint: '' };
    const outcome = await client.ask(createProduct, { operation, draft: { ...draft, stock: 3 } });
    if (!outcome.ok) throw new Error(outcome.refusal.code);
    return outcome.value;
  }

  /** Name and price as readers are told one after the other, by whichever replica is next. */
  async function shownOf(productId: string): Promise<string[]> {
    const shown = [];
    for (let reader = 0; reader < READERS; reader += 1) {
      const outcome = await client.ask(readProducts, { productIds: [productId] });
      const [product] = outcome.ok ? outcome.value.products : [];
      shown.push(`${product?.name} ${product?.price}`);
    }
    return shown;
  }

  async function metric({ url }: RunningService, line: string): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text();
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return Number(found?.slice(line.length) ?? 0);
  }
  const hits = () =>
    Promise.all(replicas.map((replica) => metric(replica, 'catalog_cache_hits_total{tier="local"}')));

  it('both answer from their memory, and both show a change to its next reader', async () => {
    const { productId } = await made({ name: 'Cup', price: 1 });
    expect(new Set(await shownOf(productId))).toEqual(new Set(['Cup 1']));
    for (const count of await hits()) expect(count).toBeGreaterThan(0);
    const changes = [{ price: 2 }, { name: 'Mug' }, { price: 3 }, { name: 'Bowl', price: 4 }];
    const shown = ['Cup 2', 'Mug 2', 'Mug 3', 'Bowl 4'];
    for (const [index, change] of changes.entries()) {
      const before = await hits();
      const operation = { key: randomUUIDv7(), fingerprint: '' };
      expect(await client.ask(changeProduct, { operation, productId, change })).toMatchObject({ ok: true });
      expect(new Set(await shownOf(productId))).toEqual(new Set([shown[index]]));
      const after = await hits();
      for (const [replica, count] of after.entries()) expect(count).toBeGreaterThan(before[replica]!);
    }
  });
});

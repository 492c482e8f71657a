import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  changeProduct,
  createProduct,
  productChanged,
  readProducts,
  type PayloadOf,
  type Product,
} from '@jangteo/contracts';
import {
  contractClient,
  eventually,
  startService,
  startTcpProxy,
  testDatabase,
  testRedisUrl,
  serviceAmqpUrl,
  uniqueName,
  type ContractClient,
  type RunningService,
  type TcpProxy,
  type TestDatabase,
} from '@jangteo/testkit';

/** The longest that a change may take to reach every reader. */
const SEEN_WITHIN = { deadlineMs: 1_000 };
/** Enough that the broker, which hands requests out in turn, has asked each replica several times. */
const READERS = 8;

describe('two replicas of the catalog', () => {
  let database: TestDatabase;
  let replicas: [RunningService, RunningService];
  let client: ContractClient;
  let proxy: TcpProxy;
  const heard: PayloadOf<typeof productChanged>[] = [];

  beforeAll(async () => {
    database = await testDatabase('catalog');
    const namespace = uniqueName('test');
    const env = { REDIS_URL: testRedisUrl(), REDIS_DEADLINE_MS: '5000' };
    const options = { namespace, databaseUrl: database.url, env };
    const broker = new URL(serviceAmqpUrl('catalog'));
    proxy = await startTcpProxy({ targetHost: broker.hostname, targetPort: Number(broker.port || 5672) });
    [broker.hostname, broker.port] = ['127.0.0.1', String(proxy.port)];
    replicas = [
      await startService('catalog', options),
      await startService('catalog', { ...options, env: { ...env, AMQP_URL: broker.href } }),
    ];
    client = await contractClient(namespace);
    await client.hear(productChanged, (payload) => heard.push(payload));
  });

  afterAll(async () => {
    for (const replica of replicas ?? []) await replica.stop();
    await client?.close();
    await proxy?.close();
    await database?.drop();
  });

  async function made(price: number): Promise<Product> {
    const operation = { key: randomUUIDv7(), fingerprint: '' };
    const outcome = await client.ask(createProduct, { operation, draft: { name: 'Cup', price, stock: 3 } });
    if (!outcome.ok) throw new Error(outcome.refusal.code);
    return outcome.value;
  }

  const change = (productId: string, price: number, key = randomUUIDv7()) =>
    client.ask(changeProduct, { operation: { key, fingerprint: '' }, productId, change: { price } });

  /** The prices that readers are told one after the other, by whichever replica is next. */
  async function pricesOf(productId: string): Promise<(number | undefined)[]> {
    const prices = [];
    for (let reader = 0; reader < READERS; reader += 1) {
      const outcome = await client.ask(readProducts, { productIds: [productId] });
      prices.push(outcome.ok ? outcome.value.products[0]?.price : undefined);
    }
    return prices;
  }

  async function metric({ url }: RunningService, line: string): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text();
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return Number(found?.slice(line.length) ?? 0);
  }
  const metrics = (line: string) => Promise.all(replicas.map((replica) => metric(replica, line)));
  const hits = () => metrics('catalog_cache_hits_total{tier="local"}');
  const drops = () => metrics('catalog_cache_drops_total{reason="changed"}');

  it('both answer from their memory, and both show a change at once and drop it within a second', async () => {
    const { productId } = await made(1);
    expect(new Set(await pricesOf(productId))).toEqual(new Set([1]));
    for (const count of await hits()) expect(count).toBeGreaterThan(0);
    for (const price of [2, 3, 4, 5]) {
      const before = await drops();
      expect(await change(productId, price)).toMatchObject({ ok: true });
      expect(new Set(await pricesOf(productId))).toEqual(new Set([price]));
      await eventually(
        async () => expect(await drops()).toEqual(before.map((count) => count + 1)),
        SEEN_WITHIN,
      );
    }
  });

  it('tell everybody of a change, of a repeated one too, and of no refused one', async () => {
    const { productId } = await made(1);
    heard.splice(0);
    const key = randomUUIDv7();
    await change(productId, 2, key);
    await change(productId, 2, key);
    await change(randomUUIDv7(), 2);
    await change(productId, 3);
    await eventually(() => expect(heard).toHaveLength(3), SEEN_WITHIN);
    const payload = { productId, changedAt: expect.any(String) };
    expect(heard).toEqual([payload, payload, payload]);
  });

  it('show a change that one of them could not hear of, which then drops all that it kept', async () => {
    const { productId } = await made(1);
    await pricesOf(productId);
    const [, deaf] = replicas;
    const missed = () => metric(deaf, 'catalog_cache_drops_total{reason="missed"}');
    const before = await missed();
    proxy.refuse(true);
    proxy.cut();
    await eventually(async () => (await fetch(`${deaf.url}/health/ready`)).status === 503);
    await change(productId, 2);
    proxy.refuse(false);
    await eventually(async () => (await fetch(`${deaf.url}/health/ready`)).ok);
    expect(await missed()).toBeGreaterThan(before);
    expect(new Set(await pricesOf(productId))).toEqual(new Set([2]));
  });
});

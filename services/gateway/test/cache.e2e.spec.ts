import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Product } from '@jangteo/contracts';
import {
  assertBooks,
  eventually,
  expected,
  startShop,
  startTcpProxy,
  testRedisUrl,
  type Customer,
  type Shop,
  type ShopClient,
  type TcpProxy,
} from '@jangteo/testkit';

describe('names and prices from a cache', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;
  let token: string;
  let redis: TcpProxy;

  beforeAll(async () => {
    const url = new URL(testRedisUrl());
    redis = await startTcpProxy({ targetHost: url.hostname, targetPort: Number(url.port || 6379) });
    [url.hostname, url.port] = ['127.0.0.1', String(redis.port)];
    shop = await startShop({
      services: { catalog: { REDIS_URL: url.href, REDIS_DEADLINE_MS: '5000' } },
    });
    ({ client } = shop);
    customer = await client.register(1_000_000);
    token = await client.admin();
  });

  afterAll(async () => {
    await shop?.stop();
    await redis?.close();
  });

  const change = async (productId: string, to: object) =>
    expected(200, await client.patch<Product>(`/products/${productId}`, to, { token }));

  async function counted(line: string): Promise<number> {
    const text = await (await fetch(`${shop.urlOf('catalog')}/metrics`)).text();
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return Number(found?.slice(line.length) ?? 0);
  }
  const loads = () => counted('catalog_cache_misses_total');
  const fromRedis = () => counted('catalog_cache_hits_total{tier="shared"}');

  const listed = async (productId: string) =>
    expected(200, await client.get<Product[]>('/products?limit=100')).find(
      (product) => product.productId === productId,
    );

  it('R12: reads a name and a price from the cache, and the stock live, while it is sold and filled up', async () => {
    const { productId } = await client.createProduct({ price: 500, stock: 40 });
    await client.readProduct(productId);
    const before = await loads();
    for (let sold = 1; sold <= 5; sold += 1) {
      expected(201, await client.order(customer, { items: [{ productId, quantity: 1 }] }));
      const seen = { name: 'Tea cup', price: 500, stock: 40 - sold };
      expect(await client.readProduct(productId)).toMatchObject(seen);
      expect(await listed(productId)).toMatchObject(seen);
    }
    expected(200, await client.post(`/products/${productId}/stock`, { quantity: 65 }, { token }));
    expect(await client.readProduct(productId)).toMatchObject({ price: 500, stock: 100 });
    expect(await loads()).toBe(before);
  });

  it('R12: shows a changed name and price to every reader within a second, and charges the new price', async () => {
    const { productId } = await client.createProduct({ price: 500 });
    for (const price of [600, 700, 800]) {
      await client.readProduct(productId);
      const name = `Cup for ${price}`;
      await change(productId, { name, price });
      const readers = Array.from({ length: 10 }, () => client.readProduct(productId));
      for (const product of await Promise.all(readers)) expect(product).toMatchObject({ name, price });
      expect(await listed(productId)).toMatchObject({ name, price });
      const answer = await client.order(customer, { items: [{ productId, quantity: 1 }] });
      expect(expected(201, answer)).toMatchObject({ totalPrice: price, items: [{ name }] });
    }
  });

  it('R12: stops listing a suspended product at once, whatever is cached of it', async () => {
    const { productId } = await client.createProduct();
    expect(await listed(productId)).toBeDefined();
    await change(productId, { status: 'SUSPENDED' });
    expect(await listed(productId)).toBeUndefined();
    expect((await client.readProduct(productId)).status).toBe('SUSPENDED');
  });

  it('R29: finds in Redis after a restart what was cached before it', async () => {
    const before = await Promise.all(Array.from({ length: 30 }, () => client.createProduct({ price: 900 })));
    for (const { productId } of before) await client.readProduct(productId);
    await shop.terminate('catalog');
    await shop.start('catalog');
    const [early, late] = [before.slice(0, 20), before.slice(20)];
    // The service is ready before it has found Redis, which it can do without.
    await eventually(async () => {
      const product = early.pop();
      expect(await client.readProduct(String(product?.productId))).toEqual(product);
      expect(await fromRedis()).toBeGreaterThan(0);
    });
    const loaded = await loads();
    for (const product of late) expect(await client.readProduct(product.productId)).toEqual(product);
    expect(await loads()).toBe(loaded);
  });

  it('R29: goes on without Redis, and takes it up again when it is back', async () => {
    const { productId } = await client.createProduct({ price: 50, stock: 10 });
    await client.readProduct(productId);
    redis.refuse(true);
    redis.cut();
    await change(productId, { price: 60 });
    expect(await client.readProduct(productId)).toMatchObject({ price: 60 });
    expected(201, await client.order(customer, { items: [{ productId, quantity: 3 }] }));
    expect(await client.readProduct(productId)).toMatchObject({ price: 60, stock: 7 });
    const fresh = await client.createProduct({ price: 70 });
    expect(await client.readProduct(fresh.productId)).toMatchObject({ price: 70 });
    await eventually(async () =>
      expect(await counted('catalog_cache_shared_failures_total')).toBeGreaterThan(0),
    );

    redis.refuse(false);
    await eventually(
      async () => {
        await change(fresh.productId, { price: 80 });
        // Who reads of a change looks into the caches.
        await client.readProduct(fresh.productId);
        expect(await shop.logs('catalog')).toMatch(/Redis answers again/);
      },
      { everyMs: 200 },
    );
    expect(await client.readProduct(productId)).toMatchObject({ price: 60, stock: 7 });
    await assertBooks(shop);
  });
});

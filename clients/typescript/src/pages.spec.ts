import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, ScriptedShop } from '../test/scripted-shop.js';
import { Jangteo } from './client.js';

const page = (ids: readonly string[], cursor?: string) =>
  json(
    200,
    ids.map((productId) => ({ productId })),
    cursor === undefined ? {} : { link: `</products?limit=2&cursor=${cursor}>; rel="next"` },
  );

describe('a list', () => {
  let server: ScriptedShop;
  let shop: Jangteo;
  beforeAll(async () => {
    server = await ScriptedShop.open();
    // Behind a path, of which the shop's Link headers know nothing.
    shop = new Jangteo({ url: `${server.url}/api/`, retry: false });
  });
  afterAll(async () => {
    await server.close();
  });

  it('is one item after the other over all pages', async () => {
    server.play(page(['a', 'b'], 'W1'), page(['c', 'd'], 'W%2F2'), page(['e']));
    const found: string[] = [];
    for await (const { productId } of shop.products.list({ limit: 2 })) found.push(productId);
    expect(found).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(server.asked.map(({ path }) => path)).toEqual([
      '/api/products?limit=2',
      '/api/products?limit=2&cursor=W1',
      '/api/products?limit=2&cursor=W%2F2',
    ]);
  });

  it('asks for no page that nobody needs', async () => {
    server.play(page(['a', 'b'], 'W1'), page(['c']));
    expect(await shop.products.list({ limit: 2 }).first(2)).toEqual([{ productId: 'a' }, { productId: 'b' }]);
    expect(server.asked).toHaveLength(1);
  });

  it('can be read page by page', async () => {
    server.play(page(['a', 'b'], 'W1'), page(['c']));
    const list = shop.products.list({ limit: 2 });
    const first = await list.page();
    expect(first.next).toBe('W1');
    expect(await list.page(first.next)).toEqual({ items: [{ productId: 'c' }], next: undefined });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertBooks,
  eventually,
  expected,
  startShop,
  START_DEADLINE_MS,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';

interface Ranked {
  productId: string;
  name: string;
  price: number;
  totalSales: number;
}

describe('ranking', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;

  beforeAll(async () => {
    shop = await startShop({ services: { ranking: { RANKING_REFRESH_SECONDS: '1' } } });
    ({ client } = shop);
    customer = await client.register(1_000_000);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const top = async (query = ''): Promise<Ranked[]> =>
    expected(200, await client.get<Ranked[]>(`/products/top${query}`));

  async function sell(productId: string, quantity: number): Promise<string> {
    return expected(201, await client.order(customer, { items: [{ productId, quantity }] })).orderId;
  }

  const expectTop = (check: (ranked: Ranked[]) => void, query = '') =>
    eventually(async () => check(await top(query)), { deadlineMs: 15_000, everyMs: 100 });

  it('R26: shows the five products with most units sold, most first, ties by id', async () => {
    expect(await top()).toEqual([]);
    const products = [];
    for (let index = 0; index < 7; index += 1) {
      products.push(await client.createProduct({ name: `Cup ${index}`, price: 100 + index }));
    }
    const quantities = [3, 9, 1, 5, 5, 7, 2];
    for (const [index, product] of products.entries()) await sell(product.productId, quantities[index]!);
    const ranked = products
      .map(({ productId, name, price }, index) => ({
        productId,
        name,
        price,
        totalSales: quantities[index]!,
      }))
      .sort((a, b) => b.totalSales - a.totalSales || (a.productId < b.productId ? -1 : 1));
    // The last sale is not among the first five: only the whole ranking tells that it has been counted.
    await expectTop((shown) => expect(shown).toEqual(ranked), '?limit=100&days=30');
    await expectTop((shown) => expect(shown).toEqual(ranked.slice(0, 5)));
    await expectTop((shown) => expect(shown).toEqual(ranked.slice(0, 2)), '?limit=2&days=1');
  });

  it('R26: sums the units of several orders and options of one product', async () => {
    const { productId, options } = await client.createProduct({
      options: [
        { name: 'red', stock: 50 },
        { name: 'blue', stock: 50 },
      ],
    });
    for (const [index, { optionId }] of [...options, ...options].entries()) {
      const items = [{ productId, optionId, quantity: 5 + index }];
      expected(201, await client.order(customer, { items }));
    }
    await expectTop(([first]) => expect(first).toMatchObject({ productId, totalSales: 5 + 6 + 7 + 8 }));
  });

  it('R26: counts a cancelled order no more', async () => {
    const { productId } = await client.createProduct();
    await sell(productId, 30);
    const orderId = await sell(productId, 40);
    await expectTop(([first]) => expect(first).toMatchObject({ productId, totalSales: 70 }));
    expected(200, await client.post(`/orders/${orderId}/cancel`, undefined, { token: customer.token }));
    await expectTop(([first]) => expect(first).toMatchObject({ productId, totalSales: 30 }));
  });

  it('R27: says when its figures were calculated, and calculates them again when something was sold', async () => {
    const calculated = async (): Promise<number> => {
      const answer = await client.get('/products/top');
      return Date.parse(answer.headers.get('last-modified') ?? '');
    };
    const before = await calculated();
    expect(before).toBeLessThanOrEqual(Date.now());
    // The header counts seconds: after one more, a new calculation must show.
    await eventually(() => Date.now() >= before + 1_000);
    await sell((await client.createProduct()).productId, 1);
    await eventually(async () => (await calculated()) > before, { everyMs: 100 });
  });

  it('R27: keeps sold units by the hour, which add up to what was ordered', async () => {
    const { productId } = await client.createProduct();
    await sell(productId, 2);
    await sell(productId, 3);
    await eventually(async () => {
      const ranked = await top('?limit=100');
      expect(ranked).toContainEqual(expect.objectContaining({ productId, totalSales: 5 }));
    });
    const hours = await shop.sql<{ units: number }>(
      'ranking',
      'SELECT units FROM hourly_sales WHERE product_id = $1',
      [productId],
    );
    expect(hours.reduce((sum, { units }) => sum + units, 0)).toBe(5);
    await assertBooks(shop);
  });

  it('may be away: gateways stay ready, orders succeed, and all sales count once it is back', async () => {
    const { productId } = await client.createProduct({ price: 1, stock: 1_000 });
    await sell(productId, 1);
    await shop.terminate('ranking');
    for (let quantity = 1; quantity <= 20; quantity += 1) await sell(productId, quantity);
    expect((await client.get('/health/ready')).status).toBe(200);
    const told = await shop.operators.get<{ details: Record<string, unknown> }>('/health/shop');
    expect([told.status, told.body.details.ranking]).toEqual([
      503,
      expect.objectContaining({ status: 'down' }),
    ]);
    await shop.start('ranking');
    await expectTop((shown) => {
      expect(shown.find((one) => one.productId === productId)?.totalSales).toBe(211);
    });
    await assertBooks(shop);
    await eventually(async () => (await shop.operators.get('/health/shop')).status === 200);
  });
});

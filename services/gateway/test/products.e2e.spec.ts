import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Product } from '@jangteo/contracts';
import {
  assertBooks,
  expected,
  shareShop,
  START_DEADLINE_MS,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem, nextPath, tally } from './expectations.js';

describe('products', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;
  let token: string;

  beforeAll(async () => {
    shop = await shareShop();
    ({ client } = shop);
    customer = await client.register(1_000_000);
    token = await client.admin();
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const restock = (productId: string, body: object, headers: Record<string, string> = {}) =>
    client.post<{ optionId: string; stock: number }>(`/products/${productId}/stock`, body, {
      token,
      headers,
    });

  it('R10: reads a product with id, name, price and remaining stock, without any token', async () => {
    const made = await client.createProduct({ name: '찻잔', price: 12_000, stock: 40 });
    expect(made).toEqual({
      productId: expect.any(String),
      name: '찻잔',
      price: 12_000,
      stock: 40,
      status: 'SELLABLE',
      version: 1,
      options: [{ optionId: expect.any(String), name: expect.any(String), price: 12_000, stock: 40 }],
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(await client.readProduct(made.productId)).toEqual(made);
  });

  it('R10: answers 404 for a product that does not exist', async () => {
    expectProblem(await client.get(`/products/${randomUUIDv7()}`), 'PRODUCT_NOT_FOUND');
    expectProblem(await client.get(`/products/${randomUUID()}`), 'PRODUCT_NOT_FOUND');
  });

  it('R10: lists only what is on sale, page by page, none missing and none twice', async () => {
    const made: Product[] = [];
    for (let index = 0; index < 7; index += 1) made.push(await client.createProduct({ stock: index }));
    const hidden = made[3]!;
    expected(200, await client.patch(`/products/${hidden.productId}`, { status: 'SUSPENDED' }, { token }));
    const listed: Product[] = [];
    let path: string | undefined = '/products?limit=3';
    while (path !== undefined) {
      const answer = await client.get<Product[]>(path);
      expect(expected(200, answer).length).toBeLessThanOrEqual(3);
      listed.push(...answer.body);
      path = nextPath(answer);
      if (listed.length === 3) made.push(await client.createProduct({ name: 'Latecomer' }));
    }
    const ids = listed.map(({ productId }) => productId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const product of made.filter(({ productId }) => productId !== hidden.productId)) {
      expect(listed).toContainEqual(product);
    }
    expect(ids).not.toContain(hidden.productId);
    expect((await client.readProduct(hidden.productId)).status).toBe('SUSPENDED');
  });

  it('R10: shows a new name, price or status to every reader within a second', async () => {
    const { productId, ...rest } = await client.createProduct({ price: 500 });
    const change = { name: 'Bigger tea cup', price: 700 };
    const changed = expected(200, await client.patch<Product>(`/products/${productId}`, change, { token }));
    expect(changed).toMatchObject({ productId, ...change, stock: rest.stock });
    const read = await client.readProduct(productId);
    expect(read).toMatchObject({ ...change, options: [{ price: 700 }] });
    const answer = await client.order(customer, { items: [{ productId, quantity: 1 }] });
    expect(expected(201, answer)).toMatchObject({ totalPrice: 700, items: [{ name: 'Bigger tea cup' }] });
    expectProblem(await client.patch(`/products/${randomUUIDv7()}`, change, { token }), 'PRODUCT_NOT_FOUND');
  });

  it('R11: keeps a stock and a price for each option of a product', async () => {
    const made = await client.createProduct({
      price: 1_000,
      options: [
        { name: 'red', stock: 3 },
        { name: 'blue', stock: 5, additionalPrice: 250 },
      ],
    });
    const { productId, options } = made;
    expect(made).toMatchObject({ stock: 8 });
    expect(options).toEqual([
      { optionId: expect.any(String), name: 'red', price: 1_000, stock: 3 },
      { optionId: expect.any(String), name: 'blue', price: 1_250, stock: 5 },
    ]);
    const blue = options[1]!.optionId;
    const items = [{ productId, optionId: blue, quantity: 2 }];
    expect(expected(201, await client.order(customer, { items }))).toMatchObject({ totalPrice: 2_500 });
    const read = await client.readProduct(productId);
    expect([read.stock, ...read.options.map(({ stock }) => stock)]).toEqual([6, 3, 3]);
  });

  it('R11: asks for the option where a product has several, and knows none that it does not have', async () => {
    const { productId, options } = await client.createProduct({
      options: [
        { name: 'red', stock: 3 },
        { name: 'blue', stock: 5 },
      ],
    });
    const other = await client.createProduct();
    const foreign = other.options[0]!.optionId;
    const order = (optionId?: string) =>
      client.order(customer, { items: [{ productId, optionId, quantity: 1 }] });
    expectProblem(await order(), 'OPTION_REQUIRED');
    expectProblem(await order(foreign), 'OPTION_NOT_FOUND');
    expectProblem(await restock(productId, { quantity: 1 }), 'OPTION_REQUIRED');
    expectProblem(await restock(productId, { quantity: 1, optionId: foreign }), 'OPTION_NOT_FOUND');
    expectProblem(await restock(randomUUIDv7(), { quantity: 1 }), 'PRODUCT_NOT_FOUND');
    const optionId = options[0]!.optionId;
    expect(expected(200, await restock(productId, { quantity: 4, optionId }))).toEqual({
      optionId,
      stock: 7,
    });
  });

  it('R13: takes stock away but never below zero, and tells what is left', async () => {
    const { productId, options } = await client.createProduct({ stock: 5 });
    const optionId = options[0]!.optionId;
    expect(expected(200, await restock(productId, { quantity: -5 }))).toEqual({ optionId, stock: 0 });
    const refused = expectProblem(await restock(productId, { quantity: -1 }), 'OUT_OF_STOCK');
    expect(refused.shortages).toEqual([{ productId, optionId, requested: 1, available: 0 }]);
    expect(expected(200, await restock(productId, { quantity: 2 }))).toEqual({ optionId, stock: 2 });
  });

  it('R13: reads a right stock while many buy, and refuses what it does not cover', async () => {
    const { productId } = await client.createProduct({ price: 1, stock: 25 });
    const items = [{ productId, quantity: 1 }];
    let buying = true;
    const orders = Promise.all(Array.from({ length: 40 }, () => client.order(customer, { items })));
    const finished = orders.then(() => (buying = false));
    const seen: number[] = [];
    while (buying) seen.push((await client.readProduct(productId)).stock);
    await finished;
    expect(tally(await orders)).toEqual({ '201': 25, '409 OUT_OF_STOCK': 15 });
    for (const stock of seen) expect(stock).toBeGreaterThanOrEqual(0);
    expect(seen).toEqual([...seen].sort((a, b) => b - a));
    expect((await client.readProduct(productId)).stock).toBe(0);
    await assertBooks(shop);
  });

  it('R13: counts parallel restocks and orders exactly', async () => {
    const { productId } = await client.createProduct({ price: 1, stock: 100 });
    const items = [{ productId, quantity: 2 }];
    const orders = Array.from({ length: 20 }, () => client.order(customer, { items }));
    const restocks = Array.from({ length: 20 }, (_, index) =>
      restock(productId, { quantity: index % 2 === 0 ? 5 : -1 }),
    );
    expect(tally(await Promise.all(orders))).toEqual({ '201': 20 });
    expect(tally(await Promise.all(restocks))).toEqual({ '200': 20 });
    expect((await client.readProduct(productId)).stock).toBe(100 - 40 + 50 - 10);
  });

  it('R13: makes one product and one restock of repeats under one Idempotency-Key', async () => {
    const draft = { name: 'Once', price: 5, stock: 5 };
    const headers = { 'idempotency-key': randomUUID() };
    const create = () => client.post<Product>('/products', draft, { token, headers });
    const made = await Promise.all([create(), create(), create()]);
    const ids = made.filter(({ status }) => status === 201).map(({ body }) => body.productId);
    expect(new Set(ids).size).toBe(1);
    expect(expected(201, await create()).productId).toBe(ids[0]);
    const productId = ids[0]!;
    const again = { 'idempotency-key': randomUUID() };
    const restocked = await Promise.all([1, 2, 3].map(() => restock(productId, { quantity: 10 }, again)));
    for (const answer of restocked) expect(expected(200, answer).stock).toBe(15);
    expectProblem(await restock(productId, { quantity: 11 }, again), 'IDEMPOTENCY_KEY_REUSED');
    expect((await client.readProduct(productId)).stock).toBe(15);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MONEY_MAX, type Product } from '@jangteo/contracts';
import {
  eventually,
  expected,
  shareShop,
  START_DEADLINE_MS,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem, tally } from './expectations.js';

const IN_FLIGHT_MAX = 3;

describe('a refusal', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;

  beforeAll(async () => {
    shop = await shareShop({
      ranking: { RANKING_REFRESH_SECONDS: '1' },
      order: { ORDERS_IN_FLIGHT_PER_USER_MAX: String(IN_FLIGHT_MAX) },
    });
    ({ client } = shop);
    customer = await client.register(10_000_000);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const suspend = async ({ productId }: Product) =>
    expected(
      200,
      await client.patch(`/products/${productId}`, { status: 'SUSPENDED' }, { token: await client.admin() }),
    );

  /** Places an order that is refused, expects the same answer under its key again, and reads the order afterwards. */
  async function refusedOrder(body: object) {
    const headers = { 'idempotency-key': randomUUID() };
    const answer = await client.order(customer, { ...body }, headers);
    expect((await client.order(customer, { ...body }, headers)).body).toEqual(answer.body);
    return { answer, order: await client.readOrder(customer, answer.body.orderId) };
  }

  it('R31: of an order that costs more than a number holds says so by its path', async () => {
    const { productId } = await client.createProduct({ price: MONEY_MAX, stock: 10 });
    const { answer, order } = await refusedOrder({ items: [{ productId, quantity: 2 }] });
    const { errors } = expectProblem(answer, 'VALIDATION_FAILED');
    expect(errors).toEqual([{ path: 'items', message: expect.stringContaining(String(MONEY_MAX)) }]);
    expect(order).toMatchObject({ failureCode: 'VALIDATION_FAILED', failureFacts: { errors } });
  });

  it('R31: names the product or the option that it is about', async () => {
    const shirt = await client.createProduct({
      options: [
        { name: 'M', stock: 5 },
        { name: 'L', stock: 5 },
      ],
    });
    const gone = await client.createProduct();
    await suspend(gone);
    const nobodys = randomUUID();
    const cases = [
      ['PRODUCT_NOT_FOUND', { productId: nobodys }, { productId: nobodys }],
      ['PRODUCT_NOT_SELLABLE', { productId: gone.productId }, { productId: gone.productId }],
      ['OPTION_REQUIRED', { productId: shirt.productId }, { productId: shirt.productId }],
      [
        'OPTION_NOT_FOUND',
        { productId: shirt.productId, optionId: nobodys },
        { productId: shirt.productId, optionId: nobodys },
      ],
    ] as const;
    for (const [code, line, facts] of cases) {
      const { answer, order } = await refusedOrder({ items: [{ ...line, quantity: 1 }] });
      expect(expectProblem(answer, code)).toMatchObject(facts);
      expect(order).toMatchObject({ failureCode: code, failureFacts: facts });
    }
  });

  it('R31: names the product of a cart that is not sold any more, which its total leaves out', async () => {
    const [cup, gone] = [await client.createProduct(), await client.createProduct({ price: 5_000 })];
    const { token } = customer;
    for (const { productId } of [cup, gone]) {
      expected(200, await client.post('/cart/add', { productId, quantity: 2 }, { token }));
    }
    await suspend(gone);
    const cart = await client.get<{ totalPrice: number }>('/cart', { token });
    expect(expected(200, cart).totalPrice).toBe(2_000);
    const { answer } = await refusedOrder({ fromCart: true });
    expect(expectProblem(answer, 'PRODUCT_NOT_SELLABLE')).toMatchObject({ productId: gone.productId });
  });

  it('R20: comes for more than a thousand units of one option, however they are spread over lines', async () => {
    const { productId, options } = await client.createProduct({ stock: 100_000 });
    const [option] = options;
    const named = { productId, optionId: option!.optionId };
    const spread = Array.from({ length: 60 }, () => ({ productId, quantity: 1_000 }));
    const { errors } = expectProblem(await client.order(customer, { items: spread }), 'VALIDATION_FAILED');
    expect(errors).toEqual([{ path: 'items.1.quantity', message: expect.stringContaining('1000') }]);
    const mixed = [
      { productId, quantity: 600 },
      { ...named, quantity: 401 },
    ];
    const answer = await client.order(customer, { items: mixed });
    expect(expectProblem(answer, 'VALIDATION_FAILED').errors).toMatchObject([{ path: 'items.1.quantity' }]);
    expect((await client.readProduct(productId)).stock).toBe(100_000);
    const most = [
      { productId, quantity: 600 },
      { ...named, quantity: 400 },
    ];
    expected(201, await client.order(customer, { items: most }));
  });

  it('R35: comes for more orders of one user on their way than may be, and says when to come again', async () => {
    const { productId } = await client.createProduct();
    await shop.terminate('catalog');
    const body = { items: [{ productId, quantity: 1 }] };
    const prefer = { prefer: 'respond-async' };
    const answers = [];
    for (let index = 0; index < IN_FLIGHT_MAX + 2; index += 1) {
      answers.push(await client.order(customer, body, prefer));
    }
    expect(tally(answers)).toEqual({ '202': IN_FLIGHT_MAX, '429 TOO_MANY_ORDERS_IN_FLIGHT': 2 });
    const refused = answers.at(-1)!;
    expectProblem(refused, 'TOO_MANY_ORDERS_IN_FLIGHT');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const key = { 'idempotency-key': randomUUID() };
    expectProblem(await client.order(customer, body, { ...prefer, ...key }), 'TOO_MANY_ORDERS_IN_FLIGHT');
    const other = await client.register(1_000_000);
    expected(202, await client.order(other, body, prefer));
    await shop.start('catalog');
    for (const { status, body: order } of answers) {
      if (status === 202) await client.untilEnded(customer, order.orderId);
    }
    expected(201, await client.order(customer, body, key));
  });

  it('R26: leaves what is not sold any more out of the top, and fills its place', async () => {
    const products: Product[] = [];
    for (let quantity = 1; quantity <= 6; quantity += 1) {
      const { productId } = await client.createProduct({ stock: 100_000 });
      const product = await client.readProduct(productId);
      products.unshift(product);
      expected(201, await client.order(customer, { items: [{ productId, quantity: 100 * quantity }] }));
    }
    const top = async (limit: number) => {
      const answer = await client.get<{ productId: string }[]>(`/products/top?limit=${limit}`);
      const ours = new Set(products.map(({ productId }) => productId));
      const shown = expected(200, answer).map(({ productId }) => productId);
      return { shown, ours: shown.filter((productId) => ours.has(productId)) };
    };
    const ids = products.map(({ productId }) => productId);
    await eventually(async () => expect((await top(100)).ours).toEqual(ids), { deadlineMs: 30_000 });
    for (const index of [0, 1, 2]) await suspend(products[index]!);
    await eventually(async () => expect((await top(100)).ours).toEqual(ids.slice(3)), { deadlineMs: 30_000 });
    const { shown } = await top(3);
    expect(shown).toHaveLength(3);
  });
});

import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  Coupon,
  CouponIssue,
  Product,
  StockMovement,
  UserCoupon,
  WalletTransaction,
} from '@jangteo/contracts';
import {
  assertBooks,
  expected,
  shareShop,
  START_DEADLINE_MS,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem, nextPath } from './expectations.js';

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

const get = async <B>(path: string) => expected(200, await client.get<B>(path, { token }));
const patch = <B>(path: string, body: object, headers: Record<string, string> = {}) =>
  client.patch<B>(path, body, { token, headers });

describe('products', () => {
  const texts = {
    description: '얇은 백자\n180 ml',
    imageUrl: 'https://example.com/cup.jpg?size=2',
    category: '주방',
  };

  it('R36: have texts, times and a version, which can be changed and taken out', async () => {
    const made = await client.createProduct(texts);
    expect(made).toMatchObject({ ...texts, version: 1, createdAt: expect.any(String) });
    const answer = await client.get<Product>(`/products/${made.productId}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    const changed = await patch<Product>(`/products/${made.productId}`, { imageUrl: null, category: '잔' });
    expect(expected(200, changed)).toMatchObject({
      description: texts.description,
      category: '잔',
      version: 2,
    });
    expect(changed.body).not.toHaveProperty('imageUrl');
    expect(await client.readProduct(made.productId)).toEqual(changed.body);
  });

  it.each([
    ['http://example.com/a.jpg'],
    ['javascript:alert(1)'],
    ['https://user:secret@example.com/a.jpg'],
    ['https://example.com/"><script>'],
    ['https://'],
  ])('refuse %s as a picture', async (imageUrl) => {
    const body = { name: 'Cup', price: 1, imageUrl };
    expectProblem(await client.post('/products', body, { token }), 'VALIDATION_FAILED');
  });

  it('change only as the version that was read, of many at once one', async () => {
    const { productId } = await client.createProduct();
    const path = `/products/${productId}`;
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((price) => patch(path, { price }, { 'if-match': '"1"' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412, 412]);
    expectProblem(await patch(path, { price: 9 }, { 'if-match': '"1"' }), 'VERSION_CHANGED');
    expectProblem(await patch(path, { price: 9 }, { 'if-match': 'W/"1"' }), 'VERSION_CHANGED');
    expectProblem(await patch(path, { price: 9 }, { 'if-match': '2' }), 'VALIDATION_FAILED');
    expect((await patch(path, { price: 9 }, { 'if-match': '"1", "2"' })).status).toBe(200);
    expect((await patch(path, { price: 8 }, { 'if-match': 'W/"3"' })).status).toBe(200);
    expect((await patch(path, { price: 9 }, { 'if-match': '*' })).headers.get('etag')).toBe('"5"');
  });

  it('get stock only as the version that was read, where one is named', async () => {
    const { productId } = await client.createProduct({ stock: 5 });
    const path = `/products/${productId}`;
    const restock = (headers: Record<string, string>) =>
      client.post<{ stock: number }>(`${path}/stock`, { quantity: 1 }, { token, headers });
    expected(200, await restock({ 'if-match': '"1"' }));
    expected(200, await patch(path, { price: 9 }));
    expectProblem(await restock({ 'if-match': '"1"' }), 'VERSION_CHANGED');
    expectProblem(await restock({ 'if-match': '2' }), 'VALIDATION_FAILED');
    expect(expected(200, await restock({})).stock).toBe(7);
  });

  it('answer a repeat under its key as the first time, although the version is gone', async () => {
    const { productId } = await client.createProduct();
    const headers = { 'if-match': '"1"', 'idempotency-key': randomUUIDv7() };
    const [first, again] = [
      await patch(`/products/${productId}`, { price: 7 }, headers),
      await patch(`/products/${productId}`, { price: 7 }, headers),
    ];
    expect(again.body).toEqual(expected(200, first));
    expect((await client.readProduct(productId)).version).toBe(2);
  });

  it('are found by two syllables, in an order, page by page', async () => {
    // However a keyboard composes it.
    const category = `잔 ${randomUUIDv7()}`.normalize('NFD');
    for (const price of [3, 1, 2])
      await client.createProduct({ name: `백자 찻잔 ${price}`, price, category });
    const prices: number[] = [];
    let path: string | undefined =
      `/products?q=찻잔&category=${category.normalize('NFC')}&sort=-price&limit=2&inStock=true`;
    while (path !== undefined) {
      const answer = await client.get<Product[]>(path);
      prices.push(...expected(200, answer).map(({ price }) => price));
      path = nextPath(answer);
    }
    expect(prices).toEqual([3, 2, 1]);
  });

  it.each([
    'q=',
    'sort=best',
    'minPrice=-1',
    'inStock=1',
    'ids=x',
    'stockBelow=1',
    'cursor=WyJwcmljZSJd&sort=price',
  ])('refuse to be listed by %s', async (query) => {
    expectProblem(await client.get(`/products?${query}`), 'VALIDATION_FAILED');
  });

  it('have options that come and go: a suspended one is neither shown nor sold', async () => {
    const { productId } = await client.createProduct({ name: 'Shirt', options: [{ name: 'M', stock: 5 }] });
    const draft = { name: 'L', additionalPrice: 500, stock: 7 };
    const added = expected(
      201,
      await client.post<Product & { optionId: string }>(`/products/${productId}/options`, draft, { token }),
    );
    expect(added).toMatchObject({
      stock: 12,
      options: [{ name: 'M' }, { name: 'L', price: 1_500, stock: 7 }],
    });
    const path = `/products/${productId}/options/${added.optionId}`;
    expected(200, await patch(path, { status: 'SUSPENDED' }));
    expect(await client.readProduct(productId)).toMatchObject({ stock: 5, options: [{ name: 'M' }] });
    const items = [{ productId, optionId: added.optionId, quantity: 1 }];
    expectProblem(await client.order(customer, { items }), 'PRODUCT_NOT_SELLABLE');
    const [other] = (await client.readProduct(productId)).options;
    const last = `/products/${productId}/options/${other?.optionId}`;
    expectProblem(await patch(last, { status: 'SUSPENDED' }), 'VALIDATION_FAILED');
    expected(200, await patch(path, { status: 'SELLABLE' }));
    expected(201, await client.order(customer, { items }, { prefer: 'wait=25' }));
  });

  it('are archived: read by their ids, never sold, and in no list but that of those who run the shop', async () => {
    const name = `Archived ${randomUUIDv7()}`;
    const { productId } = await client.createProduct({ name });
    expected(200, await patch(`/products/${productId}`, { status: 'ARCHIVED' }));
    expect(await client.readProduct(productId)).toMatchObject({ status: 'ARCHIVED' });
    expect(await get(`/products?q=${name}`)).toEqual([]);
    expect(await get(`/products?ids=${productId}`)).toEqual([]);
    expect(await get(`/admin/products?q=${name}&status=ARCHIVED`)).toMatchObject([{ productId }]);
    expectProblem(
      await client.order(customer, { items: [{ productId, quantity: 1 }] }),
      'PRODUCT_NOT_SELLABLE',
    );
  });

  it('tell how their stock was moved', async () => {
    const { productId } = await client.createProduct({ stock: 5 });
    const reason = 'Breakage';
    expected(200, await client.post(`/products/${productId}/stock`, { quantity: -1, reason }, { token }));
    const items = [{ productId, quantity: 2 }];
    const { orderId } = expected(201, await client.order(customer, { items }, { prefer: 'wait=25' }));
    expect(await get<StockMovement[]>(`/admin/products/${productId}/movements`)).toMatchObject([
      { quantity: -2, orderId },
      { quantity: -1, reason, actorId: expect.any(String) },
      { quantity: 5 },
    ]);
  });
});

describe('a cart', () => {
  const set = (body: object) =>
    client.send<{ items: { quantity: number }[] }>('PUT', '/cart/items', JSON.stringify(body), {
      token: customer.token,
    });

  it('has lines that are set, and is emptied; doing so twice is doing it once', async () => {
    const { productId } = await client.createProduct({ stock: 5 });
    for (const quantity of [4, 2, 2]) {
      expect(expected(200, await set({ productId, quantity })).items).toMatchObject([{ quantity }]);
    }
    expectProblem(await set({ productId, quantity: 6 }), 'OUT_OF_STOCK');
    expectProblem(await set({ productId: randomUUIDv7(), quantity: 1 }), 'PRODUCT_NOT_FOUND');
    expectProblem(await set({ productId, quantity: -1 }), 'VALIDATION_FAILED');
    for (const _ of [1, 2]) expect(expected(200, await set({ productId, quantity: 0 })).items).toEqual([]);
    expected(200, await set({ productId, quantity: 3 }));
    for (const _ of [1, 2]) {
      const answer = await client.send('DELETE', '/cart', undefined, { token: customer.token });
      expect(expected(200, answer)).toEqual({ items: [], totalPrice: 0 });
    }
  });
});

describe('coupons', () => {
  it('are read whatever their status, and changed, but never below what was issued', async () => {
    const { couponId } = await client.createCoupon({ totalQuantity: 5 });
    await client.issue(customer, couponId);
    const path = `/coupons/${couponId}`;
    expected(200, await patch(path, { status: 'SUSPENDED' }));
    expect(await get<Coupon>(path)).toMatchObject({ status: 'SUSPENDED', remainingQuantity: 4, version: 2 });
    const changed = await patch<Coupon>(path, { totalQuantity: 1, name: '봄' }, { 'if-match': '"2"' });
    expect(expected(200, changed)).toMatchObject({ remainingQuantity: 0, name: '봄', version: 3 });
    expectProblem(await patch(path, { totalQuantity: 2 }, { 'if-match': '"2"' }), 'VERSION_CHANGED');
    expectProblem(await patch(path, { totalQuantity: 0 }), 'VALIDATION_FAILED');
    expect(await get<Coupon[]>('/admin/coupons?status=SUSPENDED&q=봄')).toMatchObject([{ couponId }]);
  });

  it('are given to somebody and taken back while they are not used', async () => {
    const { couponId } = await client.createCoupon({ eligibility: { accountAgeMinutes: 5_000_000 } });
    expected(200, await patch(`/coupons/${couponId}`, { status: 'SUSPENDED' }));
    const give = (userId: string) =>
      client.post<UserCoupon>(`/admin/coupons/${couponId}/issues`, { userId }, { token });
    const { userCouponId } = expected(201, await give(customer.userId));
    expectProblem(await give(customer.userId), 'COUPON_ALREADY_ISSUED');
    expectProblem(await give(randomUUIDv7()), 'USER_NOT_FOUND');
    const takeBack = (id: string) => client.send('DELETE', `/admin/user-coupons/${id}`, undefined, { token });
    expect((await takeBack(userCouponId)).status).toBe(204);
    expect((await takeBack(userCouponId)).status).toBe(204);
    const { productId } = await client.createProduct();
    const order = { items: [{ productId, quantity: 1 }], userCouponId };
    expectProblem(await client.order(customer, order, { prefer: 'wait=25' }), 'COUPON_NOT_USABLE');
    const { userCouponId: used } = expected(201, await give((await client.register()).userId));
    expect(await get<CouponIssue[]>(`/admin/coupons/${couponId}/issues`)).toMatchObject([
      { userCouponId: used, sequence: 2, status: 'ISSUED' },
      { userCouponId, sequence: 1, status: 'EXPIRED', takenBackAt: expect.any(String) },
    ]);
    expectProblem(await takeBack(randomUUIDv7()), 'USER_COUPON_NOT_FOUND');
  });

  it('that an order uses are not taken back, and none is used once their time is over', async () => {
    const { couponId } = await client.createCoupon();
    const { userCouponId } = await client.issue(customer, couponId);
    const { productId } = await client.createProduct();
    const order = { items: [{ productId, quantity: 1 }], userCouponId };
    const { orderId } = expected(201, await client.order(customer, order, { prefer: 'wait=25' }));
    const answer = await client.send('DELETE', `/admin/user-coupons/${userCouponId}`, undefined, { token });
    expectProblem(answer, 'USER_COUPON_USED');
    expected(200, await patch(`/coupons/${couponId}`, { usableUntil: '2026-01-01T00:00:00Z' }));
    expected(200, await client.post(`/orders/${orderId}/cancel`, undefined, { token: customer.token }));
    expectProblem(await client.order(customer, order, { prefer: 'wait=25' }), 'COUPON_NOT_USABLE');
  });
});

describe('balances', () => {
  it('are put right within their bounds, in the ledger with a reason, and the books stay sound', async () => {
    const somebody = await client.register(500);
    const path = `/admin/users/${somebody.userId}/balance`;
    const adjust = (amount: number, headers: Record<string, string> = {}) =>
      client.post<WalletTransaction>(path, { amount, reason: '이중 결제' }, { token, headers });
    const key = { 'idempotency-key': randomUUIDv7() };
    const first = expected(201, await adjust(-200, key));
    expect(expected(201, await adjust(-200, key))).toEqual(first);
    expect(first).toMatchObject({ transactionType: 'ADJUSTMENT', balanceAfter: 300, reason: '이중 결제' });
    expectProblem(await adjust(-301), 'INSUFFICIENT_BALANCE');
    expectProblem(await adjust(Number.MAX_SAFE_INTEGER), 'BALANCE_LIMIT_EXCEEDED');
    expectProblem(await adjust(0), 'VALIDATION_FAILED');
    const all = await Promise.all([1, 2, 3, 4].map(() => adjust(-100)));
    expect(all.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 201, 201, 409]);
    expect(await client.balanceOf(somebody)).toBe(0);
    const mine = { token: somebody.token };
    const history = await client.get<WalletTransaction[]>('/balance/history?type=ADJUSTMENT', mine);
    expect(expected(200, history).map(({ amount }) => amount)).toEqual([-100, -100, -100, -200]);
    const before = await client.get<WalletTransaction[]>('/balance/history?to=2026-01-01T00:00:00Z', mine);
    expect(expected(200, before)).toEqual([]);
    const charges = await client.get<object[]>('/balance/charges?status=SUCCEEDED', mine);
    expect(expected(200, charges)).toMatchObject([{ amount: 500, status: 'SUCCEEDED' }]);
    expect(expected(200, await client.get('/balance/charges?status=PENDING', mine))).toEqual([]);
    await assertBooks(shop);
  });
});

import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertBooks,
  expected,
  SHOP_SERVICES,
  shareShop,
  type Answer,
  type Customer,
  type Shop,
} from '@jangteo/testkit';
import { expectProblem, expectRepeat } from './expectations.js';

/** The ranking takes nothing that changes anything. */
const OWNERS = SHOP_SERVICES.filter((service) => service !== 'ranking');
const AT_ONCE = 20;

interface Post {
  readonly path: string;
  readonly body?: object;
}

/** A POST that makes or moves something, another one under the same key, and how often it took effect. */
interface Case {
  readonly token?: string;
  readonly post: Post;
  readonly other: Post;
  effects(): Promise<number>;
}

let shop: Shop;
let customer: Customer;
let adminToken: string;

async function placed(): Promise<string> {
  const { productId } = await shop.client.createProduct({ price: 10, stock: 9 });
  const body = { items: [{ productId, quantity: 1 }] };
  return expected(201, await shop.client.order(customer, body)).orderId;
}

async function rowsOf(
  service: (typeof OWNERS)[number],
  text: string,
  values: readonly unknown[],
): Promise<number> {
  const [row] = await shop.sql<{ count: number }>(service, text, values);
  return Number(row?.count);
}

const CASES: Readonly<Record<string, () => Promise<Case>>> = {
  'POST /auth/register': async () => {
    const body = { email: `${randomUUIDv7()}@example.com`, password: 'correct horse', name: 'Mina' };
    return {
      post: { path: '/auth/register', body },
      other: { path: '/auth/register', body: { ...body, name: 'Somebody else' } },
      effects: () => rowsOf('gateway', 'SELECT count(*) FROM users WHERE email = $1', [body.email]),
    };
  },
  'POST /balance/charge': async () => {
    const path = '/balance/charge';
    return {
      token: customer.token,
      post: { path, body: { amount: 700 } },
      other: { path, body: { amount: 800 } },
      effects: () =>
        rowsOf('wallet', 'SELECT count(*) FROM ledger WHERE user_id = $1 AND amount = 700', [
          customer.userId,
        ]),
    };
  },
  'POST /products': async () => {
    const body = { name: randomUUIDv7(), price: 500, stock: 3 };
    return {
      token: adminToken,
      post: { path: '/products', body },
      other: { path: '/products', body: { ...body, price: 501 } },
      effects: () => rowsOf('catalog', 'SELECT count(*) FROM products WHERE name = $1', [body.name]),
    };
  },
  'POST /products/{productId}/stock': async () => {
    const { productId } = await shop.client.createProduct({ stock: 1 });
    const path = `/products/${productId}/stock`;
    return {
      token: adminToken,
      post: { path, body: { quantity: 5 } },
      other: { path, body: { quantity: 6 } },
      effects: async () => ((await shop.client.readProduct(productId)).stock - 1) / 5,
    };
  },
  'POST /coupons': async () => {
    const body = { name: randomUUIDv7(), discountType: 'FIXED', discountValue: 10, totalQuantity: 2 };
    return {
      token: adminToken,
      post: { path: '/coupons', body },
      other: { path: '/coupons', body: { ...body, totalQuantity: 3 } },
      effects: () => rowsOf('coupon', 'SELECT count(*) FROM coupons WHERE name = $1', [body.name]),
    };
  },
  'POST /coupons/{couponId}/issue': async () => {
    const [one, two] = await Promise.all([shop.client.createCoupon(), shop.client.createCoupon()]);
    return {
      token: customer.token,
      post: { path: `/coupons/${one.couponId}/issue` },
      other: { path: `/coupons/${two.couponId}/issue` },
      effects: () =>
        rowsOf('coupon', 'SELECT issued_quantity AS count FROM coupons WHERE coupon_id = $1', [one.couponId]),
    };
  },
  'POST /cart/add': async () => {
    const { productId } = await shop.client.createProduct({ stock: 500 });
    const path = '/cart/add';
    return {
      token: customer.token,
      post: { path, body: { productId, quantity: 2 } },
      other: { path, body: { productId, quantity: 3 } },
      effects: async () =>
        (await rowsOf('order', 'SELECT sum(quantity) AS count FROM cart_items WHERE product_id = $1', [
          productId,
        ])) / 2,
    };
  },
  'POST /orders': async () => {
    const { productId } = await shop.client.createProduct({ price: 10, stock: 50 });
    const path = '/orders';
    return {
      token: customer.token,
      post: { path, body: { items: [{ productId, quantity: 1 }] } },
      other: { path, body: { items: [{ productId, quantity: 2 }] } },
      effects: async () => 50 - (await shop.client.readProduct(productId)).stock,
    };
  },
  'POST /orders/{orderId}/cancel': async () => {
    const [one, two] = [await placed(), await placed()];
    return {
      token: customer.token,
      post: { path: `/orders/${one}/cancel` },
      other: { path: `/orders/${two}/cancel` },
      effects: () =>
        rowsOf('wallet', "SELECT count(*) FROM ledger WHERE order_id = $1 AND type = 'REFUND'", [one]),
    };
  },
};

/** Recognises an answer that says that it was given before. */
const isReplay = ({ headers }: Answer<unknown>): boolean => headers.get('idempotent-replayed') === 'true';

describe('one Idempotency-Key', () => {
  const made = new Map<
    string,
    { readonly sent: Case; readonly key: string; readonly first: Answer<unknown> }
  >();
  const send = ({ token }: Case, { path, body }: Post, key: string): Promise<Answer<unknown>> =>
    // An order has its effect when its end is answered, not before.
    shop.client.post(path, body, { token, headers: { 'idempotency-key': key, prefer: 'wait=30' } });

  beforeAll(async () => {
    shop = await shareShop();
    adminToken = await shop.client.admin();
    customer = await shop.client.register(1_000_000);
  });
  afterAll(() => shop.stop());

  it.each(Object.keys(CASES))('R25: has one effect for twenty %s at once', async (title) => {
    const sent = await (CASES[title] as () => Promise<Case>)();
    const key = randomUUIDv7();
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => send(sent, sent.post, key)));
    const first = answers.find(({ status }) => status < 300) as Answer<unknown>;
    expect(first).toBeDefined();
    for (const answer of answers) expectRepeat(answer, first);
    expect(answers.filter(isReplay).length).toBeLessThan(answers.filter(({ status }) => status < 300).length);
    expect(await sent.effects()).toBe(1);
    made.set(title, { sent, key, first });
  });

  it('R25: outlives a restart of every service', async () => {
    await Promise.all(OWNERS.map((service) => shop.terminate(service)));
    await Promise.all(OWNERS.map((service) => shop.start(service)));
    expect(made.size).toBe(Object.keys(CASES).length);
  });

  it.each(Object.keys(CASES))(
    'R25: gets the first answer to %s after that, and no other effect',
    async (title) => {
      const { sent, key, first } = made.get(title) as NonNullable<ReturnType<typeof made.get>>;
      const again = await send(sent, sent.post, key);
      expect([again.status, again.body]).toEqual([first.status, first.body]);
      expect(isReplay(again)).toBe(true);
      const other = await send(sent, sent.other, key);
      expectProblem(other, 'IDEMPOTENCY_KEY_REUSED');
      expect(isReplay(other)).toBe(false);
      expect(await sent.effects()).toBe(1);
    },
  );

  it.each([
    ['PAYMENT_DECLINED', '/balance/charge', { amount: 1, paymentMethod: 'tok_declined' }],
    ['CART_EMPTY', '/orders', { fromCart: true }],
    ['PRODUCT_NOT_FOUND', '/orders', { items: [{ productId: randomUUIDv7(), quantity: 1 }] }],
  ] as const)(
    'R25: has one refusal by %s, which its repeats say was given before',
    async (code, path, body) => {
      const { token } = await shop.client.register();
      const headers = { 'idempotency-key': randomUUIDv7() };
      const ask = (): Promise<Answer<unknown>> => shop.client.post(path, body, { token, headers });
      const [first, again] = [await ask(), await ask()];
      expectProblem(first, code);
      expect([again.status, again.body]).toEqual([first.status, first.body]);
      expect([first, again].map(isReplay)).toEqual([false, true]);
    },
  );

  it('R25: says of an order that is still on its way, asked for again, that it was placed before', async () => {
    const { productId } = await shop.client.createProduct({ price: 10, stock: 1 });
    const key = randomUUIDv7();
    const ask = (prefer: string): Promise<Answer<unknown>> => {
      const headers = { 'idempotency-key': key, prefer };
      const body = { items: [{ productId, quantity: 1 }] };
      return shop.client.post('/orders', body, { token: customer.token, headers });
    };
    shop.pause('catalog');
    try {
      // The first one asks a second time when it waits no more, and is not its own repeat.
      const [first, again] = [await ask('wait=1'), await ask('respond-async')];
      expect([first.status, again.status]).toEqual([202, 202]);
      expect([first, again].map(isReplay)).toEqual([false, true]);
    } finally {
      shop.resume('catalog');
    }
    const ended = await ask('wait=30');
    expect(isReplay(ended)).toBe(true);
  });

  it('R25: is one for a route, whichever fields are changed', async () => {
    const { couponId } = await shop.client.createCoupon({ name: 'Week' });
    const change = (body: object, key: string) =>
      shop.client.send('PATCH', `/coupons/${couponId}`, JSON.stringify(body), {
        token: adminToken,
        headers: { 'idempotency-key': key },
      });
    const [status, both] = [{ status: 'SUSPENDED' }, { status: 'SUSPENDED', name: 'Month' }];
    for (const [first, then] of [
      [status, both],
      [both, status],
    ] as const) {
      const key = randomUUIDv7();
      const made = expected(200, await change(first, key));
      expectProblem(await change(then, key), 'IDEMPOTENCY_KEY_REUSED');
      expect(expected(200, await change(first, key))).toEqual(made);
    }
  });

  it('R25: is no one’s where there is none', async () => {
    const { token } = customer;
    const add = () => shop.client.post('/balance/charge', { amount: 1 }, { token });
    expect([await add(), await add()].map(isReplay)).toEqual([false, false]);
  });

  it('R25: leaves books that add up', async () => {
    await assertBooks(shop);
  });
});

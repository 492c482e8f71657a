import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  assertBooks,
  expected,
  SHOP_SERVICES,
  startShop,
  START_DEADLINE_MS,
  type ApiDocument,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import fc from 'fast-check';
import { expectAnyProblem, expectProblem } from './expectations.js';
import {
  callRoute,
  LISTS,
  pathsOfOneUser,
  ROUTES_WITH_ID,
  routesWithBody,
  type Role,
  type Route,
  type Things,
} from './routes.js';

/** Values that no field of any body may have. Strings that a name could be are not among them. */
const NEVER_VALID: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  '\u0000',
  'nul\u0000inside',
  '\ud800',
  'x'.repeat(5_000),
  [],
  [null],
  {},
  { $gt: 0 },
];

/** Values of a field's right type that are out of its range, by name. */
const OUT_OF_RANGE: Readonly<Record<string, readonly unknown[]>> = {
  email: ['nobody', '@example.com', 'a@', 'a b@example.com', `${'x'.repeat(300)}@example.com`],
  password: ['x'.repeat(129)],
  amount: [0, '100', Number.MAX_SAFE_INTEGER + 2],
  paymentMethod: ['', 'a card', 'tok_\u00e9', 'x'.repeat(256)],
  userId: ['1', 'not-a-uuid', '01920000-0000-7000-8000-00000000000'],
  productId: ['1', 'not-a-uuid'],
  optionId: ['1', 'not-a-uuid'],
  userCouponId: ['1', 'not-a-uuid'],
  price: ['1', Number.MAX_SAFE_INTEGER + 2],
  stock: ['1', 1e12],
  quantity: [0, '1', 1e12],
  status: ['SOLD', 'sellable', '__proto__'],
  discountType: ['FREE', 'fixed'],
  discountValue: [0],
  totalQuantity: [0, 1e12],
  validDays: [0, 1e6],
  issueStartsAt: ['tomorrow', '2026-13-01T00:00:00Z', '2026-01-01'],
  maxDiscount: [0],
  issueEndsAt: ['2020-01-01T00:00:00.000Z'],
  usableUntil: ['2020-01-01T00:00:00.000Z'],
};

/** Fields for which some of {@link NEVER_VALID} is valid after all. */
const VALID_AFTER_ALL: Readonly<Record<string, readonly unknown[]>> = {
  quantity: [-1],
  refreshToken: ['nul\u0000inside'],
};

describe('R31: bad input', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;
  let things: Things;
  let before: string;

  beforeAll(async () => {
    shop = await startShop();
    ({ client } = shop);
    customer = await client.register(10_000);
    const { productId, options } = await client.createProduct();
    const { couponId } = await client.createCoupon();
    const { userCouponId } = await client.issue(customer, couponId);
    const items = [{ productId, quantity: 1 }];
    const { orderId } = expected(201, await client.order(customer, { items }));
    const optionId = options[0]!.optionId;
    things = { productId, optionId, couponId, userCouponId, orderId, userId: customer.userId };
    await client.admin();
    // What the order still owes others would change books by itself.
    await assertBooks(shop);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  beforeEach(async () => {
    before = await state();
  });

  afterEach(() => expectUnchanged());

  async function expectUnchanged(): Promise<void> {
    expect(await state()).toBe(before);
  }

  /** All that the services keep, except what says only that somebody asked or that a program runs. */
  async function state(): Promise<string> {
    const apart = ['migrations', 'outcomes', 'login_attempts', 'platform_relay', 'admin_log'];
    const parts = await Promise.all(
      SHOP_SERVICES.filter((service) => service !== 'ranking').map(async (service) => {
        const tables = await shop.sql<{ name: string }>(
          service,
          `SELECT table_name AS name FROM information_schema.tables
           WHERE table_schema = 'public' AND table_name <> ALL($1) ORDER BY 1`,
          [apart],
        );
        const digests = tables.map(async ({ name }) => {
          const [row] = await shop.sql<{ digest: string }>(
            service,
            `SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) AS digest FROM ${name} AS t`,
          );
          return `${service}.${name} ${row?.digest}`;
        });
        return await Promise.all(digests);
      }),
    );
    return parts.flat().join('\n');
  }

  async function tokenOf(role: Role): Promise<string | undefined> {
    if (role === 'anyone') return undefined;
    return role === 'admin' ? await client.admin() : customer.token;
  }

  /** Sends variants of a body one after the other; each must be refused as invalid. */
  async function expectAllInvalid(route: Route, bodies: readonly unknown[]): Promise<void> {
    const token = await tokenOf(route.role);
    for (const body of bodies) {
      const answer = await callRoute(client, route, body, token);
      expect({ body, status: answer.status }).toEqual({ body, status: 400 });
      const { errors } = expectProblem(answer, 'VALIDATION_FAILED');
      expect(errors).not.toHaveLength(0);
    }
  }

  /** Index of each route of routesWithBody, to name the tests before the ids in their paths are known. */
  const NAMES = routesWithBody({
    productId: ':productId',
    optionId: '',
    couponId: ':couponId',
    userCouponId: '',
    orderId: ':orderId',
    userId: '',
  }).map(({ method, path }, index) => [`${method} ${path}`, index] as const);

  describe.each(NAMES)('to %s', (_name, index) => {
    const route = (): Route & { body: Record<string, unknown> } => {
      const found = routesWithBody(things)[index]!;
      return { ...found, body: { ...found.body } };
    };

    it('is a field that is missing', async () => {
      const { body, optional = [] } = route();
      const required = Object.keys(body).filter((field) => !optional.includes(field));
      const bodies = required.map((field) => {
        return Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
      });
      await expectAllInvalid(route(), [...bodies, {}, undefined]);
    });

    it('is a field that nobody knows', async () => {
      const { body } = route();
      const extras = ['role', 'balance', 'price ', 'constructor', 'toString', 'orderId'];
      await expectAllInvalid(
        route(),
        extras.map((extra) => ({ ...body, [extra]: 1 })),
      );
    });

    it('is a field of a wrong type or out of its range', async () => {
      const { body } = route();
      const bodies = Object.keys(body).flatMap((field) => {
        const valid = VALID_AFTER_ALL[field] ?? [];
        const wrong = NEVER_VALID.filter((value) => !valid.includes(value));
        return [...wrong, ...(OUT_OF_RANGE[field] ?? [])].map((value) => ({ ...body, [field]: value }));
      });
      await expectAllInvalid(route(), bodies);
    });

    it('is a body that is no object, or no JSON at all', async () => {
      await expectAllInvalid(route(), [null, [], [route().body], 'text', 7, true]);
      const { method, path, role, body } = route();
      const token = await tokenOf(role);
      const texts = ['{', '{"a":1,}', 'amount=1', "{'a': 1}", '\ufeff{}', '[[[[[[', 'NaN', '{"a":1}{"b":2}'];
      for (const text of texts)
        expectProblem(await client.send(method, path, text, { token }), 'VALIDATION_FAILED');
      const invalidUtf8 = Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
      expectProblem(await client.send(method, path, invalidUtf8, { token }), 'VALIDATION_FAILED');
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      expectProblem(
        await client.send(method, path, JSON.stringify(body), { token, headers: form }),
        'VALIDATION_FAILED',
      );
    });

    it('is a key that would change prototypes', async () => {
      const { method, path, role, body } = route();
      const token = await tokenOf(role);
      for (const key of ['__proto__', 'constructor']) {
        const text = JSON.stringify({ ...body, evil: 0 }).replace(
          '"evil":0',
          `"${key}":{"prototype":{"role":"admin"}}`,
        );
        expectProblem(await client.send(method, path, text, { token }), 'VALIDATION_FAILED');
      }
    });

    it('is a body that is too large', async () => {
      const { method, path, role, body } = route();
      const text = JSON.stringify({ ...body, filler: 'x'.repeat(110_000) });
      const answer = await client.send(method, path, text, { token: await tokenOf(role) });
      expectProblem(answer, 'PAYLOAD_TOO_LARGE');
    });
  });

  it.each([
    ['a quantity', [0, -1, 1_001, 0.5, 1e30, '1', null, undefined]],
    ['a product', ['', '1', 'not-a-uuid', null, 7, undefined, '__proto__']],
    ['an option', ['', '1', 'not-a-uuid', null, 7, '__proto__']],
  ])('is %s that no line of an order can have', async (what, values) => {
    const field = { 'a quantity': 'quantity', 'a product': 'productId', 'an option': 'optionId' }[what]!;
    const line = { productId: things.productId, optionId: things.optionId, quantity: 1 };
    const order: Route = { method: 'POST', path: '/orders', role: 'customer' };
    await expectAllInvalid(
      order,
      values.map((value) => ({ items: [{ ...line, [field]: value }] })),
    );
    await expectAllInvalid(order, [
      { items: [{ ...line, price: 1 }] },
      { items: Array.from({ length: 101 }, () => line) },
    ]);
  });

  it.each([
    '1',
    'not-a-uuid',
    '%00',
    '%F0%9F%8D%B5',
    '..%2f..',
    '%',
    '1'.repeat(100),
    "'%20OR%201=1",
    '__proto__',
  ])('is an id in a path that is none: %p', async (id) => {
    for (const route of ROUTES_WITH_ID) {
      const path = route.path.replace('*', id);
      const answer = await callRoute(client, { ...route, path }, route.body, await tokenOf(route.role));
      expect([400, 404]).toContain(answer.status);
      expectAnyProblem(answer);
    }
  });

  it('is a path that is longer than any', async () => {
    for (const length of [1_000, 10_000, 100_000]) {
      const answer = await client.get(`/products/${'1'.repeat(length)}`);
      expect([400, 404]).toContain(expectAnyProblem(answer).status);
    }
  });

  it('is a Prefer header that takes long to read', async () => {
    const items = [{ productId: things.productId, quantity: 1 }];
    const [gap, word] = [' ', 'a'].map((one) => one.repeat(14_000));
    const millisecondsFor = async (prefer: string): Promise<number> => {
      const startedAtMs = performance.now();
      const answers = Array.from({ length: 30 }, () =>
        client.order(customer, { items, userId: randomUUIDv7() }, { prefer }),
      );
      for (const answer of await Promise.all(answers)) expectProblem(answer, 'FORBIDDEN');
      return performance.now() - startedAtMs;
    };
    const usualMs = await millisecondsFor(`a${word}`);
    expect(await millisecondsFor(`a${gap}b c`)).toBeLessThan(usualMs * 4 + 300);
  });

  it('is a password that is too short to register with', async () => {
    const body = { email: 'kim@example.com', password: '7 chars', name: 'Kim' };
    await expectAllInvalid({ method: 'POST', path: '/auth/register', role: 'anyone' }, [body]);
  });

  it('is an id that nobody has', async () => {
    const codes = new Set<string>();
    for (const route of ROUTES_WITH_ID) {
      const path = route.path.replace('*', randomUUIDv7());
      const answer = await callRoute(client, { ...route, path }, route.body, await tokenOf(route.role));
      expect(answer.status).toBe(404);
      codes.add(expectAnyProblem(answer).code);
    }
    expect([...codes].sort()).toEqual([
      'CHARGE_NOT_FOUND',
      'COUPON_NOT_FOUND',
      'DEAD_LETTER_NOT_FOUND',
      'ORDER_NOT_FOUND',
      'PRODUCT_NOT_FOUND',
    ]);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1.5',
    'limit=many',
    'limit=',
    'limit=1&limit=2',
    'limit=1e1',
  ])('is a page of ?%s', async (query) => {
    for (const { path, role } of LISTS) {
      const answer = await client.get(`${path}?${query}`, { token: await tokenOf(role) });
      expectProblem(answer, 'VALIDATION_FAILED');
    }
  });

  it.each([
    'x',
    '',
    '%00',
    '__proto__',
    'eyJ9',
    Buffer.from('{"a":1}').toString('base64url'),
    'x'.repeat(201).replace('x', 'long '),
  ])('is a cursor that no list gave: %p', async (cursor) => {
    for (const { path, role } of LISTS) {
      const answer = await client.get(`${path}?cursor=${cursor}`, { token: await tokenOf(role) });
      expectProblem(answer, 'VALIDATION_FAILED');
    }
  });

  it.each(['0000-01-01T00:00:00Z', `2026-01-01T00:00:00.${'1'.repeat(150)}Z`])(
    'is a time that no database holds: %p',
    async (time) => {
      const token = await client.admin();
      const cursor = Buffer.from(JSON.stringify([time, randomUUIDv7()])).toString('base64url');
      const lists = ['dead-letters', 'sagas', 'orders', 'log'].map(
        (list) => `/admin/${list}?cursor=${cursor}`,
      );
      const ranges = ['sales', 'sales/products', 'sales/categories', 'orders', 'log'].flatMap((list) =>
        ['from', 'to'].map((end) => `/admin/${list}?${end}=${time}`),
      );
      for (const path of [...lists, ...ranges, '/admin/sales?to=0001-01-05T00:00:00Z']) {
        const { status, body } = await client.get(path, { token });
        expect({ path, status, body }).toMatchObject({
          path,
          status: 400,
          body: { code: 'VALIDATION_FAILED' },
        });
      }
    },
  );

  it.each(['limit=0', 'limit=101', 'days=0', 'days=31', 'days=x', 'limit=5&days=-1'])(
    'is a ranking of ?%s',
    async (query) => {
      expectProblem(await client.get(`/products/top?${query}`), 'VALIDATION_FAILED');
    },
  );

  async function ofOneUser(): Promise<string[]> {
    return pathsOfOneUser(expected(200, await client.get<ApiDocument>('/openapi.json')));
  }

  it('is a user id that is none, in any query that takes one', async () => {
    for (const path of await ofOneUser()) {
      for (const userId of ['1', 'null', '%00', '']) {
        const answer = await client.get(`${path}?userId=${userId}`, { token: customer.token });
        expectProblem(answer, 'VALIDATION_FAILED');
      }
    }
    const answer = await client.get('/coupons/mine?status=LOST', { token: customer.token });
    expectProblem(answer, 'VALIDATION_FAILED');
  });

  it('is another user’s order, coupon or balance', async () => {
    const { token } = customer;
    const other = await client.register(5_000);
    before = await state();
    const { productId, userCouponId, orderId } = things;
    const foreign = { token: other.token };
    expectProblem(await client.get(`/orders/${orderId}`, foreign), 'ORDER_NOT_FOUND');
    expectProblem(await client.post(`/orders/${orderId}/cancel`, undefined, foreign), 'ORDER_NOT_FOUND');
    for (const path of await ofOneUser()) {
      expectProblem(await client.get(`${path}?userId=${other.userId}`, { token }), 'FORBIDDEN');
    }
    const items = [{ productId, quantity: 1 }];
    const order = { userId: other.userId, items, userCouponId };
    expectProblem(await client.post('/orders', order, { token }), 'FORBIDDEN');
    const charge = { userId: other.userId, amount: 1 };
    expectProblem(await client.post('/balance/charge', charge, { token }), 'FORBIDDEN');
  });

  it('is a path or a method that does not exist', async () => {
    const calls = [
      ['GET', '/nowhere'],
      ['DELETE', '/products'],
      ['PUT', '/balance'],
      ['POST', '/products/top'],
      ['GET', '/%2e%2e/etc/passwd'],
      ['PATCH', '/'],
    ] as const;
    for (const [method, path] of calls) {
      const answer = await client.send(method, path, undefined, { token: await client.admin() });
      expect([400, 404, 405]).toContain(answer.status);
    }
    expectProblem(await client.get('/nowhere'), 'NOT_FOUND');
  });

  it('echoes the client’s X-Request-Id where it is usable', async () => {
    const answer = await client.get('/nowhere', { headers: { 'x-request-id': 'my-request-7' } });
    expect(answer.headers.get('x-request-id')).toBe('my-request-7');
    const odd = await client.get('/nowhere', { headers: { 'x-request-id': 'two words' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^[\x21-\x7e]{8,}$/);
  });

  it('is anything else: no JSON value makes a route fail or change anything', async () => {
    const routes = routesWithBody(things).filter(({ path }) => path !== '/auth/register');
    const keys = [...new Set(routes.flatMap(({ body = {} }) => Object.keys(body)))];
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...NEVER_VALID));
    const body = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...keys, '__proto__'), value, { maxKeys: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: routes.length - 1 }), body, async (index, sent) => {
        const route = routes[index]!;
        // Of a field of a valid body one is replaced at least, so that nothing valid is sent by chance.
        const merged =
          typeof sent === 'object' && sent !== null && !Array.isArray(sent)
            ? { ...route.body, ...sent, extra: 1 }
            : sent;
        const answer = await callRoute(client, route, merged, await tokenOf(route.role));
        expect(answer.status).toBe(400);
        expectAnyProblem(answer);
      }),
      { numRuns: 300 },
    );
  });

  it('makes no service report a failure', async () => {
    expect(await shop.failures()).toEqual([]);
  });
});

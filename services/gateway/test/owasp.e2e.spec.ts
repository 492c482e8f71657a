import { generateKeyPairSync, randomUUID, randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Coupon, Product, RefusalCode, UserCoupon } from '@jangteo/contracts';
import {
  assertBooks,
  eventually,
  expected,
  SHOP_SERVICES,
  startShop,
  START_DEADLINE_MS,
  pace,
  type Answer,
  type ApiDocument,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { decodeJwt, decodeProtectedHeader, exportJWK, SignJWT, type JWTHeaderParameters } from 'jose';
import { expectAnyProblem, expectProblem, INSIDES, tally } from './expectations.js';
import { pathsOfOneUser } from './routes.js';

const here = await pace();
const IN_WORK_MAX = 12;
const ARRIVAL_DEADLINE_MS = 2_000;
const FAILURES_MAX = 20;
const WAITING_MAX = 20;

const { privateKey } = generateKeyPairSync('ed25519');

const GATEWAY = {
  TOKEN_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  REQUESTS_IN_WORK_MAX: String(IN_WORK_MAX),
  REQUEST_ARRIVAL_DEADLINE_MS: String(ARRIVAL_DEADLINE_MS),
  LOGIN_FAILURES_PER_MINUTE: String(FAILURES_MAX),
  PASSWORDS_WAITING_MAX: String(WAITING_MAX),
  REQUEST_DEADLINE_MS: String(here(1_500)),
  AUDIT_DEADLINE_MS: String(here(1_500)),
  // So that a test can be many addresses.
  TRUSTED_PROXIES: '127.0.0.1',
};

/** Routes that are no part of the API, but of the page that shows it. */
const ASSETS = ['GET /docs/page.js', 'GET /docs/{asset}'];

/** Fields that no answer may have, wherever they stand. */
const SECRET_FIELD = /hash|salt|passw|secret|private|registrationKey|session/i;

/** Everything that a customer has, as they see it. */
interface Belongings {
  readonly balance: unknown;
  readonly history: unknown;
  readonly orders: unknown;
  readonly coupons: unknown;
  readonly cart: unknown;
}

/** Paths at which shops of other makes, and careless ones, have something. */
const UNKNOWN_PATHS =
  '/.env /.git/config /admin /api /v1/products /debug /debug/pprof /actuator /swagger.json /graphql ' +
  '/phpinfo.php /server-status /docs/..%2f..%2fpackage.json /docs/index.html /docs/swagger-initializer.js ' +
  '/backup.sql /users /auth/users /internal';

let address = 0;

/** An address that nobody has had before, as a proxy that is trusted tells it. */
function newAddress(): Record<string, string> {
  address += 1;
  return { 'x-forwarded-for': `198.51.${Math.floor(address / 250)}.${(address % 250) + 1}` };
}

function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => [name, ...fieldsOf(field)]);
}

describe('OWASP API Security Top 10 (2023)', () => {
  let shop: Shop;
  let client: ShopClient;
  let document: ApiDocument;
  let alice: Customer;
  let mallory: Customer;
  let product: Product;
  let coupon: Coupon;
  let issued: UserCoupon;
  let orderId: string;
  let chargeId: string;

  beforeAll(async () => {
    shop = await startShop({ throughProxies: true, services: { gateway: GATEWAY } });
    ({ client } = shop);
    document = expected(200, await client.get<ApiDocument>('/openapi.json'));
    alice = await client.register();
    mallory = await client.register(1_000_000);
    const charge = await client.post<{ chargeId: string }>(
      '/balance/charge',
      { amount: 50_000 },
      { token: alice.token },
    );
    ({ chargeId } = expected(200, charge));
    product = await client.createProduct({ price: 1_000, stock: 100 });
    coupon = await client.createCoupon();
    issued = await client.issue(alice, coupon.couponId);
    const items = [{ productId: product.productId, quantity: 1 }];
    ({ orderId } = expected(201, await client.order(alice, { items })));
    const line = { productId: product.productId, quantity: 2 };
    expected(200, await client.post('/cart/add', line, { token: alice.token }));
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  async function belongingsOf({ token }: Customer): Promise<Belongings> {
    const read = async (path: string): Promise<unknown> => expected(200, await client.get(path, { token }));
    return {
      balance: await read('/balance'),
      history: await read('/balance/history'),
      orders: await read('/orders'),
      coupons: await read('/coupons/mine?status=ALL'),
      cart: await read('/cart'),
    };
  }

  /** Every route of the document, with ids that nobody has where its path takes some. */
  function routes(): { method: string; path: string; name: string; roles: readonly string[] | undefined }[] {
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        method: method.toUpperCase(),
        path: path.replaceAll('{service}', 'order').replaceAll(/\{\w+\}/g, randomUUIDv7()),
        name: `${method.toUpperCase()} ${path}`,
        roles: security[0]?.['bearer'],
      })),
    );
  }

  async function open(text: string): Promise<Socket> {
    const { port, hostname } = new URL(shop.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    // Unread, its end would not be noticed.
    socket.resume();
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  }

  /** Sends what `fetch` would not, and reads all of the answer. */
  async function raw(text: string): Promise<string> {
    const socket = await open(text);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(socket, 'close');
    return answer;
  }

  describe('API1 Broken object level authorization', () => {
    it('API1: lets nobody see, use or change what is somebody else’s', async () => {
      const before = await belongingsOf(alice);
      const { token } = mallory;
      const { productId } = product;
      const items = [{ productId, quantity: 1 }];
      const { userCouponId } = issued;
      const calls: [RefusalCode, () => Promise<Answer<unknown>>][] = [
        ['ORDER_NOT_FOUND', () => client.get(`/orders/${orderId}`, { token })],
        ['ORDER_NOT_FOUND', () => client.post(`/orders/${orderId}/cancel`, undefined, { token })],
        ['CHARGE_NOT_FOUND', () => client.get(`/balance/charges/${chargeId}`, { token })],
        ['COUPON_NOT_USABLE', () => client.order(mallory, { items, userCouponId })],
        ['FORBIDDEN', () => client.order(mallory, { items, userId: alice.userId })],
        ['FORBIDDEN', () => client.order(mallory, { fromCart: true, userId: alice.userId })],
        ['FORBIDDEN', () => client.post('/balance/charge', { amount: 1, userId: alice.userId }, { token })],
        ...pathsOfOneUser(document).map((path): [RefusalCode, () => Promise<Answer<unknown>>] => [
          'FORBIDDEN',
          () => client.get(`${path}?userId=${alice.userId}`, { token }),
        ]),
        // A cart is found by the token alone: mallory's own is empty.
        ['CART_EMPTY', () => client.order(mallory, { fromCart: true })],
        [
          'CART_ITEM_NOT_FOUND',
          () => client.send('DELETE', `/cart/remove?productId=${productId}`, undefined, { token }),
        ],
      ];
      // One after the other: at once they would be more than this shop has in work.
      for (const [code, call] of calls) expectProblem(await call(), code);
      expect(await belongingsOf(alice)).toEqual(before);
    });

    it('API1: keeps the answers under one customer’s Idempotency-Key from every other', async () => {
      const headers = { 'idempotency-key': 'a key that both chose' };
      const items = [{ productId: product.productId, quantity: 1 }];
      const first = expected(201, await client.order(alice, { items }, headers));
      const second = await client.order(mallory, { items }, headers);
      expect(expected(201, second)).toMatchObject({ userId: mallory.userId });
      expect(second.body.orderId).not.toBe(first.orderId);
    });
  });

  describe('API2 Broken authentication', () => {
    /** A token with the shop's own signature, as a leaked key or another of its uses would give one. */
    async function signed(
      claims: Record<string, unknown>,
      header: Partial<JWTHeaderParameters> = {},
      key = privateKey,
    ): Promise<string> {
      const good = { alg: 'EdDSA', ...decodeProtectedHeader(alice.token), ...header };
      const token = new SignJWT({ ...decodeJwt(alice.token), ...claims }).setProtectedHeader(good);
      return await token.sign(key, { crit: { unheard: true } });
    }

    it('API2: takes the token from which those below differ', async () => {
      expected(200, await client.get('/auth/me', { token: await signed({ jti: randomUUID() }) }));
    });

    const stranger = generateKeyPairSync('ed25519');
    const nowSeconds = Math.floor(Date.now() / 1_000);
    it.each<[string, Record<string, unknown>, Record<string, unknown>, 'ours' | 'a stranger’s']>([
      ['expired', { exp: nowSeconds - 1 }, {}, 'ours'],
      ['not begun', { nbf: nowSeconds + 3_600 }, {}, 'ours'],
      ['of another issuer', { iss: 'elsewhere' }, {}, 'ours'],
      ['for another audience', { aud: 'elsewhere' }, {}, 'ours'],
      ['without an expiry', { exp: undefined }, {}, 'ours'],
      ['of an unknown role', { role: 'root' }, {}, 'ours'],
      ['of nobody', { sub: randomUUIDv7() }, {}, 'ours'],
      ['of another type', {}, { typ: 'JWT' }, 'ours'],
      ['with an extension that nobody knows', {}, { crit: ['unheard'], unheard: 1 }, 'ours'],
      ['that says where its key is', {}, { kid: '../../../../dev/null' }, 'a stranger’s'],
      ['that asks the database for its key', {}, { kid: "x' UNION SELECT 'key' --" }, 'a stranger’s'],
      [
        'that has its key fetched',
        {},
        { jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/' },
        'a stranger’s',
      ],
      ['that brings its key along', {}, { jwk: 'own' }, 'a stranger’s'],
    ])('API2: refuses a token %s', async (_what, claims, header, whose) => {
      const brings = header['jwk'] === 'own' ? { jwk: await exportJWK(stranger.publicKey) } : {};
      const key = whose === 'ours' ? privateKey : stranger.privateKey;
      const token = await signed({ ...claims, jti: randomUUID() }, { ...header, ...brings }, key);
      expectProblem(await client.get('/auth/me', { token }), 'UNAUTHENTICATED');
    });

    const login = (email: string, password: string, headers = newAddress()): Promise<Answer<unknown>> =>
      client.post('/auth/login', { email, password }, { headers });

    it('API2: limits how often one address can fail, whatever accounts it tries', async () => {
      const headers = newAddress();
      const guesses = [];
      for (let guess = 0; guess < FAILURES_MAX; guess += 1) {
        guesses.push(await login(`${randomUUID()}@example.com`, 'a guess', headers));
      }
      expect(tally(guesses)).toEqual({ '401 INVALID_CREDENTIALS': FAILURES_MAX });
      const next = await login(alice.email, alice.password, headers);
      expectProblem(next, 'RATE_LIMITED');
      expect(Number(next.headers.get('retry-after'))).toBeGreaterThan(0);
      expected(200, await login(alice.email, alice.password));
    });

    it('API2: limits how often logins to one account can fail, wherever they come from', async () => {
      const victim = await client.register();
      const guesses = [];
      for (let guess = 0; guess < FAILURES_MAX; guess += 1)
        guesses.push(await login(victim.email, 'a guess'));
      expect(tally(guesses)).toEqual({ '401 INVALID_CREDENTIALS': FAILURES_MAX });
      expectProblem(await login(victim.email, 'another'), 'RATE_LIMITED');
      expectProblem(await login(victim.email.toUpperCase(), victim.password), 'RATE_LIMITED');
      expected(200, await login(alice.email, alice.password));
      // Who is logged in stays so.
      expected(200, await client.get('/auth/me', { token: victim.token }));
    });

    it('API2: ends a session in which a refresh token was stolen', async () => {
      type Session = { refreshToken: string };
      const refresh = (refreshToken: string) => client.post<Session>('/auth/refresh', { refreshToken });
      const { email, password } = alice;
      const first = expected(200, await client.post<Session>('/auth/login', { email, password }));
      const second = expected(200, await refresh(first.refreshToken));
      const third = expected(200, await refresh(second.refreshToken));
      expectProblem(await refresh(first.refreshToken), 'UNAUTHENTICATED');
      expectProblem(await refresh(third.refreshToken), 'UNAUTHENTICATED');
    });
  });

  describe('API3 Broken object property level authorization', () => {
    it('API3: takes no field that is not the caller’s to set', async () => {
      const { token } = mallory;
      const before = await belongingsOf(mallory);
      const items = [{ productId: product.productId, quantity: 1 }];
      const person = { email: `${randomUUID()}@example.com`, password: 'password 1', name: 'Mallory' };
      const calls: [path: string, body: object][] = [
        ...['role', 'isAdmin', 'userId', 'balance'].map((field): [string, object] => [
          '/auth/register',
          { ...person, [field]: 'admin' },
        ]),
        ...['balance', 'currentBalance', 'status', 'chargeId'].map((field): [string, object] => [
          '/balance/charge',
          { amount: 1, [field]: 1_000_000 },
        ]),
        ...['price', 'totalPrice', 'discount', 'subtotal', 'orderStatus', 'orderId'].map(
          (field): [string, object] => ['/orders', { items, [field]: 0 }],
        ),
        ['/orders', { items: [{ ...items[0], price: 1 }] }],
        ['/cart/add', { ...items[0], price: 1 }],
        [`/coupons/${coupon.couponId}/issue`, { userId: alice.userId }],
        [`/coupons/${coupon.couponId}/issue`, { discountValue: 1_000_000 }],
      ];
      for (const [path, body] of calls)
        expectProblem(await client.post(path, body, { token }), 'VALIDATION_FAILED');
      expect(await belongingsOf(mallory)).toEqual(before);
      expected(201, await client.post('/auth/register', person));
    });

    it('API3: shows nothing of a user but what they are called, and no secret in any answer', async () => {
      const { token } = alice;
      const answers: Answer<unknown>[] = [
        await client.get('/auth/me', { token }),
        await client.get(`/orders/${orderId}`, { token }),
        await client.get(`/balance/charges/${chargeId}`, { token }),
        await client.get('/.well-known/jwks.json'),
        ...(await Promise.all(
          ['/products', `/products/${product.productId}`, '/coupons', '/products/top'].map((path) =>
            client.get(path),
          ),
        )),
        ...(await Promise.all(
          ['/admin/audit', '/admin/sagas', '/admin/dead-letters'].map(async (path) =>
            client.get(path, { token: await client.admin() }),
          ),
        )),
      ];
      const shown = [...answers.map(({ body }) => body), await belongingsOf(alice)];
      expect(fieldsOf(shown).filter((name) => SECRET_FIELD.test(name))).toEqual([]);
      expect(Object.keys(answers[0]?.body as object).toSorted()).toEqual(['email', 'name', 'role', 'userId']);
      // The private part of a key of Ed25519.
      expect(fieldsOf(answers[3]?.body)).not.toContain('d');
      expect(JSON.stringify(shown)).not.toContain(alice.password);
    });
  });

  describe('API4 Unrestricted resource consumption', () => {
    const HALF =
      'POST /auth/login HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"email":';

    it('API4: gives no place to requests that arrive slowly, and cuts them off', async () => {
      const slow = await Promise.all(Array.from({ length: IN_WORK_MAX * 3 }, () => open(HALF)));
      const beganAt = performance.now();
      const served = await Promise.all(
        Array.from({ length: IN_WORK_MAX - 2 }, () => client.get('/balance', { token: alice.token })),
      );
      expect(tally(served)).toEqual({ '200': served.length });
      await Promise.all(slow.map(async (socket) => socket.closed || (await once(socket, 'close'))));
      expect(performance.now() - beganAt).toBeLessThan(ARRIVAL_DEADLINE_MS * 2 + here(2_000));
    });

    it('API4: lets nobody who registers in masses keep others from logging in', async () => {
      const crowd = newAddress();
      const register = (): Promise<Answer<unknown>> => {
        const person = { email: `${randomUUID()}@example.com`, password: 'password 1', name: 'Crowd' };
        return client.post('/auth/register', person, { headers: crowd });
      };
      let isOver = false;
      // As many at a time as are let in, each followed by another one at once.
      const masses = Array.from({ length: IN_WORK_MAX - 3 }, async () => {
        const answers = [];
        while (!isOver) answers.push(await register());
        return answers;
      });
      const { email, password } = alice;
      const logins = [];
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const startedAt = performance.now();
        expected(200, await client.post('/auth/login', { email, password }, { headers: newAddress() }));
        logins.push(performance.now() - startedAt);
      }
      isOver = true;
      const answers = (await Promise.all(masses)).flat();
      expect(answers.length).toBeGreaterThan(masses.length);
      for (const { status } of answers) expect([201, 503]).toContain(status);
      // In turn after one of the crowd each, not after all of it.
      expect(Math.min(...logins)).toBeLessThan(here(2_000));
    });

    it('API4: bounds bodies, lists, items, depth and pages', async () => {
      const { token } = alice;
      const line = { productId: product.productId, quantity: 1 };
      const large = await client.send('POST', '/orders', `{"items":"${'x'.repeat(200_000)}"}`, { token });
      expectProblem(large, 'PAYLOAD_TOO_LARGE');
      const many = Array.from({ length: 101 }, () => line);
      expectProblem(await client.order(alice, { items: many }), 'VALIDATION_FAILED');
      expectProblem(
        await client.order(alice, { items: [{ ...line, quantity: 1_001 }] }),
        'VALIDATION_FAILED',
      );
      const deep = `${'['.repeat(40_000)}${']'.repeat(40_000)}`;
      expectProblem(await client.send('POST', '/orders', deep, { token }), 'VALIDATION_FAILED');
      for (const query of [
        'limit=1000000',
        'limit=-1',
        'page=100000&limit=101',
        'cursor=' + 'x'.repeat(5_000),
      ]) {
        expectProblem(await client.get(`/orders?${query}`, { token }), 'VALIDATION_FAILED');
      }
      expectProblem(await client.get('/products/top?days=100000'), 'VALIDATION_FAILED');
    });

    it('API4: takes a body that says it is compressed for none', async () => {
      const headers = { 'content-encoding': 'gzip' };
      const answer = await client.send('POST', '/auth/login', '\u001f\u008b\b', { headers });
      expectProblem(answer, 'VALIDATION_FAILED');
    });
  });

  describe('API5 Broken function level authorization', () => {
    it('API5: keeps every route for admins from customers and strangers, and changes nothing', async () => {
      const forStaff = routes().filter(({ roles = [] }) => roles.length > 0);
      expect(forStaff.length).toBeGreaterThan(5);
      const before = expected(200, await client.get('/products'));
      for (const { method, path } of forStaff) {
        const body = method === 'GET' ? undefined : '{}';
        expectProblem(await client.send(method, path, body, { token: mallory.token }), 'FORBIDDEN');
        expectProblem(await client.send(method, path, body), 'UNAUTHENTICATED');
      }
      expect(expected(200, await client.get('/products'))).toEqual(before);
    });

    it('API5: wants a token on every route that is not open to anyone', async () => {
      const guarded = routes().filter(({ roles }) => roles !== undefined);
      expect(guarded.length).toBeGreaterThan(15);
      for (const { method, path } of guarded) {
        const body = method === 'GET' || method === 'DELETE' ? undefined : '{}';
        expectProblem(await client.send(method, path, body), 'UNAUTHENTICATED');
      }
      const openToAnyone = routes().filter(({ roles }) => roles === undefined);
      expect(openToAnyone.map(({ name }) => name).toSorted()).toEqual([
        'GET /',
        'GET /.well-known/jwks.json',
        'GET /coupons',
        'GET /coupons/{couponId}',
        'GET /coupons/{couponId}/live',
        'GET /coupons/{couponId}/places',
        'GET /docs',
        'GET /health/live',
        'GET /health/ready',
        'GET /openapi.json',
        'GET /products',
        'GET /products/top',
        'GET /products/{productId}',
        'POST /auth/console/logout',
        'POST /auth/console/refresh',
        'POST /auth/console/sessions',
        'POST /auth/login',
        'POST /auth/logout',
        'POST /auth/password/reset',
        'POST /auth/refresh',
        'POST /auth/register',
      ]);
    });

    it.each(['X-HTTP-Method-Override', 'X-Method-Override', 'X-Original-URL', 'X-Rewrite-URL'])(
      'API5: is led to no other route by %s',
      async (name) => {
        const headers = { [name]: name.endsWith('URL') ? '/admin/audit' : 'PATCH' };
        const path = `/products/${product.productId}`;
        expect(expected(200, await client.get(path, { headers }))).toEqual(
          await client.readProduct(product.productId),
        );
      },
    );
  });

  describe('API6 Unrestricted access to sensitive business flows', () => {
    it('API6: issues one coupon to one user, however a script asks', async () => {
      const { couponId } = await client.createCoupon({ totalQuantity: 10 });
      const { token } = mallory;
      const ask = (): Promise<Answer<unknown>> => {
        const headers = { ...newAddress(), 'idempotency-key': randomUUID() };
        return client.post(`/coupons/${couponId}/issue`, undefined, { token, headers });
      };
      const answers: Answer<unknown>[] = [];
      for (let round = 0; round < 5; round += 1) {
        answers.push(...(await Promise.all(Array.from({ length: IN_WORK_MAX - 2 }, ask))));
      }
      expect(tally(answers)).toEqual({ '201': 1, '409 COUPON_ALREADY_ISSUED': answers.length - 1 });
    });

    it('API6: sells no more than there is to a script that buys in parallel', async () => {
      const { productId } = await client.createProduct({ price: 1, stock: 3 });
      const buy = (): Promise<Answer<unknown>> =>
        client.order(mallory, { items: [{ productId, quantity: 1 }] }, newAddress());
      const answers = await Promise.all(Array.from({ length: IN_WORK_MAX - 2 }, buy));
      expect(tally(answers)).toEqual({ '201': 3, '409 OUT_OF_STOCK': answers.length - 3 });
    });
  });

  describe('API7 Server side request forgery', () => {
    it('API7: fetches no address that a client names, wherever it puts it', async () => {
      const asked: string[] = [];
      const listener = createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response.end('{}');
      }).listen(0, '127.0.0.1');
      await once(listener, 'listening');
      const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/inside`;
      const { host } = new URL(url);
      const { token } = mallory;
      const admin = await client.admin();
      const jku = await new SignJWT({ ...decodeJwt(token) })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', jku: url, x5u: url, kid: url })
        .sign(privateKey);
      const headers = {
        referer: url,
        origin: url,
        'x-forwarded-host': host,
        forwarded: `host=${host}`,
        link: `<${url}>`,
      };
      await client.get('/auth/me', { token: jku, headers });
      await client.post('/balance/charge', { amount: 1, paymentMethod: url }, { token, headers });
      await client.post('/products', { name: url, price: 1, stock: 1 }, { token: admin, headers });
      await client.createCoupon({ name: url });
      await client.post('/auth/register', { email: `${host}@example.com`, password: url, name: url });
      await client.order(mallory, { items: [{ productId: url, quantity: 1 }] }, { ...headers, prefer: url });
      for (const path of [
        `/products/${encodeURIComponent(url)}`,
        `/products?cursor=${url}`,
        `/orders?cursor=${url}`,
      ]) {
        await client.get(path, { token });
      }
      await raw(`GET ${url} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
      await raw(`CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
      // Whatever a service did behind the answer is done by the time that an order has gone through all of them.
      const { orderId: last } = expected(
        201,
        await client.order(mallory, { items: [{ productId: product.productId, quantity: 1 }] }),
      );
      await client.untilEnded(mallory, last);
      expect(asked).toEqual([]);
      listener.close();
    });

    it('API7: takes an address for webhooks alone', () => {
      const field = /"format":"(uri|url|iri)|"(url|uri|href|callback|webhook|endpoint|host)":\{/i;
      const schemas = Object.entries(document.components?.['schemas'] ?? {});
      expect(schemas.map(([name]) => name)).toContain('Account');
      const holding = schemas.filter(([, schema]) => field.test(JSON.stringify(schema)));
      expect(holding.map(([name]) => name)).toEqual([
        'CreatedWebhook',
        // Paths of this API, which it tells and never takes.
        'FoundThing',
        'Webhook',
        'WebhookChange',
        'WebhookDraft',
      ]);
    });
  });

  describe('API8 Security misconfiguration', () => {
    it('API8: tells browsers to guess, show and keep nothing, and nobody what the shop is made of', async () => {
      const answers = [
        await fetch(`${shop.url}/products`),
        await fetch(`${shop.url}/auth/me`),
        await fetch(`${shop.url}/nowhere`),
        await fetch(`${shop.url}/auth/login`, { method: 'POST', body: '{' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 400]);
      for (const { headers } of answers) {
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('cache-control')).toBe('no-store');
        expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
        expect(headers.has('server') || headers.has('x-powered-by') || headers.has('set-cookie')).toBe(false);
      }
      const page = await fetch(`${shop.url}/docs`);
      expect(page.headers.get('content-security-policy')).toMatch(
        /default-src 'self'.*frame-ancestors 'none'/,
      );
    });

    it('API8: lets no other site’s pages call it unless it is told to', async () => {
      const origin = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
      const answers = [
        await fetch(`${shop.url}/products`, { headers: origin }),
        await fetch(`${shop.url}/orders`, { method: 'OPTIONS', headers: origin }),
        await fetch(`${shop.url}/auth/login`, { method: 'POST', headers: origin }),
      ];
      for (const { headers } of answers) {
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
      expect([answers[1]?.status, answers[1]?.headers.get('allow')]).toEqual([
        204,
        'GET, HEAD, OPTIONS, POST',
      ]);
    });

    it.each(['TRACE', 'TRACK', 'CONNECT', 'PROPFIND', 'FOO', 'PUT'])(
      'API8: does nothing for %s, and echoes nothing',
      async (method) => {
        const answer = await raw(
          `${method} /products HTTP/1.1\r\nhost: shop\r\nx-secret: echo-me\r\nconnection: close\r\n\r\n`,
        );
        expect(answer).toMatch(method === 'CONNECT' ? /^$/ : /^HTTP\/1\.1 4\d\d /);
        expect(answer).not.toContain('echo-me');
        expect(answer).not.toMatch(INSIDES);
      },
    );

    it('API8: answers to what is no HTTP in the same words as to everything', async () => {
      for (const text of [
        'nonsense\r\n\r\n',
        `GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(5_000)}\r\n`,
        'GET / HTTP/9.9\r\n\r\n',
      ]) {
        const answer = await raw(text);
        expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json/);
        expect(answer).not.toMatch(INSIDES);
      }
    });

    /** Everything that a customer, an admin and an operator may see of a shop in which something is away. */
    async function answersWhileAway(): Promise<string> {
      const { token } = alice;
      const { email, password } = alice;
      const admin = { token: await client.admin() };
      const answers = await Promise.all([
        client.get('/products'),
        client.get('/balance', { token }),
        client.get(`/orders/${orderId}`, { token }),
        client.order(alice, { items: [{ productId: product.productId, quantity: 1 }] }, { prefer: 'wait=1' }),
        client.post('/auth/login', { email, password }),
        client.get('/admin/audit', admin),
        client.get('/admin/sagas', admin),
        client.get('/health/ready'),
        shop.operators.get('/health/shop'),
      ]);
      const problems = answers.filter(({ status }) => status >= 400);
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) expect([503, 504]).toContain(expectAnyProblem(problem).status);
      return JSON.stringify(problems.map(({ body }) => body));
    }

    it.each(['gateway', 'order'] as const)(
      'API8: names no host, statement or stack while the servers of %s are away',
      async (service) => {
        const { database, broker } = shop.ways(service);
        const secrets = [database.port, broker.port].map(String);
        for (const way of [database, broker]) {
          way.refuse(true);
          way.cut();
          try {
            const text = await answersWhileAway();
            expect(text).not.toMatch(/127\.0\.0\.1|localhost|postgres|amqp|rabbit|ECONN|\.js:\d|SELECT /i);
            for (const port of secrets) expect(text).not.toContain(`:${port}`);
          } finally {
            way.refuse(false);
          }
          const isReady = async (): Promise<boolean> => (await client.get('/health/ready')).status === 200;
          await eventually(isReady, { deadlineMs: 30_000, everyMs: 200 });
        }
      },
    );
  });

  describe('API9 Improper inventory management', () => {
    /** Routes that a service answers to, as its framework has logged them. */
    async function answeredBy(service: (typeof SHOP_SERVICES)[number]): Promise<string[]> {
      const mapped = (await shop.logs(service)).matchAll(/Mapped \{([^,]+), ([A-Z]+)\} route/g);
      const found = [...mapped].map(([, path = '', method = '']) => {
        return `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
      });
      return [...new Set(found)].toSorted();
    }

    it('API9: answers to no route that its document does not have', async () => {
      const documented = routes().map(({ name }) => name);
      expect(await answeredBy('gateway')).toEqual([...documented, ...ASSETS].toSorted());
    });

    it('API9: lets the other services answer to those who operate them only', async () => {
      for (const service of SHOP_SERVICES.filter((name) => name !== 'gateway')) {
        expect(await answeredBy(service)).toEqual(['GET /health/live', 'GET /health/ready', 'GET /metrics']);
      }
    });

    it.each(UNKNOWN_PATHS.split(' '))('API9: has nothing at %s', async (path) => {
      const answer = await client.get(path, { token: await client.admin() });
      expectProblem(answer, 'NOT_FOUND');
    });

    it('API9: shows in its metrics nothing of anybody', async () => {
      for (const service of SHOP_SERVICES) {
        const text = await (await fetch(`${shop.urlOf(service)}/metrics`)).text();
        for (const its of [alice.userId, alice.email, orderId, 'postgres://', 'amqp://']) {
          expect(text).not.toContain(its);
        }
      }
    });
  });

  describe('API10 Unsafe consumption of APIs', () => {
    it('API10: takes no word of a client for what the payment provider says', async () => {
      const { token } = mallory;
      const balance = await client.balanceOf(mallory);
      const charge = (paymentMethod: string): Promise<Answer<unknown>> =>
        client.post('/balance/charge', { amount: 500, paymentMethod }, { token });
      expectProblem(await charge('tok_declined'), 'PAYMENT_DECLINED');
      expectProblem(await charge('paid'), 'PAYMENT_DECLINED');
      const answer = await charge('tok_ok","status":"succeeded');
      expectAnyProblem(answer);
      expect(await client.balanceOf(mallory)).toBe(balance);
    });
  });

  // The last ones: after all of it.
  it('leaves books that add up', () => assertBooks(shop));

  it('keeps passwords, tokens and secrets out of every log', async () => {
    const logs = (await Promise.all(SHOP_SERVICES.map((service) => shop.logs(service)))).join('\n');
    expect(logs.length).toBeGreaterThan(1_000);
    const passwords = SHOP_SERVICES.map((service) => new URL(shop.databaseUrlOf(service)).password);
    const { signature } = /\.(?<signature>[^.]+)$/.exec(alice.token)!.groups as { signature: string };
    const pem = GATEWAY.TOKEN_PRIVATE_KEY.split('\n')[1]!;
    for (const secret of [alice.password, signature, pem, ...passwords]) expect(logs).not.toContain(secret);
  });
});

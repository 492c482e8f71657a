import {
  argon2Sync,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  randomUUIDv7,
  sign,
} from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  expected,
  SHOP_SERVICES,
  shareShop,
  START_DEADLINE_MS,
  withClient,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet } from 'jose';
import { expectProblem, expectRepeat, tally } from './expectations.js';

interface Session {
  accessToken: string;
  refreshToken: string;
  tokenType: string;
  expiresIn: number;
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('accounts', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;

  beforeAll(async () => {
    shop = await shareShop();
    ({ client } = shop);
    customer = await client.register(5_000);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const newcomer = () => ({ email: `${randomUUID()}@example.com`, password: 'correct horse', name: 'Lee' });

  async function openSession(): Promise<Session> {
    const person = newcomer();
    expected(201, await client.post('/auth/register', person));
    const { email, password } = person;
    return expected(200, await client.post<Session>('/auth/login', { email, password }));
  }

  it('R8: registers a customer, logs them in, and knows them by their token', async () => {
    const person = newcomer();
    const registered = await client.post<{ userId: string }>('/auth/register', person);
    const { email, name, password } = person;
    const me = { userId: registered.body.userId, email, name, role: 'customer' };
    expect(expected(201, registered)).toEqual(me);
    const session = expected(200, await client.post<Session>('/auth/login', { email, password }));
    expect(session).toEqual({
      accessToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: expect.any(Number),
      refreshToken: expect.any(String),
    });
    expect(expected(200, await client.get('/auth/me', { token: session.accessToken }))).toEqual(me);
  });

  it('R8: refuses a second account with an e-mail address, however it is written', async () => {
    const person = newcomer();
    expected(201, await client.post('/auth/register', person));
    expectProblem(await client.post('/auth/register', person), 'EMAIL_TAKEN');
    expectProblem(
      await client.post('/auth/register', { ...person, email: person.email.toUpperCase() }),
      'EMAIL_TAKEN',
    );
  });

  it('R8: gives one of many that register an address at once the account', async () => {
    const person = newcomer();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => client.post('/auth/register', person)));
    expect(tally(answers)).toEqual({ '201': 1, '409 EMAIL_TAKEN': 4 });
  });

  it('R8: registers once what is sent again under one Idempotency-Key', async () => {
    const person = newcomer();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await client.post('/auth/register', person, { headers });
    expected(201, first);
    expectRepeat(await client.post('/auth/register', person, { headers }), first);
    const other = { ...person, name: 'Park' };
    expectProblem(await client.post('/auth/register', other, { headers }), 'IDEMPOTENCY_KEY_REUSED');
  });

  it('R8: takes a password however its characters are composed, also where it was stored as it was typed', async () => {
    const [composed, decomposed] = [
      'caf\u00e9 \ud55c\uae00 12',
      'cafe\u0301\u00a0\u1112\u1161\u11ab\u1100\u1173\u11af 12',
    ];
    const person = { ...newcomer(), password: composed };
    const { email } = person;
    const login = (password: string) => client.post<Session>('/auth/login', { email, password });
    expected(201, await client.post('/auth/register', person));
    expected(200, await login(decomposed));
    // As gateways did before.
    const nonce = Buffer.from('sixteen bytes 16');
    const hash = argon2Sync('argon2id', {
      message: decomposed,
      nonce,
      memory: 64,
      passes: 1,
      parallelism: 1,
      tagLength: 32,
    });
    const [salt, tag] = [nonce, hash].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
    await withClient(shop.databaseUrlOf('gateway'), (database) =>
      database.query('UPDATE users SET password_hash = $2 WHERE email = $1', [
        email,
        `$argon2id$v=19$m=64,t=1,p=1$${salt}$${tag}`,
      ]),
    );
    expectProblem(await login(composed), 'INVALID_CREDENTIALS');
    expected(200, await login(decomposed));
    expected(200, await login(composed));
  });

  it.each(['password123', 'aaaaaaaa', 'kim.mina@example.com', 'kim.mina', 'Kim Min-a', 'tab\tulator'])(
    'R8: gives nobody an account with the password %j',
    async (password) => {
      const person = { email: 'kim.mina@example.com', name: 'Kim Min-a', password };
      const problem = expectProblem(await client.post('/auth/register', person), 'VALIDATION_FAILED');
      expect(problem.errors?.map(({ path }) => path)).toEqual(['password']);
    },
  );

  it.each(['research&dev@example.com', 'mina@xn--3e0b707e.xn--3e0b707e'])(
    'R8: is for %s as well',
    async (address) => {
      const email = `${randomUUID()}.${address}`;
      expected(201, await client.post('/auth/register', { ...newcomer(), email }));
      expected(200, await client.post('/auth/login', { email, password: newcomer().password }));
    },
  );

  it.each(['\u001b[31mMina', 'Mina\nKim', 'Mina\u202eKim', 'Mina\u2028Kim', '\u200b', '\u3164', '\u0301'])(
    'R8: calls nobody %j',
    async (name) => {
      const answer = await client.post('/auth/register', { ...newcomer(), name });
      const problem = expectProblem(answer, 'VALIDATION_FAILED');
      expect(problem.errors?.map(({ path }) => path)).toEqual(['name']);
    },
  );

  it('R8: answers a wrong password and an unknown e-mail alike', async () => {
    const { email } = customer;
    const wrong = await client.post('/auth/login', { email, password: 'wrong password' });
    const unknown = await client.post('/auth/login', { email: `x${email}`, password: 'wrong password' });
    expectProblem(wrong, 'INVALID_CREDENTIALS');
    expect(unknown.status).toBe(wrong.status);
    expect(unknown.body).toEqual(wrong.body);
  });

  it('R8: answers 429 to the eleventh login of one e-mail within a minute', async () => {
    const { email, password } = newcomer();
    const answers = [];
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      answers.push(await client.post('/auth/login', { email, password }));
    }
    for (const answer of answers.slice(0, 10)) expectProblem(answer, 'INVALID_CREDENTIALS');
    const last = answers.at(-1)!;
    expectProblem(last, 'RATE_LIMITED');
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expected(200, await client.post('/auth/login', { email: customer.email, password: customer.password }));
  });

  it('R8: spends a refresh token with its use, and ends the whole family when a spent one is used', async () => {
    const first = await openSession();
    const second = expected(
      200,
      await client.post<Session>('/auth/refresh', { refreshToken: first.refreshToken }),
    );
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expected(200, await client.get('/auth/me', { token: second.accessToken }));
    const { refreshToken } = expected(
      200,
      await client.post<Session>('/auth/refresh', { refreshToken: second.refreshToken }),
    );
    expect((await client.post('/auth/refresh', { refreshToken: first.refreshToken })).status).toBe(401);
    expect((await client.post('/auth/refresh', { refreshToken })).status).toBe(401);
  });

  it('R8: gives two tabs that refresh with one token the same next one, which goes on', async () => {
    const { refreshToken } = await openSession();
    const answers = await Promise.all(
      [1, 2].map(() => client.post<Session>('/auth/refresh', { refreshToken })),
    );
    const [one, other] = answers.map((answer) => expected(200, answer));
    expect(one!.refreshToken).toBe(other!.refreshToken);
    for (const { accessToken } of [one!, other!]) {
      expected(200, await client.get('/auth/me', { token: accessToken }));
    }
    expected(200, await client.post('/auth/refresh', { refreshToken: one!.refreshToken }));
  });

  it('R8: ends a session with the logout', async () => {
    const { refreshToken } = await openSession();
    const answer = await client.post('/auth/logout', { refreshToken });
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 204, body: undefined });
    expect((await client.post('/auth/refresh', { refreshToken })).status).toBe(401);
  });

  it('R8: publishes the keys that its tokens can be verified with', async () => {
    const keys = expected(200, await client.get<JSONWebKeySet>('/.well-known/jwks.json'));
    expect(JSON.stringify(keys)).not.toContain('"d"');
    const { payload } = await jwtVerify(customer.token, createLocalJWKSet(keys));
    expect(payload.sub).toBe(customer.userId);
  });

  describe('R8: a token', () => {
    /** The routes on which a customer acts. */
    const guarded: [string, string, unknown][] = [
      ['GET', '/auth/me', undefined],
      ['POST', '/balance/charge', { amount: 1 }],
      ['GET', '/balance', undefined],
      ['GET', '/balance/history', undefined],
      ['POST', '/orders', { items: [{ productId: randomUUIDv7(), quantity: 1 }] }],
      ['POST', '/order', { items: [{ productId: randomUUIDv7(), quantity: 1 }] }],
      ['GET', '/orders', undefined],
      ['GET', `/orders/${randomUUIDv7()}`, undefined],
      ['POST', `/orders/${randomUUIDv7()}/cancel`, undefined],
      ['POST', `/coupons/${randomUUIDv7()}/issue`, undefined],
      ['GET', '/coupons/mine', undefined],
      ['POST', '/products', { name: 'Cup', price: 1 }],
      ['PATCH', `/products/${randomUUIDv7()}`, { price: 1 }],
      ['POST', `/products/${randomUUIDv7()}/stock`, { quantity: 1 }],
      ['POST', '/coupons', {}],
      ['PATCH', `/coupons/${randomUUIDv7()}`, { status: 'SUSPENDED' }],
    ];

    it.each(guarded)('is needed for %s %s', async (method, path, body) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      expectProblem(await client.send(method, path, sent), 'UNAUTHENTICATED');
      expectProblem(await client.send(method, path, sent, { token: 'nonsense' }), 'UNAUTHENTICATED');
    });

    it('of nobody known, altered, unsigned, or signed by somebody else is refused', async () => {
      const [header = '', payload = '', signature = ''] = customer.token.split('.');
      const claims = decodeJwt(customer.token);
      const keys = expected(200, await client.get<JSONWebKeySet>('/.well-known/jwks.json'));
      const publicKey = createPublicKey({ key: keys.keys[0] as never, format: 'jwk' });
      const known = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
      const signedBy = (head: object, sealed: (text: string) => string): string => {
        const text = `${encoded(head)}.${payload}`;
        return `${text}.${sealed(text)}`;
      };
      const stranger = generateKeyPairSync('ed25519').privateKey;
      const forgeries = {
        'an admin by own hand': `${header}.${encoded({ ...claims, role: 'admin' })}.${signature}`,
        'somebody else': `${header}.${encoded({ ...claims, sub: randomUUIDv7() })}.${signature}`,
        'no algorithm': signedBy({ ...known, alg: 'none' }, () => ''),
        'the public key as a secret': signedBy({ ...known, alg: 'HS256' }, (text) =>
          createHmac('sha256', publicKey.export({ type: 'spki', format: 'pem' }))
            .update(text)
            .digest('base64url'),
        ),
        'a key of a stranger': signedBy(known, (text) =>
          sign(null, Buffer.from(text), stranger).toString('base64url'),
        ),
        'no signature': `${header}.${payload}.`,
        'half a signature': customer.token.slice(0, -20),
      };
      for (const token of Object.values(forgeries)) {
        expectProblem(await client.get('/auth/me', { token }), 'UNAUTHENTICATED');
      }
      for (const authorization of ['', 'Bearer', `Basic ${customer.token}`, customer.token]) {
        expectProblem(await client.get('/auth/me', { headers: { authorization } }), 'UNAUTHENTICATED');
      }
    });
  });

  describe('R9: a call on behalf of a user', () => {
    const calls: [string, (userId: string, token: string) => ReturnType<ShopClient['get']>][] = [
      ['charge', (userId, token) => client.post('/balance/charge', { userId, amount: 100 }, { token })],
      ['balance', (userId, token) => client.get(`/balance?userId=${userId}`, { token })],
      [
        'order',
        (userId, token) =>
          client.post('/orders', { userId, items: [{ productId: randomUUIDv7(), quantity: 1 }] }, { token }),
      ],
    ];

    it.each(calls)('whom nobody is (%s) fails as such', async (_name, call) => {
      expectProblem(await call(randomUUIDv7(), await client.admin()), 'USER_NOT_FOUND');
    });

    it.each(calls)('who is somebody else (%s) is for admins only', async (_name, call) => {
      const other = await client.register();
      expectProblem(await call(other.userId, customer.token), 'FORBIDDEN');
      expectProblem(await call(randomUUIDv7(), customer.token), 'FORBIDDEN');
    });

    it('may name oneself, and an admin may name anybody who exists', async () => {
      const { userId, token } = customer;
      const currentBalance = await client.balanceOf(customer);
      expect(expected(200, await client.get(`/balance?userId=${userId}`, { token }))).toEqual({
        userId,
        currentBalance,
      });
      expected(
        200,
        await client.post('/balance/charge', { userId, amount: 10 }, { token: await client.admin() }),
      );
      expect(await client.balanceOf(customer)).toBe(currentBalance + 10);
    });
  });

  it('R8: lets only an admin do what is for admins', async () => {
    const product = await client.createProduct();
    const coupon = await client.createCoupon();
    const { token } = customer;
    const answers = [
      await client.post('/products', { name: 'Cup', price: 1, stock: 1 }, { token }),
      await client.patch(`/products/${product.productId}`, { price: 1 }, { token }),
      await client.post(`/products/${product.productId}/stock`, { quantity: 1 }, { token }),
      await client.post(
        '/coupons',
        { name: 'Mine', discountType: 'FIXED', discountValue: 1, totalQuantity: 1 },
        { token },
      ),
      await client.patch(`/coupons/${coupon.couponId}`, { status: 'SUSPENDED' }, { token }),
    ];
    for (const answer of answers) expectProblem(answer, 'FORBIDDEN');
    expect(await client.readProduct(product.productId)).toEqual(product);
  });

  it('R28: keeps every service’s data in a database of its own that no other service can open', async () => {
    const owners = await Promise.all(
      SHOP_SERVICES.map(async (service) => {
        const [row] = await shop.sql<{ name: string; owner: string; isOpen: boolean }>(
          service,
          `SELECT datname AS name, pg_get_userbyid(datdba) AS owner,
             has_database_privilege('public', oid, 'CONNECT') AS "isOpen"
           FROM pg_database WHERE datname = current_database()`,
        );
        return row!;
      }),
    );
    expect(new Set(owners.map(({ name }) => name)).size).toBe(SHOP_SERVICES.length);
    expect(new Set(owners.map(({ owner }) => owner)).size).toBe(SHOP_SERVICES.length);
    expect(owners.map(({ isOpen }) => isOpen)).toEqual(SHOP_SERVICES.map(() => false));
  });

  it('R28: has every service work with its database as a user who owns nothing there', async () => {
    for (const service of SHOP_SERVICES) {
      const owner = new URL(shop.databaseUrlOf(service)).username;
      // It asks its database, and keeps the connection for a while.
      expect((await fetch(`${shop.urlOf(service)}/health/ready`)).status).toBe(200);
      const users = await shop.sql<{ name: string }>(
        service,
        `SELECT DISTINCT usename AS name FROM pg_stat_activity
         WHERE datname = current_database() AND usename <> $1`,
        [owner],
      );
      expect(users).toEqual([{ name: `${owner}_runtime` }]);
      const [owned] = await shop.sql<{ count: number }>(
        service,
        'SELECT count(*) AS count FROM pg_class WHERE relowner = $1::regrole',
        [`${owner}_runtime`],
      );
      expect(owned).toEqual({ count: 0 });
    }
  });

  it('R28: answers for its health and shows its metrics, every service on its own port', async () => {
    for (const service of SHOP_SERVICES) {
      const [live, ready, metrics] = await Promise.all(
        ['/health/live', '/health/ready', '/metrics'].map((path) => fetch(`${shop.urlOf(service)}${path}`)),
      );
      expect(await live!.json()).toMatchObject({ status: 'ok' });
      expect(await ready!.json()).toMatchObject({ status: 'ok' });
      expect(await metrics!.text()).toMatch(/^process_cpu_seconds_total /m);
    }
  });
});

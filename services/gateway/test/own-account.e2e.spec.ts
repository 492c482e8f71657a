import { randomBytes, randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  expected,
  shareShop,
  START_DEADLINE_MS,
  withClient,
  type Answer,
  type Customer,
  type Problem,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { accountCalls, NEW_PASSWORD, type Tokens } from './account-calls.js';
import { expectProblem, nextPath, tally } from './expectations.js';

interface Session {
  readonly sessionId: string;
  readonly isCurrent: boolean;
  readonly begunAt: string;
  readonly userAgent?: string;
}

describe('accounts', () => {
  let shop: Shop;
  let client: ShopClient;
  let admin: string;

  beforeAll(async () => {
    // Of a wallet that is away one test waits to hear.
    const gateway = { LOGIN_ATTEMPTS_PER_MINUTE: '30', REQUEST_DEADLINE_MS: '5000' };
    shop = await shareShop({ gateway });
    ({ client } = shop);
    admin = await client.admin();
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const { ask, change, employed, login, isLoggedIn, resetTokenFor, reset, changePassword } = accountCalls(
    () => ({ client, admin }),
  );

  /** What the gateway's database has, but for what is gone with it, in one text. */
  async function stored(): Promise<string> {
    const tables = [
      'users',
      'sessions',
      'password_resets',
      'console_links',
      'known_networks',
      'login_attempts',
      'admin_log',
    ];
    const rows = await Promise.all(tables.map((table) => shop.sql('gateway', `SELECT * FROM ${table}`)));
    return JSON.stringify(rows);
  }

  describe('of one’s own', () => {
    it('get another name without a password, and another e-mail with it alone', async () => {
      const mina = await client.register();
      const { token, password } = mina;
      const renamed = expected(200, await ask('PATCH', '/auth/me', token, { name: '김민아' }));
      expect(renamed).toMatchObject({ userId: mina.userId, email: mina.email, name: '김민아' });
      const email = `${randomUUID()}@example.com`;
      const bare = expectProblem(await ask('PATCH', '/auth/me', token, { email }), 'VALIDATION_FAILED');
      expect(bare.errors).toEqual([{ path: 'currentPassword', message: 'is needed for another e-mail' }]);
      const guess = { email, currentPassword: 'a guess' };
      expectProblem(await ask('PATCH', '/auth/me', token, guess), 'INVALID_CREDENTIALS');
      const body = { email: email.toUpperCase(), currentPassword: password };
      expect(expected(200, await ask('PATCH', '/auth/me', token, body))).toMatchObject({ email });
      expect(expected(200, await client.get('/auth/me', { token }))).toMatchObject({ email, name: '김민아' });
      expectProblem(await login(mina.email, password), 'INVALID_CREDENTIALS');
      expected(200, await login(email, password));
      expectProblem(await ask('PATCH', '/auth/me', token, {}), 'VALIDATION_FAILED');
      expectProblem(await ask('PATCH', '/auth/me', token, { role: 'admin' }), 'VALIDATION_FAILED');
    });

    it('tell who is registered to nobody who has not shown a password, and give an e-mail to one of many', async () => {
      const [mina, ...others] = await client.registerMany(4);
      const taken = (password: string) => ({ email: mina!.email, currentPassword: password });
      const [lee] = others;
      expectProblem(await ask('PATCH', '/auth/me', lee!.token, taken('a guess')), 'INVALID_CREDENTIALS');
      expectProblem(await ask('PATCH', '/auth/me', lee!.token, taken(lee!.password)), 'EMAIL_TAKEN');
      const email = `${randomUUID()}@example.com`;
      const answers = await Promise.all(
        others.map(({ token, password }) =>
          ask('PATCH', '/auth/me', token, { email, currentPassword: password }),
        ),
      );
      expect(tally(answers)).toEqual({ '200': 1, '409 EMAIL_TAKEN': 2 });
    });

    it('get another password, which ends all other sessions and leaves this one', async () => {
      const mina = await client.register();
      const other = expected(200, await login(mina.email, mina.password));
      expectProblem(await changePassword({ ...mina, password: 'a guess' }), 'INVALID_CREDENTIALS');
      expect(await isLoggedIn(other.accessToken)).toBe(true);
      expected(204, await changePassword(mina));
      expect(await isLoggedIn(other.accessToken)).toBe(false);
      expectProblem(
        await client.post('/auth/refresh', { refreshToken: other.refreshToken }),
        'UNAUTHENTICATED',
      );
      expect(await isLoggedIn(mina.token)).toBe(true);
      expectProblem(await login(mina.email, mina.password), 'INVALID_CREDENTIALS');
      expected(200, await login(mina.email, NEW_PASSWORD));
      // Sent again it is another change, from a password that it is no more.
      expectProblem(await changePassword(mina), 'INVALID_CREDENTIALS');
    });

    it.each([
      ['too short', () => 'short', 'newPassword'],
      ['tried first by everybody', () => 'password1', 'newPassword'],
      ['the own e-mail', ({ email }: Customer) => email, 'newPassword'],
    ])('take no password that is %s', async (_what, choose, path) => {
      const mina = await client.register();
      const problem = expectProblem(await changePassword(mina, choose(mina)), 'VALIDATION_FAILED');
      expect(problem.errors).toMatchObject([{ path }]);
      const token = await resetTokenFor(mina);
      expectProblem(await reset(token, choose(mina)), 'VALIDATION_FAILED');
      expected(204, await reset(token));
    });

    it('take one of two passwords that are set at once, and let nobody in with the other or the old one', async () => {
      const mina = await client.register();
      const wanted = [`first ${randomUUID()}`, `second ${randomUUID()}`];
      const answers = await Promise.all(wanted.map((password) => changePassword(mina, password)));
      expect(tally(answers.map((answer) => ({ ...answer, body: answer.body ?? {} })))).toEqual({
        '204': 1,
        '401 INVALID_CREDENTIALS': 1,
      });
      const logins = await Promise.all(
        [...wanted, mina.password].map((password) => login(mina.email, password)),
      );
      expect(logins.map(({ status }) => status)).toEqual([
        ...answers.map(({ status }) => (status === 204 ? 200 : 401)),
        401,
      ]);
    });

    it('leave no session to whoever logs in with the old password while it changes', async () => {
      const mina = await client.register();
      const [changed, ...logins] = await Promise.all([
        changePassword(mina),
        ...Array.from({ length: 8 }, () => login(mina.email, mina.password)),
      ]);
      expected(204, changed as Answer<unknown>);
      const begun = (logins as Answer<Tokens>[]).filter(({ status }) => status === 200);
      const left = await Promise.all(begun.map(({ body }) => isLoggedIn(body.accessToken)));
      expect(left.filter(Boolean)).toEqual([]);
    });

    it('let nobody who holds an access token guess the password faster than by logging in', async () => {
      const mina = await client.register();
      const guesses = await Promise.all(
        Array.from({ length: 40 }, (_, n) => changePassword({ ...mina, password: `guess ${n}` })),
      );
      const { '401 INVALID_CREDENTIALS': looked = 0 } = tally(guesses);
      expect(looked).toBeGreaterThan(0);
      expect(looked).toBeLessThanOrEqual(30);
    });
  });

  describe('with a token to set the password anew', () => {
    it('are open again, once, and every session has ended', async () => {
      const mina = await client.register();
      const token = await resetTokenFor(mina);
      expect(await stored()).not.toContain(token);
      const answers = await Promise.all([1, 2, 3].map(() => reset(token)));
      expect(tally(answers.map((answer) => ({ ...answer, body: answer.body ?? {} })))).toEqual({
        '204': 1,
        '400 RESET_TOKEN_INVALID': 2,
      });
      expect(await isLoggedIn(mina.token)).toBe(false);
      expectProblem(await login(mina.email, mina.password), 'INVALID_CREDENTIALS');
      expected(200, await login(mina.email, NEW_PASSWORD));
      expectProblem(await reset(token, 'yet another one'), 'RESET_TOKEN_INVALID');
    });

    it('do not take one that was guessed, is of somebody’s before, has run out, or was made before a change', async () => {
      expectProblem(await reset(randomBytes(32).toString('base64url')), 'RESET_TOKEN_INVALID');
      const mina = await client.register();
      const [former, latest] = [await resetTokenFor(mina), await resetTokenFor(mina)];
      expectProblem(await reset(former), 'RESET_TOKEN_INVALID');
      expected(204, await changePassword(mina));
      expectProblem(await reset(latest), 'RESET_TOKEN_INVALID');
      const late = await resetTokenFor(mina);
      await withClient(shop.databaseUrlOf('gateway'), (database) =>
        database.query(
          `UPDATE password_resets SET expires_at = expires_at - interval '1 hour' WHERE user_id = $1`,
          [mina.userId],
        ),
      );
      expectProblem(await reset(late), 'RESET_TOKEN_INVALID');
      expected(200, await login(mina.email, NEW_PASSWORD));
    });

    it('get one under one Idempotency-Key, which a repeat leaves good', async () => {
      const mina = await client.register();
      const make = (userId: string, key: string) =>
        client.post<{ token: string } & Problem>(`/admin/users/${userId}/reset-password`, undefined, {
          token: admin,
          headers: { 'idempotency-key': key },
        });
      const [key, other] = [randomUUIDv7(), randomUUIDv7()];
      expectProblem(await make(mina.userId, 'x'.repeat(256)), 'VALIDATION_FAILED');
      expectProblem(await make(randomUUIDv7(), other), 'USER_NOT_FOUND');
      const { token } = expected(201, await make(mina.userId, key));
      const again = expectProblem(await make(mina.userId, key), 'IDEMPOTENCY_KEY_REUSED');
      expect(again.detail).toContain(`/admin/users/${mina.userId}`);
      expectProblem(await make((await client.register()).userId, key), 'IDEMPOTENCY_KEY_REUSED');
      expected(204, await reset(token));
      expected(201, await make(mina.userId, other));
    });

    it('get it from an admin alone, for a user that there is, and no log has it', async () => {
      const mina = await client.register();
      const made = await ask<{ token: string; expiresAt: string }>(
        'POST',
        `/admin/users/${mina.userId}/reset-password`,
        admin,
      );
      const { token, expiresAt } = expected(201, made);
      const leftMs = Date.parse(expiresAt) - Date.now();
      expect(leftMs).toBeGreaterThan(59 * 60_000);
      expect(leftMs).toBeLessThanOrEqual(60 * 60_000 + 1_000);
      expectProblem(
        await ask('POST', `/admin/users/${randomUUIDv7()}/reset-password`, admin),
        'USER_NOT_FOUND',
      );
      const { userId: adminId } = expected(200, await ask<{ userId: string }>('GET', '/auth/me', admin));
      expectProblem(await ask('POST', `/admin/users/${adminId}/reset-password`, admin), 'FORBIDDEN');
      const log = JSON.stringify(
        expected(200, await client.get(`/admin/log?target=${mina.userId}`, { token: admin })),
      );
      expect(log).toContain('makePasswordReset');
      expect(log).not.toContain(token);
      expect(await shop.logs('gateway')).not.toContain(token);
    });
  });

  describe('list where one is logged in', () => {
    it('and end one session, with its access tokens, or all others', async () => {
      const mina = await client.register();
      const begin = async (program: string) =>
        expected(200, await login(mina.email, mina.password, { 'user-agent': program }));
      const [phone, laptop] = [await begin('phone'), await begin('l'.repeat(1_000))];
      const sessions = expected(
        200,
        await client.get<Session[]>('/auth/sessions', { token: phone.accessToken }),
      );
      expect(sessions.map(({ userAgent, isCurrent }) => [userAgent, isCurrent])).toEqual([
        ['l'.repeat(200), false],
        ['phone', true],
        ['node', false],
      ]);
      for (const { begunAt } of sessions) {
        expect(Math.abs(Date.parse(begunAt) - Date.now())).toBeLessThan(300_000);
      }
      const { sessionId } = sessions[0]!;
      const end = (token: string) => ask('DELETE', `/auth/sessions/${sessionId}`, token);
      const stranger = await client.register();
      expectProblem(await end(stranger.token), 'SESSION_NOT_FOUND');
      expect(await isLoggedIn(laptop.accessToken)).toBe(true);
      expected(204, await end(phone.accessToken));
      expect(await isLoggedIn(laptop.accessToken)).toBe(false);
      expectProblem(await end(phone.accessToken), 'SESSION_NOT_FOUND');
      expected(204, await ask('DELETE', '/auth/sessions', phone.accessToken));
      expect(await isLoggedIn(mina.token)).toBe(false);
      expect(await isLoggedIn(phone.accessToken)).toBe(true);
      expect(await isLoggedIn(stranger.token)).toBe(true);
    });

    it('a page after the other', async () => {
      const mina = await client.register();
      for (let count = 0; count < 3; count += 1) await client.login(mina);
      const seen: string[] = [];
      let path: string | undefined = '/auth/sessions?limit=2';
      while (path !== undefined) {
        const page: Answer<Session[]> = await client.get<Session[]>(path, { token: mina.token });
        seen.push(...expected(200, page).map(({ sessionId }) => sessionId));
        path = nextPath(page);
      }
      expect(seen).toHaveLength(4);
      expect(seen).toEqual(seen.toSorted().toReversed());
      const broken = await client.get('/auth/sessions?cursor=bm8', { token: mina.token });
      expectProblem(broken, 'VALIDATION_FAILED');
    });

    it('and may be left by the session that asks', async () => {
      const mina = await client.register();
      const [{ sessionId } = { sessionId: '' }] = expected(
        200,
        await client.get<Session[]>('/auth/sessions', { token: mina.token }),
      );
      expected(204, await ask('DELETE', `/auth/sessions/${sessionId}`, mina.token));
      expect(await isLoggedIn(mina.token)).toBe(false);
    });
  });

  describe('are deleted', () => {
    const leave = ({ token, password }: Customer) =>
      ask('DELETE', '/auth/me', token, { currentPassword: password });

    it('with name and e-mail, and the books stay', async () => {
      const mina = await client.register(1_000);
      expected(200, await ask('PATCH', '/auth/me', mina.token, { name: 'Minerva Unusual' }));
      for (const state of ['SUSPENDED', 'ACTIVE']) expected(200, await change(mina.userId, { state }));
      const token = await resetTokenFor(mina);
      const { productId } = await client.createProduct({ price: 1_000 });
      const order = await client.order(mina, { items: [{ productId, quantity: 1 }] });
      const { orderId } = expected(201, order);
      expectProblem(await leave({ ...mina, password: 'a guess' }), 'INVALID_CREDENTIALS');
      await eventually(async () => expected(204, await leave(mina)));
      expect(await isLoggedIn(mina.token)).toBe(false);
      expectProblem(await login(mina.email, mina.password), 'INVALID_CREDENTIALS');
      expectProblem(await login(`deleted:${mina.userId}`, mina.password), 'VALIDATION_FAILED');
      expectProblem(await reset(token), 'RESET_TOKEN_INVALID');
      const left = await stored();
      expect(left).toContain(mina.userId);
      expect(left).not.toContain(mina.email);
      expect(left).not.toContain('Minerva Unusual');
      expect(await client.readOrder({ token: admin }, orderId)).toMatchObject({ userId: mina.userId });
      const listed = await client.get(`/orders?userId=${mina.userId}`, { token: admin });
      expect(expected(200, listed)).toMatchObject([{ orderId }]);
      const { userId } = mina;
      const { couponId } = await client.createCoupon();
      for (const [path, body] of [
        ['/balance/charge', { userId, amount: 1 }],
        [`/admin/users/${userId}/balance`, { amount: 1, reason: 'a test' }],
        [`/admin/coupons/${couponId}/issues`, { userId }],
      ] as const) {
        expectProblem(await ask('POST', path, admin, body), 'USER_NOT_FOUND');
      }
      // An order that is cancelled after that gives money back, which is paid out by hand and then booked out.
      expected(200, await ask('POST', `/orders/${orderId}/cancel`, admin));
      const out = { amount: -1_000, reason: 'paid out by hand' };
      const booked = expected(201, await ask('POST', `/admin/users/${userId}/balance`, admin, out));
      expect(booked).toMatchObject({ balanceBefore: 1_000, balanceAfter: 0 });
      // The e-mail is anybody's again.
      const { email, password } = mina;
      expected(201, await client.post('/auth/register', { email, password, name: 'Kim' }));
    });

    it('and the log of what they did for the shop says nothing of who they were', async () => {
      const { token, password, email, userId } = await employed('operator');
      const [name, other] = ['Minerva Unusual', `${randomUUID()}@example.com`];
      expected(200, await ask('PATCH', '/auth/me', token, { name }));
      const body = { email: other, currentPassword: password };
      expected(200, await ask('PATCH', '/auth/me', token, body));
      expected(204, await leave({ email, userId, token, password }));
      const entries = await shop.sql<{ action: string }>(
        'gateway',
        'SELECT * FROM admin_log WHERE actor_id = $1',
        [userId],
      );
      expect(entries.map(({ action }) => action).sort()).toEqual(['changeMe', 'changeMe', 'deleteMe']);
      const left = await stored();
      for (const text of [name, email, other]) expect(left).not.toContain(text);
    });

    it('not while there is money, nor an order on its way', async () => {
      const mina = await client.register(500);
      const problem = expectProblem(await leave(mina), 'ACCOUNT_NOT_EMPTY');
      expect(problem.detail).toBe('the account has a balance of 500');
      const lee = await client.register();
      const { productId } = await client.createProduct({ price: 1_000 });
      shop.pause('catalog');
      try {
        const items = [{ productId, quantity: 1 }];
        expected(202, await client.order(lee, { items }, { prefer: 'respond-async' }));
        const waiting = expectProblem(await leave(lee), 'ACCOUNT_NOT_EMPTY');
        expect(waiting.detail).toBe('the account has orders on their way (1)');
      } finally {
        shop.resume('catalog');
      }
      expect(await isLoggedIn(mina.token)).toBe(true);
    });

    it('not while it is not known whether they have paid', async () => {
      const mina = await client.register();
      const { token } = mina;
      const body = { amount: 700, paymentMethod: 'tok_unknown' };
      expected(202, await ask('POST', '/balance/charge', token, body));
      const { detail } = expectProblem(await leave(mina), 'ACCOUNT_NOT_EMPTY');
      expect(detail).toMatch(/^the account has (a balance of 700|charges of 700 whose outcome is open)$/);
    });

    it('not where it is not known what they have', async () => {
      const mina = await client.register();
      shop.pause('wallet');
      try {
        expectProblem(await leave(mina), 'UPSTREAM_TIMEOUT');
      } finally {
        shop.resume('wallet');
      }
      expect(await isLoggedIn(mina.token)).toBe(true);
    });
  });
});

import { generateKeyPairSync, randomBytes, randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  expected,
  startService,
  startShop,
  START_DEADLINE_MS,
  withClient,
  type Answer,
  type Customer,
  type Problem,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { REFUSALS, type RefusalCode } from '@jangteo/contracts';
import { expectProblem, nextPath, tally } from './expectations.js';

interface Session {
  readonly sessionId: string;
  readonly isCurrent: boolean;
  readonly begunAt: string;
  readonly userAgent?: string;
}

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const NEW_PASSWORD = 'battery staple';
const TOKEN_PRIVATE_KEY = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

describe('accounts', () => {
  let shop: Shop;
  let client: ShopClient;
  let admin: string;

  beforeAll(async () => {
    shop = await startShop({ services: { gateway: { LOGIN_ATTEMPTS_PER_MINUTE: '30', TOKEN_PRIVATE_KEY } } });
    ({ client } = shop);
    admin = await client.admin();
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const ask = <B>(method: string, path: string, token: string | undefined, body?: object) =>
    client.send<B & Problem>(method, path, body && JSON.stringify(body), { token });

  const login = (email: string, password: string, headers: Record<string, string> = {}) =>
    client.post<Tokens & Problem>('/auth/login', { email, password }, { headers });

  const isLoggedIn = async (token: string): Promise<boolean> =>
    (await client.get('/auth/me', { token })).status === 200;

  async function resetTokenFor({ userId }: Pick<Customer, 'userId'>): Promise<string> {
    const answer = await ask<{ token: string }>('POST', `/admin/users/${userId}/reset-password`, admin);
    return expected(201, answer).token;
  }

  const reset = (token: string, newPassword = NEW_PASSWORD) =>
    client.post<Problem>('/auth/password/reset', { token, newPassword });

  const changePassword = ({ token, password }: Customer, newPassword = NEW_PASSWORD) =>
    ask('POST', '/auth/password', token, { currentPassword: password, newPassword });

  /** What the gateway's database has, but for what is gone with it, in one text. */
  async function stored(): Promise<string> {
    const tables = ['users', 'sessions', 'password_resets', 'known_networks', 'login_attempts'];
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

  describe('are read by those who run the shop', () => {
    it('with balance and figures from their owners', async () => {
      const mina = await client.register(5_000);
      const { productId } = await client.createProduct({ price: 1_000 });
      const items = [{ productId, quantity: 2 }];
      const { orderDate } = expected(201, await client.order(mina, { items })) as { orderDate: string };
      const { userId, email } = mina;
      const read = () => client.get(`/admin/users/${userId}`, { token: admin });
      expect(expected(200, await read())).toEqual({
        userId,
        email,
        name: 'Kim',
        role: 'customer',
        state: 'ACTIVE',
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
        sessions: 1,
        currentBalance: 3_000,
        pendingCharges: 0,
        ordersOnTheWay: 0,
        orders: 1,
        lastOrderAt: orderDate,
      });
      const nobody = await client.get(`/admin/users/${randomUUIDv7()}`, { token: admin });
      expectProblem(nobody, 'USER_NOT_FOUND');
    });

    it('also where they have nothing yet, and once they were deleted', async () => {
      const mina = await client.register();
      const { userId, token, password } = mina;
      const read = () => client.get(`/admin/users/${userId}`, { token: admin });
      const figures = { currentBalance: 0, orders: 0, ordersOnTheWay: 0 };
      const before = expected(200, await read());
      expect(before).toMatchObject({ ...figures, state: 'ACTIVE' });
      expect(before).not.toHaveProperty('lastOrderAt');
      expected(204, await ask('DELETE', '/auth/me', token, { currentPassword: password }));
      const after = expected(200, await read());
      expect(after).toMatchObject({ ...figures, state: 'DELETED', sessions: 0 });
      expect(after).not.toHaveProperty('email');
      expect(after).not.toHaveProperty('name');
    });
  });

  describe('are listed', () => {
    interface Listed {
      readonly userId: string;
      readonly email?: string;
    }

    const list = (query: string) => client.get<Listed[]>(`/admin/users?${query}`, { token: admin });

    async function all(query: string): Promise<string[]> {
      const seen: string[] = [];
      let path: string | undefined = `/admin/users?${query}`;
      while (path !== undefined) {
        const page: Answer<Listed[]> = await client.get<Listed[]>(path, { token: admin });
        seen.push(...expected(200, page).map(({ userId }) => userId));
        path = nextPath(page);
      }
      return seen;
    }

    it('newest first, page after page, each once', async () => {
      const people = await client.registerMany(3);
      const newest = people.map(({ userId }) => userId).sort((a, b) => (a < b ? 1 : -1));
      const seen = await all('limit=2');
      expect(seen.slice(0, 3)).toEqual(newest);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(seen.toSorted().toReversed());
    });

    it('by role and state, together or alone', async () => {
      const [operator, suspended, both] = await client.registerMany(3);
      const change = async ({ userId }: Customer, body: object): Promise<void> =>
        void expected(200, await ask('PATCH', `/admin/users/${userId}`, admin, body));
      await change(operator!, { role: 'operator' });
      await change(suspended!, { state: 'SUSPENDED' });
      await change(both!, { role: 'operator', state: 'SUSPENDED' });
      const three = [operator!, suspended!, both!].map(({ userId }) => userId);
      const those = async (query: string) =>
        (await all(query)).filter((userId) => three.includes(userId)).map((userId) => three.indexOf(userId));
      expect(new Set(await those('role=operator'))).toEqual(new Set([0, 2]));
      expect(new Set(await those('state=SUSPENDED'))).toEqual(new Set([1, 2]));
      expect(await those('state=SUSPENDED&role=operator')).toEqual([2]);
      expect(await those(`state=SUSPENDED&role=operator&q=${both!.email.slice(0, 20)}`)).toEqual([2]);
      expect(await those(`state=ACTIVE&q=${both!.email.slice(0, 20)}`)).toEqual([]);
      expect(await those('role=viewer')).toEqual([]);
    });

    it('by how e-mail or name begins, in any case, and by an id', async () => {
      const mark = randomUUID().slice(0, 8);
      const people: [email: string, name: string][] = [
        [`${mark}.b@example.com`, 'Zoe'],
        [`${mark}.a@example.com`, `${mark} Also`],
        [`other.${mark}@example.com`, `${mark.toUpperCase()} By name`],
        [`another.${mark}@example.com`, `${mark} By name`],
        [`none.${mark}@example.com`, `By ${mark}`],
      ];
      const ids: string[] = [];
      for (const [email, name] of people) {
        const made = await client.post<Listed>('/auth/register', { email, name, password: NEW_PASSWORD });
        ids.push(expected(201, made).userId);
      }
      const places = (userIds: string[]) => userIds.map((userId) => ids.indexOf(userId));
      for (const limit of [1, 2, 3, 100]) {
        const seen = places(await all(`q=${mark.toUpperCase()}&limit=${limit}`));
        // By e-mail a before b; by name one is written the same as the other, so that ids decide.
        expect(seen).toEqual([1, 0, 2, 3]);
      }
      expect(places(await all(`q=${ids[4]}`))).toEqual([4]);
      expect(await all(`q=${randomUUIDv7()}`)).toEqual([]);
      expect(await all(`q=${encodeURIComponent('%')}&limit=100`)).toEqual([]);
    });

    it('by a name of Hangul', async () => {
      const mina = await client.register();
      const mark = randomUUID().slice(0, 8);
      expected(200, await ask('PATCH', '/auth/me', mina.token, { name: `김민아 ${mark}` }));
      const found = await all(`q=${encodeURIComponent(`김민아 ${mark}`)}`);
      expect(found).toEqual([mina.userId]);
      expect(await all(`q=${encodeURIComponent('김민')}&limit=100`)).toContain(mina.userId);
    });

    it.each(['role=boss', 'state=ASLEEP', 'q=', 'cursor=bm8', 'q=x&cursor=bm8', 'name=x', 'limit=101'])(
      'not by %s',
      async (query) => {
        expectProblem(await list(query), 'VALIDATION_FAILED');
      },
    );
  });

  describe('are given roles, suspended and logged out by admins', () => {
    const change = (userId: string, body: object, token = admin) =>
      ask<{ role: string; state: string }>('PATCH', `/admin/users/${userId}`, token, body);

    async function newAdmin(): Promise<Customer> {
      const person = await client.register();
      expected(200, await change(person.userId, { role: 'admin' }));
      return { ...person, token: await client.login(person) };
    }

    const isLetIn = async (token: string): Promise<boolean> =>
      (await client.get('/admin/users', { token })).status === 200;

    it('and have a role from the next login on, and lose it with the tokens that they have', async () => {
      const mina = await client.register();
      const answer = await change(mina.userId, { role: 'viewer' });
      expect(expected(200, answer)).toMatchObject({ userId: mina.userId, role: 'viewer', state: 'ACTIVE' });
      expect(await isLetIn(mina.token)).toBe(false);
      const token = await client.login(mina);
      expect(await isLetIn(token)).toBe(true);
      expected(200, await change(mina.userId, { role: 'customer' }));
      expect(await isLetIn(token)).toBe(false);
      const [entry] = expected(
        200,
        await client.get<object[]>(`/admin/log?target=${mina.userId}`, { token: admin }),
      );
      expect(entry).toMatchObject({
        action: 'changeUser',
        targetType: 'user',
        target: mina.userId,
        asked: { role: 'customer' },
        before: { role: 'viewer', state: 'ACTIVE' },
        after: { role: 'customer', state: 'ACTIVE' },
        result: 'DONE',
      });
    });

    it('and can do nothing while they are suspended, and go on as before after it', async () => {
      const mina = await client.register();
      const { email, password, userId } = mina;
      const session = expected(200, await login(email, password));
      const { refreshToken, accessToken: token } = session;
      expected(200, await change(userId, { state: 'SUSPENDED' }));
      expectProblem(await client.get('/auth/me', { token }), 'ACCOUNT_SUSPENDED');
      expectProblem(await client.post('/cart/add', {}, { token }), 'ACCOUNT_SUSPENDED');
      expectProblem(await client.post('/auth/refresh', { refreshToken }), 'ACCOUNT_SUSPENDED');
      expectProblem(await login(email, password), 'ACCOUNT_SUSPENDED');
      // Only who knows the password is told so.
      expectProblem(await login(email, 'a guess'), 'INVALID_CREDENTIALS');
      expected(204, await reset(await resetTokenFor(mina)));
      expectProblem(await login(email, NEW_PASSWORD), 'ACCOUNT_SUSPENDED');
      expected(200, await change(userId, { state: 'ACTIVE' }));
      expected(200, await login(email, NEW_PASSWORD));
      const lee = await client.register();
      expected(200, await change(lee.userId, { state: 'SUSPENDED' }));
      expected(200, await change(lee.userId, { state: 'ACTIVE' }));
      expect(await isLoggedIn(lee.token)).toBe(true);
    });

    it(
      'on every replica, within a second where it was not asked',
      async () => {
        const mina = await client.register();
        const isSuspended = async (url: string): Promise<boolean> => {
          const headers = { authorization: `Bearer ${mina.token}` };
          return (await fetch(`${url}/auth/me`, { headers })).status === 403;
        };
        const replica = await startService('gateway', {
          namespace: shop.namespace,
          databaseUrl: shop.databaseUrlOf('gateway'),
          env: { TOKEN_PRIVATE_KEY },
        });
        try {
          expect(await isSuspended(replica.url)).toBe(false);
          expected(200, await change(mina.userId, { state: 'SUSPENDED' }));
          const beganMs = performance.now();
          expect(await isSuspended(shop.url)).toBe(true);
          await eventually(() => isSuspended(replica.url), { everyMs: 50 });
          expect(performance.now() - beganMs).toBeLessThan(10_000);
        } finally {
          await replica.stop();
        }
      },
      START_DEADLINE_MS,
    );

    it('and are logged out everywhere', async () => {
      const mina = await client.register();
      const other = await client.login(mina);
      expected(204, await ask('DELETE', `/admin/users/${mina.userId}/sessions`, admin));
      expect(await Promise.all([mina.token, other].map(isLoggedIn))).toEqual([false, false]);
      expected(200, await login(mina.email, mina.password));
      const nobody = `/admin/users/${randomUUIDv7()}/sessions`;
      expectProblem(await ask('DELETE', nobody, admin), 'USER_NOT_FOUND');
    });

    it('but for those that are not there, or not any more, and with nothing that is no change', async () => {
      expectProblem(await change(randomUUIDv7(), { role: 'viewer' }), 'USER_NOT_FOUND');
      const mina = await client.register();
      for (const body of [{}, { role: 'boss' }, { state: 'DELETED' }, { name: 'x' }]) {
        expectProblem(await change(mina.userId, body), 'VALIDATION_FAILED');
      }
      const { password: currentPassword, token } = mina;
      expected(204, await ask('DELETE', '/auth/me', token, { currentPassword }));
      expectProblem(await change(mina.userId, { state: 'ACTIVE' }), 'USER_NOT_FOUND');
      const path = `/admin/users/${mina.userId}/reset-password`;
      expectProblem(await ask('POST', path, admin), 'USER_NOT_FOUND');
    });

    it('a suspended admin cannot let themselves in again, nor do anything else', async () => {
      const { userId, token } = await newAdmin();
      expected(200, await change(userId, { state: 'SUSPENDED' }));
      expectProblem(await change(userId, { state: 'ACTIVE' }, token), 'ACCOUNT_SUSPENDED');
      expectProblem(await client.get('/admin/users', { token }), 'ACCOUNT_SUSPENDED');
    });

    it('an admin may step down, and is less at once', async () => {
      const { userId, token } = await newAdmin();
      expect(expected(200, await change(userId, { role: 'viewer' }, token))).toMatchObject({
        role: 'viewer',
      });
      expectProblem(await change(userId, { role: 'admin' }, token), 'FORBIDDEN');
      expect(await isLetIn(token)).toBe(true);
    });

    it('one admin stays, also where all step down, or take each other’s place, at once', async () => {
      const me = expected(200, await client.get<{ userId: string }>('/auth/me', { token: admin }));
      expectProblem(await change(me.userId, { role: 'customer' }), 'LAST_ADMIN');
      expectProblem(await change(me.userId, { state: 'SUSPENDED' }), 'LAST_ADMIN');
      const admins = () =>
        shop.sql('gateway', `SELECT user_id FROM users WHERE role = 'admin' AND state = 'ACTIVE'`);
      const asBefore = (): Promise<unknown> =>
        withClient(shop.databaseUrlOf('gateway'), (database) =>
          database.query(`UPDATE users SET role = 'admin' WHERE user_id = $1`, [me.userId]),
        );
      /** Makes the shop's own admin the only one. What this gateway remembers is so a second later. */
      const putRight = async (): Promise<void> => {
        await asBefore();
        const found = await client.get<{ userId: string }[]>('/admin/users?role=admin&state=ACTIVE', {
          token: await eventually(async () => (await isLetIn(admin)) && admin),
        });
        for (const { userId } of expected(200, found)) {
          if (userId !== me.userId) expected(200, await change(userId, { role: 'customer' }));
        }
      };
      const others = [await newAdmin(), await newAdmin(), await newAdmin()];
      try {
        const all = [...others, { userId: me.userId, token: admin }];
        const stepped = await Promise.all(
          all.map(({ userId, token }) => change(userId, { role: 'customer' }, token)),
        );
        expect(tally(stepped)).toEqual({ '200': 3, '409 LAST_ADMIN': 1 });
        expect(await admins()).toHaveLength(1);
      } finally {
        await putRight();
      }
      const rival = await newAdmin();
      try {
        const answers = await Promise.all([
          change(rival.userId, { role: 'customer' }),
          change(me.userId, { role: 'customer' }, rival.token),
        ]);
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
        expect(await admins()).toHaveLength(1);
      } finally {
        await putRight();
      }
    });
  });

  describe('have keys for their programs', () => {
    interface Key {
      readonly keyId: string;
      readonly key: string;
      readonly role: string;
      readonly makerId: string;
    }

    const make = (draft: object, token = admin) =>
      ask<Key>('POST', '/admin/api-keys', token, { name: 'Report', role: 'viewer', ...draft });

    const made = async (draft: object, token = admin): Promise<Key> =>
      expected(201, await make(draft, token));

    const statusWith = async (key: string): Promise<number> =>
      (await client.get('/admin/users', { token: key })).status;

    async function employed(role: string): Promise<Customer> {
      const person = await client.register();
      expected(200, await ask('PATCH', `/admin/users/${person.userId}`, admin, { role }));
      return { ...person, token: await client.login(person) };
    }

    it('shown once and stored as a hash, which read what their role may', async () => {
      await made({});
      const { key, keyId, ...rest } = await made({ name: 'Nightly report' });
      expect(key).toMatch(/^jk_[\w-]{43}$/);
      expect(rest).toMatchObject({ name: 'Nightly report', role: 'viewer' });
      expect(await statusWith(key)).toBe(200);
      const { productId } = await client.createProduct();
      const change = await ask('PATCH', `/products/${productId}`, key, { price: 1 });
      expectProblem(change, 'FORBIDDEN');
      expectProblem(await ask('PATCH', `/admin/users/${randomUUIDv7()}`, key, {}), 'FORBIDDEN');
      const listed = await client.get<object[]>('/admin/api-keys?limit=1', { token: admin });
      expect(expected(200, listed)).toEqual([{ keyId, ...rest }]);
      expect(nextPath(listed)).toBeDefined();
      const rows = await shop.sql('gateway', 'SELECT * FROM api_keys');
      const log = expected(200, await client.get(`/admin/log?limit=100`, { token: admin }));
      for (const text of [JSON.stringify(rows), JSON.stringify(log), await shop.logs('gateway')]) {
        expect(text).not.toContain(key);
      }
    });

    it('that are good no more once they are ended, or have run out', async () => {
      const [ended, late] = [await made({}), await made({ expiresAt: '2126-01-01T00:00:00.000Z' })];
      expect(await Promise.all([ended.key, late.key].map(statusWith))).toEqual([200, 200]);
      expected(204, await ask('DELETE', `/admin/api-keys/${ended.keyId}`, admin));
      expect(await statusWith(ended.key)).toBe(401);
      expectProblem(await ask('DELETE', `/admin/api-keys/${ended.keyId}`, admin), 'API_KEY_NOT_FOUND');
      await withClient(shop.databaseUrlOf('gateway'), (database) =>
        database.query('UPDATE api_keys SET expires_at = now() WHERE key_id = $1', [late.keyId]),
      );
      await eventually(async () => (await statusWith(late.key)) === 401);
      const soon = await made({ expiresAt: new Date(Date.now() + 2_000).toISOString() });
      await eventually(async () => (await statusWith(soon.key)) === 401);
      for (const expiresAt of ['2026-01-01T00:00:00.000Z', 'tomorrow']) {
        expectProblem(await make({ expiresAt }), 'VALIDATION_FAILED');
      }
    });

    it('and no other text passes for one', async () => {
      const { key } = await made({});
      const other = key.endsWith('A') ? 'B' : 'A';
      const texts = [key.slice(0, -1), `${key}A`, key.slice(3), key.toUpperCase(), key.slice(0, -1) + other];
      const guessed = `jk_${randomBytes(32).toString('base64url')}`;
      expect(await Promise.all([...texts, guessed].map(statusWith))).toEqual(Array(6).fill(401));
    });

    it('that do what is noted as done by them, in the name of who made them', async () => {
      const { key, keyId } = await made({ role: 'operator' });
      const { userId: makerId } = expected(
        200,
        await client.get<Key & { userId: string }>('/auth/me', { token: admin }),
      );
      const draft = { name: 'Cup', price: 100, stock: 1 };
      const product = expected(201, await ask<{ productId: string }>('POST', '/products', key, draft));
      const [entry] = expected(
        200,
        await client.get<object[]>(`/admin/log?target=${product.productId}`, { token: admin }),
      );
      expect(entry).toMatchObject({
        actorId: makerId,
        actorRole: 'operator',
        keyId,
        action: 'createProduct',
      });
      const own = expected(200, await client.get<object[]>(`/admin/log?target=${keyId}`, { token: admin }));
      expect(own).toMatchObject([{ action: 'createApiKey', after: { key: '***' } }]);
      expect(own[0]).not.toHaveProperty('keyId');
    });

    it('that do no more than who made them, whatever becomes of them', async () => {
      const maker = await employed('admin');
      const { key } = await made({ role: 'admin' }, maker.token);
      const change = (body: object) => ask('PATCH', `/admin/users/${maker.userId}`, admin, body);
      const listKeys = () => client.get('/admin/api-keys', { token: key });
      expected(200, await listKeys());
      expected(200, await change({ role: 'viewer' }));
      expectProblem(await listKeys(), 'FORBIDDEN');
      expect(await statusWith(key)).toBe(200);
      expected(200, await change({ state: 'SUSPENDED' }));
      expectProblem(await listKeys(), 'ACCOUNT_SUSPENDED');
      expected(200, await change({ state: 'ACTIVE', role: 'customer' }));
      const { token, password: currentPassword } = maker;
      expected(204, await ask('DELETE', '/auth/me', token, { currentPassword }));
      expectProblem(await listKeys(), 'UNAUTHENTICATED');
    });

    it('that beget no others, nor get at the account of who made them', async () => {
      const { key } = await made({ role: 'admin' });
      expectProblem(await make({}, key), 'FORBIDDEN');
      for (const [method, path, body] of [
        ['PATCH', '/auth/me', { name: 'Thief' }],
        ['POST', '/auth/password', { currentPassword: 'x', newPassword: NEW_PASSWORD }],
        ['GET', '/auth/sessions', undefined],
        ['DELETE', '/auth/sessions', undefined],
        ['DELETE', '/auth/me', { currentPassword: 'x' }],
      ] as const) {
        expectProblem(await ask(method, path, key, body), 'FORBIDDEN');
      }
      expect(await isLoggedIn(admin)).toBe(true);
    });

    it('from admins alone', async () => {
      const { token } = await employed('operator');
      expectProblem(await make({}, token), 'FORBIDDEN');
      expectProblem(await make({ role: 'boss' }), 'VALIDATION_FAILED');
      expectProblem(await make({ name: '' }), 'VALIDATION_FAILED');
    });
  });

  describe('are told in their language what is wrong', () => {
    const korean = { 'accept-language': 'ko-KR,ko;q=0.9,en;q=0.8' };

    it('in Korean, with the same code', async () => {
      const body = { email: 'nobody@example.com', password: 'a guess' };
      const wrong = await client.post<Problem>('/auth/login', body, { headers: korean });
      expect(expectTranslated(wrong, 'INVALID_CREDENTIALS')).toEqual({
        title: '이메일 또는 비밀번호가 올바르지 않습니다',
        detail: '이메일 또는 비밀번호가 올바르지 않습니다',
        errors: undefined,
      });
      const bad = await client.post<Problem>('/auth/login', { email: 'x', more: 1 }, { headers: korean });
      expect(expectTranslated(bad, 'VALIDATION_FAILED').errors).toEqual([
        { path: 'email', message: '이메일 주소가 올바르지 않습니다' },
        { path: 'password', message: '필수 항목입니다' },
        { path: 'more', message: '알 수 없는 필드입니다' },
      ]);
      const mina = await client.register(10);
      const { token } = mina;
      const { productId } = await client.createProduct({ price: 1_000 });
      const order = { items: [{ productId, quantity: 1 }] };
      const short = await client.post<Problem>('/orders', order, { token, headers: korean });
      expect(expectTranslated(short, 'INSUFFICIENT_BALANCE').detail).toBe(
        '결제할 금액은 1000, 잔액은 10입니다',
      );
    });

    it('in English otherwise', async () => {
      const answer = await client.get('/nowhere', { headers: { 'accept-language': 'fr, en;q=0.5' } });
      expectProblem(answer, 'NOT_FOUND');
      expect(answer.headers.get('content-language')).toBe('en');
      expect(answer.headers.get('vary')).toContain('Accept-Language');
    });

    function expectTranslated({ status, body, headers }: Answer<Problem>, code: RefusalCode) {
      expect({ status, code: body.code }).toEqual({ status: REFUSALS[code].status, code });
      expect(headers.get('content-language')).toBe('ko');
      expect(headers.get('vary')).toContain('Accept-Language');
      const { title, detail, errors } = body;
      return { title, detail, errors };
    }
  });

  describe('are deleted', () => {
    const leave = ({ token, password }: Customer) =>
      ask('DELETE', '/auth/me', token, { currentPassword: password });

    it('with name and e-mail, and the books stay', async () => {
      const mina = await client.register(1_000);
      expected(200, await ask('PATCH', '/auth/me', mina.token, { name: 'Minerva Unusual' }));
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
      const forThem = await ask('POST', '/balance/charge', admin, { userId, amount: 1 });
      expectProblem(forThem, 'USER_NOT_FOUND');
      // The e-mail is anybody's again.
      const { email, password } = mina;
      expected(201, await client.post('/auth/register', { email, password, name: 'Kim' }));
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

    it('not the last admin’s, however it is asked', async () => {
      const { email, password } = client.adminCredentials;
      const token = await client.login({ email, password });
      const body = { currentPassword: password };
      expectProblem(await ask('DELETE', '/auth/me', token, body), 'LAST_ADMIN');
      expect(await isLoggedIn(token)).toBe(true);
    });
  });
});

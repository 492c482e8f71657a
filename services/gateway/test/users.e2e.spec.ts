import { generateKeyPairSync, randomUUID, randomUUIDv7 } from 'node:crypto';
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
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { accountCalls, NEW_PASSWORD } from './account-calls.js';
import { expectProblem, nextPath, tally } from './expectations.js';

/** A cursor that nobody was given. */
const UNSTORABLE = `q=x&cursor=${Buffer.from(JSON.stringify(['name', '\0', randomUUIDv7()])).toString('base64url')}`;
const TOKEN_PRIVATE_KEY = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

describe('users', () => {
  let shop: Shop;
  let client: ShopClient;
  let admin: string;

  beforeAll(async () => {
    shop = await startShop({ services: { gateway: { TOKEN_PRIVATE_KEY } } });
    ({ client } = shop);
    admin = await client.admin();
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const { ask, login, isLoggedIn, change, employed, resetTokenFor, reset } = accountCalls(() => ({
    client,
    admin,
  }));

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
        hasCharged: true,
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

    it('page after page, though the last of a page is called otherwise by then', async () => {
      const mark = randomUUID().slice(0, 8);
      const register = async (email: string, name: string): Promise<Customer> => {
        const person = { email, name, password: NEW_PASSWORD };
        const { userId } = expected(201, await client.post<Listed>('/auth/register', person));
        return { userId, email, password: NEW_PASSWORD, token: await client.login(person) };
      };
      const byEmail = [
        await register(`${mark}.a@example.com`, 'A'),
        await register(`${mark}.b@example.com`, 'B'),
      ];
      const byName = [
        await register(`x.${mark}@example.com`, `${mark} "한글"`),
        await register(`y.${mark}@example.com`, `${mark} 한글`),
      ];
      const seen: string[] = [];
      let path: string | undefined = `/admin/users?q=${mark}&limit=1`;
      while (path !== undefined) {
        const page: Answer<Listed[]> = await client.get<Listed[]>(path, { token: admin });
        const [found] = expected(200, page);
        seen.push(found!.userId);
        path = nextPath(page);
        const { token, password } = [...byEmail, ...byName].find(({ userId }) => userId === found!.userId)!;
        expected(204, await ask('DELETE', '/auth/me', token, { currentPassword: password }));
      }
      expect(seen).toEqual([...byEmail, ...byName].map(({ userId }) => userId));
    });

    it('by a name of Hangul, however it is composed', async () => {
      const mina = await client.register();
      const mark = randomUUID().slice(0, 8);
      expected(200, await ask('PATCH', '/auth/me', mina.token, { name: `김민아 ${mark}` }));
      const found = await all(`q=${encodeURIComponent(`김민아 ${mark}`)}`);
      expect(found).toEqual([mina.userId]);
      expect(await all(`q=${encodeURIComponent(`김민아 ${mark}`.normalize('NFD'))}`)).toEqual(found);
      expected(200, await ask('PATCH', '/auth/me', mina.token, { name: `박민아 ${mark}`.normalize('NFD') }));
      expect(await all(`q=${encodeURIComponent(`박민아 ${mark}`)}`)).toEqual(found);
      expect(await all(`q=${encodeURIComponent('박민')}&limit=100`)).toContain(mina.userId);
    });

    it.each([
      'role=boss',
      'state=ASLEEP',
      'q=',
      'cursor=bm8',
      'q=x&cursor=bm8',
      UNSTORABLE,
      'name=x',
      'limit=101',
    ])('not by %s', async (query) => {
      expectProblem(await list(query), 'VALIDATION_FAILED');
    });
  });

  describe('are given roles, suspended and logged out by admins', () => {
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
      'on every replica once that is answered',
      async () => {
        const [mina, lee] = [await client.register(), await employed('viewer')];
        const replica = await startService('gateway', {
          namespace: shop.namespace,
          databaseUrl: shop.databaseUrlOf('gateway'),
          env: { TOKEN_PRIVATE_KEY },
        });
        const statusOf = async (path: string, token: string): Promise<number> =>
          (await fetch(replica.url + path, { headers: { authorization: `Bearer ${token}` } })).status;
        try {
          expect(await statusOf('/auth/me', mina.token)).toBe(200);
          expected(200, await change(mina.userId, { state: 'SUSPENDED' }));
          expect(await statusOf('/auth/me', mina.token)).toBe(403);
          expect(await statusOf('/admin/users', lee.token)).toBe(200);
          expected(200, await change(lee.userId, { role: 'customer' }));
          expect(await statusOf('/admin/users', lee.token)).toBe(403);
          expect(await statusOf('/auth/me', lee.token)).toBe(200);
          expected(204, await ask('DELETE', `/admin/users/${lee.userId}/sessions`, admin));
          expect(await statusOf('/auth/me', lee.token)).toBe(401);
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
      const { userId, token } = await employed('admin');
      expected(200, await change(userId, { state: 'SUSPENDED' }));
      expectProblem(await change(userId, { state: 'ACTIVE' }, token), 'ACCOUNT_SUSPENDED');
      expectProblem(await client.get('/admin/users', { token }), 'ACCOUNT_SUSPENDED');
    });

    it('an admin may step down, and is less at once', async () => {
      const { userId, token } = await employed('admin');
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
      const others = [await employed('admin'), await employed('admin'), await employed('admin')];
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
      const rival = await employed('admin');
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

    it('the last admin’s account is not deleted either', async () => {
      const { email, password } = client.adminCredentials;
      const token = await client.login({ email, password });
      const body = { currentPassword: password };
      expectProblem(await ask('DELETE', '/auth/me', token, body), 'LAST_ADMIN');
      expect(await isLoggedIn(token)).toBe(true);
    });
  });
});

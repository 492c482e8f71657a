import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  expected,
  shareShop,
  START_DEADLINE_MS,
  withClient,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { decodeJwt } from 'jose';
import { accountCalls, NEW_PASSWORD } from './account-calls.js';
import { expectProblem, nextPath, tally } from './expectations.js';

describe('staff', () => {
  let shop: Shop;
  let client: ShopClient;
  let admin: string;

  beforeAll(async () => {
    shop = await shareShop();
    ({ client } = shop);
    admin = await client.admin();
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const { ask, changePassword, employed, isLoggedIn, reset, resetTokenFor } = accountCalls(() => ({
    client,
    admin,
  }));

  it('make nothing that outlives their login once that has ended, though the gateway has let them in', async () => {
    const { userId, token } = await employed('admin');
    const thief = await client.register();
    const webhook = { name: 'Depot', url: 'https://depot.example/' };
    const { webhookId } = expected(
      201,
      await ask<{ webhookId: string }>('POST', '/admin/webhooks', admin, webhook),
    );
    await withClient(shop.databaseUrlOf('gateway'), async (database) => {
      const session = [decodeJwt(token)['sid']];
      await database.query(
        'CREATE TEMPORARY TABLE kept AS SELECT * FROM sessions WHERE session_id = $1',
        session,
      );
      for (const [method, path, body] of [
        ['POST', '/admin/api-keys', { name: 'Report', role: 'admin' }],
        ['POST', `/admin/users/${thief.userId}/reset-password`, undefined],
        ['PATCH', `/admin/users/${thief.userId}`, { role: 'admin' }],
        ['POST', '/auth/console/links', undefined],
        ['POST', '/admin/webhooks', webhook],
        ['PATCH', `/admin/webhooks/${webhookId}`, { url: 'https://thief.example/' }],
        ['POST', `/admin/webhooks/${webhookId}/rotate`, undefined],
      ] as const) {
        // As whoever ends it does: nobody sees it before the COMMIT, and whoever heeds it waits.
        await database.query('BEGIN');
        await database.query('SELECT FROM users WHERE user_id = $1 FOR NO KEY UPDATE', [userId]);
        await database.query('DELETE FROM sessions WHERE session_id = $1', session);
        let isAnswered = false;
        const asked = ask(method, path, token, body).finally(() => (isAnswered = true));
        const waiting = 'SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))';
        await eventually(async () => isAnswered || (await database.query(waiting)).rowCount === 1);
        await database.query('COMMIT');
        expectProblem(await asked, 'UNAUTHENTICATED');
        await database.query('INSERT INTO sessions SELECT * FROM kept');
      }
    });
    expected(204, await ask('DELETE', `/admin/webhooks/${webhookId}`, admin));
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

    it('shown once and stored as a hash, which read what their role may', async () => {
      await made({});
      const answer = await make({ name: 'Nightly report' });
      const { key, keyId, ...rest } = expected(201, answer);
      expect(key).toMatch(/^jk_[\w-]{43}$/);
      expect(rest).toMatchObject({ name: 'Nightly report', role: 'viewer' });
      expect(await statusWith(key)).toBe(200);
      const { productId } = await client.createProduct();
      const change = await ask('PATCH', `/products/${productId}`, key, { price: 1 });
      expectProblem(change, 'FORBIDDEN');
      expectProblem(await ask('PATCH', `/admin/users/${randomUUIDv7()}`, key, {}), 'FORBIDDEN');
      const listed = await client.get<object[]>('/admin/api-keys?limit=1', { token: admin });
      expect(expected(200, listed)).toEqual([{ keyId, ...rest }]);
      const read = await client.get(answer.headers.get('location')!, { token: admin });
      expect(expected(200, read)).toEqual({ keyId, ...rest });
      expect(nextPath(listed)).toBeDefined();
      const rows = await shop.sql('gateway', 'SELECT * FROM api_keys');
      const log = expected(200, await client.get(`/admin/log?limit=100`, { token: admin }));
      for (const text of [JSON.stringify(rows), JSON.stringify(log), await shop.logs('gateway')]) {
        expect(text).not.toContain(key);
      }
    });

    it('that are good no more once they are ended, or have run out', async () => {
      const expiresAt = '2126-01-01T00:00:00.000Z';
      const [ended, late] = [await made({}), await made({ expiresAt })];
      expect(await Promise.all([ended.key, late.key].map(statusWith))).toEqual([200, 200]);
      expected(204, await ask('DELETE', `/admin/api-keys/${ended.keyId}`, admin));
      expect(await statusWith(ended.key)).toBe(401);
      for (const method of ['DELETE', 'GET']) {
        expectProblem(await ask(method, `/admin/api-keys/${ended.keyId}`, admin), 'API_KEY_NOT_FOUND');
      }
      // When it runs out is what was asked for, and comes sooner than in a hundred years.
      const { rowCount } = await withClient(shop.databaseUrlOf('gateway'), (database) =>
        database.query('UPDATE api_keys SET expires_at = now() WHERE key_id = $1 AND expires_at = $2', [
          late.keyId,
          expiresAt,
        ]),
      );
      expect(rowCount).toBe(1);
      await eventually(async () => (await statusWith(late.key)) === 401);
      for (const wrong of ['2026-01-01T00:00:00.000Z', 'tomorrow']) {
        expectProblem(await make({ expiresAt: wrong }), 'VALIDATION_FAILED');
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

    it('that beget no others, nor get at an account', async () => {
      const { key, makerId } = await made({ role: 'admin' });
      const { userId } = await client.register();
      expect(expected(200, await ask('GET', '/auth/me', key))).toMatchObject({ userId: makerId });
      for (const [method, path, body] of [
        ['POST', '/admin/api-keys', { name: 'Another', role: 'viewer' }],
        ['POST', `/admin/users/${makerId}/reset-password`, undefined],
        ['POST', `/admin/users/${userId}/reset-password`, undefined],
        ['PATCH', `/admin/users/${userId}`, { role: 'admin' }],
        ['PATCH', '/auth/me', { name: 'Thief' }],
        ['POST', '/auth/password', { currentPassword: 'x', newPassword: NEW_PASSWORD }],
        ['GET', '/auth/sessions', undefined],
        ['DELETE', '/auth/sessions', undefined],
        ['DELETE', '/auth/me', { currentPassword: 'x' }],
        ['POST', '/admin/webhooks', { url: 'https://thief.example', types: ['order.completed'] }],
        ['PATCH', `/admin/webhooks/${userId}`, { url: 'https://thief.example' }],
        ['POST', `/admin/webhooks/${userId}/rotate`, undefined],
      ] as const) {
        expectProblem(await ask(method, path, key, body), 'FORBIDDEN');
      }
      expect(await isLoggedIn(admin)).toBe(true);
    });

    it('that buy nothing in the name of who made them', async () => {
      const { key } = await made({ role: 'admin' });
      const { productId } = await client.createProduct();
      for (const [method, path, body] of [
        ['GET', '/cart', undefined],
        ['POST', '/cart/add', { productId, quantity: 1 }],
        ['POST', '/orders', { items: [{ productId, quantity: 1 }] }],
        ['GET', '/orders', undefined],
        ['POST', '/balance/charge', { amount: 1 }],
        ['GET', '/balance', undefined],
      ] as const) {
        expectProblem(await ask(method, path, key, body), 'FORBIDDEN');
      }
    });

    it('that read the way of anybody’s order, and not even their maker’s own once that is a customer', async () => {
      const maker = await employed('admin');
      const { key } = await made({}, maker.token);
      const [buyer] = await client.registerMany(1, 10_000);
      const { productId } = await client.createProduct({ price: 1, stock: 2 });
      const body = { items: [{ productId, quantity: 1 }] };
      const { orderId } = (await client.order(buyer!, body)).body;
      const timeline = () => client.get<object>(`/orders/${orderId}/timeline`, { token: key });
      expect(expected(200, await timeline())).toMatchObject({ orderId, rows: expect.any(Array) });
      expected(200, await ask('PATCH', `/admin/users/${maker.userId}`, admin, { role: 'customer' }));
      expectProblem(await timeline(), 'FORBIDDEN');
      expectProblem(await client.get(`/orders/${orderId}/events`, { token: key }), 'FORBIDDEN');
    });

    it('that end when the password is set anew or the account is deleted, and not when it is changed', async () => {
      const maker = await employed('admin');
      const { key } = await made({}, maker.token);
      expected(204, await changePassword(maker));
      expect(await statusWith(key)).toBe(200);
      expected(204, await reset(await resetTokenFor(maker), maker.password));
      expect(await statusWith(key)).toBe(401);
      const token = await client.login(maker);
      await made({}, token);
      expected(204, await ask('DELETE', '/auth/me', token, { currentPassword: maker.password }));
      expect(await shop.sql('gateway', 'SELECT 1 FROM api_keys WHERE maker_id = $1', [maker.userId])).toEqual(
        [],
      );
    });

    it('that have Idempotency-Keys of their own', async () => {
      const [one, other] = [await made({ role: 'operator' }), await made({ role: 'operator' })];
      const headers = { 'idempotency-key': randomUUIDv7() };
      const create = async (token: string): Promise<string> => {
        const draft = { name: 'Cup', price: 100, stock: 1 };
        const answer = await client.post<{ productId: string }>('/products', draft, { token, headers });
        return expected(201, answer).productId;
      };
      const [first, again, others] = [await create(one.key), await create(one.key), await create(other.key)];
      expect(again).toBe(first);
      expect(others).not.toBe(first);
    });

    it('of which a repeat makes no other, and says which was made', async () => {
      const headers = { 'idempotency-key': randomUUIDv7() };
      const name = randomUUIDv7();
      const create = (draft: object = { name, role: 'viewer' }) =>
        client.post<Key>('/admin/api-keys', draft, { token: admin, headers });
      const answers = await Promise.all(Array.from({ length: 5 }, () => create()));
      expect(tally(answers)).toEqual({ '201': 1, '422 IDEMPOTENCY_KEY_REUSED': 4 });
      const { keyId, key } = answers.find(({ status }) => status === 201)!.body;
      const { detail } = expectProblem(await create(), 'IDEMPOTENCY_KEY_REUSED');
      expect(detail).toBe(`it made /admin/api-keys/${keyId}, whose secret was shown once`);
      const other = await create({ name, role: 'operator' });
      expect(expectProblem(other, 'IDEMPOTENCY_KEY_REUSED').detail).not.toContain(keyId);
      const keys = await shop.sql('gateway', 'SELECT 1 FROM api_keys WHERE name = $1', [name]);
      expect(keys).toHaveLength(1);
      expect(await statusWith(key)).toBe(200);
    });

    it('from admins alone', async () => {
      const { token } = await employed('operator');
      expectProblem(await make({}, token), 'FORBIDDEN');
      for (const role of ['boss', 'customer']) expectProblem(await make({ role }), 'VALIDATION_FAILED');
      expectProblem(await make({ name: '' }), 'VALIDATION_FAILED');
    });
  });
});

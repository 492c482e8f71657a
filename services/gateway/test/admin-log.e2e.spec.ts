import { execFile } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Product } from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import {
  eventually,
  expected,
  startShop,
  START_DEADLINE_MS,
  withClient,
  type Answer,
  type ApiDocument,
  type Customer,
  type Problem,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem } from './expectations.js';

interface Entry {
  readonly entryId: string;
  readonly at: string;
  readonly endedAt?: string;
  readonly actorId: string;
  readonly action: string;
  readonly target?: string;
  readonly targetType?: string;
  readonly userId?: string;
  readonly requestId: string;
  readonly result: string;
  readonly [field: string]: unknown;
}

describe('who did it', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;
  let product: Product;
  let admin: string;
  let adminId: string;

  beforeAll(async () => {
    shop = await startShop();
    ({ client } = shop);
    customer = await client.register(100_000);
    product = await client.createProduct({ price: 1_000, stock: 100 });
    admin = await client.admin();
    ({ userId: adminId } = expected(200, await client.get<{ userId: string }>('/auth/me', { token: admin })));
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const log = (query = ''): Promise<Answer<Entry[]>> =>
    client.get<Entry[]>(`/admin/log${query}`, { token: admin });

  /** The one entry of a request. */
  async function entryOf({ headers }: Answer<unknown>): Promise<Entry> {
    const requestId = headers.get('x-request-id');
    const found = expected(200, await log('?limit=100')).filter((entry) => entry.requestId === requestId);
    expect(found).toHaveLength(1);
    return found[0]!;
  }

  const asAdmin = <B>(
    method: string,
    path: string,
    body?: object,
    headers = {},
  ): Promise<Answer<B & Problem>> =>
    client.send(method, path, body && JSON.stringify(body), { token: admin, headers });

  const oneCup = () => ({ items: [{ productId: product.productId, quantity: 1 }] });

  describe('R36: in the history of an order', () => {
    it('is the customer who placed and cancelled it', async () => {
      const { userId, token } = customer;
      const { orderId } = expected(201, await client.order(customer, oneCup()));
      expected(200, await client.post(`/orders/${orderId}/cancel`, {}, { token }));
      const { history } = await client.readOrder(customer, orderId);
      const people = history.filter(({ actorId }) => actorId !== undefined);
      expect(people).toMatchObject([
        { orderStatus: 'PENDING', changedBy: 'customer', actorId: userId },
        { step: 'Cancel', changedBy: 'customer', actorId: userId },
      ]);
      for (const { changedBy, actorId } of history) {
        expect(actorId === undefined).toBe(changedBy === 'saga');
      }
    });

    it('is the admin who placed it for a customer and cancelled it, for both to read', async () => {
      const { userId } = customer;
      const { orderId } = expected(
        201,
        await asAdmin<{ orderId: string }>('POST', '/orders', { userId, ...oneCup() }),
      );
      expected(200, await asAdmin('POST', `/orders/${orderId}/cancel`));
      const { history } = await client.readOrder({ token: admin }, orderId);
      expect(history.filter(({ actorId }) => actorId !== undefined)).toMatchObject([
        { orderStatus: 'PENDING', changedBy: 'admin', actorId: adminId },
        { step: 'Cancel', changedBy: 'admin', actorId: adminId },
      ]);
      const { history: told } = await client.readOrder(customer, orderId);
      expect(told).toEqual(history.map(({ actorId: _, ...entry }) => entry));
    });
  });

  it('is told with a charge that somebody else had made', async () => {
    const { userId, token } = customer;
    const own = expected(
      200,
      await client.post<{ chargeId: string }>('/balance/charge', { amount: 1 }, { token }),
    );
    const given = expected(
      200,
      await asAdmin<{ chargeId: string }>('POST', '/balance/charge', { userId, amount: 1 }),
    );
    const read = (chargeId: string) => client.get(`/balance/charges/${chargeId}`, { token });
    expect(expected(200, await read(own.chargeId))).not.toHaveProperty('actorId');
    expect(expected(200, await read(given.chargeId))).toMatchObject({ actorId: adminId });
  });

  it('is kept with stock, products, coupons and what was issued', async () => {
    const { productId } = await client.createProduct({ stock: 5 });
    expected(200, await asAdmin('POST', `/products/${productId}/stock`, { quantity: -2 }));
    const { couponId } = await client.createCoupon();
    const { userCouponId } = await client.issue(customer, couponId);
    const movements = await shop.sql(
      'catalog',
      `SELECT quantity, actor_id AS "actorId" FROM stock_movements JOIN options USING (option_id)
       WHERE product_id = $1 ORDER BY created_at`,
      [productId],
    );
    expect(movements).toEqual([
      { quantity: 5, actorId: adminId },
      { quantity: -2, actorId: adminId },
    ]);
    const actors = async (service: 'catalog' | 'coupon', table: string, column: string, id: string) =>
      await shop.sql(service, `SELECT actor_id AS "actorId" FROM ${table} WHERE ${column} = $1`, [id]);
    expect(await actors('catalog', 'products', 'product_id', productId)).toEqual([{ actorId: adminId }]);
    expect(await actors('coupon', 'coupons', 'coupon_id', couponId)).toEqual([{ actorId: adminId }]);
    expect(await actors('coupon', 'user_coupons', 'user_coupon_id', userCouponId)).toEqual([
      { actorId: customer.userId },
    ]);
  });

  describe('in the log', () => {
    it('is what was changed, as it was before and is after', async () => {
      const { productId, name } = await client.createProduct({ price: 700, stock: 3 });
      const changed = await asAdmin('PATCH', `/products/${productId}`, { price: 900, status: 'SUSPENDED' });
      expect(expected(200, changed)).not.toHaveProperty('before');
      expect(await entryOf(changed)).toMatchObject({
        actorId: adminId,
        actorRole: 'admin',
        action: 'changeProduct',
        targetType: 'product',
        target: productId,
        asked: { price: 900, status: 'SUSPENDED' },
        before: { name, price: 700, status: 'SELLABLE' },
        after: { productId, price: 900, status: 'SUSPENDED' },
        result: 'DONE',
        status: 200,
        network: '127.0.0.1',
        endedAt: expect.any(String),
      });
      const restocked = await asAdmin('POST', `/products/${productId}/stock`, { quantity: 4 });
      expect(await entryOf(restocked)).toMatchObject({ before: { stock: 3 }, after: { stock: 7 } });
      const { couponId } = await client.createCoupon();
      const suspended = await asAdmin('PATCH', `/coupons/${couponId}`, { status: 'SUSPENDED' });
      expect(expected(200, suspended)).not.toHaveProperty('before');
      expect(await entryOf(suspended)).toMatchObject({
        target: couponId,
        before: { status: 'ISSUABLE' },
        after: { status: 'SUSPENDED' },
      });
    });

    it('is what was done in the name of a user, found by either', async () => {
      const { userId } = await client.register();
      const charged = await asAdmin<{ chargeId: string }>('POST', '/balance/charge', {
        userId,
        amount: 5_000,
        paymentMethod: 'tok_ok',
      });
      const { chargeId } = expected(200, charged);
      const ordered = await asAdmin<{ orderId: string }>('POST', '/orders', { userId, ...oneCup() });
      const { orderId } = expected(201, ordered);
      const cancelled = await asAdmin('POST', `/orders/${orderId}/cancel`);
      expected(200, cancelled);
      expect(expected(200, await log(`?target=${userId}`))).toMatchObject([
        { action: 'cancelOrder', target: orderId, userId, result: 'DONE' },
        { action: 'placeOrder', target: orderId, userId, result: 'DONE' },
        { action: 'chargeBalance', target: chargeId, userId, asked: { amount: 5_000, paymentMethod: '***' } },
      ]);
      expect(
        expected(200, await log(`?target=${orderId.toUpperCase()}`)).map(({ action }) => action),
      ).toEqual(['cancelOrder', 'placeOrder']);
    });

    it('is what was refused, and of an order that failed which', async () => {
      const { userId } = await client.register();
      const failed = await asAdmin('POST', '/orders', { userId, ...oneCup() });
      const { orderId } = expectProblem(failed, 'INSUFFICIENT_BALANCE');
      expect(await entryOf(failed)).toMatchObject({
        action: 'placeOrder',
        target: orderId,
        userId,
        result: 'REFUSED',
        status: 409,
        code: 'INSUFFICIENT_BALANCE',
      });
      const unknown = await asAdmin('PATCH', `/products/${randomUUIDv7()}`, { price: 1 });
      expect(await entryOf(unknown)).toMatchObject({ result: 'REFUSED', code: 'PRODUCT_NOT_FOUND' });
      const wrong = await asAdmin('POST', '/products', { name: '', password: 'of somebody' });
      expect(await entryOf(wrong)).toMatchObject({ code: 'VALIDATION_FAILED', asked: { password: '***' } });
    });

    it('is every call that an admin may change something with, and none that only reads', async () => {
      const document = expected(200, await client.get<ApiDocument>('/openapi.json'));
      const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { security, operationId }]) => {
          const at = path.replaceAll('{service}', 'order').replaceAll(/\{\w+\}/g, randomUUIDv7());
          return { method: method.toUpperCase(), path: at, operationId: String(operationId), security };
        }),
      );
      const guarded = routes.filter(({ security }) => security.length > 0);
      expect(guarded.filter(({ method }) => method !== 'GET').length).toBeGreaterThan(15);
      for (const { method, path, operationId } of guarded) {
        const body = method === 'GET' || method === 'DELETE' ? undefined : {};
        const answer = await asAdmin(method, path, body);
        const requestId = answer.headers.get('x-request-id');
        const entries = await shop.sql<{ action: string; status: number }>(
          'gateway',
          'SELECT action, status FROM admin_log WHERE request_id = $1',
          [requestId],
        );
        const action = operationId.replace(/Alias\d*$/, '');
        const noted = method === 'GET' ? [] : [{ action, status: answer.status }];
        expect({ method, path, entries }).toEqual({ method, path, entries: noted });
      }
    });

    it('is shown by npm run ops', async () => {
      const { productId } = await client.createProduct();
      expected(200, await asAdmin('POST', `/products/${productId}/stock`, { quantity: 3 }));
      const { email: ADMIN_EMAIL, password: ADMIN_PASSWORD } = client.adminCredentials;
      const env = { ...process.env, SHOP_URL: shop.url, ADMIN_EMAIL, ADMIN_PASSWORD };
      const ops = join(projectRoot(), 'tools', 'dist', 'src', 'ops.js');
      const run = async (...args: string[]): Promise<string> =>
        (await promisify(execFile)(process.execPath, [ops, 'log', ...args], { env })).stdout;
      const text = await run('--target', productId, '--by', adminId);
      expect(text.trimEnd().split('\n')).toHaveLength(3);
      expect(text).toMatch(new RegExp(`${adminId} +restock +product ${productId} +DONE\n.*createProduct`));
      expect(JSON.parse(await run('--target', productId, '--json'))).toMatchObject([
        { action: 'restock', asked: { quantity: 3 } },
        { action: 'createProduct' },
      ]);
      expect(await run('--target', randomUUIDv7())).toBe('There is nothing.\n');
    });

    it('is nothing of customers', async () => {
      const { token, userId } = customer;
      expected(201, await client.order(customer, oneCup()));
      expectProblem(await client.post('/products', { name: 'Mine', price: 1 }, { token }), 'FORBIDDEN');
      expect(expected(200, await log(`?actorId=${userId}`))).toEqual([]);
      expectProblem(await client.get('/admin/log', { token }), 'FORBIDDEN');
    });

    it('is told in pages, newest first, whatever comes meanwhile', async () => {
      const { productId } = await client.createProduct({ stock: 1 });
      const quantities = [1, 2, 3, 4, 5];
      for (const quantity of quantities) {
        expected(200, await asAdmin('POST', `/products/${productId}/stock`, { quantity }));
      }
      const seen: Entry[] = [];
      let path: string | undefined = `/admin/log?target=${productId}&actorId=${adminId}&limit=2`;
      while (path !== undefined) {
        const page: Answer<Entry[]> = await client.get<Entry[]>(path, { token: admin });
        seen.push(...expected(200, page));
        path = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1];
        expected(200, await asAdmin('POST', `/products/${productId}/stock`, { quantity: 100 }));
      }
      expect(seen.map(({ asked }) => (asked as { quantity?: number }).quantity)).toEqual([
        ...quantities.toReversed(),
        undefined,
      ]);
      const { at } = seen[2]!;
      const since = expected(200, await log(`?target=${productId}&from=${at}&limit=100`));
      const until = expected(200, await log(`?target=${productId}&to=${at}&limit=100`));
      expect(since.every((entry) => entry.at >= at)).toBe(true);
      expect(until.every((entry) => entry.at < at)).toBe(true);
      expect(since.length + until.length).toBeGreaterThanOrEqual(seen.length);
      expect(since.map(({ entryId }) => entryId)).toContain(seen[2]!.entryId);
      const elsewhere = encodeURIComponent(Buffer.from('["x"]').toString('base64url'));
      expectProblem(
        await client.get(`/admin/log?cursor=${elsewhere}`, { token: admin }),
        'VALIDATION_FAILED',
      );
    });

    it('is an action without an end where its gateway died, and the action is done or not', async () => {
      await withClient(shop.databaseUrlOf('gateway'), async (database) => {
        await database.query(
          `INSERT INTO admin_log (entry_id, actor_id, actor_role, action, request_id, network)
           VALUES ($1, $2, 'admin', 'restock', 'died', '127.0.0.1')`,
          [randomUUIDv7(), adminId],
        );
      });
      const [entry] = expected(200, await log('?limit=1'));
      expect(entry).toMatchObject({ requestId: 'died', result: 'UNKNOWN' });
      expect(entry).not.toHaveProperty('endedAt');
      expect(entry).not.toHaveProperty('status');
    });

    it('is ended with what became of it even where its client has gone', async () => {
      const { productId } = await client.createProduct({ stock: 5 });
      const requestId = randomUUIDv7();
      const entry = async () => {
        const [found] = await shop.sql<{ result: string | null }>(
          'gateway',
          'SELECT result FROM admin_log WHERE request_id = $1',
          [requestId],
        );
        return found;
      };
      const leaving = new AbortController();
      shop.pause('catalog');
      try {
        const left = fetch(`${shop.url}/products/${productId}/stock`, {
          method: 'POST',
          body: JSON.stringify({ quantity: 1 }),
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${admin}`,
            'x-request-id': requestId,
          },
          signal: leaving.signal,
        });
        expect(await eventually(async () => (await entry()) ?? false)).toEqual({ result: null });
        leaving.abort();
        await expect(left).rejects.toThrow('aborted');
      } finally {
        shop.resume('catalog');
      }
      await eventually(async () => (await entry())?.result === 'DONE');
      expect(await client.readProduct(productId)).toMatchObject({ stock: 6 });
    });

    it('is a line and a metric of each action', async () => {
      const { productId } = product;
      const answer = await asAdmin('POST', `/products/${productId}/stock`, { quantity: 1 });
      const requestId = answer.headers.get('x-request-id')!;
      const line = await eventually(async () =>
        (await shop.logs('gateway'))
          .split('\n')
          .find((one) => one.includes(requestId) && one.includes('AdminLog')),
      );
      expect(JSON.parse(line as string)).toMatchObject({
        action: 'restock',
        actorId: adminId,
        target: productId,
        result: 'DONE',
        status: 200,
      });
      const metrics = await (await fetch(`${shop.urlOf('gateway')}/metrics`)).text();
      expect(metrics).toMatch(
        /gateway_admin_actions_total\{[^}]*action="restock",result="done"[^}]*\} [1-9]/,
      );
    });
  });

  it('stops nobody who has done what was asked: an end that cannot be written is lost to the log alone', async () => {
    const { productId } = await client.createProduct({ stock: 5 });
    await withClient(shop.databaseUrlOf('gateway'), async (database) => {
      await database.query(`
        CREATE FUNCTION refuse_end() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no end today'; END $$`);
      await database.query(
        'CREATE TRIGGER refuse_end BEFORE UPDATE ON admin_log FOR EACH ROW EXECUTE FUNCTION refuse_end()',
      );
      try {
        const answer = await asAdmin('POST', `/products/${productId}/stock`, { quantity: 1 });
        expect(expected(200, answer)).toMatchObject({ stock: 6 });
        expect(await entryOf(answer)).toMatchObject({
          action: 'restock',
          target: productId,
          result: 'UNKNOWN',
        });
      } finally {
        await database.query('DROP TRIGGER refuse_end ON admin_log');
        await database.query('DROP FUNCTION refuse_end');
      }
    });
  });

  it('lets nothing be done that cannot be written down first', async () => {
    const { productId } = await client.createProduct({ stock: 5 });
    await withClient(shop.databaseUrlOf('gateway'), async (database) => {
      await database.query('BEGIN');
      await database.query('LOCK TABLE admin_log IN SHARE MODE');
      const refused = await asAdmin('POST', `/products/${productId}/stock`, { quantity: 1 });
      expectProblem(refused, 'SERVICE_UNAVAILABLE');
      await database.query('ROLLBACK');
    });
    expect(await client.readProduct(productId)).toMatchObject({ stock: 5 });
  });
});

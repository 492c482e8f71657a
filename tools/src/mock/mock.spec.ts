import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { DocumentedAnswers, type ApiDocument as Api } from '@jangteo/testkit';
import { Jangteo } from '@jangteo/client';
import type { FastifyInstance } from 'fastify';
import { ApiDocument, type Operation } from './api-document.js';
import { MOCK_LOGINS } from './seeds.js';
import { mockShop } from './server.js';

const document = JSON.parse(readFileSync(join(projectRoot(), 'docs', 'openapi.json'), 'utf8')) as Api;
const documented = new DocumentedAnswers(document);
const api = new ApiDocument(document as never);
const { operations } = api;

interface Asked {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Answer = Parameters<DocumentedAnswers['fault']>[2];

function expectDocumented(method: string, url: string, answer: Answer): void {
  expect(documented.fault(method, url, answer)).toBeUndefined();
}

class Client {
  constructor(readonly app: FastifyInstance) {}

  /** An answer that is as documented. */
  async ask<B = Record<string, unknown>>(method: string, url: string, { token, body, headers }: Asked = {}) {
    const response = await this.app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const type = response.headers['content-type'] ?? '';
    const answer = {
      status: response.statusCode,
      headers: new Headers(response.headers as Record<string, string>),
      body: (/json/.test(type) ? response.json() : type === '' ? undefined : response.body) as unknown,
    };
    expectDocumented(method, url, answer);
    return { ...answer, body: answer.body as B };
  }

  async login(role: string): Promise<string> {
    const { email, password } = MOCK_LOGINS.find((login) => login.role === role)!;
    const { body } = await this.ask('POST', '/auth/login', { body: { email, password } });
    return body.accessToken as string;
  }
}

let client: Client;

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const newClient = (): Client => new Client(mockShop(document, 'ko', { api, streamMs: 0 }));

/** Parameters of which the document shows no value of their own. */
const IDS: Readonly<Record<string, string>> = {
  orderId: '01920000-0000-7000-8000-0000000000a1',
  chargeId: '01920000-0000-7000-8000-0000000000c1',
  optionId: '01920000-0000-7000-8000-0000000000b2',
};

/** A value of a parameter or a body that the document itself shows. */
function exampleOf(part: unknown): unknown {
  const { $ref, example, examples, schema } = part as Record<string, unknown>;
  if (example !== undefined) return example;
  if (Array.isArray(examples)) return examples[0] as unknown;
  if (typeof $ref === 'string') return exampleOf(documentedAt($ref));
  return exampleOf(schema);
}

function documentedAt(reference: string): unknown {
  const names = reference.slice(2).split('/');
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document);
}

/** The request that the document shows, with what it must have. */
function exampleRequest({ method, path, operation }: Operation) {
  const parameters = ((operation.parameters ?? []) as Record<string, unknown>[]).map((parameter) => ({
    shown: parameter,
    ...((typeof parameter.$ref === 'string' ? documentedAt(parameter.$ref) : parameter) as {
      name: string;
      in: string;
      required?: boolean;
    }),
  }));
  const valueOf = (name: string): string =>
    IDS[name] ?? String(exampleOf(parameters.find((parameter) => parameter.name === name)!.shown));
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  const url = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(valueOf(name)));
  const search = new URLSearchParams(
    query.map(({ name }): [string, string] => [name, valueOf(name)]),
  ).toString();
  const { requestBody } = operation as { requestBody?: { content: Record<string, unknown> } };
  const body = requestBody && exampleOf(requestBody.content['application/json']);
  return { method, url: search === '' ? url : `${url}?${search}`, ...(body === undefined ? {} : { body }) };
}

const cases = operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);

/** By operation, what becomes of the document's example where Mina cannot have it. */
const REFUSED: Readonly<Record<string, string>> = {
  register: 'EMAIL_TAKEN',
  refresh: 'UNAUTHENTICATED',
  issueCoupon: 'COUPON_ALREADY_ISSUED',
  removeFromCart: 'CART_ITEM_NOT_FOUND',
  deleteMe: 'ACCOUNT_NOT_EMPTY',
};

describe('the mock, of what is preferred', () => {
  // It answers with that, and nothing else happens.
  const preferring = newClient();

  it.each(cases)('gives every documented answer of %s to who prefers it', async (_name, operation) => {
    const { method, url } = exampleRequest(operation);
    for (const { status, name, body } of operation.examples) {
      const example = name === undefined ? '' : `, example=${name}`;
      const answer = await preferring.ask(method, url, { headers: { prefer: `code=${status}${example}` } });
      const isProblem = status >= 400;
      expect([answer.status, isProblem && answer.body]).toEqual([status, isProblem && body]);
    }
  });
});

const anewEachTime = (): void =>
  beforeEach(() => {
    client = newClient();
  });

describe('the mock', () => {
  anewEachTime();

  it.each(cases)('answers %s as documented', async (_name, operation) => {
    const isForStaff = operation.roles.length > 0 && !operation.roles.includes('customer');
    const token = await client.login(isForStaff ? 'admin' : 'customer');
    const { method, url, ...asked } = exampleRequest(operation);
    const { status, body } = await client.ask(method, url, { token, ...asked });
    const code = status < 300 ? undefined : body.code;
    expect(code).toBe(REFUSED[operation.id]);
  });

  it.each(cases.filter(([, { roles }]) => roles.length > 0))(
    'lets nobody do %s without a token, and no role that may not',
    async (_name, operation) => {
      const { method, url, ...asked } = exampleRequest(operation);
      expect((await client.ask(method, url, asked)).status).toBe(401);
      for (const { role } of MOCK_LOGINS) {
        const { status } = await client.ask(method, url, { ...asked, token: await client.login(role) });
        expect(status === 403).toBe(!operation.roles.includes(role));
      }
    },
  );
});

interface Listed {
  readonly productId: string;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
  readonly options: readonly { readonly optionId: string }[];
}

describe('a front end before the services run', () => {
  anewEachTime();

  const credentials = { email: 'new@example.com', password: 'correct horse' };
  const person = { ...credentials, name: 'New' };

  const login = (body = credentials) => client.ask('POST', '/auth/login', { body });

  async function newcomer(): Promise<string> {
    expect((await client.ask('POST', '/auth/register', { body: person })).status).toBe(201);
    const { body } = await client.ask('POST', '/auth/login', {
      body: person.email && { email: person.email, password: person.password },
    });
    return body.accessToken as string;
  }

  it('registers, shops and orders, and finds what it did', async () => {
    const token = await newcomer();
    expect((await client.ask('GET', '/auth/me', { token })).body).toMatchObject({
      email: person.email,
      role: 'customer',
    });
    const { body: products } = await client.ask<Listed[]>('GET', '/products?inStock=true&sort=price');
    expect(products.map(({ price }) => price)).toEqual(
      products.map(({ price }) => price).toSorted((a, b) => a - b),
    );
    const single = products.find(({ options }) => options.length === 1)!;
    const { productId, price, stock } = single;

    const charged = await client.ask('POST', '/balance/charge', { token, body: { amount: 100_000 } });
    expect(charged.body).toMatchObject({ status: 'SUCCEEDED', currentBalance: 100_000 });
    const cart = await client.ask('POST', '/cart/add', { token, body: { productId, quantity: 2 } });
    expect(cart.body).toMatchObject({ totalPrice: 2 * price });

    const order = { fromCart: true, expectedTotal: 2 * price };
    const placed = await client.ask('POST', '/orders', { token, body: order });
    expect(placed.status).toBe(201);
    expect(placed.body).toMatchObject({ orderStatus: 'SUCCESS', totalPrice: 2 * price });
    const path = placed.headers.get('location')!;
    expect((await client.ask('GET', path, { token })).body).toMatchObject({ orderStatus: 'SUCCESS' });
    expect((await client.ask<object[]>('GET', '/orders', { token })).body).toMatchObject([
      { orderId: placed.body.orderId },
    ]);
    expect((await client.ask('GET', '/cart', { token })).body).toEqual({ items: [], totalPrice: 0 });
    expect((await client.ask('GET', '/balance', { token })).body.currentBalance).toBe(100_000 - 2 * price);
    expect((await client.ask('GET', `/products/${productId}`)).body.stock).toBe(stock - 2);

    const cancelled = await client.ask('POST', `${path}/cancel`, { token });
    expect(cancelled.body).toMatchObject({ orderStatus: 'CANCELLED' });
    const { body } = await client.ask<{ history: { step?: string }[] }>('GET', path, { token });
    const steps = ['ReserveStock', 'DebitWallet', 'Cancel', 'RefundWallet', 'ReleaseStock'];
    expect(body.history.map(({ step }) => step)).toEqual([undefined, ...steps]);
    expect((await client.ask('GET', '/balance', { token })).body.currentBalance).toBe(100_000);
    expect((await client.ask('GET', `/products/${productId}`)).body.stock).toBe(stock);
  });

  it('meets the refusals of the shop, with what they are about', async () => {
    const token = await newcomer();
    const { body: products } = await client.ask<Listed[]>('GET', '/products');
    const of = (product: Listed | undefined, quantity: number) => ({
      items: [{ productId: product?.productId, quantity }],
    });
    const single = products.find(({ options }) => options.length === 1);
    const choice = products.find(({ options }) => options.length > 1);
    const rare = products.find(({ stock }) => stock === 3);
    const refusals: [body: object, code: string][] = [
      [of(single, 1), 'INSUFFICIENT_BALANCE'],
      [of(choice, 1), 'OPTION_REQUIRED'],
      [of(rare, 4), 'OUT_OF_STOCK'],
      [{ ...of(single, 1), expectedTotal: 1 }, 'PRICE_CHANGED'],
      [{ fromCart: true }, 'CART_EMPTY'],
    ];
    for (const [body, code] of refusals) {
      expect((await client.ask('POST', '/orders', { token, body })).body.code).toBe(code);
    }
    const { body: failed } = await client.ask<object[]>('GET', '/orders?status=FAILED', { token });
    expect(failed).toHaveLength(4);
    expect(failed).toContainEqual(expect.objectContaining({ failureCode: 'OUT_OF_STOCK' }));
  });

  it('uses a coupon once, and for nothing not at all', async () => {
    const token = await newcomer();
    await client.ask('POST', '/balance/charge', { token, body: { amount: 500_000 } });
    const { body: coupons } = await client.ask<{ couponId: string; discountType: string }[]>(
      'GET',
      '/coupons',
    );
    const { couponId } = coupons.find(({ discountType }) => discountType === 'PERCENT')!;
    const issued = await client.ask('POST', `/coupons/${couponId}/issue`, { token });
    const { userCouponId } = issued.body;
    const { body: products } = await client.ask<Listed[]>('GET', '/products');
    const { productId, price } = products.find(({ options }) => options.length === 1)!;
    const cheap = await client.ask('POST', '/products', {
      token: await client.login('admin'),
      body: { name: 'Sticker', price: 3, stock: 1 },
    });
    const items = [{ productId: cheap.body.productId, quantity: 1 }];
    const vain = await client.ask('POST', '/orders', { token, body: { items, userCouponId } });
    expect(vain.body).toMatchObject({
      code: 'COUPON_NOT_USABLE',
      detail: 'it takes nothing off this order',
    });
    const body = { items: [{ productId, quantity: 1 }], userCouponId };
    const placed = await client.ask('POST', '/orders', { token, body });
    expect(placed.body).toMatchObject({ discount: Math.floor(price * 0.33) });
    expect((await client.ask('GET', '/coupons/mine', { token })).body).toEqual([]);
    expect((await client.ask('POST', '/orders', { token, body })).body.code).toBe('COUPON_NOT_USABLE');
  });

  it('is answered a repeat under an Idempotency-Key as the first time, and another body with 422', async () => {
    const token = await newcomer();
    const asked = { token, body: { amount: 1_000 }, headers: { 'idempotency-key': 'first' } };
    const first = await client.ask('POST', '/balance/charge', asked);
    const again = await client.ask('POST', '/balance/charge', asked);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = await client.ask('POST', '/balance/charge', { ...asked, body: { amount: 2_000 } });
    expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await client.ask('GET', '/balance', { token })).body.currentBalance).toBe(1_000);
  });

  it('has a key for each route, and strangers for each e-mail', async () => {
    const headers = { 'idempotency-key': 'first' };
    const others = { ...person, email: 'other@example.com' };
    const ids = [];
    for (const body of [person, others, person]) {
      const { status, body: account } = await client.ask('POST', '/auth/register', { body, headers });
      expect(status).toBe(201);
      ids.push(account.userId);
    }
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([false, true]);
    const again = () => client.ask('POST', '/auth/login', { body: credentials, headers });
    const [first, second] = [await again(), await again()];
    expect(second.body.accessToken).not.toBe(first.body.accessToken);
    const token = first.body.accessToken as string;
    await client.ask('POST', '/balance/charge', { token, body: { amount: 900_000 }, headers });
    const { body: products } = await client.ask<Listed[]>('GET', '/products?inStock=true');
    const { productId } = products.find(({ options }) => options.length === 1)!;
    const order = { token, body: { items: [{ productId, quantity: 1 }] }, headers };
    const placed = await client.ask('POST', '/orders', order);
    expect(placed.status).toBe(201);
    // The same route by another name.
    expect((await client.ask('POST', '/order', order)).body).toEqual(placed.body);
  });

  it('finds the coupons that can be issued now, oldest first, and hears why others cannot', async () => {
    const [token, admin] = [await newcomer(), await client.login('admin')];
    const { body: before } = await client.ask<object[]>('GET', '/coupons?limit=100');
    const terms = { name: 'Tea', discountType: 'FIXED', discountValue: 500, totalQuantity: 3 };
    const made = async (more: object): Promise<string> => {
      const { status, body } = await client.ask('POST', '/coupons', {
        token: admin,
        body: { ...terms, ...more },
      });
      expect(status).toBe(201);
      return body.couponId as string;
    };
    const start = { issueStartsAt: '2999-01-01T00:00:00Z' };
    const [plain, charged, young, early] = [
      await made({}),
      await made({ eligibility: { chargedWallet: true } }),
      await made({ eligibility: { accountAgeMinutes: 1 } }),
      await made(start),
    ];
    const { body: listed } = await client.ask<object[]>('GET', '/coupons?limit=100');
    expect(listed).toEqual([
      ...before,
      ...[plain, charged, young].map((couponId) => expect.objectContaining({ couponId })),
    ]);
    const issue = async (couponId: string) => {
      const { status, body } = await client.ask('POST', `/coupons/${couponId}/issue`, { token });
      return status < 300 ? body.status : body.code;
    };
    expect(await issue(plain)).toBe('ISSUED');
    expect(await issue(early)).toBe('COUPON_NOT_ISSUABLE');
    expect([await issue(charged), await issue(young)]).toEqual([
      'COUPON_NOT_ELIGIBLE',
      'COUPON_NOT_ELIGIBLE',
    ]);
    await client.ask('POST', '/balance/charge', { token, body: { amount: 1_000 } });
    expect(await issue(charged)).toBe('ISSUED');
    const useless = { ...terms, usableUntil: '2020-01-01T00:00:00Z' };
    const refused = await client.ask('POST', '/coupons', { token: admin, body: useless });
    expect(refused.body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ path: 'usableUntil' }] });
  });

  it('takes out of the cart what is not there, and back from a cancelled order nothing', async () => {
    const token = await newcomer();
    const item = { productId: '01920000-0000-7000-8000-00000000ffff', quantity: 0 };
    const empty = { items: [], totalPrice: 0 };
    expect(await client.ask('PUT', '/cart/items', { token, body: item })).toMatchObject({
      status: 200,
      body: empty,
    });
    const { body: products } = await client.ask<Listed[]>('GET', '/products');
    const choice = products.find(({ options, stock }) => options.length > 1 && stock > 0)!;
    const { productId } = choice;
    const [{ optionId }] = choice.options as [{ optionId: string }];
    await client.ask('PUT', '/cart/items', { token, body: { productId, optionId, quantity: 1 } });
    const out = await client.ask('PUT', '/cart/items', { token, body: { productId, quantity: 0 } });
    expect(out).toMatchObject({ status: 200, body: empty });
    const mina = await client.login('customer');
    const cancel = '/orders/01920000-0000-7000-8000-0000000000a1/cancel';
    expect((await client.ask('POST', cancel, { token: mina })).status).toBe(200);
    const tried = await client.ask('POST', `${cancel}?dryRun=true`, { token: mina });
    expect(tried).toMatchObject({ status: 200, body: { givesBack: { amount: 0, items: [] } } });
  });

  it('learns the outcome of a payment and of an order later, where it asks for that', async () => {
    const token = await newcomer();
    const unknown = { amount: 50_000, paymentMethod: 'tok_unknown' };
    const pending = await client.ask('POST', '/balance/charge', { token, body: unknown });
    expect(pending.status).toBe(202);
    const charge = pending.headers.get('location')!;
    expect((await client.ask('GET', charge, { token })).body.status).toBe('SUCCEEDED');
    const declined = { amount: 50_000, paymentMethod: 'tok_declined' };
    expect((await client.ask('POST', '/balance/charge', { token, body: declined })).status).toBe(402);
    expect((await client.ask('GET', '/balance', { token })).body.currentBalance).toBe(50_000);

    const { body: products } = await client.ask<Listed[]>('GET', '/products');
    const { productId } = products.find(({ options, price }) => options.length === 1 && price <= 50_000)!;
    const order = await client.ask('POST', '/orders', {
      token,
      body: { items: [{ productId, quantity: 1 }] },
      headers: { prefer: 'respond-async' },
    });
    expect([order.status, order.body.orderStatus]).toEqual([202, 'PENDING']);
    const { body } = await client.ask('GET', order.headers.get('location')!, { token });
    expect(body.orderStatus).toBe('SUCCESS');

    const missing = '01920000-0000-7000-8000-00000000dead';
    const nowhere = await client.ask('POST', '/orders', {
      token,
      body: { items: [{ productId: missing, quantity: 1 }] },
      headers: { prefer: 'respond-async' },
    });
    const failed = await client.ask('GET', nowhere.headers.get('location')!, { token });
    expect(failed.body).toMatchObject({
      failureCode: 'PRODUCT_NOT_FOUND',
      failureFacts: { productId: missing },
    });
  });

  const passwords = { currentPassword: person.password, newPassword: 'battery staple' };

  it('changes and deletes an account, and logs in by what it is then', async () => {
    const [token, other] = [await newcomer(), (await login()).body.accessToken as string];
    const codeOf = async (method: string, path: string, body: object) =>
      (await client.ask(method, path, { token, body })).body?.code;
    const wrong = { ...passwords, currentPassword: 'wrong password' };
    expect(await codeOf('POST', '/auth/password', wrong)).toBe('INVALID_CREDENTIALS');
    for (const newPassword of [person.email, 'password123']) {
      expect(await codeOf('POST', '/auth/password', { ...passwords, newPassword })).toBe('VALIDATION_FAILED');
    }
    expect((await client.ask('POST', '/auth/password', { token, body: passwords })).status).toBe(204);
    expect((await login()).body.code).toBe('INVALID_CREDENTIALS');
    expect((await client.ask('GET', '/auth/me', { token: other })).status).toBe(401);
    const currentPassword = passwords.newPassword;
    const taken = { email: 'mina@example.com', currentPassword };
    expect(await codeOf('PATCH', '/auth/me', taken)).toBe('EMAIL_TAKEN');
    const changed = { name: 'Newer', email: ' Newer@Example.com', currentPassword };
    const { body } = await client.ask('PATCH', '/auth/me', { token, body: changed });
    expect(body).toMatchObject({ name: 'Newer', email: 'newer@example.com' });
    const credentialsNow = { email: 'newer@example.com', password: currentPassword };
    expect((await login(credentialsNow)).status).toBe(200);
    expect(await codeOf('DELETE', '/auth/me', { currentPassword: 'wrong password' })).toBe(
      'INVALID_CREDENTIALS',
    );
    expect((await client.ask('DELETE', '/auth/me', { token, body: { currentPassword } })).status).toBe(204);
    expect((await login(credentialsNow)).body.code).toBe('INVALID_CREDENTIALS');
    expect((await client.ask('GET', '/auth/me', { token })).status).toBe(401);
  });

  it('is refused what no document can say', async () => {
    const token = await newcomer();
    for (const password of ['other@example.com', 'password123']) {
      const body = { email: 'other@example.com', password, name: 'Other' };
      expect((await client.ask('POST', '/auth/register', { body })).body).toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: [{ path: 'password' }],
      });
    }
    const { body: products } = await client.ask<Listed[]>('GET', '/products');
    const line = { productId: products[0]!.productId, quantity: 600 };
    const order = { token, body: { items: [line, line] } };
    expect((await client.ask('POST', '/orders', order)).body.code).toBe('VALIDATION_FAILED');
    const admin = await client.login('admin');
    const twice = { name: 'Cup', price: 1, options: ['Red', 'red'].map((name) => ({ name, stock: 1 })) };
    expect((await client.ask('POST', '/products', { token: admin, body: twice })).status).toBe(400);
    const emptying = { token, body: { productId: line.productId } };
    expect((await client.ask('DELETE', '/cart', emptying)).body.code).toBe('VALIDATION_FAILED');
  });

  it('may show a refresh token twice, and none after its session has ended', async () => {
    await newcomer();
    const first = (await login()).body.refreshToken as string;
    const refreshed = (refreshToken: string) =>
      client.ask('POST', '/auth/refresh', { body: { refreshToken } });
    const { body: second } = await refreshed(first);
    expect((await refreshed(first)).body.refreshToken).toBe(second.refreshToken);
    const { body: third } = await refreshed(second.refreshToken as string);
    expect((await refreshed(first)).status).toBe(401);
    expect((await refreshed(third.refreshToken as string)).status).toBe(401);
    const { accessToken, refreshToken } = (await login()).body;
    const me = () => client.ask('GET', '/auth/me', { token: accessToken as string });
    expect((await me()).status).toBe(200);
    await client.ask('POST', '/auth/logout', { body: { refreshToken } });
    expect((await me()).status).toBe(401);
  });

  it('sees what those who run the shop change', async () => {
    const [token, admin] = [await newcomer(), await client.login('operator')];
    const change = (method: string, path: string, body: object, headers = {}) =>
      client.ask<Record<string, unknown> & Listed>(method, path, { token: admin, body, headers });
    const [nobody] = ['01920000-0000-7000-8000-00000000ffff'];
    expect((await change('PATCH', `/products/${nobody}`, { price: 1 })).body.code).toBe('PRODUCT_NOT_FOUND');
    const names = ['Red', 'Blue'];
    const options = names.map((name) => ({ name, stock: 5 }));
    const { body: made } = await change('POST', '/products', { name: 'Cup', price: 100, options });
    const path = `/products/${made.productId}`;
    const cheaper = await change('PATCH', path, { price: 90 }, { 'if-match': '"1"' });
    expect([cheaper.headers.get('etag'), cheaper.body.price]).toEqual(['"2"', 90]);
    const late = await change('POST', `${path}/stock`, { quantity: 1 }, { 'if-match': '"1"' });
    expect(late.body.code).toBe('VERSION_CHANGED');
    const added = await change('POST', `${path}/options`, { name: 'Green', additionalPrice: 10, stock: 1 });
    expect((await change('POST', `${path}/options`, { name: 'green', stock: 1 })).status).toBe(400);
    const optionPath = `${path}/options/${added.body.optionId as string}`;
    await change('PATCH', optionPath, { additionalPrice: 20 });
    const stocked = { optionId: added.body.optionId, quantity: 6 };
    expect((await change('POST', `${path}/stock`, stocked)).body.stock).toBe(7);
    const read = async () => (await client.ask<Listed>('GET', path)).body;
    expect(await read()).toMatchObject({ stock: 17, options: [{}, {}, { price: 110, stock: 7 }] });
    await change('PATCH', optionPath, { status: 'SUSPENDED' });
    expect((await read()).options).toHaveLength(2);

    const { body: coupons } = await client.ask<{ couponId: string }[]>('GET', '/coupons');
    const [{ couponId }] = coupons as [{ couponId: string }];
    await change('PATCH', `/coupons/${couponId}`, { status: 'SUSPENDED' });
    expect((await client.ask<object[]>('GET', '/coupons')).body).toHaveLength(coupons.length - 1);
    const issue = await client.ask('POST', `/coupons/${couponId}/issue`, { token });
    expect(issue.body.code).toBe('COUPON_NOT_ISSUABLE');

    await change('PATCH', path, { status: 'SUSPENDED' });
    const listed = await client.ask<Listed[]>('GET', '/products?limit=100');
    expect(listed.body.map(({ productId }) => productId)).not.toContain(made.productId);
    const items = [{ productId: made.productId, optionId: made.options[0]!.optionId, quantity: 1 }];
    const order = await client.ask('POST', '/orders', { token, body: { items } });
    expect(order.body.code).toBe('PRODUCT_NOT_SELLABLE');
    const staff = '/admin/products?status=SUSPENDED';
    const { body: suspended } = await client.ask<Listed[]>('GET', staff, { token: admin });
    expect(suspended.map(({ productId }) => productId)).toEqual([made.productId]);
  });

  it('reads what sold most, ties by product', async () => {
    const token = await newcomer();
    await client.ask('POST', '/balance/charge', { token, body: { amount: 9_000_000 } });
    const { body: products } = await client.ask<Listed[]>('GET', '/products?inStock=true&limit=100');
    const single = products.filter(({ options, stock }) => options.length === 1 && stock > 3);
    const [sold, ...others] = single
      .map(({ productId }) => productId)
      .slice(1, 4)
      .toReversed();
    const quantityOf = (productId: string) => (productId === sold ? 3 : 1);
    for (const productId of [...others, sold!]) {
      const items = [{ productId, quantity: quantityOf(productId) }];
      expect((await client.ask('POST', '/orders', { token, body: { items } })).status).toBe(201);
    }
    const { body: top } = await client.ask<Listed[]>('GET', '/products/top?days=1&limit=100');
    const places = top.map(({ productId }) => productId).filter((id) => id === sold || others.includes(id));
    expect(places).toEqual([sold, ...others.toSorted()]);
  });

  it('watches an order to its end by the client, and what goes on while it looks', async () => {
    const app = mockShop(document, 'en', { api });
    try {
      const shop = new Jangteo({ url: await app.listen({ port: 0, host: '127.0.0.1' }) });
      const [{ email, password }] = MOCK_LOGINS;
      await shop.auth.login({ email, password });
      const [first] = await allOf(shop.products.list({ inStock: true }));
      const { optionId } = first!.options[0]!;
      const { orderId } = await shop.orders.place(
        { items: [{ productId: first!.productId, optionId, quantity: 1 }] },
        { wait: 'none' },
      );
      const seen = await allOf(shop.orders.events(orderId));
      expect(seen.map(({ id, type }) => [id, type])).toEqual([
        ['1', 'progress'],
        ['2', 'progress'],
        ['3', 'progress'],
        ['3', 'end'],
      ]);
      expect(seen.at(-1)!.data).toEqual({ orderId, orderStatus: 'SUCCESS' });
      expect(await allOf(shop.orders.events(orderId, { lastEventId: '3' }))).toEqual([]);
      const { couponId } = (await allOf(shop.coupons.list()))[0]!;
      for await (const { type, data } of shop.coupons.live(couponId)) {
        expect([type, data.totalQuantity]).toEqual(['coupon', expect.any(Number)]);
        break;
      }
    } finally {
      await app.close();
    }
  });

  it('walks a list to its end, each item once', async () => {
    const seen: string[] = [];
    let next: string | undefined = '/products?limit=4&sort=name';
    while (next !== undefined) {
      const page: { body: Listed[]; headers: Headers } = await client.ask<Listed[]>('GET', next);
      expect(page.body.length).toBeLessThanOrEqual(4);
      seen.push(...page.body.map(({ productId }) => productId));
      next = /<(.+)>/.exec(page.headers.get('link') ?? '')?.[1];
    }
    const { body: all } = await client.ask<Listed[]>('GET', '/products?limit=100&sort=name');
    expect(seen).toEqual(all.map(({ productId }) => productId));
  });

  it('is told what is wrong with a request, as by the shop', async () => {
    const token = await newcomer();
    const body = { items: [{ productId: 'x', quantity: 0, size: 'L' }] };
    const answer = await client.ask<{ errors: { path: string }[] }>('POST', '/orders', { token, body });
    expect(answer.status).toBe(400);
    expect(new Set(answer.body.errors.map(({ path }) => path))).toEqual(
      new Set(['items.0.productId', 'items.0.quantity', 'items.0.size']),
    );
    for (const url of ['/products?limit=0', '/products?colour=red', '/products/x', '/products?cursor=x']) {
      expect((await client.ask('GET', url)).status).toBe(400);
    }
    expect((await client.ask('POST', '/auth/login', {})).status).toBe(400);
    const torn = await client.app.inject({
      method: 'POST',
      url: '/auth/login',
      headers: { 'content-type': 'application/json' },
      payload: '{',
    });
    expect([torn.statusCode, torn.json<{ code: string }>().code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('is told what it can prefer where it prefers what is not there', async () => {
    const answer = await client.ask('GET', '/products', { headers: { prefer: 'code=418' } });
    expect(JSON.stringify(answer.body)).toContain('504 UPSTREAM_TIMEOUT');
    const byCode = await client.ask('POST', '/orders', { headers: { prefer: 'example=OUT_OF_STOCK' } });
    expect(byCode.body).toMatchObject({ status: 409, code: 'OUT_OF_STOCK' });
  });

  it('finds the methods of a path, and no path that is not there', async () => {
    const wrong = await client.ask('DELETE', '/products');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, POST, OPTIONS']);
    expect((await client.ask('GET', '/nowhere')).body).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('may be on another origin, with every header', async () => {
    const origin = 'http://localhost:5173';
    const asked = 'authorization,content-type,idempotency-key,prefer';
    const preflight = await client.app.inject({
      method: 'OPTIONS',
      url: '/orders',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': asked },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': asked,
    });
    const refusal = await client.ask('GET', '/orders', { headers: { origin } });
    expect(refusal.headers.get('access-control-allow-origin')).toBe('*');
    expect(refusal.headers.get('access-control-expose-headers')).toBe('*');
  });
});

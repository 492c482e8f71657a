import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { DocumentedAnswers, type ApiDocument as Api } from '@jangteo/testkit';
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

const newClient = (): Client => new Client(mockShop(document, 'ko', api));

/** Parameters of which the document shows no value of their own. */
const IDS: Readonly<Record<string, string>> = {
  orderId: '01920000-0000-7000-8000-0000000000a1',
  chargeId: '01920000-0000-7000-8000-0000000000c1',
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

  it('uses a coupon once', async () => {
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
    const login = () => client.ask('POST', '/auth/login', { body: credentials, headers });
    const [first, second] = [await login(), await login()];
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

import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueName, type DeadLetter } from '@jangteo/contracts';
import {
  brokerUserOf,
  connectToBroker,
  eventually,
  expected,
  honestSender,
  startShop,
  START_DEADLINE_MS,
  withClient,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import type { LinkedThing } from '../src/domain/find.js';
import { accountCalls } from './account-calls.js';
import { expectProblem, nextPath } from './expectations.js';

let shop: Shop;
let client: ShopClient;
let admin: string;
let viewer: Customer;
let operator: Customer;

const { employed } = accountCalls(() => ({ client, admin }));

beforeAll(async () => {
  shop = await startShop({
    env: { DEAD_LETTERS_INTERVAL_MS: '200', ATTEMPTS_MAX: '1' },
    services: {
      // What makes no progress is left to people.
      order: {
        ORDER_DEADLINE_MS: '600000',
        SAGA_RETRY_MS: '600000',
        SAGA_RETRY_MS_MAX: '600000',
        SWEEP_INTERVAL_MS: '100',
      },
    },
  });
  ({ client } = shop);
  admin = await client.admin();
  viewer = await employed('viewer');
  operator = await employed('operator');
}, START_DEADLINE_MS);

afterAll(() => shop?.stop());

const get = async <B>(path: string, { token }: Customer = viewer): Promise<B> =>
  expected(200, await client.get<B>(path, { token }));

/** Puts something into the wallet's queue that it cannot handle, and waits until it is kept. */
async function deadLetter(
  headers: object = {},
  correlationId = randomUUIDv7(),
  type = 'wallet.dance',
): Promise<DeadLetter> {
  const messageId = randomUUIDv7();
  const connection = await connectToBroker();
  try {
    const channel = await connection.createConfirmChannel();
    const queue = queueName(shop.namespace, 'wallet', 'commands');
    const userId = brokerUserOf(honestSender(queue, type));
    const properties = { type, messageId, correlationId, userId, persistent: true };
    channel.sendToQueue(queue, Buffer.from('{}'), {
      ...properties,
      headers: { 'schema-version': 1, ...headers },
    });
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
  return await eventually(async () => {
    const letters = await get<DeadLetter[]>('/admin/dead-letters?service=wallet&limit=100');
    return letters.find((letter) => letter.messageId === messageId) ?? false;
  });
}

describe('whatever is pasted', () => {
  const find = (q: string) => get<LinkedThing[]>(`/admin/find?q=${encodeURIComponent(q)}`);
  const hrefs = async (q: string) =>
    (await find(q)).filter(({ kind }) => kind !== 'logEntry').map(({ kind, href }) => [kind, href]);

  it('is found by the id of a thing, in any case of its letters, and each link leads somewhere', async () => {
    const customer = await client.register(10_000);
    const { productId, options } = await client.createProduct({ name: 'Cup', price: 1_000, stock: 10 });
    const { couponId } = await client.createCoupon({ name: 'Week' });
    const { userCouponId } = await client.issue(customer, couponId);
    const items = [{ productId, quantity: 2 }];
    const { orderId } = expected(201, await client.order(customer, { items }));
    const { optionId } = options[0]!;
    const found = [
      [orderId, 'order', `/orders/${orderId}/timeline`],
      [customer.userId, 'user', `/admin/users/${customer.userId}`],
      [customer.email, 'user', `/admin/users/${customer.userId}`],
      [productId, 'product', `/products/${productId}`],
      [optionId, 'option', `/products/${productId}`],
      [couponId, 'coupon', `/coupons/${couponId}`],
      [userCouponId, 'userCoupon', `/admin/coupons/${couponId}/issues`],
    ] as const;
    for (const [text, kind, href] of found) {
      expect(await hrefs(text)).toEqual([[kind, href]]);
      expect(await hrefs(` ${text.toUpperCase()} `)).toEqual([[kind, href]]);
      await get(href);
    }
    expect(await get(`/admin/find?q=${productId}&limit=1`)).toHaveLength(1);
    expect(await find(productId)).toContainEqual(
      expect.objectContaining({ id: productId, title: expect.stringContaining('Cup') }),
    );
    expect((await find(orderId))[0]).toMatchObject({ id: orderId, title: 'SUCCESS, 2000' });
  });

  it('is found by an Idempotency-Key, whose ever it is, and by the request of an order', async () => {
    const customer = await client.register(10_000);
    const { productId } = await client.createProduct({ price: 1_000, stock: 10 });
    const key = `checkout/${randomUUID()}`;
    const headers = { 'idempotency-key': key };
    const items = [{ productId, quantity: 1 }];
    const placed = await client.order(customer, { items }, headers);
    const { orderId } = expected(201, placed);
    const link = ['order', `/orders/${orderId}/timeline`];
    expect(await hrefs(key)).toEqual([link]);
    expect(await hrefs(placed.headers.get('x-request-id')!)).toEqual([link]);
    const charged = randomUUID();
    const charge = { amount: 5 };
    expected(
      200,
      await client.post('/balance/charge', charge, {
        token: customer.token,
        headers: { 'idempotency-key': charged },
      }),
    );
    expect((await find(charged)).map(({ href }) => href)).toEqual([`/admin/users/${customer.userId}`]);
    // As a server is given it: each byte as a character.
    const [hangul, token] = [`주문 ${randomUUID()}`, await client.admin()];
    const sent = { 'idempotency-key': Buffer.from(hangul).toString('latin1') };
    const forThem = { ...charge, userId: customer.userId };
    expected(200, await client.post('/balance/charge', forThem, { token, headers: sent }));
    expect(await hrefs(hangul)).toEqual([['charge', `/admin/users/${customer.userId}`]]);
  });

  it('is found by the request or the trace of an order that is on its way', async () => {
    const customer = await client.register(10_000);
    const { productId } = await client.createProduct({ price: 1_000, stock: 10 });
    const [requestId, traceId] = [`checkout-${randomUUID()}`, randomUUID().replaceAll('-', '')];
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    shop.pause('wallet');
    try {
      const headers = { 'x-request-id': requestId, traceparent, prefer: 'respond-async' };
      const items = [{ productId, quantity: 1 }];
      const { orderId } = expected(202, await client.order(customer, { items }, headers));
      const answer = await client.get<LinkedThing[]>(`/admin/find?q=${traceId}`, viewer);
      expect(expected(200, answer)).toMatchObject([{ kind: 'order', id: orderId, title: expect.anything() }]);
      expect(answer.headers.get('services-unanswered')).toBe('wallet');
      // A service that has much to do may take longer than it is waited for.
      for (const q of [requestId, traceparent]) {
        const things = await eventually(async () => {
          const some = await find(q);
          return some.length > 0 && some;
        });
        expect(things).toMatchObject([{ kind: 'order', id: orderId }]);
      }
    } finally {
      shop.resume('wallet');
    }
  });

  it('is found by a dead letter, its message, its order, its request or its trace', async () => {
    const [requestId, traceId, orderId] = [
      randomUUID().slice(0, 13),
      randomUUID().replaceAll('-', ''),
      randomUUIDv7(),
    ];
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const { deadLetterId, messageId } = await deadLetter({ 'request-id': requestId, traceparent }, orderId);
    const link = ['deadLetter', `/admin/dead-letters/wallet/${deadLetterId}`];
    for (const q of [deadLetterId, messageId!, orderId, requestId, traceId, traceparent]) {
      expect(await hrefs(q)).toEqual([link]);
    }
    await get(link[1]!);
    expect(await get(`/admin/dead-letters/groups?limit=1`)).toHaveLength(1);
  });

  it('is found by what staff did, with a link to it alone', async () => {
    const requestId = `change-${randomUUID()}`;
    const { productId } = await client.createProduct();
    const headers = { 'x-request-id': requestId };
    const changed = await client.send('PATCH', `/products/${productId}`, '{"price":7}', {
      token: operator.token,
      headers,
    });
    expected(200, changed);
    const [found, ...others] = await find(requestId);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'logEntry', title: `changeProduct, ${productId}, DONE` });
    const entries = await get<{ entryId: string }[]>(found!.href);
    expect(entries).toMatchObject([{ entryId: found!.id, requestId }]);
  });

  it('is nothing where nothing has that name, and refused where it is no text', async () => {
    const nobodys = ['nothing', randomUUIDv7(), 'a@b.example', randomUUID(), '%', '00-', 'x'.repeat(320)];
    for (const q of nobodys) expect(await find(q)).toEqual([]);
    for (const query of [
      '',
      '?q=',
      '?q=%20',
      '?q=a%00',
      `?q=${'x'.repeat(321)}`,
      '?q=a&x=1',
      '?q=a&limit=0',
    ]) {
      expectProblem(await client.get(`/admin/find${query}`, viewer), 'VALIDATION_FAILED');
    }
  });
});

describe('what was sold', () => {
  interface Sales {
    readonly at: string;
    readonly units: number;
    readonly orders?: number;
    readonly source: string;
  }

  const sales = (query = '') => get<Sales[]>(`/admin/sales?${query}`);

  it('is told by hour and by day, of all and of one product, without what was cancelled', async () => {
    const customer = await client.register(100_000);
    const [cup, pot] = [await client.createProduct(), await client.createProduct()];
    const before = (await sales('by=day')).at(-1)!;
    const order = async (items: object[]) => expected(201, await client.order(customer, { items })).orderId;
    const of = ({ productId }: { productId: string }, quantity: number) => ({ productId, quantity });
    await order([of(cup, 2), of(pot, 1)]);
    await order([of(cup, 3)]);
    const cancelled = await order([of(cup, 50)]);
    const { token } = customer;
    expected(200, await client.post(`/orders/${cancelled}/cancel`, undefined, { token }));
    const ofCup = `productId=${cup.productId}`;
    await eventually(async () => (await sales(`by=hour&${ofCup}`)).some(({ units }) => units === 5));
    const sum = (rows: Sales[]) => [
      rows.reduce((all, { units }) => all + units, 0),
      rows.reduce((all, { orders }) => all + orders!, 0),
    ];
    for (const by of ['hour', 'day']) {
      expect(sum(await sales(`by=${by}&${ofCup}`))).toEqual([5, 2]);
      expect(sum(await sales(`by=${by}&productId=${pot.productId}`))).toEqual([1, 1]);
    }
    // The day may have turned meanwhile.
    const days = await sales('by=day');
    const since = days.filter(({ at }) => at >= before.at);
    expect(sum(since)).toEqual([before.units + 6, before.orders! + 2]);
    expect(sum(await sales('by=hour'))[0]).toBeGreaterThanOrEqual(6);
    expect(days).toHaveLength(30);
    expect(days.map(({ at }) => at)).toEqual(days.map(({ at }) => at).toSorted());
    expect(days.every(({ at }) => at.endsWith('T00:00:00.000Z'))).toBe(true);
    expect(await sales(`${ofCup}&from=2020-01-01T00:00:00.000Z&to=2020-01-02T00:00:00.000Z`)).toEqual([]);
    expect(days.every(({ source }) => source === 'ranking')).toBe(true);
    const { productId, name } = cup;
    // A catalog that takes long is not waited for.
    await eventually(async () => {
      const products = await get<object[]>('/admin/sales/products?limit=100');
      expect(products).toContainEqual({ productId, name, units: 5, orders: 2, source: 'ranking' });
    });
    // Without statistics nobody knows categories.
    const [all, ...others] = await get<Sales[]>('/admin/sales/categories');
    expect(all).toEqual({ units: expect.any(Number), source: 'ranking' });
    expect(others).toEqual([]);
  });

  it.each(['by=week', 'from=x', 'from=2026-01-02T00:00:00.000Z&to=2026-01-01T00:00:00.000Z', 'productId=1'])(
    'is not told by %s',
    async (query) => {
      expectProblem(await client.get(`/admin/sales?${query}`, viewer), 'VALIDATION_FAILED');
    },
  );

  it.each(['limit=0', 'limit=101', 'from=x', 'from=2026-01-02T00:00:00.000Z&to=2026-01-01T00:00:00.000Z'])(
    'is not told of products and categories by %s',
    async (query) => {
      for (const what of ['products', 'categories']) {
        expectProblem(await client.get(`/admin/sales/${what}?${query}`, viewer), 'VALIDATION_FAILED');
      }
    },
  );

  it('is told of so many hours at a time, and why of no more', async () => {
    const from = 'from=2026-01-01T00:00:00.000Z';
    const query = `/admin/sales?by=hour&${from}&to=2026-02-01T00:00:00.001Z`;
    const headers = { 'accept-language': 'ko' };
    const { body } = await client.get<{ errors: object[] }>(query, { token: viewer.token, headers });
    expect(body.errors).toEqual([{ path: 'from', message: 'to보다 최대 744시간 앞선 시각이어야 합니다' }]);
  });
});

describe('groups of dead letters', () => {
  interface Group {
    readonly service: string;
    readonly type: string;
    readonly reason: string;
    readonly count: number;
    readonly first: string;
    readonly last: string;
    readonly note?: string;
    readonly isMuted: boolean;
  }

  const IT = { type: 'wallet.dance', reason: 'unknown-type' };
  const groups = (query = '') => get<Group[]>(`/admin/dead-letters/groups${query}`);
  const change = (body: object, token = operator.token) =>
    client.send<Group>('PATCH', '/admin/dead-letters/wallet/groups', JSON.stringify(body), { token });

  /** As the alert counts them. */
  async function alerting(): Promise<number> {
    const metrics = await (await fetch(`${shop.urlOf('wallet')}/metrics`)).text();
    return Number(/messaging_dead_letters_waiting\{queue="[^"]*commands"\} (\d+)/.exec(metrics)?.[1] ?? 0);
  }

  it('say how many wait, since when, and what somebody wrote down; muted ones alert nobody', async () => {
    const letters = [await deadLetter(), await deadLetter()];
    const of = async () => (await groups('?service=wallet')).find(({ type }) => type === IT.type)!;
    const group = await of();
    expect(group).toMatchObject({ ...IT, service: 'wallet', isMuted: false, last: letters[1]!.parkedAt });
    expect(group.first <= letters[0]!.parkedAt).toBe(true);
    expect(group.count).toBeGreaterThanOrEqual(2);
    await eventually(async () => (await alerting()) === group.count);
    const note = 'from the old till\nsee the manual';
    const muted = expected(200, await change({ ...IT, note, isMuted: true }));
    expect(muted).toMatchObject({ ...IT, note, isMuted: true, changedBy: operator.userId });
    await eventually(async () => (await alerting()) === 0);
    expect(await groups()).toContainEqual(muted);
    await deadLetter();
    expect(await of()).toMatchObject({ count: group.count + 1, note, isMuted: true });
    expect(await alerting()).toBe(0);
    const loud = expected(200, await change({ ...IT, note: null, isMuted: false }));
    expect(loud).not.toHaveProperty('note');
    await eventually(async () => (await alerting()) === group.count + 1);
    const [entry] = await get<object[]>('/admin/log?target=wallet&limit=1');
    expect(entry).toMatchObject({
      action: 'changeDeadLetterGroup',
      actorId: operator.userId,
      target: 'wallet',
      before: { note, isMuted: true },
      after: { isMuted: false },
      result: 'DONE',
    });
  });

  it('that are muted are shown when none of them waits, so that they can be unmuted; others are not', async () => {
    const type = 'wallet.whistle';
    const { deadLetterId } = await deadLetter({}, undefined, type);
    expected(200, await change({ ...IT, type, isMuted: true }));
    const reason = 'sent by a test';
    const path = `/admin/dead-letters/wallet/${deadLetterId}/drop`;
    expected(200, await client.post(path, { reason }, { token: operator.token }));
    const shown = async () => (await groups('?service=wallet')).filter((group) => group.type === type);
    expect(await shown()).toMatchObject([{ ...IT, type, count: 0, isMuted: true }]);
    const note = 'from the old till';
    expect(expected(200, await change({ ...IT, type, note, isMuted: false }))).toMatchObject({
      note,
      count: 0,
    });
    expect(await shown()).toEqual([]);
  });

  it('are changed by operators, where there is one and something is said of it', async () => {
    expectProblem(await change({ ...IT, isMuted: true }, viewer.token), 'FORBIDDEN');
    expectProblem(await change({ ...IT, type: 'wallet.sing', isMuted: true }), 'DEAD_LETTER_NOT_FOUND');
    for (const body of [IT, { isMuted: true }, { ...IT, note: '' }, { ...IT, isMuted: 'yes' }]) {
      expectProblem(await change(body), 'VALIDATION_FAILED');
    }
  });
});

describe('audits that were made', () => {
  interface Audit {
    readonly auditId: string;
    readonly state: string;
    readonly unanswered: readonly unknown[];
  }

  interface Told extends Audit {
    readonly isSound: boolean;
    readonly checks: readonly {
      readonly name: string;
      readonly state: string;
      readonly sentence: { readonly en: string; readonly ko: string };
    }[];
  }

  type Made = { readonly checkedAt: string; readonly isSound: boolean };
  const audit = async () =>
    expected(200, await client.get<Made>('/admin/audit', { token: await client.admin() }));
  const audits = (query = '') => get<Audit[]>(`/admin/audits${query}`);

  it('are kept, the newest first, each thing that must hold as a sentence with both sums', async () => {
    const reports = [await audit(), await audit()];
    const kept = await audits('?limit=2');
    expect(kept).toMatchObject(
      reports.toReversed().map(({ checkedAt, isSound }) => ({ checkedAt, isSound })),
    );
    const page = await client.get<Audit[]>('/admin/audits?limit=1', viewer);
    expect(expected(200, page)).toEqual([kept[0]]);
    expect(await get(nextPath(page)!)).toEqual([kept[1]]);
    const told = await get<Told>(`/admin/audits/${kept[0]!.auditId}`);
    expect(told).toMatchObject({ ...reports[1], auditId: kept[0]!.auditId });
    const { sentence } = told.checks.find(({ name }) => name === 'payments-of-orders')!;
    expect(sentence.en).toMatch(
      /order: payments [\d,]+ \(\d+ rows?\); wallet: payments [\d,]+ \(\d+ rows?\)\. It /,
    );
    expect(sentence.ko).toMatch(/^성공한 주문만 .*order: payments [\d,]+ \(\d+건\)/);
  });

  it('are not made for viewers again and again', async () => {
    // However long the machine takes for it: at last one is asked for within five seconds of the one before.
    await eventually(async () => {
      const [first, second] = [await get<Made>('/admin/audit'), await get<Made>('/admin/audit')];
      return first.checkedAt === second.checkedAt;
    });
    const [made, anew] = [await audit(), await audit()];
    expect(anew.checkedAt).not.toBe(made.checkedAt);
  });

  it('say that what nobody could be asked is not known, and never that it is sound', async () => {
    shop.pause('ranking');
    try {
      expect(await audit()).toMatchObject({ isSound: false });
    } finally {
      shop.resume('ranking');
    }
    const [last] = await audits('?limit=1');
    expect(last).toMatchObject({ state: 'UNKNOWN', isSound: false, unanswered: ['ranking'] });
    const told = await get<Told>(`/admin/audits/${last!.auditId}`);
    const sales = told.checks.find(({ name }) => name === 'orders-in-ranking')!;
    expect(sales).toMatchObject({ state: 'UNKNOWN', isSound: false });
    expect(sales.sentence.en).toMatch(/It is not known: no answer from ranking\.$/);
  });

  it('are not found where there was none', async () => {
    const answer = await client.get(`/admin/audits/${randomUUIDv7()}`, viewer);
    expectProblem(answer, 'AUDIT_NOT_FOUND');
    expectProblem(await client.get('/admin/audits?cursor=bm8', viewer), 'VALIDATION_FAILED');
  });
});

describe('what became of what was sent again', () => {
  interface Operation {
    readonly operationId: string;
    readonly sent: number;
    readonly tookEffect: number;
    readonly cameBack: number;
    readonly open: number;
  }

  const post = async <B>(path: string, body: object = {}) =>
    expected(200, await client.post<B & Operation>(path, body, { token: operator.token }));
  const operation = (operationId: string) => get<Operation>(`/admin/operations/${operationId}`);
  const untilNoneIsOpen = (operationId: string) =>
    eventually(async () => {
      const its = await operation(operationId);
      return its.open === 0 ? its : false;
    });
  const NONE = { refused: 0, decidedBefore: 0, open: 0 };

  /** Lets every debit of this amount fail as a bug would, until it is mended. */
  async function breakDebitsOf(amount: number): Promise<() => Promise<void>> {
    const alter = (what: string): Promise<unknown> =>
      withClient(shop.databaseUrlOf('wallet'), (database) => database.query(`ALTER TABLE ledger ${what}`));
    await alter(`ADD CONSTRAINT broken CHECK (amount <> ${-amount}) NOT VALID`);
    return async () => void (await alter('DROP CONSTRAINT broken'));
  }

  /** An order whose debit is a dead letter. */
  async function failedDebit(price: number): Promise<DeadLetter> {
    const customer = await client.register(10_000);
    const { productId } = await client.createProduct({ price });
    const items = [{ productId, quantity: 1 }];
    const headers = { prefer: 'respond-async' };
    const { orderId } = expected(202, await client.order(customer, { items }, headers));
    return await eventually(async () => {
      const letters = await get<DeadLetter[]>('/admin/dead-letters?service=wallet&limit=100');
      return letters.find(({ correlationId }) => correlationId === orderId) ?? false;
    });
  }

  it('is that it came back while it fails, and that it took effect once it is mended', async () => {
    const mend = await breakDebitsOf(1_234);
    const { deadLetterId, correlationId } = await failedDebit(1_234);
    const path = '/admin/dead-letters/wallet';
    const first = await post(`${path}/${deadLetterId}/send`);
    expect(first).toMatchObject({ deadLetterId, state: 'SENT_AGAIN', operationId: expect.any(String) });
    expect(await untilNoneIsOpen(first.operationId)).toEqual({
      ...NONE,
      operationId: first.operationId,
      action: 'sendDeadLetter',
      startedAt: expect.any(String),
      actorId: operator.userId,
      result: 'DONE',
      asked: 1,
      sent: 1,
      tookEffect: 0,
      cameBack: 1,
    });
    const back = await eventually(async () => {
      const letters = await get<DeadLetter[]>('/admin/dead-letters?service=wallet&limit=100');
      return letters.find(({ earlierId }) => earlierId === deadLetterId) ?? false;
    });
    const headers = { 'idempotency-key': 'send it again' };
    const send = (id: string) =>
      client.post<Operation>(`${path}/${id}/send`, {}, { token: operator.token, headers });
    const [once, twice] = [await send(back.deadLetterId), await send(back.deadLetterId)];
    expect(twice.body).toEqual(expected(200, once));
    expect(twice.headers.get('idempotent-replayed')).toBe('true');
    expect(await untilNoneIsOpen(once.body.operationId)).toMatchObject({ sent: 1, cameBack: 1 });
    expectProblem(await send(deadLetterId), 'IDEMPOTENCY_KEY_REUSED');
    await mend();
    const second = await post(`${path}/send`, { type: 'wallet.debit' });
    expect(second).toMatchObject({ sent: 1, left: 0 });
    expect(await untilNoneIsOpen(second.operationId)).toMatchObject({
      ...NONE,
      action: 'sendDeadLetters',
      asked: 1,
      sent: 1,
      tookEffect: 1,
      cameBack: 0,
    });
    const [entry] = await get<object[]>(`/admin/log?target=wallet&limit=1`);
    expect(entry).toMatchObject({ entryId: second.operationId, action: 'sendDeadLetters' });
    expect(await get(`/admin/find?q=${second.operationId}`)).toMatchObject([
      { kind: 'operation', href: `/admin/operations/${second.operationId}` },
    ]);
    // What took effect by the second call did not by the first.
    expect(await operation(first.operationId)).toMatchObject({ tookEffect: 0, cameBack: 1, sent: 1 });
    expect(correlationId).toEqual(expect.any(String));
  });

  it('is of a nudge whether the saga went on since', async () => {
    const customer = await client.register(10_000);
    const { productId } = await client.createProduct({ price: 1_000 });
    const items = [{ productId, quantity: 1 }];
    shop.pause('wallet');
    try {
      const headers = { prefer: 'respond-async' };
      const { orderId } = expected(202, await client.order(customer, { items }, headers));
      await eventually(async () => {
        const sagas = await get<{ orderId: string; awaits: string[] }[]>(
          '/admin/sagas?olderThanSeconds=0&limit=100',
        );
        return sagas.some((saga) => saga.orderId === orderId && saga.awaits.includes('DebitWallet'));
      });
      const { operationId } = await post(`/admin/sagas/${orderId}/nudge`);
      const before = { action: 'nudgeSaga', asked: 1, sent: 1, tookEffect: 0, open: 1 };
      expect(await operation(operationId)).toMatchObject(before);
      shop.resume('wallet');
      expect(await untilNoneIsOpen(operationId)).toMatchObject({ ...NONE, tookEffect: 1, cameBack: 0 });
    } finally {
      shop.resume('wallet');
    }
    const all = await post<{ nudged: number }>('/admin/sagas/nudge', { olderThanSeconds: 604_800 });
    expect(all.nudged).toBe(0);
    expect(await operation(all.operationId)).toMatchObject({ action: 'nudgeSagas', asked: 0, sent: 0 });
  });

  it('is not found of what is no such call', async () => {
    const { productId } = await client.createProduct();
    const changed = client.send('PATCH', `/products/${productId}`, '{"price":7}', { token: operator.token });
    expected(200, await changed);
    const [entry] = await get<{ entryId: string }[]>(`/admin/log?target=${productId}`);
    for (const operationId of [randomUUIDv7(), entry!.entryId]) {
      const answer = await client.get(`/admin/operations/${operationId}`, viewer);
      expectProblem(answer, 'OPERATION_NOT_FOUND');
    }
  });
});

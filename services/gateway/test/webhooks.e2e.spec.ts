import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  expected,
  shopClient,
  startShop,
  START_DEADLINE_MS,
  WebhookReceiver,
  withClient,
  type Customer,
  type Problem,
  type ReceivedWebhook,
  type Shop,
  type ShopClient,
  type WebhookAnswer,
} from '@jangteo/testkit';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { expectProblem, nextPath, tally } from './expectations.js';
import { expectInOrder, newestRecord } from './webhook-records.js';

interface Webhook {
  readonly webhookId: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly next: number;
  readonly failures: number;
  readonly secret: string;
}

interface Delivery {
  readonly number: number;
  readonly messageId: string;
  readonly sequence?: number;
  readonly isDelivered: boolean;
  readonly status?: number;
  readonly error?: string;
}

const [TIMEOUT_MS, WEBHOOKS_MAX] = [2_000, 10];
/** So that a receiver that fails has not to be waited for long. */
const GATEWAY = {
  WEBHOOKS_MAX: String(WEBHOOKS_MAX),
  WEBHOOK_INTERVAL_MS: '100',
  WEBHOOK_TIMEOUT_MS: String(TIMEOUT_MS),
  WEBHOOK_RETRY_MS: '50',
  REQUEST_DEADLINE_MS: '5000',
};
const PATIENCE = { deadlineMs: 60_000, everyMs: 100 };
/** Logs in nowhere. */
const NOBODY = { email: '', password: '' };
const GUARDED = { WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'false' };

let shop: Shop;
let client: ShopClient;
let admin: string;
let customer: Customer;
let productId: string;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await WebhookReceiver.open();
  shop = await startShop({ services: { gateway: GATEWAY } });
  ({ client } = shop);
  admin = await client.admin();
  customer = await client.register(10_000_000);
  ({ productId } = await client.createProduct({ price: 10, stock: 100_000 }));
}, START_DEADLINE_MS);

/** What one test is told is nothing to the next. */
afterEach(async () => {
  receiver.answer();
  const all = expected(200, await ask<Webhook[]>('GET', '/admin/webhooks?limit=100'));
  for (const webhook of all) expected(204, await ask('DELETE', of(webhook)));
});

afterAll(async () => {
  await shop?.stop();
  receiver.close();
});

const ask = <B>(method: string, path: string, body?: object, token = admin, of = client) =>
  of.send<B & Problem>(method, path, body && JSON.stringify(body), { token });

const draftOf = (path: string): object => ({ name: 'Warehouse', url: receiver.url(path) });

/** A path of the receiver's own. */
const somewhere = (): string => `/${randomUUIDv7()}`;

const newest = (): Promise<number> => newestRecord(shop);

/** A webhook that is told nothing of what happened before. */
async function made(path: string, more: object = {}): Promise<Webhook> {
  await newest();
  return expected(201, await ask<Webhook>('POST', '/admin/webhooks', { ...draftOf(path), ...more }));
}

const of = ({ webhookId }: Webhook, more = ''): string => `/admin/webhooks/${webhookId}${more}`;

const read = async (webhook: Webhook): Promise<Webhook> =>
  expected(200, await ask<Webhook>('GET', of(webhook)));

const change = async (webhook: Webhook, body: object): Promise<Webhook> =>
  expected(200, await ask<Webhook>('PATCH', of(webhook), body));

const deliveriesTo = async (webhook: Webhook): Promise<Delivery[]> =>
  expected(200, await ask<Delivery[]>('GET', of(webhook, '/deliveries?limit=100')));

async function order(): Promise<string> {
  const answer = await client.order(customer, { items: [{ productId, quantity: 1 }] });
  return expected(201, answer).orderId;
}

async function orders(count: number): Promise<string[]> {
  const placed: string[] = [];
  for (let n = 0; n < count; n += 1) placed.push(await order());
  return placed;
}

/** Waits until a webhook was told all that there is. */
async function untilTold(webhook: Webhook): Promise<void> {
  const last = await newest();
  await eventually(async () => expect((await read(webhook)).next).toBe(last + 1), PATIENCE);
}

const verified = (secret: string, { body, headers }: ReceivedWebhook): unknown =>
  new StandardWebhook(secret).verify(body, headers as Record<string, string>);

async function alter(text: string, webhook: Webhook): Promise<void> {
  await withClient(shop.databaseUrlOf('gateway'), (database) =>
    database.query(`UPDATE webhooks SET ${text} WHERE webhook_id = $1`, [webhook.webhookId]),
  );
}

const metricOf = async (service: 'gateway' | 'order', pattern: RegExp): Promise<number> => {
  const text = await (await fetch(`${shop.urlOf(service)}/metrics`)).text();
  return Number(pattern.exec(text)?.[1] ?? 0);
};

const recordsRead = () =>
  metricOf('order', /^messaging_handled_total\{[^}]*type="order\.read-records"[^}]*\} (\d+)/m);

describe('webhooks', () => {
  it('cost the order service nothing where there is none, or none that is active', async () => {
    await orders(3);
    expect(await recordsRead()).toBe(0);
    const webhook = await made(somewhere());
    await order();
    await untilTold(webhook);
    await change(webhook, { status: 'PAUSED' });
    const before = await eventually(async () => {
      const count = await recordsRead();
      await order();
      return count === (await recordsRead()) && count;
    });
    expect(before).toBeGreaterThan(0);
    await orders(3);
    expect(await recordsRead()).toBe(before);
  });

  it('are told of successes and cancellations from then on, in order, each signed', async () => {
    const path = somewhere();
    const webhook = await made(path);
    expect(webhook).toMatchObject({ status: 'ACTIVE', types: ['order.completed', 'order.cancelled'] });
    const [first] = await orders(3);
    expected(200, await client.post(`/orders/${first}/cancel`, undefined, { token: customer.token }));
    await untilTold(webhook);
    const received = receiver.at(path);
    expectInOrder(received, webhook.next, 4);
    const completed = Array<string>(3).fill('order.completed');
    expect(received.map(({ event }) => event.type)).toEqual([...completed, 'order.cancelled']);
    for (const one of received) {
      expect(verified(webhook.secret, one)).toEqual(one.event);
      expect(one.event.timestamp).toBe(one.event.data.occurredAt);
    }
  });

  it('lose nothing to a receiver that fails, hangs, resets, redirects or confirms late', async () => {
    const path = somewhere();
    const webhook = await made(path);
    const elsewhere = somewhere();
    const harms: readonly WebhookAnswer[] = [
      (response) => void response.writeHead(503).end(),
      () => undefined,
      (response) => void response.socket?.resetAndDestroy(),
      (response) => void response.writeHead(307, { location: receiver.url(elsewhere) }).end(),
      (response) => void setTimeout(() => response.writeHead(200).end(), TIMEOUT_MS + 1_000),
      (response) => void response.writeHead(404).end(),
    ];
    const seen = new Map<string, number>();
    receiver.answer((response, one) => {
      const times = (seen.get(one.messageId) ?? 0) + 1;
      seen.set(one.messageId, times);
      const index = one.event.data.sequence - webhook.next;
      // A connection that was kept open and is reset is tried once more at once, on another one.
      const isHarmed = times === 1 || (times === 2 && index === 2);
      if (isHarmed) void harms[index]!(response, one);
      else response.writeHead(204).end();
    });
    await orders(harms.length);
    await untilTold(webhook);
    const received = receiver.at(path);
    expectInOrder(received, webhook.next, harms.length);
    for (const count of seen.values()) expect(count).toBeGreaterThan(1);
    expect(receiver.at(elsewhere)).toEqual([]);
    const errors = (await deliveriesTo(webhook)).flatMap(({ error }) => error ?? []).toReversed();
    expect(errors).toEqual([
      'HTTP 503',
      'there was no answer in time',
      'the connection was reset',
      'HTTP 307: redirects are not followed',
      'there was no answer in time',
      'HTTP 404',
    ]);
    expect(await metricOf('gateway', /deliveries_total\{[^}]*result="failed"[^}]*\} (\d+)/)).toBeGreaterThan(
      5,
    );
  });

  it('end by an answer of 410, and go on with what was not confirmed when somebody says so', async () => {
    const path = somewhere();
    const webhook = await made(path);
    receiver.answer((response) => void response.writeHead(410).end());
    await orders(2);
    await eventually(async () => {
      expect(await read(webhook)).toMatchObject({
        status: 'DISABLED',
        statusReason: 'GONE',
        next: webhook.next,
      });
    }, PATIENCE);
    await eventually(async () => (await metricOf('gateway', /^gateway_webhooks_stopped\S* (\d+)/m)) === 1);
    expect(receiver.at(path)).toHaveLength(1);
    receiver.answer();
    const again = await change(webhook, { status: 'ACTIVE' });
    expect(again).toMatchObject({ status: 'ACTIVE', failures: 0 });
    expect(again).not.toHaveProperty('statusReason');
    await untilTold(webhook);
    expectInOrder(receiver.at(path), webhook.next, 2);
  });

  it('are paused after five days of failures, and say so', async () => {
    const webhook = await made(somewhere());
    receiver.answer((response) => void response.writeHead(500).end());
    await order();
    await eventually(async () => {
      expect((await read(webhook)).failures).toBeGreaterThan(2);
      expect(await metricOf('gateway', /^gateway_webhook_oldest_age_seconds\S* (\S+)/m)).toBeGreaterThan(0);
    }, PATIENCE);
    await alter(`failing_since = now() - interval '5 days'`, webhook);
    await alter('due_at = now()', webhook);
    await eventually(async () => {
      expect(await read(webhook)).toMatchObject({
        status: 'PAUSED',
        statusReason: 'FAILING',
        next: webhook.next,
      });
    }, PATIENCE);
    await eventually(async () => (await metricOf('gateway', /^gateway_webhooks_stopped\S* (\d+)/m)) === 1);
    expect(await shop.logs('gateway')).toMatch(`webhook ${webhook.webhookId} did not take what follows`);
    expect(await shop.logs('gateway')).toMatch('it is PAUSED, FAILING');
  });

  it('stop where what comes next was deleted, until somebody says where they go on', async () => {
    const path = somewhere();
    const webhook = await made(path);
    await change(webhook, { status: 'PAUSED' });
    await orders(3);
    expect(await newest()).toBe(webhook.next + 2);
    await withClient(shop.databaseUrlOf('order'), (database) =>
      database.query('UPDATE platform_relay SET pruned_seq = $1, sent_seq = greatest(sent_seq, $1)', [
        webhook.next,
      ]),
    );
    await change(webhook, { status: 'ACTIVE' });
    await eventually(async () => {
      expect(await read(webhook)).toMatchObject({ status: 'PAUSED', statusReason: 'RECORDS_DELETED' });
    }, PATIENCE);
    const resend = (from: number) => ask<Webhook>('POST', of(webhook, '/resend'), { from });
    expectProblem(await resend(webhook.next), 'VALIDATION_FAILED');
    expected(200, await resend(webhook.next + 1));
    await change(webhook, { status: 'ACTIVE' });
    await untilTold(webhook);
    expectInOrder(receiver.at(path), webhook.next + 1, 2);
  });

  it('are told again from a number on, with the same bytes under the same ids', async () => {
    const path = somewhere();
    const webhook = await made(path);
    await orders(4);
    await untilTold(webhook);
    const first = receiver.at(path);
    const resend = (from: number) => ask<Webhook>('POST', of(webhook, '/resend'), { from });
    expectProblem(await resend(webhook.next + 5), 'VALIDATION_FAILED');
    expect(expected(200, await resend(webhook.next + 1))).toMatchObject({ next: webhook.next + 1 });
    await untilTold(webhook);
    const again = receiver.at(path).slice(first.length);
    expect(again.map(({ messageId, body }) => [messageId, body])).toEqual(
      first.slice(1).map(({ messageId, body }) => [messageId, body]),
    );
  });

  it('that were told a number which is not given yet are seen, and keep nobody from being told', async () => {
    const failing = () =>
      metricOf('gateway', /^recurring_job_failing\{[^}]*name="the look at webhooks"[^}]*\} (\d+)/m);
    const [ahead, other] = [await made(somewhere()), await made(somewhere())];
    await alter('told_seq = told_seq + 1000', ahead);
    await eventually(async () => expect(await failing()).toBe(1), PATIENCE);
    await order();
    await untilTold(other);
    // As once the numbers were moved.
    await alter('told_seq = told_seq - 1000', ahead);
    await untilTold(ahead);
    await eventually(async () => expect(await failing()).toBe(0), PATIENCE);
  });

  it('are told of what they want alone', async () => {
    const path = somewhere();
    const webhook = await made(path, { types: ['order.cancelled'] });
    const [first] = await orders(3);
    expected(200, await client.post(`/orders/${first}/cancel`, undefined, { token: customer.token }));
    await orders(1);
    await untilTold(webhook);
    expect(receiver.at(path).map(({ event }) => [event.type, event.data.orderId])).toEqual([
      ['order.cancelled', first],
    ]);
  });

  it('get another secret, beside which the one before is good for a day', async () => {
    const path = somewhere();
    const webhook = await made(path);
    const rotated = expected(200, await ask<Webhook>('POST', of(webhook, '/rotate')));
    expect(rotated.secret).not.toBe(webhook.secret);
    await order();
    await untilTold(webhook);
    const [both] = receiver.at(path);
    expect(both!.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    for (const { secret } of [webhook, rotated]) expect(verified(secret, both!)).toEqual(both!.event);
    await alter(`previous_until = now()`, webhook);
    await order();
    await untilTold(webhook);
    const later = receiver.at(path).at(-1)!;
    expect(verified(rotated.secret, later)).toEqual(later.event);
    expect(() => verified(webhook.secret, later)).toThrow('No matching signature');
  });

  it('and their secrets are made once, however often they are asked for under one key', async () => {
    const draft = draftOf(somewhere());
    const [one, other] = [{ 'idempotency-key': randomUUIDv7() }, { 'idempotency-key': randomUUIDv7() }];
    const post = (path: string, body: object, headers: Record<string, string>) =>
      client.post<Webhook>(path, body, { token: admin, headers });
    const webhook = expected(201, await post('/admin/webhooks', draft, one));
    const again = expectProblem(await post('/admin/webhooks', draft, one), 'IDEMPOTENCY_KEY_REUSED');
    expect(again.detail).toBe(`it made ${of(webhook)}, whose secret was shown once`);
    expected(200, await post(of(webhook, '/rotate'), {}, other));
    const rotated = expectProblem(await post(of(webhook, '/rotate'), {}, other), 'IDEMPOTENCY_KEY_REUSED');
    expect(rotated.detail).toBe(again.detail);
    const secrets = 'SELECT previous_secret FROM webhooks WHERE webhook_id = $1';
    const [row] = await shop.sql<{ previous_secret: Buffer }>('gateway', secrets, [webhook.webhookId]);
    expect(`whsec_${Buffer.from(row!.previous_secret).toString('base64')}`).toBe(webhook.secret);
    expectProblem(
      await post(
        of({ ...webhook, webhookId: randomUUIDv7() }, '/rotate'),
        {},
        { 'idempotency-key': randomUUIDv7() },
      ),
      'WEBHOOK_NOT_FOUND',
    );
  });

  it('can be tested, also while they are paused', async () => {
    const path = somewhere();
    const webhook = await made(path);
    await change(webhook, { status: 'PAUSED' });
    const test = async () => expected(200, await ask<Delivery>('POST', of(webhook, '/test')));
    expect(await test()).toMatchObject({ number: 1, isDelivered: true, status: 204 });
    receiver.answer((response) => void response.writeHead(500).end());
    expect(await test()).toMatchObject({ number: 2, isDelivered: false, status: 500, error: 'HTTP 500' });
    const [one, other] = receiver.at(path);
    expect(verified(webhook.secret, one!)).toMatchObject({
      type: 'webhook.test',
      data: { webhookId: webhook.webhookId },
    });
    expect(other!.messageId).not.toBe(one!.messageId);
    const page = await ask<Delivery[]>('GET', of(webhook, '/deliveries?limit=1'));
    expect(expected(200, page).map(({ number }) => number)).toEqual([2]);
    const next = expected(200, await ask<Delivery[]>('GET', nextPath(page)!));
    expect(next.map(({ number }) => number)).toEqual([1]);
    expect(await read(webhook)).toMatchObject({ failures: 0, next: webhook.next });
  });

  it('are tested once, and made to go on once, however often that is asked under one key', async () => {
    const path = somewhere();
    const webhook = await made(path);
    const under = (key: string) => ({ token: admin, headers: { 'idempotency-key': key } });
    const [key, other] = [randomUUIDv7(), randomUUIDv7()];
    const test = async () => await client.post<Delivery>(of(webhook, '/test'), undefined, under(key));
    const [first, again] = [await test(), await test()];
    expect(again.body).toEqual(expected(200, first));
    expect(first.body).not.toHaveProperty('operationId');
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(receiver.at(path)).toHaveLength(1);

    const resend = (from: number) =>
      client.post<Webhook & Problem>(of(webhook, '/resend'), { from }, under(other));
    await order();
    await untilTold(webhook);
    const moved = expected(200, await resend(webhook.next));
    await untilTold(webhook);
    const repeated = await resend(webhook.next);
    expect(expected(200, repeated)).toEqual(moved);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
    expect(await read(webhook)).toMatchObject({ next: webhook.next + 1 });
    expectProblem(await resend(webhook.next + 1), 'IDEMPOTENCY_KEY_REUSED');
  });

  it('are in the log of what staff do, without their secrets, and shown with no secret again', async () => {
    const webhook = await made(somewhere());
    const rotated = expected(200, await ask<Webhook>('POST', of(webhook, '/rotate')));
    await ask('POST', of(webhook, '/test'));
    await change(webhook, { name: 'Depot' });
    expected(200, await ask('POST', of(webhook, '/resend'), { from: webhook.next }));
    expected(204, await ask('DELETE', of(webhook)));
    const entries = expected(
      200,
      await ask<{ action: string; before?: object }[]>('GET', `/admin/log?target=${webhook.webhookId}`),
    );
    expect(
      entries
        .map(({ action }) => action)
        .toReversed()
        .join(),
    ).toBe('createWebhook,rotateWebhookSecret,testWebhook,changeWebhook,resendToWebhook,deleteWebhook');
    expect(entries.filter(({ before }) => before !== undefined)).toHaveLength(3);
    const listed = expected(200, await ask<object[]>('GET', '/admin/webhooks?limit=100'));
    for (const text of [JSON.stringify(entries), JSON.stringify(listed), await shop.logs('gateway')]) {
      for (const { secret } of [webhook, rotated]) expect(text).not.toContain(secret.slice('whsec_'.length));
    }
  });

  it('that are not there are told apart from those that fail', async () => {
    const webhook = await made(somewhere());
    expected(204, await ask('DELETE', of(webhook)));
    const calls: readonly (readonly [method: string, more: string, body?: object])[] = [
      ['GET', ''],
      ['PATCH', '', { name: 'x' }],
      ['DELETE', ''],
      ['POST', '/rotate'],
      ['POST', '/test'],
      ['POST', '/resend', { from: webhook.next }],
      ['GET', '/deliveries'],
    ];
    for (const [method, more, body] of calls) {
      expectProblem(await ask(method, of(webhook, more), body), 'WEBHOOK_NOT_FOUND');
    }
  });

  it('go to addresses of http alone, without a user, and are so many at most', async () => {
    for (const url of [
      'ftp://a.example/',
      'https://a:b@c.example/',
      'https://a.example/#b',
      'https:///',
      'x',
    ]) {
      expectProblem(await ask('POST', '/admin/webhooks', { name: 'x', url }), 'VALIDATION_FAILED');
    }
    const all = await Promise.all(
      Array.from({ length: WEBHOOKS_MAX + 5 }, () => ask('POST', '/admin/webhooks', draftOf(somewhere()))),
    );
    expect(tally(all)).toEqual({ 201: WEBHOOKS_MAX, '409 TOO_MANY_WEBHOOKS': 5 });
    const another = draftOf(somewhere());
    const headers = { 'idempotency-key': randomUUIDv7() };
    const beyond = () =>
      client.post<Webhook & Problem>('/admin/webhooks', another, { token: admin, headers });
    expectProblem(await beyond(), 'TOO_MANY_WEBHOOKS');
    const [first] = expected(200, await ask<Webhook[]>('GET', '/admin/webhooks'));
    expected(204, await ask('DELETE', of(first!)));
    expected(201, await beyond());
    const page = await ask<object[]>('GET', `/admin/webhooks?limit=${WEBHOOKS_MAX - 1}`);
    expect(expected(200, page)).toHaveLength(WEBHOOKS_MAX - 1);
    expect(expected(200, await ask<object[]>('GET', nextPath(page)!))).toHaveLength(1);
  });

  it(
    'are guarded, where that is asked for, against addresses of our own network',
    async () => {
      const guarded = await shop.startReplica('gateway', GUARDED);
      const others = shopClient(guarded.url, NOBODY);
      const webhook = await made(somewhere());
      const path = somewhere();
      const refused = await ask('POST', '/admin/webhooks', draftOf(path), admin, others);
      expect(expectProblem(refused, 'VALIDATION_FAILED')).toMatchObject({
        errors: [{ path: 'url', message: 'must be outside of our own network' }],
      });
      const named = { url: receiver.url(path, 'localhost') };
      expected(200, await ask('PATCH', of(webhook), named, admin, others));
      const tested = expected(
        200,
        await ask<Delivery>('POST', of(webhook, '/test'), undefined, admin, others),
      );
      expect(tested).toMatchObject({ isDelivered: false, error: 'the address is in our own network' });
      expect(receiver.at(path)).toEqual([]);
    },
    START_DEADLINE_MS,
  );
});

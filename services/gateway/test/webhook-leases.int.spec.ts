import { randomUUIDv7 } from 'node:crypto';
import { HOUR_MS } from '@jangteo/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import { patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import type { AfterFailure, Attempt, WebhookMessage } from '../src/domain/webhook.js';
import { migrations } from '../src/migrations/index.js';
import {
  DELIVERIES_KEPT,
  endLease,
  leaseDue,
  noteDelivered,
  noteFailed,
  noteWaiting,
  passOver,
  readOverview,
  type Leased,
  type Leasing,
} from '../src/webhooks/webhook-leases.queries.js';
import {
  insertWebhook,
  listDeliveries,
  moveCursor,
  readWebhook,
  updateWebhook,
  type Webhook,
} from '../src/webhooks/webhooks.queries.js';

const [ONE, OTHER]: Leasing[] = [1, 2].map(() => ({ holder: randomUUIDv7(), leaseMs: HOUR_MS }));
const DELIVERED: Attempt = { tookMs: 1, status: 204 };
const FAILED: Attempt = { tookMs: 1, status: 503, error: 'HTTP 503' };
const LATER: AfterFailure = { status: 'ACTIVE', pauseMs: HOUR_MS };

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase('gateway');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

beforeEach(async () => {
  await database.rows('DELETE FROM webhooks');
});

const messageOf = (sequence: number): WebhookMessage => ({
  messageId: `order-completed-${sequence}`,
  type: 'order.completed',
  sequence,
  body: '{}',
});

const made = (toldSeq = 0): Promise<Webhook> =>
  insertWebhook(database, {
    webhookId: randomUUIDv7(),
    name: 'Depot',
    url: 'https://depot.example/',
    types: ['order.completed'],
    secret: Buffer.alloc(32),
    toldSeq,
  });

const now = async ({ webhookId }: Pick<Webhook, 'webhookId'>) => (await readWebhook(database, webhookId))!;

const lease = (by: Leasing, upTo = 100, limit = 10) => leaseDue(database, by, upTo, limit);

async function leasedOne(by = ONE!): Promise<Leased> {
  const [leased] = await lease(by);
  if (leased === undefined) throw new Error('nothing is due');
  return leased;
}

const delivered = (webhook: Leased, sequence: number, by = ONE!) =>
  noteDelivered(database, webhook, by, {
    message: messageOf(sequence),
    attempt: DELIVERED,
    owedSince: undefined,
  });

const failed = (webhook: Leased, next: AfterFailure = LATER) =>
  noteFailed(database, webhook, ONE!.holder, {
    message: messageOf(webhook.toldSeq + 1),
    attempt: FAILED,
    owedSince: '2026-01-01T00:00:00.000Z',
    next,
  });

describe('the lease of a webhook', () => {
  it('is one gateway’s, however many ask at once, and is shared out by webhook', async () => {
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => made()));
    const taken = await Promise.all([ONE!, OTHER!, ONE!, OTHER!].map((by) => lease(by, 100, 2)));
    const ids = taken.flat().map(({ webhookId }) => webhookId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(1);
    const rest = [...(await lease(ONE!)), ...(await lease(OTHER!))];
    expect(new Set([...ids, ...rest.map(({ webhookId }) => webhookId)]).size).toBe(6);
    expect(ids.length + rest.length).toBe(6);
  });

  it('is another one’s once it has run out, and what the first one then says counts for nothing', async () => {
    const webhook = await made();
    const stale = await leasedOne();
    expect(await lease(OTHER!)).toEqual([]);
    await database.rows('UPDATE webhooks SET leased_until = now()');
    const taken = await leasedOne(OTHER);
    expect(await delivered(stale, 1)).toBeUndefined();
    await failed(stale);
    await endLease(database, ONE!.holder, webhook.webhookId);
    expect(await now(webhook)).toMatchObject({ toldSeq: 0, failures: 0 });
    expect(await lease(ONE!)).toEqual([]);
    expect(await delivered(taken, 1, OTHER)).toMatchObject({ toldSeq: 1 });
  });

  it('is given for what there is to tell alone, and in time', async () => {
    await made(7);
    expect(await lease(ONE!, 7)).toEqual([]);
    expect(await readOverview(database)).toMatchObject({ dueFrom: 7, stopped: 0 });
    const webhook = await leasedOne();
    expect(await readOverview(database)).toMatchObject({ dueFrom: null });
    await failed(webhook);
    await endLease(database, ONE!.holder, webhook.webhookId);
    expect(await lease(OTHER!)).toEqual([]);
    expect((await readOverview(database)).oldestAgeSeconds).toBeGreaterThan(0);
  });
});

describe('webhooks for which there is no place', () => {
  it('come before those that had their turn, and are seen to wait', async () => {
    const [one, other] = [await made(), await made()];
    const [first] = await lease(ONE!, 100, 1);
    const waiting = first!.webhookId === one.webhookId ? other : one;
    await noteWaiting(database, 100);
    expect(await now(first!)).toMatchObject({ owedSince: null });
    const { owedSince } = await now(waiting);
    expect(owedSince).toBeInstanceOf(Date);
    await noteWaiting(database, 100);
    expect(await now(waiting)).toMatchObject({ owedSince });
    await endLease(database, ONE!.holder, first!.webhookId);
    expect(await lease(ONE!, 100, 1)).toMatchObject([{ webhookId: waiting.webhookId }]);
    await noteWaiting(database, 0);
    expect(await now(first!)).toMatchObject({ owedSince: null });
  });
});

describe('what became of a try', () => {
  it('moves the cursor, but not where somebody has moved it meanwhile', async () => {
    const webhook = await made(10);
    const leased = await leasedOne();
    const next = await delivered(leased, 11);
    expect(next).toMatchObject({ toldSeq: 11 });
    await moveCursor(database, webhook.webhookId, 3);
    expect(await delivered(next!, 12)).toMatchObject({ toldSeq: 3 });
    expect(await passOver(database, next!, ONE!, 50)).toMatchObject({ toldSeq: 3 });
  });

  it('is no failure of what was changed meanwhile', async () => {
    const webhook = await made();
    const leased = await leasedOne();
    await updateWebhook(database, webhook.webhookId, { url: 'https://other.example/' });
    await failed(leased, { status: 'DISABLED', reason: 'GONE' });
    expect(await now(webhook)).toMatchObject({ status: 'ACTIVE', failures: 0, nextTryAt: null });
    await updateWebhook(database, webhook.webhookId, { status: 'PAUSED' });
    await failed({ ...leased, url: 'https://other.example/' }, { status: 'DISABLED', reason: 'GONE' });
    expect(await now(webhook)).toMatchObject({ status: 'PAUSED', statusReason: 'REQUESTED' });
  });

  it('counts failures until one succeeds', async () => {
    const webhook = await made();
    const leased = await leasedOne();
    await failed(leased);
    const { failures, failingSince, nextTryAt } = await now(webhook);
    expect({ failures, isFailing: failingSince !== null && nextTryAt !== null }).toEqual({
      failures: 1,
      isFailing: true,
    });
    await failed({ ...leased, failures });
    expect(await now(webhook)).toMatchObject({ failures: 2, failingSince });
    await delivered(leased, 1);
    expect(await now(webhook)).toMatchObject({ failures: 0, failingSince: null, nextTryAt: null });
  });

  it('is kept, of so many the last', async () => {
    const webhook = await made();
    const leased = await leasedOne();
    await delivered(leased, 1);
    await database.rows(
      `INSERT INTO webhook_deliveries (webhook_id, number, message_id, type, took_ms)
       SELECT $1, i, 'old', 'order.completed', 1 FROM generate_series(2, $2::int) AS i`,
      [webhook.webhookId, DELIVERIES_KEPT],
    );
    await database.rows('UPDATE webhooks SET tries = $1', [DELIVERIES_KEPT]);
    await failed({ ...leased, toldSeq: 1 });
    const kept = await listDeliveries(database, webhook.webhookId, Number.MAX_SAFE_INTEGER, 2_000);
    expect(kept).toHaveLength(DELIVERIES_KEPT);
    expect(kept[0]).toMatchObject({
      number: DELIVERIES_KEPT + 1,
      status: 503,
      error: 'HTTP 503',
      sequence: 2,
    });
    expect(kept.at(-1)).toMatchObject({ number: 2 });
  });
});

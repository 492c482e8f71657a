import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nudgeSagas } from '@jangteo/contracts';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { newId, UpstreamTimeout, UpstreamUnavailable } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import { patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import type { FastifyReply } from 'fastify';
import { Call, type CallRequest } from '../src/http/request-context.js';
import { StaffCalls } from '../src/operations/staff-calls.js';
import { migrations } from '../src/migrations/index.js';

let scratch: TestDatabase;
let database: Database;
let calls: StaffCalls;

beforeAll(async () => {
  scratch = await testDatabase('gateway');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  calls = new StaffCalls(database);
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

const operator = newId();

/** A call, its operation's id, and what is done by it: as many as were done before. */
function called({ key, userId = operator, body = {} }: { key?: string; userId?: string; body?: object }) {
  const operationId = newId();
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  const told: Record<string, unknown> = {};
  const request = { id: operationId, headers, caller: { userId }, adminEntry: { entryId: operationId } };
  const reply = { header: (name: string, value: string) => (told[name] = value) };
  const call = new Call(request as unknown as CallRequest, reply as unknown as FastifyReply);
  const once = (act: (id: string) => Promise<object>) => calls.once(call, nudgeSagas, body, act);
  return { operationId, told, once };
}

/** Counts what is done, under whose id. */
function deeds() {
  const done: string[] = [];
  const act = async (operationId: string) => ({ nudged: done.push(operationId) });
  return { done, act };
}

describe('what staff have done under a key', () => {
  it('is done once, and every repeat has the answer and the id of the first', async () => {
    const { done, act } = deeds();
    const [first, second] = [called({ key: 'once' }), called({ key: 'once' })];
    const answer = { nudged: 1, operationId: first.operationId };
    expect(await first.once(act)).toEqual(answer);
    expect(first.told).toEqual({});
    expect(await second.once(act)).toEqual(answer);
    expect(second.told).toEqual({ 'idempotent-replayed': 'true' });
    expect(done).toEqual([first.operationId]);
  });

  it('is gone on with under the first one’s id where that was not answered', async () => {
    const { done, act } = deeds();
    const [lost, again] = [called({ key: 'lost' }), called({ key: 'lost' })];
    const unanswered = lost.once(() => Promise.reject(new UpstreamTimeout('no answer')));
    await expect(unanswered).rejects.toThrow('no answer');
    expect(await again.once(act)).toEqual({ nudged: 1, operationId: lost.operationId });
    expect(done).toEqual([lost.operationId]);
  });

  it('is an operation of its own where the first one was refused', async () => {
    const { done, act } = deeds();
    const [refused, again] = [called({ key: 'refused' }), called({ key: 'refused' })];
    const first = refused.once(() => Promise.reject(new UpstreamUnavailable('away')));
    await expect(first).rejects.toThrow('away');
    expect(await again.once(act)).toEqual({ nudged: 1, operationId: again.operationId });
    expect(done).toEqual([again.operationId]);
  });

  it('has one id and one answer for all that come at once', async () => {
    const { done, act } = deeds();
    const all = Array.from({ length: 8 }, () => called({ key: 'at once' }));
    const answers = await Promise.all(all.map(({ once }) => once(act)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(new Set(done).size).toBe(1);
    expect(all.map(({ operationId }) => operationId)).toContain(done[0]);
  });

  it('is nothing else under the same key', async () => {
    const { done, act } = deeds();
    await called({ key: 'reused', body: { olderThanSeconds: 1 } }).once(act);
    const other = called({ key: 'reused', body: { olderThanSeconds: 2 } }).once(act);
    await expect(other).rejects.toMatchObject({ refusal: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(done).toHaveLength(1);
  });

  it.each([
    ['without a key', { body: {} }, { body: {} }],
    ['by another', { key: 'mine' }, { key: 'mine', userId: newId() }],
  ])('is another operation %s', async (_how, one, other) => {
    const { done, act } = deeds();
    const both = [called(one), called(other)];
    for (const { once } of both) await once(act);
    expect(done).toEqual(both.map(({ operationId }) => operationId));
  });
});

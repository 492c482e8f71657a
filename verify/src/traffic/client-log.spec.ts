import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Attempt } from './caller.js';
import { ClientLog } from './client-log.js';
import type { Kind, Operation, Told } from './operation.js';

let dir: string;
let log: ClientLog;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'client-log-'));
  log = new ClientLog(join(dir, 'log'));
});
afterEach(async () => {
  await log.close();
  await rm(dir, { recursive: true });
});

function begun(kind: Kind = 'order'): Operation {
  const ask = () => Promise.reject(new Error('not asked'));
  const operation = { kind, userId: 'kim', token: '', key: 'key', ask, unknowns: 0 };
  log.begin(operation);
  return operation;
}

const ended = (told: Told): Attempt => ({ knowledge: 'ok', told, hung: false, ms: 5 });
const LOST: Attempt = { knowledge: 'unknown', error: 'ECONNRESET', hung: false, ms: 5 };
const SUCCESS: Told = { status: 201, orderId: 'one', totalPrice: 100 };

describe('the log of what clients were told', () => {
  it('takes an unknown outcome for resolved once it is known, whatever it is', () => {
    const operation = begun();
    log.note(operation, LOST);
    log.note(operation, ended({ status: 409, code: 'OUT_OF_STOCK', orderId: 'one' }));
    expect(log.resolved).toBe(1);
    expect(log.calls).toEqual({ ok: 1, fail: 0, unknown: 1 });
    expect(log.violations).toEqual([]);
  });

  it.each<[string, Attempt, RegExp]>([
    ['another order', ended({ ...SUCCESS, orderId: 'other' }), /led to two orders: one and other/],
    ['another total', ended({ ...SUCCESS, totalPrice: 99 }), /then .*99/],
    ['another outcome', ended({ status: 409, code: 'OUT_OF_STOCK', orderId: 'one' }), /then .*OUT_OF_STOCK/],
    ['a failure of ours', { ...LOST, told: { status: 500, code: 'INTERNAL' } }, /was answered 500 INTERNAL/],
    ['nothing at all', { ...LOST, hung: true, ms: 20_000 }, /not answered within 20000 ms/],
  ])('finds it wrong when a repeat is told %s', (_what, repeat, violation) => {
    const operation = begun();
    log.note(operation, ended(SUCCESS));
    log.note(operation, ended(SUCCESS));
    expect(log.violations).toEqual([]);
    log.note(operation, repeat);
    expect(log.violations[0]).toMatch(violation);
  });

  it('tells the longest time without a success, the one that still lasts too', async () => {
    const began = performance.now();
    await wait(50);
    const waited = performance.now() - began;
    log.note(begun(), ended(SUCCESS));
    await wait(20);
    const all = performance.now() - began;
    const longest = log.longestPauseSince(began);
    expect(longest).toBeGreaterThanOrEqual(waited);
    expect(longest).toBeLessThan(all);
    // What was before is of no interest.
    const later = performance.now();
    await wait(20);
    const lasting = performance.now() - later;
    expect(log.longestPauseSince(later)).toBeGreaterThanOrEqual(lasting);
    expect(log.longestPauseSince(later)).toBeLessThanOrEqual(performance.now() - later);
  });

  it('finds an answer wrong that nobody may get', () => {
    log.note(begun('charge'), ended({ status: 409, code: 'OUT_OF_STOCK' }));
    expect(log.violations[0]).toMatch(/charge .* was answered 409 OUT_OF_STOCK/);
  });
});

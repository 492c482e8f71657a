import { describe, expect, it } from '@jest/globals';
import { HOUR_MS, readRecords } from '@jangteo/contracts';
import { afterFailure, faultOfStatus, messageOf, testMessageOf } from './webhook.js';

const RETRY_MS = 5_000;
const [RECORD] = readRecords.example.value.records;

describe('a message to a webhook', () => {
  it('says what happened, when, and all of the record, in words that never change', () => {
    const message = messageOf(RECORD!);
    expect(JSON.parse(message.body)).toEqual({
      type: 'order.completed',
      timestamp: RECORD!.occurredAt,
      data: RECORD,
    });
    expect(message).toMatchObject({ type: 'order.completed', sequence: RECORD!.sequence });
    expect(messageOf(structuredClone(RECORD!))).toEqual(message);
  });

  it('is named by the order and what became of it, without dots, whatever its number', () => {
    const { messageId } = messageOf(RECORD!);
    expect(messageId).toBe(`order-completed-${RECORD!.orderId}`);
    expect(messageOf({ ...RECORD!, sequence: 99 }).messageId).toBe(messageId);
    expect(messageOf({ ...RECORD!, type: 'order.cancelled' }).messageId).not.toBe(messageId);
  });

  it('that is a test has no number', () => {
    const message = testMessageOf('the webhook', 'an id', new Date(0));
    expect(message).toEqual({
      messageId: 'webhook-test-an id',
      type: 'webhook.test',
      body: '{"type":"webhook.test","timestamp":"1970-01-01T00:00:00.000Z","data":{"webhookId":"the webhook"}}',
    });
  });
});

describe('an answer', () => {
  it.each([200, 202, 204, 299])('of %i confirms', (status) => {
    expect(faultOfStatus(status)).toBeUndefined();
  });

  it.each([0, 199, 300, 301, 307, 400, 404, 410, 429, 500, 503])('of %i does not', (status) => {
    expect(faultOfStatus(status)).toContain(`HTTP ${status}`);
  });

  it('that leads elsewhere is not followed, and says so', () => {
    expect(faultOfStatus(302)).toBe('HTTP 302: redirects are not followed');
  });
});

describe('a webhook that fails', () => {
  const failed = (failing: { failures: number; failingMs: number }, chance = 0.5) =>
    afterFailure(failing, {}, { retryMs: RETRY_MS, chance });

  /** Milliseconds from the first failure to each that follows, of one that never confirms, and how it ends. */
  function lifeOf(chance: number) {
    const tries: number[] = [];
    for (let at = 0; ;) {
      const next = failed({ failures: tries.length, failingMs: at }, chance);
      if (next.status !== 'ACTIVE') return { tries, pausedAt: at, next };
      at += next.pauseMs;
      tries.push(at);
    }
  }

  it('is tried again soon, and ever more seldom for three days', () => {
    const { tries } = lifeOf(0.5);
    expect(tries.slice(0, 4)).toEqual([5_000, 15_000, 35_000, 75_000]);
    const within = tries.filter((at) => at <= 72 * HOUR_MS);
    const pauses = within.map((at, index) => at - (within[index - 1] ?? 0));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(Math.max(...pauses)).toBe(6 * HOUR_MS);
    expect(within.length).toBeGreaterThan(20);
  });

  it.each([0, 0.3, 1])('is paused after five days, and not before (chance %d)', (chance) => {
    const { tries, pausedAt, next } = lifeOf(chance);
    expect(next).toEqual({ status: 'PAUSED', reason: 'FAILING' });
    expect(pausedAt).toBeGreaterThanOrEqual(120 * HOUR_MS);
    expect(pausedAt).toBeLessThan(136 * HOUR_MS);
    expect(tries.length).toBeLessThan(60);
  });

  it('does not come back at the same moment as others', () => {
    const pauses = [0, 0.5, 1].map((chance) => failed({ failures: 0, failingMs: 0 }, chance));
    expect(pauses.map((next) => next.status === 'ACTIVE' && next.pauseMs)).toEqual([3_750, 5_000, 6_250]);
  });

  it('ends when its receiver says that it is gone, and by nothing else at once', () => {
    const after = (status: number) =>
      afterFailure({ failures: 0, failingMs: 0 }, { status }, { retryMs: RETRY_MS, chance: 0.5 });
    expect(after(410)).toEqual({ status: 'DISABLED', reason: 'GONE' });
    expect(after(404)).toMatchObject({ status: 'ACTIVE' });
  });
});

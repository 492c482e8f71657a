import { describe, expect, it } from '@jest/globals';
import { JangteoError, type JangteoErrorCode } from './problem.js';
import { mayRepeat, pauseMs, RETRY } from './retry.js';

const errorOf = (status: number, code: JangteoErrorCode): JangteoError =>
  new JangteoError({ title: '', detail: '', status, code });

const READ = { method: 'GET', isKeyed: false };
const KEYED = { method: 'POST', isKeyed: true };
const BARE = { method: 'POST', isKeyed: false };

describe('what may be sent again', () => {
  it.each([
    [429, 'RATE_LIMITED', [true, true, true]],
    [503, 'SERVICE_UNAVAILABLE', [true, true, true]],
    [503, 'NO_PROBLEM', [true, true, false]],
    [503, 'ORDER_TIMED_OUT', [false, false, false]],
    [504, 'UPSTREAM_TIMEOUT', [true, true, false]],
    [502, 'NO_PROBLEM', [true, true, false]],
    [0, 'NO_ANSWER', [true, true, false]],
    [409, 'IDEMPOTENCY_KEY_IN_USE', [true, true, false]],
    [409, 'OUT_OF_STOCK', [false, false, false]],
    [500, 'INTERNAL', [false, false, false]],
    [401, 'UNAUTHENTICATED', [false, false, false]],
  ] as const)('of %s %s: a read, a call with a key, one without', (status, code, expected) => {
    const error = errorOf(status, code);
    expect([READ, KEYED, BARE].map((call) => mayRepeat(call, error))).toEqual(expected);
  });
});

describe('the pause before it', () => {
  it('may be twice as long each time, up to a bound', () => {
    expect([1, 2, 3].map((tried) => pauseMs(RETRY, tried, undefined, 1))).toEqual([250, 500, 1_000]);
    expect(pauseMs({ ...RETRY, tries: 100 }, 99, undefined, 1)).toBe(RETRY.longestMs);
    expect(pauseMs(RETRY, 2, undefined, 0)).toBe(0);
  });

  it('begins once the shop wants to be asked, and is none where that is too far away', () => {
    expect(pauseMs(RETRY, 1, 3_000, 0)).toBe(3_000);
    expect(pauseMs(RETRY, 1, RETRY.longestMs + 1, 0)).toBeUndefined();
  });

  it('is none after the last try', () => {
    expect(pauseMs(RETRY, RETRY.tries, undefined, 0)).toBeUndefined();
  });
});

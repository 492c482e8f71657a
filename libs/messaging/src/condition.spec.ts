import { describe, expect, it } from '@jest/globals';
import { Condition } from './condition.js';
import { spreadBackoffMs, NOT_IN_TIME, within } from './pause.js';

describe('Condition', () => {
  it('lets a waiter look again at each change', async () => {
    const changes = new Condition();
    let places = 0;
    const waiting = changes.until(() => places > 0, 1_000);
    changes.notify();
    places = 1;
    changes.notify();
    expect(await waiting).toBe(true);
  });

  it('gives a place to one waiter only', async () => {
    const changes = new Condition();
    let places = 0;
    const take = (): boolean => {
      if (places === 0) return false;
      places -= 1;
      return true;
    };
    const waiting = [changes.until(take, 50), changes.until(take, 50)];
    places = 1;
    changes.notify();
    expect(await Promise.all(waiting)).toEqual([true, false]);
  });
});

describe('within', () => {
  it('stands in for what comes too late and ignores it afterwards', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    expect(await within(promise, 5)).toBe(NOT_IN_TIME);
    reject(new Error('late'));
    expect(await within(Promise.resolve(1), 5)).toBe(1);
  });
});

describe('spreadBackoffMs', () => {
  it('doubles up to two seconds, and never waits less than half of that', () => {
    expect([0, 1, 2, 6, 7, 100].map((failures) => spreadBackoffMs(failures, 1))).toEqual([
      20, 40, 80, 1_280, 2_000, 2_000,
    ]);
    expect(spreadBackoffMs(3, 0)).toBe(80);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HOUR_MS } from '@jangteo/contracts';
import type { Database } from '@jangteo/database';
import { DatabaseClock } from './database-clock.js';

describe('the clock of the database', () => {
  let aheadMs: number;
  /** Of the way to the database and back. */
  let [thereMs, backMs] = [0, 0];
  let clock: DatabaseClock;

  const database = {
    rows: async () => {
      jest.advanceTimersByTime(thereMs);
      const now = new Date(Date.now() + aheadMs);
      jest.advanceTimersByTime(backMs);
      return [{ now }];
    },
  } as unknown as Database;

  const aheadOfOurs = (): number => clock.now().getTime() - Date.now();

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_700_000_000_000 });
    [aheadMs, thereMs, backMs] = [HOUR_MS, 0, 0];
    clock = new DatabaseClock(database);
  });
  afterEach(() => void jest.useRealTimers());

  it.each([HOUR_MS, -HOUR_MS])('goes as it does, however far it is off from ours: %d ms', async (offMs) => {
    aheadMs = offMs;
    const startedMs = performance.now();
    expect(aheadOfOurs()).toBe(0);
    await clock.look();
    expect(aheadOfOurs()).toBe(offMs);
    jest.advanceTimersByTime(HOUR_MS);
    expect(aheadOfOurs()).toBe(offMs);
    expect(clock.at(startedMs).getTime()).toBe(clock.now().getTime() - HOUR_MS);
  });

  it('is off by no more than the way of an answer, and by nothing more once one comes at once', async () => {
    [thereMs, backMs] = [100, 2_000];
    await clock.look();
    expect(aheadOfOurs()).toBeGreaterThanOrEqual(aheadMs - backMs);
    expect(aheadOfOurs()).toBeLessThanOrEqual(aheadMs + thereMs);
    [thereMs, backMs] = [0, 0];
    await clock.look();
    expect(aheadOfOurs()).toBe(aheadMs);
    [thereMs, backMs] = [3_000, 3_000];
    await clock.look();
    expect(aheadOfOurs()).toBe(aheadMs);
  });

  it('goes on as it went where ours is set, and follows where its own is', async () => {
    await clock.look();
    const before = clock.now().getTime();
    jest.setSystemTime(Date.now() - 5 * HOUR_MS);
    expect(clock.now().getTime()).toBe(before);
    aheadMs = 7 * HOUR_MS;
    await clock.look();
    expect(aheadOfOurs()).toBe(aheadMs);
  });
});

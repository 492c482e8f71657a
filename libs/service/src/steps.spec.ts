import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { stepAndRest } from './steps.js';

const STEP_MS = 20;

describe('a step of long work', () => {
  it('is followed by a rest of three times its length', async () => {
    let [startedMs, endedMs] = [0, 0];
    const step = async () => {
      startedMs = performance.now();
      await pause(STEP_MS);
      endedMs = performance.now();
      return 'done';
    };
    expect(await stepAndRest(step, new AbortController().signal)).toBe('done');
    // Timers may be early by a millisecond.
    expect(performance.now() - endedMs).toBeGreaterThanOrEqual((endedMs - startedMs) * 3 - 2);
  });

  it('keeps nobody from stopping', async () => {
    const stopping = new AbortController();
    let endedMs = 0;
    const step = async () => {
      await pause(10 * STEP_MS);
      endedMs = performance.now();
      stopping.abort();
    };
    await stepAndRest(step, stopping.signal);
    expect(performance.now() - endedMs).toBeLessThan(3 * 10 * STEP_MS);
  });
});

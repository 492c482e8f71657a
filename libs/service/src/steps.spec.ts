import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { BusyFailure, TransientFailure } from '@jangteo/contracts';
import { eachInTurn, stepAndRest } from './steps.js';

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

describe('what is done with each', () => {
  const away = new TransientFailure('the database is away');
  const busy = new BusyFailure('a lock was not to be had');
  const bug = new TypeError('undefined is not a function');

  it.each([
    ['an outage where nothing else went wrong', [away, undefined, away], TransientFailure, undefined],
    ['an outage where one was away and others busy', [busy, away, busy], TransientFailure, undefined],
    ['a matter of waiting where all were busy', [busy, undefined, busy], BusyFailure, undefined],
    ['a bug where there was one, with where it was thrown', [away, bug, undefined], Error, bug],
  ])('fails as %s, and by names', async (_what, ends, type, cause) => {
    const done: number[] = [];
    const failure: unknown = await eachInTurn(
      [...ends.keys()],
      (index) => `part ${index}`,
      async (index) => {
        done.push(index);
        if (ends[index] !== undefined) throw ends[index];
      },
    ).catch((error: unknown) => error);
    expect(done).toEqual([0, 1, 2]);
    expect((failure as Error).constructor).toBe(type);
    const told = ends.flatMap((end, index) => (end === undefined ? [] : [`part ${index}: ${String(end)}`]));
    expect(failure).toMatchObject({ message: told.join('; ') });
    expect((failure as Error).cause).toBe(cause);
  });
});

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { BusyFailure, TransientFailure } from '@jangteo/contracts';
import { register } from 'prom-client';
import { RecurringJob } from './recurring-job.js';

/** Work whose runs end when the test says so. */
function gatedWork() {
  const gates: { open(): void; fail(): void }[] = [];
  const waiting: (() => void)[] = [];
  return {
    work: () =>
      new Promise<void>((resolve, reject) => {
        gates.push({ open: resolve, fail: () => reject(new TransientFailure('the database is away')) });
        waiting.splice(0).forEach((notify) => notify());
      }),
    gates,
    async begun(count: number): Promise<void> {
      while (gates.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

describe('RecurringJob', () => {
  let job: RecurringJob;
  afterEach(() => job.stop());

  it('begins at once, and after a run that failed says so once, goes on, and says when it works again', async () => {
    const lines: unknown[] = [];
    const note = (line: unknown): void => void lines.push(line);
    Logger.overrideLogger({ log: note, warn: () => {}, error: note });
    const { work, gates, begun } = gatedWork();
    job = new RecurringJob('the test', 1, work);
    job.start();
    const isFailing = async (): Promise<unknown> =>
      (await register.getSingleMetric('recurring_job_failing')?.get())?.values;
    const told: unknown[] = [];
    for (const [index, end] of (['fail', 'fail', 'open', 'open', 'fail'] as const).entries()) {
      await begun(index + 1);
      told.push(await isFailing());
      gates[index]?.[end]();
    }
    await begun(6);
    gates[5]?.open();
    const failed = 'the test failed, to be done again: TransientFailure: the database is away';
    expect(lines).toEqual([failed, 'the test works again', failed]);
    const [fails, works] = [1, 0].map((value) => [{ labels: { name: 'the test' }, value }]);
    expect(told).toEqual([[], fails, fails, works, works]);
  });

  it('says once what differs only in numbers, such as the files that a full disk does not take', async () => {
    const lines: unknown[] = [];
    Logger.overrideLogger({ log: () => {}, warn: () => {}, error: (line: unknown) => void lines.push(line) });
    let runs = 0;
    const over = Promise.withResolvers<void>();
    job = new RecurringJob('the test', 1, () => {
      runs += 1;
      if (runs > 3) over.resolve();
      return Promise.reject(
        new TransientFailure(runs > 2 ? 'away' : `no space for pgsql_tmp${runs}.7 (53100)`),
      );
    });
    job.start();
    await over.promise;
    const failed = 'the test failed, to be done again: TransientFailure: ';
    expect(lines).toEqual([`${failed}no space for pgsql_tmp1.7 (53100)`, `${failed}away`]);
  });

  it('warns of somebody who was in the way, as of nothing that is broken', async () => {
    const lines: [string, unknown][] = [];
    const noteAs = (level: string) => (line: unknown) => void lines.push([level, line]);
    Logger.overrideLogger({ log: noteAs('log'), warn: noteAs('warn'), error: noteAs('error') });
    let runs = 0;
    const over = Promise.withResolvers<void>();
    job = new RecurringJob('the test', 1, async () => {
      runs += 1;
      if (runs === 1) throw new BusyFailure('a lock was not to be had');
      if (runs === 3) over.resolve();
    });
    job.start();
    await over.promise;
    expect(lines).toEqual([
      ['warn', 'the test failed, to be done again: BusyFailure: a lock was not to be had'],
      ['log', 'the test works again'],
    ]);
  });

  it('says of a bug where it was thrown', async () => {
    const lines: unknown[] = [];
    Logger.overrideLogger({ log: () => {}, warn: () => {}, error: (line: unknown) => void lines.push(line) });
    const err = new TypeError('undefined is not a function');
    job = new RecurringJob('the test', 1, () => Promise.reject(err));
    job.start();
    while (lines.length === 0) await sleep(1);
    await job.stop();
    expect(lines).toEqual([{ msg: `the test failed, to be done again: ${String(err)}`, err }]);
  });

  it.each([
    ['at once', {}, 2],
    ['after a whole pause, where that is asked for', { fromEnd: true }, 1],
  ])(
    'begins the next run after one that took longer than the time between two %s',
    async (_, rhythm, begun) => {
      jest.useFakeTimers();
      const { work, gates } = gatedWork();
      try {
        job = new RecurringJob('the test', 100, work, rhythm);
        job.start();
        await jest.advanceTimersByTimeAsync(500);
        gates[0]?.open();
        await jest.advanceTimersByTimeAsync(99);
        expect(gates).toHaveLength(begun);
        await jest.advanceTimersByTimeAsync(1);
        expect(gates).toHaveLength(2);
      } finally {
        for (const { open } of gates) open();
        jest.useRealTimers();
      }
    },
  );

  it('never does two runs at a time, however long one takes', async () => {
    const { work, gates, begun } = gatedWork();
    job = new RecurringJob('the test', 1, work);
    job.start();
    await begun(1);
    await sleep(20);
    expect(gates).toHaveLength(1);
    gates[0]?.open();
    await begun(2);
    gates[1]?.open();
  });

  it('lets the run under way finish when it is stopped, and begins no other', async () => {
    const { work, gates, begun } = gatedWork();
    job = new RecurringJob('the test', 1, work);
    job.start();
    await begun(1);
    let isStopped = false;
    const stopping = job.stop().then(() => (isStopped = true));
    await sleep(20);
    expect(isStopped).toBe(false);
    gates[0]?.open();
    await stopping;
    await sleep(20);
    expect(gates).toHaveLength(1);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Repetition } from './repetition.js';

/** Work whose runs end when the test says so. */
function gatedWork() {
  const gates: { open(): void; fail(): void }[] = [];
  const waiting: (() => void)[] = [];
  return {
    work: () =>
      new Promise<void>((resolve, reject) => {
        gates.push({ open: resolve, fail: () => reject(new Error('the database is away')) });
        waiting.splice(0).forEach((notify) => notify());
      }),
    gates,
    async begun(count: number): Promise<void> {
      while (gates.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

describe('Repetition', () => {
  let repetition: Repetition;
  afterEach(() => repetition.stop());

  it('begins at once, and after a run that failed says so and goes on', async () => {
    const lines: unknown[] = [];
    Logger.overrideLogger({ log: () => {}, warn: () => {}, error: (line: unknown) => lines.push(line) });
    const { work, gates, begun } = gatedWork();
    repetition = new Repetition('the test', 1, work);
    repetition.start();
    await begun(1);
    gates[0]?.fail();
    await begun(2);
    gates[1]?.open();
    await begun(3);
    gates[2]?.open();
    expect(lines).toEqual(['the test failed, to be done again: Error: the database is away']);
  });

  it('never does two runs at a time, however long one takes', async () => {
    const { work, gates, begun } = gatedWork();
    repetition = new Repetition('the test', 1, work);
    repetition.start();
    await begun(1);
    await sleep(20);
    expect(gates).toHaveLength(1);
    gates[0]?.open();
    await begun(2);
    gates[1]?.open();
  });

  it('lets the run under way finish when it is stopped, and begins no other', async () => {
    const { work, gates, begun } = gatedWork();
    repetition = new Repetition('the test', 1, work);
    repetition.start();
    await begun(1);
    let isStopped = false;
    const stopping = repetition.stop().then(() => (isStopped = true));
    await sleep(20);
    expect(isStopped).toBe(false);
    gates[0]?.open();
    await stopping;
    await sleep(20);
    expect(gates).toHaveLength(1);
  });
});

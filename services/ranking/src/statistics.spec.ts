import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Statistics } from './statistics.js';

const look = { isGapless: true, countedBefore: 100, completeFrom: null, lastOccurredAt: new Date(0) };

/** Nobody is reached: only what asks is of interest here. */
const unreached = (): Statistics => new Statistics('postgres://u:p@127.0.0.1:1/statistics');

const fails = (): Promise<never> => Promise.reject(new Error('away'));

async function withTime(work: (passMs: (ms: number) => void) => Promise<void>): Promise<void> {
  let nowMs = 1_000;
  const spies = [
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs),
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue(),
    jest.spyOn(Logger.prototype, 'log').mockReturnValue(),
  ];
  try {
    await work((ms) => (nowMs += ms));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('statistics', () => {
  it('are waited for by one at a time once they are away, and by all when they are back', () =>
    withTime(async (passMs) => {
      const its = unreached();
      expect(await its.read('sales', fails)).toBeUndefined();
      passMs(5_000);
      const answer = Promise.withResolvers<{ look: typeof look }>();
      const first = its.read('sales', () => answer.promise);
      const another = jest.fn(fails);
      expect(await its.read('sales', another)).toBeUndefined();
      expect(another).not.toHaveBeenCalled();
      answer.resolve({ look });
      expect(await first).toMatchObject({ progress: { lastOccurredAt: look.lastOccurredAt } });
      expect(await its.read('sales', () => Promise.resolve({ look }))).toBeDefined();
    }));

  it('are as far as at the look before, while records beyond that are missing', async () => {
    const its = unreached();
    const read = async (told: typeof look) =>
      (await its.read('audit', () => Promise.resolve({ look: told })))!;
    await read(look);
    const gap = { ...look, isGapless: false, lastOccurredAt: new Date(1) };
    expect((await read(gap)).progress.lastOccurredAt).toEqual(look.lastOccurredAt);
    expect((await read({ ...gap, countedBefore: 99 })).progress.lastOccurredAt).toBeNull();
  });
});

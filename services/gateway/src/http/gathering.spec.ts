import { describe, expect, it } from '@jest/globals';
import { Gathering } from './gathering.js';

/** Answers when it is told to. */
function slow(most = 3) {
  const asked: number[][] = [];
  const open: ((fail?: Error) => void)[] = [];
  const ask = async (questions: readonly number[]): Promise<number[]> => {
    asked.push([...questions]);
    await new Promise<void>((resolve, reject) => {
      open.push((fail) => (fail === undefined ? resolve() : reject(fail)));
    });
    return questions.map((question) => question * 10);
  };
  const gathering = new Gathering<number, number>(most, ask);
  return { gathering, asked, open };
}

describe('questions that gather', () => {
  it('are asked at once where none is under way, and together where one is', async () => {
    const { gathering, asked, open } = slow();
    const first = gathering.of(1);
    const others = [2, 3].map((question) => gathering.of(question));
    expect(asked).toEqual([[1]]);
    open[0]?.();
    expect(await first).toBe(10);
    while (open.length < 2) await Promise.resolve();
    expect(asked).toEqual([[1], [2, 3]]);
    open[1]?.();
    expect(await Promise.all(others)).toEqual([20, 30]);
    // Nothing is under way any more.
    await new Promise(setImmediate);
    void gathering.of(4);
    while (asked.length < 3) await Promise.resolve();
    expect(asked.at(-1)).toEqual([4]);
  });

  it('go in as many messages as they need, each answered by itself', async () => {
    const { gathering, asked, open } = slow(2);
    const first = gathering.of(1);
    const others = [2, 3, 4].map((question) => gathering.of(question));
    open[0]?.();
    await first;
    while (open.length < 3) await Promise.resolve();
    expect(asked).toEqual([[1], [2, 3], [4]]);
    open[1]?.(new Error('away'));
    open[2]?.();
    const settled = await Promise.allSettled(others);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('go on after a failure', async () => {
    const { gathering, open } = slow();
    const first = gathering.of(1);
    open[0]?.(new Error('away'));
    await expect(first).rejects.toThrow('away');
    const next = gathering.of(2);
    while (open.length < 2) await Promise.resolve();
    open[1]?.();
    expect(await next).toBe(20);
  });
});

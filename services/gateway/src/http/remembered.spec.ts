import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Remembered } from './remembered.js';

describe('what is remembered', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    // What begins at 0 is without an end to the cache.
    jest.advanceTimersByTime(1);
  });
  afterEach(() => void jest.useRealTimers());

  /** Answers with how often it was asked, after so long. */
  function slow(tookMs = 0) {
    const asked: string[][] = [];
    const remembered = new Remembered<string, { readonly reading: number }>({
      keyOf: (question) => question,
      read: async (questions) => {
        asked.push([...questions]);
        const reading = asked.length;
        await jest.advanceTimersByTimeAsync(tookMs);
        return new Map(questions.map((question) => [question, { reading }]));
      },
      atOnce: 10,
      most: 10,
    });
    const readingOf = async (question = 'a') => (await remembered.of(question))?.reading;
    return { remembered, asked, readingOf };
  }

  it('is read once a second', async () => {
    const { readingOf } = slow();
    expect([await readingOf(), await readingOf()]).toEqual([1, 1]);
    jest.advanceTimersByTime(1_000);
    expect(await readingOf()).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await readingOf()).toBe(2);
  });

  it('is as old as the question, however late the answer came', async () => {
    const { readingOf } = slow(700);
    expect([await readingOf(), await readingOf()]).toEqual([1, 1]);
    jest.advanceTimersByTime(301);
    expect(await readingOf()).toBe(2);
  });

  it('is not what was read before something was forgotten', async () => {
    const { remembered, readingOf } = slow();
    const before = readingOf();
    remembered.forgetAll();
    expect(await before).toBe(1);
    expect(await readingOf()).toBe(2);
    remembered.forget(['b']);
    expect(await readingOf()).toBe(2);
    remembered.forget(['a']);
    expect(await readingOf()).toBe(3);
  });

  it('is forgotten by others too once that is waited for', async () => {
    const [here, elsewhere] = [slow(), slow()];
    expect([await here.readingOf(), await elsewhere.readingOf()]).toEqual([1, 1]);
    let isForgotten = false;
    void here.remembered.forgetEverywhere().then(() => {
      isForgotten = true;
    });
    expect(await here.readingOf()).toBe(2);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(isForgotten).toBe(false);
    await jest.advanceTimersByTimeAsync(100);
    expect(isForgotten).toBe(true);
    expect(await elsewhere.readingOf()).toBe(2);
  });

  it('is asked for once where many ask', async () => {
    const { remembered, asked } = slow();
    const first = remembered.of('a');
    await Promise.all([first, ...['b', 'c', 'b'].map((question) => remembered.of(question))]);
    expect(asked).toEqual([['a'], ['b', 'c']]);
    expect(await remembered.of('b')).toEqual({ reading: 2 });
  });
});

import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { allOrNone } from './all-or-none.js';

describe('what starts together', () => {
  const stopped: string[] = [];
  const running = (name: string) => ({ name, stop: async () => void stopped.push(name) });
  const late = async (name: string) => {
    await setImmediate();
    return running(name);
  };

  it('is all there, in its order', async () => {
    const [one, two] = await allOrNone([late('one'), Promise.resolve(running('two'))]);
    expect([one.name, two.name]).toEqual(['one', 'two']);
    expect(stopped).toEqual([]);
  });

  it('is stopped where one fails, also what is later than that', async () => {
    const failing = Promise.reject<never>(new Error('no port'));
    await expect(allOrNone([Promise.resolve(running('one')), failing, late('three')])).rejects.toThrow(
      'no port',
    );
    expect(stopped).toEqual(['one', 'three']);
  });
});

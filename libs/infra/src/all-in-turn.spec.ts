import { describe, expect, it } from '@jest/globals';
import { allInTurn } from './all-in-turn.js';

describe('works that are done in turn', () => {
  it('are all done, each after the one before, and the first failure is told', async () => {
    const done: string[] = [];
    const work = (name: string, failure?: string) => async () => {
      await new Promise(setImmediate);
      done.push(name);
      if (failure !== undefined) throw new Error(failure);
    };
    await allInTurn([work('broker'), work('database')]);
    expect(done).toEqual(['broker', 'database']);
    const failing = allInTurn([work('gateway'), work('services', 'no space'), work('last', 'another')]);
    await expect(failing).rejects.toThrow('no space');
    expect(done.slice(2)).toEqual(['gateway', 'services', 'last']);
  });
});

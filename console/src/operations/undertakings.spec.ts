import { describe, expect, it } from '@jest/globals';
import { Undertakings } from './undertakings.js';

describe('what was undertaken on a page', () => {
  it('goes from round to round until there is no next one, and is told each time', async () => {
    const all = new Undertakings<string>();
    const seen: number[] = [];
    all.subscribe(() => seen.push(all.of('a')?.progress?.sent ?? -1));
    const asked: (string | undefined)[] = [];
    await all.start('a', 'a group', 5, async (next) => {
      asked.push(next);
      return {
        sent: 2,
        operationId: `o${asked.length}`,
        next: asked.length < 3 ? `after ${asked.length}` : undefined,
      };
    });
    expect(asked).toEqual([undefined, 'after 1', 'after 2']);
    expect(seen).toEqual([0, 2, 4, 6]);
    expect(all.of('a')).toMatchObject({ thing: 'a group', progress: { isUnderWay: false, sent: 6 } });
  });

  it('stops at an error, and goes on from there when somebody says so', async () => {
    const all = new Undertakings<string>();
    let isAway = true;
    const asked: (string | undefined)[] = [];
    await all.start('a', 'a group', 4, async (next) => {
      asked.push(next);
      if (next === 'half' && isAway) throw new Error('away');
      return { sent: 2, operationId: `o${asked.length}`, next: next === undefined ? 'half' : undefined };
    });
    expect(all.of('a')?.progress).toMatchObject({ isUnderWay: false, sent: 2, error: new Error('away') });
    isAway = false;
    await all.goOn('a');
    expect(asked).toEqual([undefined, 'half', 'half']);
    expect(all.of('a')?.progress).toMatchObject({ isUnderWay: false, sent: 4 });
    expect(all.of('a')?.progress).not.toHaveProperty('error');
  });

  it('is gone once it is taken off the page, and asks for no further round', async () => {
    const all = new Undertakings<string>();
    let rounds = 0;
    await all.start('a', 'a group', 4, async () => {
      rounds += 1;
      all.dismiss('a');
      return { sent: 1, operationId: 'o', next: 'more' };
    });
    expect(rounds).toBe(1);
    expect(all.all()).toEqual([]);
  });

  it('is begun once, however often somebody presses, and goes on under the key of a lost answer', async () => {
    const all = new Undertakings<string>();
    const keys: string[] = [];
    let answer = (): void => undefined;
    const round = async (_: string | undefined, key: string) => {
      keys.push(key);
      if (keys.length === 1) await new Promise<void>((resolve) => (answer = resolve));
      if (keys.length === 1) throw new Error('no answer');
      return { sent: 1, operationId: 'o' };
    };
    const first = all.start('a', 'a letter', 1, round);
    await all.start('a', 'a letter', 1, round);
    await all.goOn('a');
    expect(keys).toHaveLength(1);
    answer();
    await first;
    await all.goOn('a');
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(all.of('a')?.progress).toMatchObject({ sent: 1, isUnderWay: false });
  });
});

import { describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

function drained<T>(line: FairQueue<T>): T[] {
  const taken: T[] = [];
  for (let next = line.take(); next !== undefined; next = line.take()) taken.push(next);
  return taken;
}

describe('FairQueue', () => {
  it('serves one party in its order', () => {
    const line = new FairQueue<number>(3);
    for (const n of [1, 2, 3]) expect(line.add(['a'], n)).toBeUndefined();
    expect(drained(line)).toEqual([1, 2, 3]);
    expect(line.take()).toBeUndefined();
  });

  it('serves parties by turns, however many of one came before', () => {
    const line = new FairQueue<string>(10);
    for (const n of [1, 2, 3, 4]) line.add(['crowd'], `crowd ${n}`);
    line.add(['one'], 'one');
    line.add(['two'], 'two');
    expect(drained(line)).toEqual(['crowd 1', 'one', 'two', 'crowd 2', 'crowd 3', 'crowd 4']);
  });

  it('sends away the last of the longest line when there is no room, until lines are as long as another', () => {
    const line = new FairQueue<string>(4);
    for (const n of [1, 2, 3, 4]) line.add(['crowd'], `crowd ${n}`);
    expect(line.add(['crowd'], 'crowd 5')).toBe('crowd 5');
    expect(line.add(['other'], 'other 1')).toBe('crowd 4');
    expect(line.add(['other'], 'other 2')).toBe('crowd 3');
    expect(line.add(['other'], 'other 3')).toBe('other 3');
    expect(line.add(['third'], 'third 1')).toBe('crowd 2');
    expect(line.add(['fourth'], 'fourth 1')).toBe('other 2');
    expect(line.add(['fifth'], 'fifth 1')).toBe('fifth 1');
    expect(drained(line)).toEqual(['crowd 1', 'other 1', 'third 1', 'fourth 1']);
  });

  it('has room again once somebody was served', () => {
    const line = new FairQueue<number>(1);
    line.add(['a'], 1);
    expect(line.add(['b'], 2)).toBe(2);
    expect(line.take()).toBe(1);
    expect(line.add(['b'], 3)).toBeUndefined();
    expect(drained(line)).toEqual([3]);
  });

  it('serves the members of a party by turns, within the one turn of it', () => {
    const line = new FairQueue<string>(10);
    for (const member of ['a', 'b', 'c', 'd']) line.add(['many', member], member);
    line.add(['one', 'x'], 'x 1');
    line.add(['one', 'x'], 'x 2');
    line.add(['many', 'a'], 'a 2');
    expect(drained(line)).toEqual(['a', 'x 1', 'b', 'x 2', 'c', 'd', 'a 2']);
  });

  it('lets a newcomer in before a party that has filled it with one of each of its members', () => {
    const line = new FairQueue<string>(100);
    for (let n = 0; n < 100; n += 1) line.add(['site', `home ${n % 10}`, `address ${n}`], `${n}`);
    expect(line.add(['elsewhere', 'home', 'address'], 'newcomer')).toBeDefined();
    expect(line.add(['site', 'home 77', 'address 977'], 'yet another')).toBeDefined();
    line.take();
    expect(line.take()).toBe('newcomer');
  });

  it('serves a lower rank first, and sends away of the higher one first', () => {
    const line = new FairQueue<string>(3);
    line.add(['a'], 'later', 2);
    line.add(['a'], 'soon', 1);
    line.add(['a'], 'last', 2);
    expect(line.add(['a'], 'now', 0)).toBe('last');
    expect(line.add(['b'], 'soon as well', 1)).toBe('later');
    expect(line.add(['c'], 'too late', 2)).toBe('too late');
    expect(drained(line)).toEqual(['now', 'soon', 'soon as well']);
  });

  it('keeps count of who waits, whoever comes and goes', () => {
    const line = new FairQueue<number>(5);
    let state = 1;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    let waiting = 0;
    for (let n = 0; n < 5_000; n += 1) {
      if (random(3) === 0) waiting -= line.take() === undefined ? 0 : 1;
      else if (line.add([`${random(3)}`, `${random(3)}`], n, random(3)) === undefined) waiting += 1;
      expect(waiting).toBeLessThanOrEqual(5);
    }
    expect(drained(line)).toHaveLength(waiting);
  });
});

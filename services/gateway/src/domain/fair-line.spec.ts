import { describe, expect, it } from '@jest/globals';
import { FairLine } from './fair-line.js';

function drained<T>(line: FairLine<T>): T[] {
  const taken: T[] = [];
  for (let next = line.take(); next !== undefined; next = line.take()) taken.push(next);
  return taken;
}

describe('FairLine', () => {
  it('serves one party in its order', () => {
    const line = new FairLine<number>(3);
    for (const n of [1, 2, 3]) expect(line.add('a', n)).toBeUndefined();
    expect(drained(line)).toEqual([1, 2, 3]);
    expect(line.take()).toBeUndefined();
  });

  it('serves parties by turns, however many of one came before', () => {
    const line = new FairLine<string>(10);
    for (const n of [1, 2, 3, 4]) line.add('crowd', `crowd ${n}`);
    line.add('one', 'one');
    line.add('two', 'two');
    expect(drained(line)).toEqual(['crowd 1', 'one', 'two', 'crowd 2', 'crowd 3', 'crowd 4']);
  });

  it('sends away the last of the longest line when there is no room, until lines are as long as another', () => {
    const line = new FairLine<string>(4);
    for (const n of [1, 2, 3, 4]) line.add('crowd', `crowd ${n}`);
    expect(line.add('crowd', 'crowd 5')).toBe('crowd 5');
    expect(line.add('other', 'other 1')).toBe('crowd 4');
    expect(line.add('other', 'other 2')).toBe('crowd 3');
    expect(line.add('other', 'other 3')).toBe('other 3');
    expect(line.add('third', 'third 1')).toBe('crowd 2');
    expect(line.add('fourth', 'fourth 1')).toBe('other 2');
    expect(line.add('fifth', 'fifth 1')).toBe('fifth 1');
    expect(drained(line)).toEqual(['crowd 1', 'other 1', 'third 1', 'fourth 1']);
  });

  it('has room again once somebody was served', () => {
    const line = new FairLine<number>(1);
    line.add('a', 1);
    expect(line.add('b', 2)).toBe(2);
    expect(line.take()).toBe(1);
    expect(line.add('b', 3)).toBeUndefined();
    expect(drained(line)).toEqual([3]);
  });
});

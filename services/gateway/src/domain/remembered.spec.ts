import { describe, expect, it } from '@jest/globals';
import { Remembered } from './remembered.js';

describe('Remembered', () => {
  it('knows a value until the moment it expires', () => {
    const remembered = new Remembered<string>(10);
    remembered.set('a', 'A', 1_000);
    expect(remembered.get('a', 999)).toBe('A');
    expect(remembered.get('a', 1_000)).toBeUndefined();
    expect(remembered.size).toBe(0);
  });

  it('forgets the one that was not used for longest when it is full', () => {
    const remembered = new Remembered<string>(2);
    remembered.set('a', 'A', 1_000);
    remembered.set('b', 'B', 1_000);
    remembered.get('a', 0);
    remembered.set('c', 'C', 1_000);
    expect(['a', 'b', 'c'].map((key) => remembered.get(key, 0))).toEqual(['A', undefined, 'C']);
    expect(remembered.size).toBe(2);
  });

  it('replaces a value without growing', () => {
    const remembered = new Remembered<string>(1);
    remembered.set('a', 'A', 1_000);
    remembered.set('a', 'B', 2_000);
    expect(remembered.get('a', 1_500)).toBe('B');
    expect(remembered.size).toBe(1);
  });
});

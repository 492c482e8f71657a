import { describe, expect, it } from '@jest/globals';
import { LineBudget } from './line-budget.js';

describe('LineBudget', () => {
  it('lets so many lines of a kind through in a minute, and says afterwards how many were left out', () => {
    const lines = new LineBudget(2);
    expect([1, 2, 3, 4, 5].map((ms) => lines.take('a', ms))).toEqual([0, 0, undefined, undefined, undefined]);
    expect(lines.take('b', 6)).toBe(0);
    expect(lines.take('a', 60_000)).toBeUndefined();
    expect(lines.take('a', 60_001)).toBe(4);
    expect(lines.take('a', 60_002)).toBe(0);
  });
});

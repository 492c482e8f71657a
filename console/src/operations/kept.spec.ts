import { describe, expect, it } from '@jest/globals';
import { withKept } from './kept.js';

const descending = (one: number, other: number): boolean => one > other;

describe('rows to which something was done', () => {
  it.each([
    [[9, 5, 1], [7], [9, 7, 5, 1]],
    [
      [9, 5, 1],
      [10, 0],
      [10, 9, 5, 1, 0],
    ],
    [[9, 5], [5], [9, 5]],
    [[], [3, 4], [4, 3]],
  ])('stay where they stood: %j and %j', (rows, kept, wanted) => {
    expect(withKept(rows, kept, String, descending)).toEqual(wanted);
  });
});

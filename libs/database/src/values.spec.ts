import { describe, expect, it } from '@jest/globals';
import { columnsOf, safeInteger } from './values.js';

describe('safeInteger', () => {
  it('reads what a number holds exactly', () => {
    expect(safeInteger('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('refuses to round', () => {
    expect(() => safeInteger('9007199254740992')).toThrow(RangeError);
  });
});

describe('columnsOf', () => {
  it('turns rows into columns and what is missing into null', () => {
    expect(columnsOf([{ a: 1, b: 'x' }, { a: 2 }] as { a: number; b?: string }[], ['a', 'b'])).toEqual([
      [1, 2],
      ['x', null],
    ]);
  });
});

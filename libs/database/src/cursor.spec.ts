import { describe, expect, it } from '@jest/globals';
import { cutPage, decodeCursor, encodeCursor } from './cursor.js';

describe('cursor', () => {
  it('is read back as it was made', () => {
    expect(decodeCursor(encodeCursor([7, 'b']), ['number', 'string'])).toEqual([7, 'b']);
  });

  it.each([
    ['no base64 of JSON', 'not a cursor'],
    ['JSON that is no array', Buffer.from('{"a":1}').toString('base64url')],
    ['too few parts', encodeCursor([7])],
    ['parts of another type', encodeCursor(['7', 'b'])],
  ])('refuses %s', (_title, cursor) => {
    expect(decodeCursor(cursor, ['number', 'string'])).toBeUndefined();
  });

  const time = '2026-01-01T00:00:00.000Z';
  const someId = '01920000-0000-7000-8000-0000000000d1';
  it.each([
    ['a time and an id', [time, someId], true],
    ['a time that is none', ['2026-02-30T00:00:00.000Z', someId], false],
    ['a time that no table holds', [8.64e15, someId], false],
    ['a time of a year that no table has', ['0000-01-01T00:00:00Z', someId], false],
    ['an id that is none', [time, 'd1'], false],
  ])('tells whether it holds %s', (_title, parts, expected) => {
    expect(decodeCursor(encodeCursor(parts), ['instant', 'id']) !== undefined).toBe(expected);
  });

  it('cuts a page and goes on after its last row only when there is more', () => {
    const keyOf = (row: number): number[] => [row];
    expect(cutPage([1, 2, 3], 2, keyOf)).toEqual({ rows: [1, 2], next: encodeCursor([2]) });
    expect(cutPage([1, 2], 2, keyOf)).toEqual({ rows: [1, 2] });
    expect(cutPage([], 2, keyOf)).toEqual({ rows: [] });
  });
});

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

  it('cuts a page and goes on after its last row only when there is more', () => {
    const keyOf = (row: number): number[] => [row];
    expect(cutPage([1, 2, 3], 2, keyOf)).toEqual({ rows: [1, 2], next: encodeCursor([2]) });
    expect(cutPage([1, 2], 2, keyOf)).toEqual({ rows: [1, 2] });
    expect(cutPage([], 2, keyOf)).toEqual({ rows: [] });
  });
});

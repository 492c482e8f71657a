import { describe, expect, it } from '@jest/globals';
import { tagOf, versionsOf } from './if-match.js';

describe('If-Match', () => {
  it.each<[string | undefined, number[] | undefined]>([
    [undefined, undefined],
    ['*', undefined],
    [tagOf(7), [7]],
    [' "7" , "8"', [7, 8]],
    ['W/"7"', [7]],
    ['W/"7", "8"', [7, 8]],
    ['W/"of-somebody-else"', []],
    ['W/"07"', []],
    ['"of-somebody-else"', []],
    ['"07"', []],
    ['"9999999999999999"', []],
  ])('%s asks for %p', (header, versions) => {
    expect(versionsOf(header)).toEqual({ ok: true, value: versions });
  });

  it.each([
    '',
    '7',
    '"7',
    '"7" "8"',
    '"7",',
    'w/"7"',
    '"a b"',
    Array.from({ length: 21 }, () => '"1"').join(','),
  ])('refuses %p', (header) => {
    expect(versionsOf(header)).toMatchObject({
      ok: false,
      refusal: { code: 'VALIDATION_FAILED', errors: [{ path: 'If-Match' }] },
    });
  });
});

import { expect, it } from '@jest/globals';
import { pauseBefore } from './again.js';

it.each([
  [4, false, 3_000],
  [5, false, undefined],
  [5, true, 15_000],
  [5_000, true, 15_000],
  [0, true, 3_000],
])('reads again after %d tries in vain, endlessly %s: in %d ms', (tries, isEndless, wanted) => {
  expect(pauseBefore(3_000, tries, isEndless)).toBe(wanted);
});

it('does not read more often for having failed', () => {
  expect(pauseBefore(60_000, 3, true)).toBe(60_000);
});

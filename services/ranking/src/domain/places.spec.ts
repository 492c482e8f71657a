import { describe, expect, it } from '@jest/globals';
import { firstOf } from './places.js';

const ranked = (unitsOfOthersMax: number, ...units: number[]) =>
  units.map((its) => ({ units: its, unitsOfOthersMax }));

describe('the first products of a part of a ranking', () => {
  it('are known where no others can have sold more', () => {
    expect(firstOf(ranked(4, 9, 7, 5, 3), 3)).toEqual(ranked(4, 9, 7, 5));
  });

  it('are all, where there are no others', () => {
    expect(firstOf(ranked(0, 9, 7), 3)).toEqual(ranked(0, 9, 7));
  });

  it.each([
    ['there is none', []],
    ['others may have sold more', ranked(6, 9, 7, 5)],
    ['others may have sold as many as the last, and come before it', ranked(5, 9, 7, 5)],
    ['too few are left, and there are others', ranked(1, 9, 7)],
  ])('are not known where %s', (_title, known) => {
    expect(firstOf(known, 3)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { hourToShow, nextStep, spareStep, type Tally } from './tallying.js';

const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 10, hour));

const tally = (hour: number, change: Partial<Tally> = {}): Tally => ({
  hour: at(hour),
  baseHour: null,
  isSummed: true,
  unplaced: [],
  isOver: false,
  ...change,
});

describe('the hour to show', () => {
  it.each([
    ['the current one', 10, null, 10],
    ['the next one once it has begun', 11, 10, 11],
    ['that of another replica whose look at the clock was later', 10, 11, 11],
    ['the current one when the clock was ahead for a day', 10, 34, 10],
  ])('is %s', (_title, current, shown, expected) => {
    expect(hourToShow(at(current), shown === null ? null : at(shown))).toEqual(at(expected));
  });
});

describe('the next step', () => {
  it.each([
    ['begins where there is nothing', [], { kind: 'BEGIN', hour: at(10), baseHour: null }],
    ['begins with the latest tally', [tally(8), tally(9)], { kind: 'BEGIN', hour: at(10), baseHour: at(9) }],
    [
      'begins with no tally that is unfinished, being removed, or later',
      [tally(7, { isSummed: false }), tally(8, { isOver: true }), tally(11)],
      { kind: 'BEGIN', hour: at(10), baseHour: null },
    ],
    ['begins with one of a day ago', [tally(-14)], { kind: 'BEGIN', hour: at(10), baseHour: at(-14) }],
    ['begins anew after more than a day', [tally(-15)], { kind: 'BEGIN', hour: at(10), baseHour: null }],
    [
      'sums before it places',
      [tally(10, { isSummed: false, unplaced: [1, 2] })],
      { kind: 'SUM', tally: tally(10, { isSummed: false, unplaced: [1, 2] }) },
    ],
    [
      'places one window after the other',
      [tally(10, { unplaced: [7, 9] })],
      { kind: 'PLACE', tally: tally(10, { unplaced: [7, 9] }), days: 7 },
    ],
    [
      'ends a removal that had begun before the clock was set back',
      [tally(10, { isOver: true })],
      { kind: 'REMOVE', tally: tally(10, { isOver: true }) },
    ],
    ['is none when all is there', [tally(9), tally(10)], undefined],
  ])('%s', (_title, tallies, expected) => {
    expect(nextStep({ hour: at(10), tallies })).toEqual(expected);
  });
});

describe('the spare step', () => {
  it.each([
    ['begins the next hour', [tally(10)], { kind: 'BEGIN', hour: at(11), baseHour: at(10) }],
    [
      'removes nothing before the next hour is there: it may be made from that',
      [tally(9), tally(10), tally(11, { isSummed: false, baseHour: at(9) })],
      { kind: 'SUM', tally: tally(11, { isSummed: false, baseHour: at(9) }) },
    ],
    ['removes what is over', [tally(9), tally(10), tally(11)], { kind: 'REMOVE', tally: tally(9) }],
    [
      'removes what was made by a clock that was ahead',
      [tally(10), tally(11), tally(40)],
      { kind: 'REMOVE', tally: tally(40) },
    ],
    ['is none when nothing is to be done', [tally(10), tally(11)], undefined],
  ])('%s', (_title, tallies, expected) => {
    expect(spareStep({ hour: at(10), tallies })).toEqual(expected);
  });
});

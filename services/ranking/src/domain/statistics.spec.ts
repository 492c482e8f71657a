import { describe, expect, it } from '@jest/globals';
import { HOUR_MS, type SalesRow } from '@jangteo/contracts';
import {
  compareHours,
  MARGIN_MS,
  progressOf,
  salesOfBoth,
  type Differences,
  type HourOfBoth,
  type Progress,
} from './statistics.js';

const FIRST = Date.parse('2026-03-10T10:00:00.000Z');
const hour = (index: number): Date => new Date(FIRST + index * HOUR_MS);
const at = (index: number): string => hour(index).toISOString();

const upTo = (ms: number): Progress => ({
  isGapless: true,
  completeFrom: null,
  lastOccurredAt: new Date(ms),
});
const NEVER: Progress = { ...upTo(0), lastOccurredAt: null };
const GAPS: Progress = { ...NEVER, isGapless: false };

describe('how far statistics are', () => {
  const look = { ...upTo(FIRST), countedBefore: 100 };
  const later = { ...upTo(FIRST + HOUR_MS), isGapless: false };

  it('is what they have without a gap, or had at the look before while nothing of that is missing', () => {
    expect(progressOf(look, undefined).lastOccurredAt).toEqual(hour(0));
    expect(progressOf({ ...later, countedBefore: 100 }, look)).toMatchObject({
      isGapless: false,
      lastOccurredAt: hour(0),
    });
    expect(progressOf({ ...later, countedBefore: 99 }, look).lastOccurredAt).toBeNull();
    expect(progressOf({ ...later, countedBefore: 100 }, undefined).lastOccurredAt).toBeNull();
    expect(progressOf({ ...later, isGapless: true, countedBefore: 50 }, look).lastOccurredAt).toEqual(
      hour(1),
    );
  });
});

describe('sales of both sources', () => {
  const NOTHING = { units: 0, orders: 0, revenue: 0, discount: 0, cancelled: 0 };
  const own = (index: number, units: number): SalesRow => ({
    at: at(index),
    units,
    orders: units,
    source: 'ranking',
  });
  const theirs = (index: number, units: number) => ({
    at: hour(index),
    units,
    orders: units,
    revenue: units * 100,
    discount: 0,
    cancelled: 1,
  });
  const nowMs = FIRST + 2.5 * HOUR_MS;
  const shown = (progress: Progress, ...units: number[]) =>
    salesOfBoth(
      [own(0, 5), own(1, 0), own(2, 3)],
      units.map((its, index) => theirs(index, its)),
      NOTHING,
      { progress, period: 'hour', nowMs },
    );
  const sourcesOf = (rows: readonly SalesRow[]) => rows.map(({ source }) => source).join(' ');

  it('are those of the statistics, money included, once these have reached the present', () => {
    expect(shown(upTo(nowMs), 5)).toEqual([
      { at: at(0), units: 5, orders: 5, revenue: 500, discount: 0, cancelled: 1, source: 'statistics' },
      { at: at(1), ...NOTHING, source: 'statistics' },
      { at: at(2), ...NOTHING, source: 'statistics' },
    ]);
    // A few minutes less are no reason to show no money.
    expect(sourcesOf(shown(upTo(nowMs - MARGIN_MS), 5))).toBe('statistics statistics statistics');
  });

  it('are never fewer than the ranking has, where the statistics lag', () => {
    const lagging = shown(upTo(FIRST + HOUR_MS), 5);
    expect(sourcesOf(lagging)).toBe('statistics statistics ranking');
    expect(lagging[2]).toEqual(own(2, 3));
    expect(sourcesOf(shown(upTo(FIRST), 4))).toBe('ranking statistics ranking');
  });

  it('are those of the statistics in a night without orders, which have nothing to go on with', () => {
    expect(sourcesOf(shown(upTo(FIRST), 5, 0, 3))).toBe('statistics statistics statistics');
  });

  it("are the ranking's where records are missing, unless nothing is", () => {
    expect(sourcesOf(shown(GAPS, 4, 0, 3))).toBe('ranking statistics statistics');
    expect(sourcesOf(shown(NEVER))).toBe('ranking statistics ranking');
  });

  it('are those of statistics that began with a later record from the hour on that they have whole', () => {
    const begun = { ...upTo(nowMs), completeFrom: hour(2) };
    expect(sourcesOf(shown(begun, 4, 0, 2))).toBe('ranking statistics statistics');
    expect(sourcesOf(shown({ ...begun, completeFrom: hour(3) }, 4, 0, 2))).toBe('ranking statistics ranking');
  });

  it('go back to where the ranking keeps nothing any more, without a hole', () => {
    const rows = salesOfBoth([own(0, 5)], [theirs(-3, 2), theirs(0, 5)], NOTHING, {
      progress: upTo(nowMs),
      period: 'hour',
      nowMs,
    });
    expect(rows.map((row) => [row.at, row.units])).toEqual([
      [at(-3), 2],
      [at(-2), 0],
      [at(-1), 0],
      [at(0), 5],
    ]);
    const all = salesOfBoth([], [theirs(0, 1), theirs(2, 4)], NOTHING, {
      progress: upTo(nowMs),
      period: 'hour',
      nowMs,
    });
    expect(all.map(({ units }) => units)).toEqual([1, 0, 4]);
    expect(salesOfBoth([], [], NOTHING, { progress: upTo(0), period: 'hour', nowMs })).toEqual([]);
  });
});

describe('hours of both sources', () => {
  const both = (index: number, own: number, theirs: number, orders: number | null = own): HourOfBoth => ({
    hour: hour(index),
    own: { units: own, orders },
    theirs: { units: theirs, orders: theirs },
  });
  const LONG_AFTER = FIRST + 10 * HOUR_MS;
  const NONE: Differences = new Map();

  /** Two looks, the second one once the statistics have counted what happened a while after the first. */
  function looks(
    first: readonly HourOfBoth[],
    second: readonly HourOfBoth[],
    reachedMs = LONG_AFTER + MARGIN_MS,
  ) {
    const before = compareHours(first, upTo(LONG_AFTER), NONE, LONG_AFTER);
    const after = compareHours(second, upTo(reachedMs), before.differences, LONG_AFTER + HOUR_MS);
    return { before: before.seen, after: after.seen };
  }

  it('agree, with the sums of both', () => {
    const { seen } = compareHours([both(0, 5, 5), both(1, 2, 2)], upTo(LONG_AFTER), NONE, LONG_AFTER);
    expect(seen).toEqual({ rows: 2, figures: { ranking: '7', statistics: '7' }, broken: 0, examples: [] });
  });

  it('disagree once a difference has outlasted all that was on its way', () => {
    const { before, after } = looks([both(0, 5, 4)], [both(0, 5, 4)]);
    expect(before).toMatchObject({ rows: 0, broken: 0, figures: { ranking: '0', statistics: '0' } });
    expect(after).toMatchObject({
      rows: 1,
      figures: { ranking: '5', statistics: '4' },
      broken: 1,
      examples: ['2026-03-10T10:00:00.000Z: ranking 5/5, statistics 4/4'],
    });
  });

  it('disagree in orders too, unless the ranking has not counted all of them', () => {
    const orders = (one: number | null) => [both(0, 5, 5, one)];
    expect(looks(orders(4), orders(4)).after.broken).toBe(1);
    expect(looks(orders(null), orders(null)).after.broken).toBe(0);
  });

  const REACHED = LONG_AFTER + MARGIN_MS;
  it.each<readonly [string, readonly HourOfBoth[], number]>([
    ['has changed in the ranking: a cancellation came', [both(0, 3, 4)], REACHED],
    ['has changed in the statistics: they go on', [both(0, 5, 3)], REACHED],
    ['is gone', [both(0, 5, 5)], REACHED],
    ['is younger than what the statistics have counted', [both(0, 5, 4)], REACHED - 1],
  ])('may yet agree where the difference %s', (_what, second, reachedMs) => {
    expect(looks([both(0, 5, 4)], second, reachedMs).after.broken).toBe(0);
  });

  it('are not compared where the statistics may lack their last minutes', () => {
    const end = FIRST + HOUR_MS;
    const seenAt = (reachedMs: number) =>
      compareHours([both(0, 5, 5)], upTo(reachedMs), NONE, end + MARGIN_MS).seen;
    expect(seenAt(end + MARGIN_MS - 1)).toMatchObject({ rows: 0, broken: 0 });
    expect(seenAt(end + MARGIN_MS)).toMatchObject({ rows: 1 });
  });

  it('are said not to be compared from where the statistics stand still, unless they lack nothing then', () => {
    const hours = [both(0, 5, 5), both(1, 0, 0), both(2, 4, 0)];
    const seenOf = (these: readonly HourOfBoth[], reachedMs: number) =>
      compareHours(these, upTo(reachedMs), NONE, LONG_AFTER).seen;
    const reachedMs = FIRST + HOUR_MS + MARGIN_MS;
    expect(seenOf(hours, reachedMs)).toMatchObject({
      rows: 1,
      broken: 0,
      notCompared: { reason: 'BEHIND', from: at(2) },
    });
    expect(seenOf(hours.slice(0, 2), reachedMs).notCompared).toBeUndefined();
    expect(seenOf([both(0, 5, 5), both(2, 4, 4)], reachedMs).notCompared).toBeUndefined();
    expect(seenOf(hours, FIRST).notCompared).toEqual({ reason: 'BEHIND' });
    expect(compareHours(hours, NEVER, NONE, LONG_AFTER).seen.notCompared).toEqual({ reason: 'BEHIND' });
    expect(compareHours([], NEVER, NONE, LONG_AFTER).seen.notCompared).toBeUndefined();
  });

  it.each<readonly [string, Progress]>([
    ['records are missing', GAPS],
    ['the first records are missing', { ...upTo(LONG_AFTER + HOUR_MS), completeFrom: hour(0) }],
  ])('are not compared at all while %s', (_what, gap) => {
    const { seen } = compareHours([both(0, 5, 5)], gap, NONE, LONG_AFTER);
    expect(seen).toMatchObject({ rows: 0, notCompared: { reason: 'GAPS' } });
  });

  it('are compared up to where no record was missing at an earlier look', () => {
    const gap = { ...upTo(FIRST + HOUR_MS + MARGIN_MS), isGapless: false };
    const { seen } = compareHours([both(0, 5, 5), both(1, 4, 3)], gap, NONE, LONG_AFTER);
    expect(seen).toMatchObject({ rows: 1, notCompared: { reason: 'GAPS', from: at(1) } });
  });
});

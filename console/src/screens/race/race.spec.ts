import { describe, expect, it } from '@jest/globals';
import type { CouponNow, CouponPlaces } from '@jangteo/client';
import {
  aheadOf,
  awaitedIn,
  countdownOf,
  heard,
  NOTHING_HEARD,
  proofOf,
  rateOf,
  spanOf,
  stageOf,
  tickerOf,
  untilNextSecond,
  type Heard,
} from './model.js';

const [opens, ends] = ['2026-03-01T10:00:00.000Z', '2026-03-01T11:00:00.000Z'];
const ms = (time: string): number => Date.parse(`2026-03-01T${time}Z`);
const at = (time: string): string => new Date(ms(time)).toISOString();

const coupon = {
  status: 'ISSUABLE' as const,
  issueStartsAt: opens,
  issueEndsAt: ends,
  totalQuantity: 30,
  issuedQuantity: 0,
  remainingQuantity: 30,
};
const none = { issued: 0, soldOut: 0, alreadyIssued: 0, notIssuable: 0, notEligible: 0 };
const told = (time: string, issued: number, answers: Partial<CouponNow['answers']> = {}): CouponNow => ({
  ...coupon,
  couponId: '01920000-0000-7000-8000-0000000000d1',
  at: at(time),
  issuedQuantity: issued,
  remainingQuantity: 30 - issued,
  answers: { ...none, issued, ...answers },
});
const hearAll = (events: readonly CouponNow[]): Heard =>
  events.reduce((state, now) => heard(state, now, Date.parse(now.at)), NOTHING_HEARD);

const places: CouponPlaces = {
  couponId: '01920000-0000-7000-8000-0000000000d1',
  at: at('10:00:05'),
  totalQuantity: 30,
  issuedQuantity: 3,
  highestPlace: 3,
  checkedTo: 3,
  heldPlaces: 3,
  customers: 3,
  firstIssuedAt: at('10:00:00.100'),
  latest: [
    { sequence: 3, issuedAt: at('10:00:01.600') },
    { sequence: 2, issuedAt: at('10:00:00.200') },
    { sequence: 1, issuedAt: at('10:00:00.100') },
  ],
};

describe('the stage of a race', () => {
  it.each([
    ['09:59:59.999', {}, 'before'],
    ['10:00:00.000', {}, 'open'],
    ['10:30:00.000', { remainingQuantity: 0 }, 'soldOut'],
    ['11:00:00.000', {}, 'after'],
    ['10:30:00.000', { status: 'SUSPENDED' as const }, 'suspended'],
    ['09:00:00.000', { status: 'SUSPENDED' as const }, 'suspended'],
    ['10:30:00.000', { status: 'SUSPENDED' as const, remainingQuantity: 0 }, 'soldOut'],
    ['12:00:00.000', { status: 'SUSPENDED' as const }, 'after'],
  ])('at %s of %j is %s', (time, more, stage) => {
    expect(stageOf({ ...coupon, ...more }, ms(time))).toBe(stage);
  });

  it('waits for the beginning, then for the end, and for nothing where there is none', () => {
    expect(awaitedIn('before', coupon)).toBe(ms('10:00:00'));
    expect(awaitedIn('open', coupon)).toBe(ms('11:00:00'));
    expect(awaitedIn('soldOut', coupon)).toBeUndefined();
    expect(awaitedIn('open', { ...coupon, issueEndsAt: undefined })).toBeUndefined();
  });
});

describe('the countdown', () => {
  it.each([
    [0, 0, '00:00:00'],
    [-5_000, 0, '00:00:00'],
    [1, 0, '00:00:01'],
    [1_000, 0, '00:00:01'],
    [1_001, 0, '00:00:02'],
    [59_999, 0, '00:01:00'],
    [3_600_000, 0, '01:00:00'],
    [86_400_000 - 1, 1, '00:00:00'],
    [2 * 86_400_000 + 3_723_000, 2, '01:02:03'],
  ])('of %d ms is %d days and %s', (left, days, clock) => {
    expect(countdownOf(left)).toEqual({ days, clock });
  });

  it.each([
    [1_001, 1],
    [2_000, 1_000],
    [1_999, 999],
    [0.5, 0.5],
  ])('with %d ms left is another one in %d ms', (left, wait) => {
    expect(untilNextSecond(left)).toBe(wait);
  });

  it('goes by the clock of the shop, as the fastest of its answers has it', () => {
    // This machine is an hour late; the answers were on their way for 40, 5 and 300 ms.
    const local = ms('09:00:00');
    const answers = [40, 5, 300].map(
      (delay, index) => [at(`10:00:0${index}`), local + index * 1_000 + delay] as const,
    );
    const ahead = answers.reduce<number | undefined>(
      (known, [time, heardAt]) => aheadOf(known, time, heardAt),
      undefined,
    );
    expect(ahead).toBe(3_600_000 - 5);
  });
});

describe('answers a second', () => {
  it('are those of the last two seconds, of all kinds', () => {
    const { samples, peak } = hearAll([
      told('10:00:00.000', 0),
      told('10:00:01.000', 10, { soldOut: 90 }),
      told('10:00:02.000', 10, { soldOut: 190 }),
      told('10:00:03.000', 10, { soldOut: 190 }),
    ]);
    expect(rateOf(samples)).toBe(50);
    expect(peak).toBe(100);
  });

  it('are not told from one moment, nor from a pause that nobody heard', () => {
    expect(rateOf([])).toBeUndefined();
    expect(rateOf(hearAll([told('10:00:00.000', 3)]).samples)).toBeUndefined();
    expect(rateOf(hearAll([told('10:00:00.000', 3), told('10:00:00.100', 9)]).samples)).toBeUndefined();
    expect(rateOf(hearAll([told('10:00:00.000', 3), told('10:01:00.000', 30)]).samples)).toBeUndefined();
  });

  it('are not counted twice where the same moment is told again', () => {
    const again = hearAll([told('10:00:00.000', 0), told('10:00:01.000', 9), told('10:00:01.000', 9)]);
    expect(again.samples).toHaveLength(2);
    expect(rateOf(again.samples)).toBe(9);
  });
});

describe('the ticker', () => {
  it('has what was issued between two moments, and nothing of before one came', () => {
    const { ticks } = hearAll([told('10:00:00.000', 4), told('10:00:00.100', 4), told('10:00:00.200', 9)]);
    expect(ticks).toEqual([{ from: 5, to: 9, at: at('10:00:00.200') }]);
  });

  it('has places one by one where they were read, and newer ones as they were heard', () => {
    const seen = [
      { from: 4, to: 6, at: at('10:00:03') },
      { from: 2, to: 3, at: at('10:00:02') },
    ];
    expect(tickerOf(seen, places.latest).map(({ from, to }) => [from, to])).toEqual([
      [4, 6],
      [3, 3],
      [2, 2],
      [1, 1],
    ]);
    const half = [{ from: 2, to: 5, at: at('10:00:03') }];
    expect(tickerOf(half, places.latest)[0]).toMatchObject({ from: 4, to: 5 });
    expect(tickerOf(seen)).toEqual(seen);
  });

  it('is no longer than a page shows', () => {
    const latest = Array.from({ length: 20 }, (_, index) => ({ sequence: 20 - index, issuedAt: opens }));
    expect(tickerOf([], latest)).toHaveLength(10);
  });
});

describe('the proof', () => {
  const brokenBy = (more: Partial<CouponPlaces>) =>
    proofOf({ ...places, ...more })
      .filter(({ holds }) => !holds)
      .map(({ id }) => id);

  it('holds where the first have got it, one each, and where nobody has yet', () => {
    expect(brokenBy({})).toEqual([]);
    expect(
      brokenBy({ issuedQuantity: 0, highestPlace: 0, checkedTo: 0, heldPlaces: 0, customers: 0 }),
    ).toEqual([]);
  });

  it.each<[string, Partial<CouponPlaces>, string[]]>([
    ['a place was counted and never given', { issuedQuantity: 4 }, ['highest']],
    ['a place is missing', { heldPlaces: 2, customers: 2 }, ['gaps']],
    ['somebody has two', { customers: 2 }, ['each']],
    ['more were given than there are', { totalQuantity: 2 }, ['total']],
  ])('says so where %s', (_, more, ids) => {
    expect(brokenBy(more)).toEqual(ids);
  });

  it('of more places than are gone through is of those', () => {
    const many = { issuedQuantity: 12_000, highestPlace: 12_000, totalQuantity: 12_000 };
    expect(brokenBy({ ...many, checkedTo: 10_000, heldPlaces: 10_000, customers: 10_000 })).toEqual([]);
    expect(brokenBy({ ...many, checkedTo: 10_000, heldPlaces: 9_999, customers: 9_999 })).toEqual(['gaps']);
  });

  it('tells how long it took from the first to the last, where that is a race', () => {
    expect(spanOf(places)).toBe(1_500);
    expect(spanOf({ ...places, latest: places.latest.slice(2) })).toBeUndefined();
    expect(spanOf({ ...places, firstIssuedAt: undefined, latest: [] })).toBeUndefined();
    expect(spanOf({ ...places, firstIssuedAt: '2026-02-01T10:00:00.000Z' })).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { axisOf, ticksOf, type AxisOptions, type Interval } from './axis.js';

const options: AxisOptions = { width: 800, breakWidth: 50, leastWidth: 4 };
const axis = (moments: readonly number[], busy: readonly Interval[] = []) => axisOf(moments, busy, options);

/** Moments as they come in orders: some near each other, some hours later. */
const moments = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10_000_000 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((pauses) => {
    const all = [0];
    for (const pause of pauses) all.push(all.at(-1)! + pause);
    return all;
  });

describe('the axis of time', () => {
  it('keeps the order of all moments, and none nearer than the least width', () => {
    fc.assert(
      fc.property(moments, (all) => {
        const { x } = axis(all);
        for (const [index, ms] of all.slice(1).entries()) {
          expect(x(ms) - x(all[index]!)).toBeGreaterThanOrEqual(options.leastWidth - 1e-6);
        }
      }),
    );
  });

  it('never runs backwards between moments either', () => {
    fc.assert(
      fc.property(
        moments,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2 }),
        (all, parts) => {
          const { x } = axis(all);
          const places = parts.toSorted((a, b) => a - b).map((part) => x(part * all.at(-1)!));
          expect(places).toEqual(places.toSorted((a, b) => a - b));
        },
      ),
    );
  });

  it('fills its width, or takes more where the least widths need it', () => {
    fc.assert(
      fc.property(moments, (all) => {
        const { width, breaks } = axis(all);
        const least =
          breaks.length * options.breakWidth + (all.length - 1 - breaks.length) * options.leastWidth;
        expect(width).toBeCloseTo(Math.max(options.width, least), 3);
      }),
    );
  });

  it('covers all time once, by runs and breaks in turn, and each break has the length that it leaves out', () => {
    fc.assert(
      fc.property(moments, (all) => {
        const { runs, breaks, width } = axis(all);
        const pieces = [...runs, ...breaks].toSorted((a, b) => a.fromMs - b.fromMs);
        let [ms, at] = [all[0]!, 0];
        for (const piece of pieces) {
          expect(piece.fromMs).toBe(ms);
          expect(piece.x).toBeCloseTo(at, 3);
          [ms, at] = [piece.toMs, piece.x + piece.width];
        }
        expect(ms).toBe(all.at(-1));
        expect(at).toBeCloseTo(width, 3);
        for (const { fromMs, toMs, lengthMs, width: its } of breaks) {
          expect(lengthMs).toBe(toMs - fromMs);
          expect(its).toBe(options.breakWidth);
        }
      }),
    );
  });

  it('has one scale, except where moments would be too near', () => {
    fc.assert(
      fc.property(moments, (all) => {
        const { x, breaks } = axis(all);
        const isBreak = (ms: number): boolean => breaks.some(({ fromMs }) => fromMs === ms);
        const scales = all.slice(1).flatMap((ms, index) => {
          const from = all[index]!;
          const width = x(ms) - x(from);
          return isBreak(from) || width < options.leastWidth + 1e-3 ? [] : [width / (ms - from)];
        });
        for (const scale of scales) expect(scale / scales[0]!).toBeCloseTo(1, 3);
      }),
    );
  });

  it('leaves out the pause between an end and a cancellation, and no work', () => {
    const { breaks } = axis(
      [0, 26, 50, 77, 1_434, 1_508, 1_614],
      [
        [0, 26],
        [26, 50],
        [50, 77],
        [1_434, 1_508],
        [1_434, 1_614],
      ],
    );
    expect(breaks.map(({ fromMs, lengthMs }) => [fromMs, lengthMs])).toEqual([[77, 1_357]]);
  });

  it('shows how long a service took, unless that is far longer than all else', () => {
    const slow = (ms: number) =>
      axis(
        [0, 20, 40, 40 + ms],
        [
          [0, 20],
          [20, 40],
          [40, 40 + ms],
        ],
      ).breaks.length;
    expect([slow(300), slow(30_000)]).toEqual([0, 1]);
  });

  it('shows all of the wait while it lasts, and leaves out what is far off', () => {
    const [moments, busy] = [
      [0, 20, 40, 3_640, 5_000, 120_000],
      [
        [0, 40],
        [40, 3_640],
      ] as const,
    ];
    const lengths = (isBusyShown: boolean) =>
      axisOf(moments, busy, { ...options, isBusyShown }).breaks.map(({ lengthMs }) => lengthMs);
    expect(lengths(true)).toEqual([115_000]);
    expect(lengths(false)).toEqual([3_600, 1_360, 115_000]);
  });

  it('has a place for a single moment, and for those outside', () => {
    const { x, width, runs } = axis([5]);
    expect([x(5), x(-10), x(10), width, runs.length]).toEqual([0, 0, 0, 0, 0]);
    const two = axis([0, 100]);
    expect([two.x(-1), two.x(101)]).toEqual([0, 800]);
  });
});

describe('the ticks of the axis', () => {
  it('are at round distances from the beginning of their run, and not too near', () => {
    const its = axis([0, 26, 77]);
    const ticks = ticksOf(its, its.runs[0]!, 88);
    expect(ticks.map(({ sinceMs }) => sinceMs)).toEqual([10, 20, 30, 40, 50, 60, 70]);
    fc.assert(
      fc.property(moments, (all) => {
        const { runs, ...rest } = axis(all);
        for (const run of runs) {
          const places = ticksOf({ runs, ...rest }, run, 88).map(({ x }) => x);
          const beside = [run.x, ...places];
          places.forEach((x, index) => expect(x - beside[index]!).toBeGreaterThanOrEqual(88));
          for (const x of places) expect(x).toBeLessThanOrEqual(run.x + run.width + 1e-6);
        }
      }),
    );
  });
});

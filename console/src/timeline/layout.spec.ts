import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { example, EXAMPLES, type Example } from './examples/index.js';
import { layoutOf, textWidth, type Label, type Layout } from './layout.js';
import { modelOf } from './model.js';
import { labelOf } from './tell.js';
import { telling } from './telling.fixture.js';

function layout(name: Example, width: number, language: 'en' | 'ko' = 'en'): Layout {
  const model = modelOf(example(name));
  return layoutOf(model, width, (mark) => labelOf(model, mark, telling(language)));
}

/** From where to where a text goes. */
function extent({ text, x, anchor }: Label): readonly [number, number] {
  const width = textWidth(text);
  return anchor === 'start' ? [x, x + width] : [x - width, x];
}

const places = fc.record({
  name: fc.constantFrom(...EXAMPLES),
  width: fc.integer({ min: 300, max: 1_500 }),
  language: fc.constantFrom('en' as const, 'ko' as const),
});

describe('the lanes', () => {
  it('have a target of at least 24 px for every mark, within the picture', () => {
    fc.assert(
      fc.property(places, ({ name, width, language }) => {
        const { targets, ...its } = layout(name, width, language);
        expect(targets.map(({ mark }) => mark.id).toSorted()).toEqual(
          modelOf(example(name))
            .marks.map(({ id }) => id)
            .toSorted(),
        );
        for (const { x, y, width: wide, height } of targets) {
          expect(Math.min(wide, height)).toBeGreaterThanOrEqual(24);
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + wide).toBeLessThanOrEqual(its.width);
          expect(y + height).toBeLessThanOrEqual(its.height);
        }
      }),
    );
  });

  it('tell times that begin and end within the picture', () => {
    fc.assert(
      fc.property(places, ({ name, width, language }) => {
        const its = layout(name, width, language);
        const counted = its.ticks.filter(({ sinceMs }) => sinceMs !== undefined);
        for (const { x } of counted) expect(x + textWidth('+1,000 ms')).toBeLessThanOrEqual(its.width);
      }),
    );
  });

  it('put no text over a bar, a mark or another text of their row', () => {
    fc.assert(
      fc.property(places, ({ name, width, language }) => {
        const { labels, bars, points } = layout(name, width, language);
        for (const label of labels) {
          const [from, to] = extent(label);
          const others = [
            ...labels.filter((other) => other !== label && other.y === label.y).map(extent),
            ...bars.filter(({ y }) => y === label.y).map(({ x, endX }) => [x, endX] as const),
            ...points
              .filter(({ y, isTimed }) => isTimed && y === label.y)
              .map(({ x }) => [x - 7, x + 7] as const),
          ];
          for (const [otherFrom, otherTo] of others) {
            expect(from >= otherTo - 0.01 || to <= otherFrom + 0.01).toBe(true);
          }
        }
      }),
    );
  });

  it('draw a step from its sending over its decision to its answer', () => {
    for (const { x, decidedX, endX, mark } of layout('success', 1_200).bars) {
      expect(decidedX).toBeGreaterThanOrEqual(x);
      expect(endX).toBeGreaterThanOrEqual(decidedX!);
      expect(mark.step.state).toBe('DONE');
    }
  });

  it('draw an undo below its step, with an arrow back to under it', () => {
    const { bars, arrows } = layout('refused', 1_200);
    const [reserve, release] = ['ReserveStock', 'ReleaseStock'].map((step) =>
      bars.find(({ mark }) => mark.step.step === step)!,
    );
    expect(release!.y).toBeGreaterThan(reserve!.y);
    const [arrow, ...rest] = arrows;
    expect(rest).toEqual([]);
    expect(arrow!.toX).toBeLessThan(arrow!.fromX);
    expect(arrow!.toX).toBeGreaterThanOrEqual(reserve!.x);
    expect(arrow!.toX).toBeLessThanOrEqual(reserve!.endX);
    expect(arrow!.toY).toBeGreaterThan(reserve!.y);
  });

  it('have no place on the axis for what has no time', () => {
    const { points, plot, gutter } = layout('success', 1_200);
    const untimed = points.filter(({ isTimed }) => !isTimed);
    expect(untimed.map(({ mark }) => mark.kind).toSorted()).toEqual(['counted', 'record']);
    for (const { x } of untimed) expect(x).toBeGreaterThan(plot.endX);
    expect(gutter).toMatchObject({ isToCome: false });
    expect(layout('in-flight', 1_200).gutter).toMatchObject({ isToCome: true });
  });

  it('leave out the time until a cancellation, and say how long that was', () => {
    const timeline = example('cancelled');
    const apart = timeline.placed.at;
    const cancelledMs = Date.parse(timeline.cancelled!.at) - Date.parse(apart);
    const [pause, ...rest] = layout('cancelled', 1_200).breaks;
    expect(rest).toEqual([]);
    expect(pause!.toMs).toBe(cancelledMs);
    expect(pause!.lengthMs).toBe(cancelledMs - pause!.fromMs);
  });

  it('draw what is awaited up to now, and the rest up to the deadline', () => {
    const its = layout('in-flight', 1_200);
    const bar = its.bars.find(({ mark }) => mark.step.state === 'AWAITED')!;
    expect(bar.endX).toBe(its.nowX);
    expect(bar.pendingX).toBe(its.deadlineX);
    expect(its.deadlineX).toBeGreaterThan(its.nowX!);
  });
});

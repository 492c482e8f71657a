import { describe, expect, it } from '@jest/globals';
import type { OrderTimeline, TimelineStep } from '@jangteo/client';
import { example, EXAMPLES, type Example } from './examples/index.js';
import { modelOf, undoneBy, type Mark, type StepMark } from './model.js';

const marksOf = (timeline: OrderTimeline): readonly Mark[] => modelOf(timeline).marks;
const stepsIn = (timeline: OrderTimeline): StepMark[] =>
  marksOf(timeline).filter((mark): mark is StepMark => mark.kind === 'step');
const inShort = (mark: Mark): string => {
  if (mark.kind === 'step') return `${mark.lane} ${mark.step.step} ${mark.step.state}`;
  return mark.kind === 'ended' ? `order ${mark.status}` : `${mark.lane} ${mark.kind}`;
};
const told = (name: Example): string[] => marksOf(example(name)).map(inShort);

/** The example with one of its steps changed. */
function changed(name: Example, step: string, its: Partial<TimelineStep>): OrderTimeline {
  const timeline = example(name);
  return {
    ...timeline,
    steps: timeline.steps.map((each) => (each.step === step ? { ...each, ...its } : each)),
  };
}

const later = (iso: string, ms: number): string => new Date(Date.parse(iso) + ms).toISOString();

describe('the marks of a timeline', () => {
  it('tell a success from the placing to the records', () => {
    expect(told('success')).toEqual([
      'client placed',
      'catalog ReserveStock DONE',
      'coupon UseCoupon DONE',
      'wallet DebitWallet DONE',
      'order SUCCESS',
      'ranking counted',
      'platform record',
    ]);
  });

  it('tell a refusal, and the undo of what had been done before it', () => {
    expect(told('refused')).toEqual([
      'client placed',
      'catalog ReserveStock DONE',
      'wallet DebitWallet REFUSED',
      'catalog ReleaseStock DONE',
      'order FAILED',
    ]);
    const [reserve, , release] = stepsIn(example('refused'));
    expect(release!.undoes).toEqual(reserve);
  });

  it('tell what was given up as lasting until its undo was sent', () => {
    const timeline = example('timed-out');
    const debit = stepsIn(timeline).find(({ step }) => step.state === 'GIVEN_UP')!;
    const refund = stepsIn(timeline).find(({ step }) => step.step === 'RefundWallet')!;
    expect(debit.span).toEqual({ fromMs: debit.asked!.ms, toMs: refund.asked!.ms, isOpen: false });
    expect(refund.undoes).toEqual(debit);
    expect(undoneBy(refund)).toBe('NOTHING');
  });

  it('tell a cancellation after the success, with all of its undos', () => {
    const marks = told('cancelled');
    expect(marks.slice(0, 6)).toEqual([
      'client placed',
      'catalog ReserveStock DONE',
      'coupon UseCoupon DONE',
      'wallet DebitWallet DONE',
      'order SUCCESS',
      'client cancelled',
    ]);
    expect(marks.slice(6, 9).toSorted()).toEqual([
      'catalog ReleaseStock DONE',
      'coupon ReleaseCoupon DONE',
      'wallet RefundWallet DONE',
    ]);
    expect(marks[9]).toBe('order CANCELLED');
    expect(
      stepsIn(example('cancelled'))
        .filter(({ step }) => step.isUndo)
        .map(undoneBy),
    ).toEqual(['GAVE_BACK', 'GAVE_BACK', 'GAVE_BACK']);
  });

  it('tell of one in flight what is awaited until when, and what is still to come', () => {
    const timeline = example('in-flight');
    expect(told('in-flight')).toEqual([
      'client placed',
      'catalog ReserveStock DONE',
      'coupon UseCoupon AWAITED',
      'wallet DebitWallet TO_COME',
    ]);
    const readMs = Date.parse(timeline.readAt) - Date.parse(timeline.placed.at);
    const model = modelOf(timeline);
    expect(model).toMatchObject({ isInFlight: true, nowMs: readMs });
    expect(model.deadlineMs).toBeGreaterThan(readMs);
    const awaited = stepsIn(timeline)[1]!;
    expect(awaited.span).toMatchObject({ toMs: readMs, isOpen: true });
    const later20s = modelOf(timeline, Date.parse(timeline.readAt) + 20_000).marks[2] as StepMark;
    expect(later20s.span!.toMs).toBe(readMs + 20_000);
    expect(stepsIn(timeline)[2]).not.toHaveProperty('span');
  });

  it('have the time of a row, by the clock of who wrote it, or none', () => {
    const all = EXAMPLES.flatMap((name) => marksOf(example(name)));
    const text = JSON.stringify(EXAMPLES.map(example));
    const timed = all.flatMap(({ at }) => at ?? []);
    for (const { iso } of timed) expect(text).toContain(iso);
    const steps = all.filter((mark): mark is StepMark => mark.kind === 'step');
    const decided = steps.filter((mark) => mark.decided !== undefined);
    for (const mark of decided) expect(mark.decided!.clock).toBe(mark.lane);
    const told = all.filter(({ kind }) => kind === 'counted' || kind === 'record');
    for (const mark of told) expect(mark).not.toHaveProperty('at');
    expect(Math.min(timed.length, decided.length, told.length)).toBeGreaterThan(0);
  });

  it('stay in their order where the clock of a service is wrong, and say what it said', () => {
    const { decidedAt } = example('success').steps[0]!;
    for (const ms of [-3_600_000, 3_600_000]) {
      const timeline = changed('success', 'ReserveStock', {
        decidedAt: later(decidedAt!, ms),
        clocksApartMs: 3_599_000,
      });
      expect(marksOf(timeline).map(inShort)).toEqual(told('success'));
      const { span, at, asked, answered } = stepsIn(timeline)[0]!;
      expect(at!.iso).toBe(later(decidedAt!, ms));
      expect(span!.decidedMs).toBe(ms < 0 ? asked!.ms : answered!.ms);
    }
  });

  it('do not say that money went back where none had been taken', () => {
    const refunded = (its: Partial<TimelineStep>) => {
      const timeline = changed('timed-out', 'DebitWallet', its);
      return undoneBy(stepsIn(timeline).find(({ step }) => step.step === 'RefundWallet')!);
    };
    expect(refunded({ decision: 'BARRED' })).toBe('NOTHING');
    expect(refunded({ decision: 'DONE' })).toBe('GAVE_BACK');
    expect(refunded({ decision: 'UNKNOWN' })).toBe('UNKNOWN');
  });

  it('show faults and what operators did about them', () => {
    const timeline = example('in-flight');
    const at = later(timeline.placed.at, 500);
    const by = timeline.orderId;
    const marks = marksOf({
      ...timeline,
      nudges: [{ at, by }],
      redrives: [{ command: 'DebitWallet', at, by, code: 'INSUFFICIENT_BALANCE' }],
      deadLetters: [
        {
          deadLetterId: by,
          type: 'wallet.debit',
          reason: 'x',
          parkedAt: at,
          state: 'WAITING',
          service: 'wallet',
        },
      ],
    });
    expect(
      marks.filter(({ at: its }) => its?.iso === at).map(({ kind, lane, tone }) => [kind, lane, tone]),
    ).toEqual([
      ['deadLetter', 'wallet', 'act'],
      ['nudge', 'order', 'neutral'],
      ['redrive', 'order', 'undone'],
    ]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { example, EXAMPLES, type Example } from './examples/index.js';
import { modelOf, type StepMark } from './model.js';
import { countdownOf, labelOf, lengthOf, listOf, notesOf, offsetOf, sendsTold } from './tell.js';
import { telling } from './telling.fixture.js';
import { timelineWords } from './words.js';

const { en, ko } = timelineWords;
const named = { nameOf: () => '머그컵' };

const lines = (name: Example, language: 'en' | 'ko'): string[] =>
  listOf(modelOf(example(name)), telling(language, named)).map(({ who, what }) => `${who} ${what}`);

describe('the list of a timeline', () => {
  it('numbers all marks and says since when, who and what', () => {
    const model = modelOf(example('success'));
    const list = listOf(model, telling('en', named));
    expect(list.map(({ number }) => number)).toEqual(model.marks.map((_, index) => index + 1));
    expect(list[0]).toMatchObject({ when: '+0 ms', who: 'Client', what: 'placed the order' });
    expect(list[1]!.when).toBe(`+${model.marks[1]!.at!.ms} ms`);
    expect(list.at(-1)).toMatchObject({ when: 'not recorded', who: 'Data platform' });
  });

  it('tells a success in both languages', () => {
    const [, reserve, use, debit, end] = lines('success', 'en');
    expect(reserve).toBe('Catalog reserved 2 × 머그컵');
    expect(use).toMatch(/^Coupon used coupon [\da-f]{8}…[\da-f]{6} \(−300\)$/);
    expect(debit).toBe('Wallet took 1,700 (balance 10,000 → 8,300)');
    expect(end).toBe('Order the order is complete');
    const [, reserved, , debited, ended] = lines('success', 'ko');
    expect(reserved).toBe('상품 재고를 예약했습니다: 2 × 머그컵');
    expect(debited).toBe('지갑 금액을 차감했습니다: 1,700 (잔액 10,000 → 8,300)');
    expect(ended).toBe('주문 주문이 성공했습니다');
  });

  it('tells a refusal and its undo', () => {
    const told = listOf(
      modelOf(example('refused')),
      telling('en', { ...named, reasonOf: () => 'balance too low' }),
    );
    expect(told.map(({ what }) => what).slice(2)).toEqual([
      expect.stringMatching(/^refused to take [\d,]+: balance too low$/),
      'gave back 6 × 머그컵',
      'the order has failed',
    ]);
  });

  it('tells what was given up, and that its undo had nothing to give back', () => {
    expect(lines('timed-out', 'en')).toContain('Wallet gave no answer in time when asked to take 2,000');
    expect(lines('timed-out', 'en')).toContain(
      'Wallet had nothing to give back: the step had not been taken',
    );
    expect(lines('timed-out', 'ko')).toContain(
      '지갑 되돌릴 것이 없었습니다. 해당 단계는 실행되지 않았습니다',
    );
  });

  it('tells what is awaited and what is still to come', () => {
    const list = listOf(modelOf(example('in-flight')), telling('en'));
    expect(list.at(-2)!.what).toMatch(
      /^is asked to use coupon .*, no answer yet · sent \d+ times: .* · gives up in /,
    );
    expect(list.at(-1)).toMatchObject({ when: 'still to come', who: 'Wallet', what: 'is still to take' });
  });

  it('counts lines beyond the first three instead of naming them', () => {
    const timeline = example('success');
    const [line] = timeline.steps[0]!.asked!.items!;
    const withLines = (count: number) => {
      const step = { ...timeline.steps[0]!, asked: { items: Array.from({ length: count }, () => line!) } };
      return listOf(modelOf({ ...timeline, steps: [step] }), telling('en', named))[1]!.what;
    };
    expect(withLines(4)).toBe('reserved 2 × 머그컵, 2 × 머그컵, 2 × 머그컵, 2 × 머그컵');
    expect(withLines(9)).toBe('reserved 2 × 머그컵, 2 × 머그컵, 2 × 머그컵, 6 more');
  });

  it('knows what to say of a step of a later release', () => {
    const timeline = example('success');
    const steps = [{ ...timeline.steps[0]!, step: 'WrapGift', asked: {} }];
    expect(listOf(modelOf({ ...timeline, steps }), telling('en'))[1]!.what).toBe('did WrapGift');
    expect(listOf(modelOf({ ...timeline, steps }), telling('ko'))[1]!.what).toBe('처리했습니다(WrapGift)');
  });

  it('is the same for both languages but for its words', () => {
    for (const name of EXAMPLES) {
      const [english, korean] = (['en', 'ko'] as const).map((language) =>
        listOf(modelOf(example(name)), telling(language)).map(({ number, mark }) => [number, mark.id]),
      );
      expect(korean).toEqual(english);
      for (const line of lines(name, 'ko')) expect(line).toMatch(/[가-힣]/);
    }
  });
});

describe('what is awaited', () => {
  const timeline = example('in-flight');
  const awaited = modelOf(timeline).marks[2] as StepMark;
  const placedMs = Date.parse(timeline.placed.at);

  it('says how often it was sent, and when as far as rows tell', () => {
    const sent = (sends: number) => {
      const sentAt = new Date(Date.parse(awaited.asked!.iso) + 6_000 - awaited.asked!.ms).toISOString();
      return sendsTold({ ...awaited, step: { ...awaited.step, sends, sentAt } }, en, placedMs);
    };
    const first = `+${awaited.asked!.ms} ms`;
    expect([sent(1), sent(2), sent(3)]).toEqual([
      `sent once: ${first}`,
      `sent 2 times: ${first}, +6.00 s`,
      `sent 3 times: ${first}, +6.00 s (times between are not recorded)`,
    ]);
    const done = modelOf(example('success')).marks[1] as StepMark;
    expect(sendsTold(done, en, 0)).toBeUndefined();
  });

  it('counts down to its deadline, and says so when that has passed', () => {
    const deadline = Date.parse(awaited.step.deadlineAt!);
    const at = (ms: number) => countdownOf(modelOf(timeline, deadline - ms), awaited, en);
    expect([at(18_000), at(-3_000)]).toEqual(['gives up in 18.0 s', 'deadline passed 3.00 s ago']);
    expect(labelOf(modelOf(timeline, deadline - 18_000), awaited, telling('ko'))).toMatch(
      /^쿠폰 사용 · \d+회 보냄.* · 포기까지 18\.0초$/,
    );
  });
});

describe('lengths of time', () => {
  it('are told in one or two units', () => {
    const told = [0, 3, 999, 1_000, 2_040, 12_340, 59_999, 60_000, 192_000, 3_660_000, 90_000_000];
    expect(told.map((ms) => lengthOf(ms, en))).toEqual([
      '0 ms',
      '3 ms',
      '999 ms',
      '1.00 s',
      '2.04 s',
      '12.3 s',
      '59.9 s',
      '1 min',
      '3 min 12 s',
      '1 h 1 min',
      '1 d 1 h',
    ]);
    expect([offsetOf(-3, en), offsetOf(2_000, ko)]).toEqual(['−3 ms', '+2.00초']);
  });
});

describe('the limits of a timeline', () => {
  it('name clocks that are apart, services that are away and what no row holds', () => {
    const timeline = example('success');
    const steps = timeline.steps.map((step, index) => (index === 0 ? { ...step, clocksApartMs: 7 } : step));
    const unanswered = [{ service: 'wallet' as const, reason: 'it did not answer in time' }];
    const notes = notesOf(modelOf({ ...timeline, steps, unanswered }), en);
    expect(
      notes.some((note) => note.startsWith('Catalog (ReserveStock): its clock') && note.includes('7 ms')),
    ).toBe(true);
    expect(notes).toContain(
      'Wallet does not answer now (it did not answer in time). What only it knows is not known.',
    );
    expect(notes.at(-1)).toBe(
      'Not recorded: how often answered steps were sent, when work on a step began, the stock before, the stock after.',
    );
    expect(notesOf(modelOf(timeline), en).some((note) => note.includes('apart'))).toBe(false);
  });
});

describe('the Korean words', () => {
  it('have no particle that depends on what is put in', () => {
    const source = readFileSync(new URL('./words.ts', import.meta.url), 'utf8');
    const particles = source.match(/\}(은|는|이|가|을|를|과|와|로|으로|이다|입니다)(?=[\s.,:`'])/g) ?? [];
    expect(particles).toEqual([]);
  });
});

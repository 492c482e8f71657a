import { describe, expect, it } from '@jest/globals';
import { failureCode, SAGA_STEPS } from '@jangteo/contracts';
import { PLACES, REASONS, UNDOS, whyOf, type End, type FailedAt, type Text, type Undone } from './why.js';

const REASON_CODES = failureCode.meta()!.enum as string[];
const PLACE_NAMES = Object.keys(PLACES) as FailedAt[];
const UNDONE = Object.keys(UNDOS) as Undone[];

const failures: End[] = REASON_CODES.flatMap((reason) =>
  PLACE_NAMES.flatMap((failedAt) =>
    UNDONE.flatMap((undone) =>
      [true, false].map((isUndone): End => ({ kind: 'FAILED', reason, failedAt, undone, isUndone })),
    ),
  ),
);
const others: End[] = [
  ...UNDONE.map((taken): End => ({ kind: 'SUCCESS', taken })),
  ...UNDONE.flatMap((undone) =>
    ['customer', 'admin'].flatMap((by) =>
      [true, false].map((isUndone): End => ({ kind: 'CANCELLED', by, undone, isUndone })),
    ),
  ),
  ...SAGA_STEPS.map(({ names: [awaits] }): End => ({ kind: 'PENDING', awaits })),
];
const sentences = [...failures, ...others].map(whyOf);

const isWhole = ({ en, ko }: Text): boolean =>
  /^[A-Z][^가-힣]*\.$/.test(en) &&
  /^[가-힣][가-힣 ,.]*(니다|습니다)\.$/.test(ko) &&
  !/undefined| {2}/.test(en + ko);

describe('why an order ended so', () => {
  it('has a sentence in both languages for every reason, step and undo', () => {
    expect(new Set(REASON_CODES)).toEqual(new Set(Object.keys(REASONS)));
    expect(sentences.filter((text) => !isWhole(text))).toEqual([]);
  });

  it('has another one for each', () => {
    for (const language of ['en', 'ko'] as const) {
      const texts = sentences.map((text) => text[language]);
      expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
    }
  });

  it('does not say of what is being undone that it is undone', () => {
    const underWay = [...failures, ...others].filter((end) => 'isUndone' in end && !end.isUndone);
    const claims = underWay
      .map(whyOf)
      .filter(({ en, ko }) => /(was|were) given back/.test(en) || /되돌렸/.test(ko));
    expect(claims).toEqual([]);
  });

  it('reads as people say it', () => {
    expect(
      whyOf({
        kind: 'FAILED',
        reason: 'INSUFFICIENT_BALANCE',
        failedAt: 'DebitWallet',
        undone: 'STOCK_COUPON',
        isUndone: true,
      }),
    ).toEqual({
      en: 'The order failed when it was to be paid: the balance does not cover it. All stock held for it and its coupon were given back.',
      ko: '결제하는 단계에서 잔액이 부족해 주문이 실패했습니다. 예약했던 재고와 쿠폰은 모두 되돌렸습니다.',
    });
  });

  it('is told of a reason that only later releases know', () => {
    const text = whyOf({
      kind: 'FAILED',
      reason: 'MOON_IS_FULL',
      failedAt: 'ReserveStock',
      undone: 'NOTHING',
      isUndone: true,
    });
    expect(isWhole(text)).toBe(true);
  });
});

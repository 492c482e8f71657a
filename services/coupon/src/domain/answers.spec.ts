import { describe, expect, it } from '@jest/globals';
import { CHARGED_WALLET, done, refuse, type issueCoupon, type OutcomeOf } from '@jangteo/contracts';
import { countAnswers } from './answers.js';

type Outcome = OutcomeOf<typeof issueCoupon>;

const issued = done({}) as Outcome;
const asksForWallet = refuse('COUPON_NOT_ELIGIBLE', undefined, {
  errors: [{ path: CHARGED_WALLET, message: 'must have been charged' }],
});
const asked = (couponId: string, account?: { createdAt: string; hasCharged?: boolean }) => ({
  couponId,
  userId: 'ann',
  account,
});

describe('countAnswers', () => {
  it('counts by coupon and kind, and nothing of a coupon that nobody has made', () => {
    const outcomes: [string, Outcome][] = [
      ['tea', issued],
      ['cup', issued],
      ['tea', refuse('COUPON_ALREADY_ISSUED')],
      ['tea', refuse('COUPON_SOLD_OUT')],
      ['none', refuse('COUPON_NOT_FOUND')],
      ['tea', refuse('COUPON_SOLD_OUT')],
      ['cup', refuse('COUPON_NOT_ISSUABLE')],
    ];
    const requests = outcomes.map(([couponId]) => asked(couponId));
    expect(
      countAnswers(
        requests,
        outcomes.map(([, outcome]) => outcome),
      ),
    ).toEqual([
      { couponId: 'tea', issued: 1, soldOut: 2, alreadyIssued: 1, notIssuable: 0, notEligible: 0 },
      { couponId: 'cup', issued: 1, soldOut: 0, alreadyIssued: 0, notIssuable: 1, notEligible: 0 },
    ]);
  });

  it('does not count a question about the wallet, but its answer', () => {
    const createdAt = '2026-03-01T12:00:00.000Z';
    const requests = [asked('tea', { createdAt }), asked('tea', { createdAt, hasCharged: false })];
    expect(countAnswers(requests, [asksForWallet, asksForWallet])).toMatchObject([{ notEligible: 1 }]);
  });
});

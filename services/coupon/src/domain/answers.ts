import {
  CHARGED_WALLET,
  type CouponAnswers,
  type issueCoupon,
  type OutcomeOf,
  type PayloadOf,
  type RefusalOf,
} from '@jangteo/contracts';

type Asked = Omit<PayloadOf<typeof issueCoupon>, 'operation'>;

/** How those who asked for one coupon were answered. */
export interface CountedAnswers extends CouponAnswers {
  readonly couponId: string;
}

const KINDS: Partial<Record<RefusalOf<typeof issueCoupon>, keyof CouponAnswers>> = {
  COUPON_SOLD_OUT: 'soldOut',
  COUPON_ALREADY_ISSUED: 'alreadyIssued',
  COUPON_NOT_ISSUABLE: 'notIssuable',
  COUPON_NOT_ELIGIBLE: 'notEligible',
};

const NONE: CouponAnswers = { issued: 0, soldOut: 0, alreadyIssued: 0, notIssuable: 0, notEligible: 0 };

/** The kind of an answer; `undefined` where it is about no coupon. */
function kindOf({ account }: Asked, outcome: OutcomeOf<typeof issueCoupon>): keyof CouponAnswers | undefined {
  if (outcome.ok) return 'issued';
  const { code, errors = [] } = outcome.refusal;
  // The gateway asks once more with what the wallet says: that is the answer.
  const isQuestion = errors.length === 1 && errors[0]?.path === CHARGED_WALLET;
  return isQuestion && account?.hasCharged === undefined ? undefined : KINDS[code];
}

/** Counts answers by coupon and kind. */
export function countAnswers(
  requests: readonly Asked[],
  outcomes: readonly OutcomeOf<typeof issueCoupon>[],
): CountedAnswers[] {
  const counts = new Map<string, CountedAnswers>();
  requests.forEach((request, index) => {
    const kind = kindOf(request, outcomes[index]!);
    if (kind === undefined) return;
    const { couponId } = request;
    const counted = counts.get(couponId) ?? { couponId, ...NONE };
    counts.set(couponId, { ...counted, [kind]: counted[kind] + 1 });
  });
  return [...counts.values()];
}

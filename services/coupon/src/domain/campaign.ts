import {
  changeCoupon,
  createCoupon,
  done,
  refuse,
  type CouponDraft,
  type CouponStatus,
  type DecisionContext,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import { couponAnswer, couponOf, type Coupon } from './coupon.js';

/** Something made or changed by a user, who is not always known. */
export interface Acted {
  readonly actorId: string | undefined;
}

/** A coupon's status as it is to be from now on. */
export interface StatusChange extends Acted {
  readonly couponId: string;
  readonly status: CouponStatus;
}

const OVER = { path: 'issueEndsAt', message: 'must be to come' };

function isOver({ issueEndsAt }: CouponDraft, now: Date): boolean {
  return issueEndsAt !== undefined && Date.parse(issueEndsAt) <= now.getTime();
}

/** Makes coupons; the contract's schema has refused drafts that contradict themselves. */
export function decideCreations(
  requests: readonly PayloadOf<typeof createCoupon>[],
  { now, newId }: DecisionContext,
): { outcomes: OutcomeOf<typeof createCoupon>[]; changes: (Coupon & Acted)[] } {
  const changes: (Coupon & Acted)[] = [];
  const outcomes = requests.map(({ draft, actorId }): OutcomeOf<typeof createCoupon> => {
    if (isOver(draft, now)) return refuse('VALIDATION_FAILED', undefined, { errors: [OVER] });
    const coupon = couponOf(draft, newId(), now);
    changes.push({ ...coupon, actorId });
    return done(couponAnswer(coupon));
  });
  return { outcomes, changes };
}

/** Suspends the issue of coupons or lets it go on; the last message about a coupon wins. */
export function decideChanges(
  coupons: readonly Coupon[],
  requests: readonly PayloadOf<typeof changeCoupon>[],
): { outcomes: OutcomeOf<typeof changeCoupon>[]; changes: StatusChange[] } {
  const found = new Map(coupons.map((coupon) => [coupon.couponId, coupon]));
  const changed = new Map<string, StatusChange>();
  const outcomes = requests.map(({ couponId, status, actorId }): OutcomeOf<typeof changeCoupon> => {
    const coupon = found.get(couponId);
    if (coupon === undefined) return refuse('COUPON_NOT_FOUND');
    const after = { ...coupon, status };
    found.set(couponId, after);
    changed.set(couponId, { couponId, status, actorId });
    return done({ ...couponAnswer(after), before: { status: coupon.status } });
  });
  return { outcomes, changes: [...changed.values()] };
}

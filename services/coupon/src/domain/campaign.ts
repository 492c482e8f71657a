import {
  changeCoupon,
  createCoupon,
  done,
  refuse,
  type CouponStatus,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import type { Circumstances } from './circumstances.js';
import { couponAnswer, couponOf, type Coupon } from './coupon.js';

/** Who had something made or changed, where that is known. */
export interface Acted {
  readonly actorId: string | undefined;
}

/** A coupon's status as it is to be from now on. */
export interface StatusChange extends Acted {
  readonly couponId: string;
  readonly status: CouponStatus;
}

/** Makes coupons; the contract's schema has refused drafts that contradict themselves. */
export function decideCreations(
  requests: readonly PayloadOf<typeof createCoupon>[],
  { now, newId }: Circumstances,
): { outcomes: OutcomeOf<typeof createCoupon>[]; changes: (Coupon & Acted)[] } {
  const coupons = requests.map(({ draft, actorId }) => ({ ...couponOf(draft, newId(), now), actorId }));
  return { outcomes: coupons.map((coupon) => done(couponAnswer(coupon))), changes: coupons };
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

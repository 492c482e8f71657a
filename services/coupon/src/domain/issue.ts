import {
  done,
  issueCoupon,
  refuse,
  type DecisionContext,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import type { Acted } from './campaign.js';
import { obstacleToIssue, unmetDemands, type Coupon } from './coupon.js';
import { userCouponAnswer, type IssuedCoupon } from './user-coupon.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

export type Holding = Pick<IssuedCoupon, 'couponId' | 'userId'>;

export interface IssueState {
  /** The coupons asked for that exist. */
  readonly coupons: readonly Coupon[];
  /** The pairs asked for that hold already, whether used, expired or neither. */
  readonly holdings: readonly Holding[];
}

export interface IssueChanges {
  /** Coupons that were issued, each once, with the quantity issued by now. */
  readonly coupons: readonly Pick<Coupon, 'couponId' | 'issuedQuantity'>[];
  readonly issued: readonly (IssuedCoupon & Acted)[];
}

const holdingKey = ({ couponId, userId }: Holding): string => `${couponId}/${userId}`;

/** Issues coupons in the order of the requests, so that sequences have no gaps: first come, first served. */
export function decideIssues(
  { coupons, holdings }: IssueState,
  requests: readonly PayloadOf<typeof issueCoupon>[],
  { now, newId }: DecisionContext,
): { outcomes: OutcomeOf<typeof issueCoupon>[]; changes: IssueChanges } {
  const current = new Map(coupons.map((coupon) => [coupon.couponId, coupon]));
  const holders = new Set(holdings.map(holdingKey));
  const issued: (IssuedCoupon & Acted)[] = [];
  const outcomes = requests.map((request): OutcomeOf<typeof issueCoupon> => {
    const { couponId, userId, actorId } = request;
    const coupon = current.get(couponId);
    if (coupon === undefined) return refuse('COUPON_NOT_FOUND');
    if (holders.has(holdingKey(request))) return refuse('COUPON_ALREADY_ISSUED');
    const obstacle = obstacleToIssue(coupon, now);
    if (obstacle !== undefined) return refuse('COUPON_NOT_ISSUABLE', obstacle);
    const unmet = unmetDemands(coupon, request.account, now);
    if (unmet.length > 0) return refuse('COUPON_NOT_ELIGIBLE', undefined, { errors: unmet });
    if (coupon.issuedQuantity >= coupon.totalQuantity) return refuse('COUPON_SOLD_OUT');

    const sequence = coupon.issuedQuantity + 1;
    const expiresAt = expiryOf(coupon, now);
    const row = { userCouponId: newId(), couponId, userId, sequence, issuedAt: now, expiresAt };
    current.set(couponId, { ...coupon, issuedQuantity: sequence });
    holders.add(holdingKey(request));
    issued.push({ ...row, actorId });
    return done(userCouponAnswer({ ...coupon, ...row, status: 'ISSUED', orderId: null, usedAt: null }));
  });
  const couponIds = [...new Set(issued.map(({ couponId }) => couponId))];
  const changed = couponIds.map((couponId) => current.get(couponId) as Coupon);
  return { outcomes, changes: { coupons: changed, issued } };
}

function expiryOf({ validDays }: Coupon, issuedAt: Date): Date | null {
  return validDays === null ? null : new Date(issuedAt.getTime() + validDays * DAY_MS);
}

import {
  DAY_MS,
  done,
  giveCoupon,
  issueCoupon,
  refuse,
  type DecisionContext,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import type { Acted } from './campaign.js';
import { expiryWithin, obstacleToIssue, obstacleToUse, unmetDemands, type Coupon } from './coupon.js';
import { userCouponAnswer, type IssuedCoupon } from './user-coupon.js';

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

type Asked = Omit<PayloadOf<typeof issueCoupon>, 'operation'>;
type IssueOutcome = OutcomeOf<typeof issueCoupon>;
type GiveOutcome = OutcomeOf<typeof giveCoupon>;

/** Gives coupons to users, in the order of the requests: whom it is given to, who runs the shop decides. */
export function decideGifts(
  state: IssueState,
  requests: readonly PayloadOf<typeof giveCoupon>[],
  context: DecisionContext,
): { outcomes: GiveOutcome[]; changes: IssueChanges } {
  const obstacle = (coupon: Coupon) => {
    const reason = obstacleToUse(coupon, context.now);
    return reason === undefined ? undefined : refuse('COUPON_NOT_ISSUABLE', reason);
  };
  const { outcomes, changes } = issued(state, requests, context, obstacle);
  return { outcomes: outcomes as GiveOutcome[], changes };
}

/** Issues coupons in the order of the requests, so that sequences have no gaps: first come, first served. */
export function decideIssues(
  state: IssueState,
  requests: readonly PayloadOf<typeof issueCoupon>[],
  context: DecisionContext,
): { outcomes: IssueOutcome[]; changes: IssueChanges } {
  const { now } = context;
  return issued(state, requests, context, (coupon, { account }) => {
    const obstacle = obstacleToIssue(coupon, now);
    if (obstacle !== undefined) return refuse('COUPON_NOT_ISSUABLE', obstacle);
    const unmet = unmetDemands(coupon, account, now);
    return unmet.length > 0 ? refuse('COUPON_NOT_ELIGIBLE', undefined, { errors: unmet }) : undefined;
  });
}

function issued(
  { coupons, holdings }: IssueState,
  requests: readonly Asked[],
  { now, newId }: DecisionContext,
  obstacleTo: (coupon: Coupon, asked: Asked) => IssueOutcome | undefined,
): { outcomes: IssueOutcome[]; changes: IssueChanges } {
  const current = new Map(coupons.map((coupon) => [coupon.couponId, coupon]));
  const holders = new Set(holdings.map(holdingKey));
  const rows: (IssuedCoupon & Acted)[] = [];
  const outcomes = requests.map((request): IssueOutcome => {
    const { couponId, userId, actorId } = request;
    const coupon = current.get(couponId);
    if (coupon === undefined) return refuse('COUPON_NOT_FOUND');
    if (holders.has(holdingKey(request))) return refuse('COUPON_ALREADY_ISSUED');
    const obstacle = obstacleTo(coupon, request);
    if (obstacle !== undefined) return obstacle;
    if (coupon.issuedQuantity >= coupon.totalQuantity) return refuse('COUPON_SOLD_OUT');

    const sequence = coupon.issuedQuantity + 1;
    const expiresAt = expiryOf(coupon, now);
    const row = { userCouponId: newId(), couponId, userId, sequence, issuedAt: now, expiresAt };
    current.set(couponId, { ...coupon, issuedQuantity: sequence });
    holders.add(holdingKey(request));
    rows.push({ ...row, actorId });
    const told = { ...coupon, ...row, expiresAt: expiryWithin(coupon, expiresAt) };
    return done(userCouponAnswer({ ...told, status: 'ISSUED', orderId: null, usedAt: null }));
  });
  const couponIds = [...new Set(rows.map(({ couponId }) => couponId))];
  const changed = couponIds.map((couponId) => current.get(couponId) as Coupon);
  return { outcomes, changes: { coupons: changed, issued: rows } };
}

function expiryOf({ validDays }: Coupon, issuedAt: Date): Date | null {
  return validDays === null ? null : new Date(issuedAt.getTime() + validDays * DAY_MS);
}

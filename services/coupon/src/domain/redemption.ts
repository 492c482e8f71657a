import {
  done,
  refuse,
  releaseCoupon,
  useCoupon,
  type Money,
  type Outcome,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import type { Terms } from './coupon.js';
import { discountOf } from './discount.js';
import type { IssuedCoupon } from './user-coupon.js';

/** A user coupon as far as its use goes. */
export interface UsableCoupon
  extends
    Pick<IssuedCoupon, 'userCouponId' | 'userId' | 'expiresAt'>,
    Pick<Terms, 'discountType' | 'discountValue' | 'maxDiscount' | 'minOrderAmount'> {
  /** The order that uses it now. */
  readonly orderId: string | null;
}

/** A user coupon that an order uses. */
export interface Use {
  readonly orderId: string;
  readonly userCouponId: string;
}

export interface Redemption extends Use {
  /** In minor units. */
  readonly discount: Money;
  readonly redeemedAt: Date;
}

export interface Release extends Use {
  readonly releasedAt: Date;
}

type UseCommand = PayloadOf<typeof useCoupon>;
type UseOutcome = OutcomeOf<typeof useCoupon>;
type ReleaseOutcome = OutcomeOf<typeof releaseCoupon>;

/** Uses coupons, each for the first order that may. A suspended coupon is usable: only its issue stopped. */
export function decideUses(
  userCoupons: readonly UsableCoupon[],
  commands: readonly UseCommand[],
  now: Date,
): { outcomes: UseOutcome[]; changes: Redemption[] } {
  const current = new Map(userCoupons.map((held) => [held.userCouponId, held]));
  const redemptions: Redemption[] = [];
  const outcomes = commands.map((command): UseOutcome => {
    const { orderId, userCouponId, userId, subtotal } = command;
    const held = current.get(userCouponId);
    // Whether somebody else has such a coupon is nobody's business.
    if (held === undefined || held.userId !== userId) return refuse('COUPON_NOT_USABLE', 'no such coupon');
    const obstacle = obstacleToUse(held, subtotal, now);
    if (obstacle !== undefined) return refuse('COUPON_NOT_USABLE', obstacle);
    const discount = discountOf(held, subtotal);
    current.set(userCouponId, { ...held, orderId });
    redemptions.push({ orderId, userCouponId, discount, redeemedAt: now });
    return done({ discount });
  });
  return { outcomes, changes: redemptions };
}

function obstacleToUse(held: UsableCoupon, subtotal: Money, now: Date): string | undefined {
  const { orderId, expiresAt, minOrderAmount } = held;
  if (orderId !== null) return 'it was used for another order';
  if (expiresAt !== null && now >= expiresAt) return `it expired at ${expiresAt.toISOString()}`;
  if (minOrderAmount !== null && subtotal < minOrderAmount) {
    return `it needs an order of at least ${minOrderAmount}, this one is ${subtotal}`;
  }
  return undefined;
}

/**
 * Undoes uses; never refused. Gives back what the order uses, not what the command names. A use that was
 * not decided yet is barred: it gets the tombstone's refusal when it comes.
 *
 * @param uses what these orders use now, the user coupons of these rows being locked
 * @param useOutcomeOf what became of an order's use, `undefined` while it was not decided
 * @throws Error when an order used another user coupon than its release names: a bug of whoever sent it
 */
export function decideReleases(
  uses: readonly Use[],
  commands: readonly PayloadOf<typeof releaseCoupon>[],
  useOutcomeOf: (orderId: string) => Outcome | undefined,
  now: Date,
): { outcomes: ReleaseOutcome[]; changes: Release[]; barred: { orderId: string; outcome: Outcome }[] } {
  const useOf = new Map(uses.map((use) => [use.orderId, use]));
  const releases: Release[] = [];
  const barred: { orderId: string; outcome: Outcome }[] = [];
  const outcomes = commands.map(({ orderId, userCouponId }): ReleaseOutcome => {
    const use = useOf.get(orderId);
    if (use !== undefined) {
      if (use.userCouponId !== userCouponId) {
        throw new Error(`order ${orderId} uses ${use.userCouponId}, its release names ${userCouponId}`);
      }
      releases.push({ orderId, userCouponId, releasedAt: now });
      return done({ released: true });
    }
    if (useOutcomeOf(orderId) === undefined) {
      barred.push({ orderId, outcome: refuse('ORDER_TIMED_OUT', 'the order was given up') });
    }
    return done({ released: false });
  });
  return { outcomes, changes: releases, barred };
}

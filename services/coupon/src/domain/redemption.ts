import {
  discountFor,
  done,
  present,
  refuse,
  releaseCoupon,
  useCoupon,
  type Money,
  type Outcome,
  type OutcomeOf,
  type PayloadOf,
  type SeenCoupon,
} from '@jangteo/contracts';
import type { Terms } from './coupon.js';
import type { IssuedCoupon } from './user-coupon.js';

/** A user coupon as far as its use goes. */
export interface UsableCoupon
  extends
    Pick<IssuedCoupon, 'userCouponId' | 'userId' | 'expiresAt'>,
    Pick<Terms, 'discountType' | 'discountValue' | 'maxDiscount' | 'minOrderAmount'> {
  /** The order that uses it now. */
  readonly orderId: string | null;
  readonly takenBackAt: Date | null;
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

/** Rows as they were read, and the time by the clock of the database, which all replicas share. */
interface At<R> {
  readonly rows: readonly R[];
  readonly now: Date;
}

type UseCommand = PayloadOf<typeof useCoupon>;
type UseOutcome = OutcomeOf<typeof useCoupon>;
type ReleaseOutcome = OutcomeOf<typeof releaseCoupon>;

/** Uses coupons, each for the first order that may. A suspended coupon is usable: only its issue stopped. */
export function decideUses(
  { rows, now }: At<UsableCoupon>,
  commands: readonly UseCommand[],
): { outcomes: UseOutcome[]; changes: Redemption[] } {
  const current = new Map(rows.map((held) => [held.userCouponId, held]));
  const redemptions: Redemption[] = [];
  const outcomes = commands.map((command): UseOutcome => {
    const { orderId, userCouponId, userId, subtotal } = command;
    const held = current.get(userCouponId);
    const usable = usableBy(userId, held, now);
    if (!usable.ok) return usable;
    const off = discountFor(usable.value, subtotal);
    if (!off.ok) return off;
    const discount = off.value;
    current.set(userCouponId, { ...usable.value, orderId });
    redemptions.push({ orderId, userCouponId, discount, redeemedAt: now });
    return done({ discount });
  });
  return { outcomes, changes: redemptions };
}

/** The coupon, where this user could use it now for an order that it takes something off. */
function usableBy(
  userId: string,
  held: UsableCoupon | undefined,
  now: Date,
): Outcome<UsableCoupon, 'COUPON_NOT_USABLE'> {
  // Whether somebody else has such a coupon is nobody's business.
  if (held === undefined || held.userId !== userId) return refuse('COUPON_NOT_USABLE', 'no such coupon');
  const { orderId, expiresAt, takenBackAt } = held;
  if (orderId !== null) return refuse('COUPON_NOT_USABLE', 'it was used for another order');
  // By itself, since who waited for it here may have begun before it was, and so before it expired.
  if (takenBackAt !== null) return refuse('COUPON_NOT_USABLE', 'it was taken back');
  if (expiresAt === null || now < expiresAt) return done(held);
  return refuse('COUPON_NOT_USABLE', `it expired at ${expiresAt.toISOString()}`);
}

/**
 * Shows coupons before they are used.
 *
 * @param userCoupons those that are named, as they are `now`
 */
export function lookAt(
  userCoupons: readonly (UsableCoupon & { readonly now: Date })[],
  asked: readonly Pick<UsableCoupon, 'userId' | 'userCouponId'>[],
): SeenCoupon[] {
  const current = new Map(userCoupons.map((held) => [held.userCouponId, held]));
  return asked.map(({ userId, userCouponId }): SeenCoupon => {
    const held = current.get(userCouponId);
    const usable = usableBy(userId, held, held?.now ?? new Date(0));
    if (!usable.ok) return { usable: false, reason: usable.refusal.detail ?? '' };
    const { discountType, discountValue, maxDiscount, minOrderAmount } = usable.value;
    return {
      usable: true,
      rule: { discountType, discountValue, ...present({ maxDiscount, minOrderAmount }) },
    };
  });
}

/**
 * Undoes uses; never refused. Gives back what the order uses, not what the command names.
 *
 * @param rows what these orders use now, their user coupons being locked
 * @throws Error when an order used another user coupon than its release names: a bug of whoever sent it
 */
export function decideReleases(
  { rows, now }: At<Use>,
  commands: readonly PayloadOf<typeof releaseCoupon>[],
): { outcomes: ReleaseOutcome[]; changes: Release[] } {
  const useOf = new Map(rows.map((use) => [use.orderId, use]));
  const releases: Release[] = [];
  const outcomes = commands.map(({ orderId, userCouponId }): ReleaseOutcome => {
    const use = useOf.get(orderId);
    if (use === undefined) return done({ released: false });
    if (use.userCouponId !== userCouponId) {
      throw new Error(`order ${orderId} uses ${use.userCouponId}, its release names ${userCouponId}`);
    }
    releases.push({ orderId, userCouponId, releasedAt: now });
    return done({ released: true });
  });
  return { outcomes, changes: releases };
}

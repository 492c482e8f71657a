import { done, refuse, type OutcomeOf, type PayloadOf, type takeBackCoupon } from '@jangteo/contracts';
import type { IssuedCoupon } from './user-coupon.js';

/** A user coupon, locked, as far as taking it back goes. */
export interface HeldCoupon extends Pick<
  IssuedCoupon,
  'userCouponId' | 'couponId' | 'userId' | 'issuedAt' | 'expiresAt'
> {
  /** The order that uses it now. */
  readonly orderId: string | null;
  readonly takenBackAt: Date | null;
}

export interface TakenBack {
  readonly userCouponId: string;
  readonly expiresAt: Date;
  readonly takenBackAt: Date;
  readonly takenBackBy: string | null;
}

type TakeBackOutcome = OutcomeOf<typeof takeBackCoupon>;

/**
 * Takes coupons back that are not used: from now on they have expired. Nothing of what was issued changes by it, and
 * one that was taken back before stays as it is.
 */
export function decideTakingBack(
  { rows, now }: { readonly rows: readonly HeldCoupon[]; readonly now: Date },
  requests: readonly PayloadOf<typeof takeBackCoupon>[],
): { outcomes: TakeBackOutcome[]; changes: TakenBack[] } {
  const current = new Map(rows.map((held) => [held.userCouponId, held]));
  const changes: TakenBack[] = [];
  const outcomes = requests.map(({ userCouponId, actorId = null }): TakeBackOutcome => {
    const held = current.get(userCouponId);
    if (held === undefined) return refuse('USER_COUPON_NOT_FOUND');
    if (held.orderId !== null) return refuse('USER_COUPON_USED');
    const takenBackAt = held.takenBackAt ?? now;
    if (held.takenBackAt === null) {
      // Whatever was issued has been good for a moment.
      const expiresAt = new Date(
        Math.max(held.issuedAt.getTime() + 1, Math.min(now.getTime(), held.expiresAt?.getTime() ?? Infinity)),
      );
      changes.push({ userCouponId, expiresAt, takenBackAt, takenBackBy: actorId });
      current.set(userCouponId, { ...held, takenBackAt });
    }
    const { couponId, userId } = held;
    return done({ userCouponId, couponId, userId, takenBackAt: takenBackAt.toISOString() });
  });
  return { outcomes, changes };
}

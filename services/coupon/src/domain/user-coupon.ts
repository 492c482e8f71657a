import { present, type UserCoupon as UserCouponAnswer } from '@jangteo/contracts';
import type { Terms } from './coupon.js';

/** A coupon as it was issued to a user. */
export interface IssuedCoupon {
  readonly userCouponId: string;
  readonly couponId: string;
  readonly userId: string;
  /** The user's place, 1 to the coupon's totalQuantity. */
  readonly sequence: number;
  readonly issuedAt: Date;
  /** From this instant on it cannot be used; `null` for never. */
  readonly expiresAt: Date | null;
}

/** A user coupon with the terms of its coupon, and what has become of it. */
export interface UserCoupon extends IssuedCoupon, Terms {
  readonly status: UserCouponAnswer['status'];
  /** The order that uses it now. */
  readonly orderId: string | null;
  readonly usedAt: Date | null;
}

/** The user coupon as its user reads it. */
export function userCouponAnswer(held: UserCoupon): UserCouponAnswer {
  const { userCouponId, couponId, name, discountType, discountValue, maxDiscount, minOrderAmount } = held;
  const { status, sequence, issuedAt, expiresAt, usedAt, orderId } = held;
  return {
    userCouponId,
    couponId,
    name,
    discountType,
    discountValue,
    ...present({ maxDiscount, minOrderAmount }),
    status,
    sequence,
    issuedAt: issuedAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    ...present({ usedAt: usedAt?.toISOString(), orderId }),
  };
}

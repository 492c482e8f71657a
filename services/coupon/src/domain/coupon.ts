import {
  CHARGED_WALLET,
  present,
  type Coupon as CouponAnswer,
  type CouponDraft,
  type CouponEligibility,
  type CouponStatus,
  type DiscountFormula,
  type FieldError,
  type issueCoupon,
  type Money,
  type PayloadOf,
} from '@jangteo/contracts';

const MINUTE_MS = 60_000;

/** Promises made along with the coupon; they never change, so user coupons keep no copy of them. */
export interface Terms extends DiscountFormula {
  readonly name: string;
  /** The most that a PERCENT coupon takes off, in minor units. */
  readonly maxDiscount: Money | null;
  /** The smallest subtotal that it can be used on, in minor units. */
  readonly minOrderAmount: Money | null;
}

/** A coupon (a campaign) as it stands. */
export interface Coupon extends Terms {
  readonly couponId: string;
  readonly totalQuantity: number;
  /** Issued from this instant on. */
  readonly issueStartsAt: Date | null;
  /** Not issued any more from this instant on. */
  readonly issueEndsAt: Date | null;
  readonly validDays: number | null;
  /** From this instant on none of it can be used. */
  readonly usableUntil: Date | null;
  /** For how many minutes an account must have been there that gets one. */
  readonly accountAgeMinutes: number | null;
  readonly needsChargedWallet: boolean;
  readonly issuedQuantity: number;
  /** SUSPENDED stops the issue alone: what users hold by then stays usable. */
  readonly status: CouponStatus;
  readonly createdAt: Date;
  /** Counts the changes of anything but what was issued. */
  readonly version: number;
}

/** A new coupon, ready to be issued. */
export function couponOf(draft: CouponDraft, couponId: string, now: Date): Coupon {
  return {
    couponId,
    name: draft.name,
    discountType: draft.discountType,
    discountValue: draft.discountValue,
    maxDiscount: draft.maxDiscount ?? null,
    minOrderAmount: draft.minOrderAmount ?? null,
    totalQuantity: draft.totalQuantity,
    issueStartsAt: instantOf(draft.issueStartsAt),
    issueEndsAt: instantOf(draft.issueEndsAt),
    validDays: draft.validDays ?? null,
    usableUntil: instantOf(draft.usableUntil),
    accountAgeMinutes: draft.eligibility?.accountAgeMinutes ?? null,
    needsChargedWallet: draft.eligibility?.chargedWallet ?? false,
    issuedQuantity: 0,
    status: 'ISSUABLE',
    createdAt: now,
    version: 1,
  };
}

export function instantOf(text: string | null | undefined): Date | null {
  return text === undefined || text === null ? null : new Date(text);
}

/** The coupon as admins and the public read it. */
export function couponAnswer(coupon: Coupon): CouponAnswer {
  const { couponId, name, discountType, discountValue, totalQuantity, issuedQuantity, status } = coupon;
  const { maxDiscount, minOrderAmount, validDays, issueStartsAt, issueEndsAt } = coupon;
  return {
    couponId,
    name,
    discountType,
    discountValue,
    ...present({ maxDiscount, minOrderAmount }),
    totalQuantity,
    ...present({
      issueStartsAt: issueStartsAt?.toISOString(),
      issueEndsAt: issueEndsAt?.toISOString(),
      validDays,
      usableUntil: coupon.usableUntil?.toISOString(),
      eligibility: eligibilityOf(coupon),
    }),
    issuedQuantity,
    remainingQuantity: totalQuantity - issuedQuantity,
    status,
    version: coupon.version,
  };
}

function eligibilityOf({ accountAgeMinutes, needsChargedWallet }: Coupon): CouponEligibility | null {
  if (accountAgeMinutes === null && !needsChargedWallet) return null;
  return { ...present({ accountAgeMinutes }), ...(needsChargedWallet ? { chargedWallet: true } : {}) };
}

/** Facts about an account, where any are known. */
type Account = PayloadOf<typeof issueCoupon>['account'];

/** Lists the demands of a coupon that an account does not meet, by the names of the demands. */
export function unmetDemands(coupon: Coupon, account: Account, now: Date): FieldError[] {
  const { accountAgeMinutes, needsChargedWallet } = coupon;
  const ageMs = account === undefined ? -Infinity : now.getTime() - Date.parse(account.createdAt);
  const isTooYoung = accountAgeMinutes !== null && ageMs < accountAgeMinutes * MINUTE_MS;
  return [
    ...(isTooYoung
      ? [
          {
            path: 'eligibility.accountAgeMinutes',
            message: `the account must be ${accountAgeMinutes} minutes old`,
          },
        ]
      : []),
    ...(needsChargedWallet && account?.hasCharged !== true
      ? [{ path: CHARGED_WALLET, message: 'the wallet must have been charged' }]
      : []),
  ];
}

/** Tells when a user coupon expires: when its own time is over, or that of all of its campaign. */
export function expiryWithin(
  { usableUntil }: Pick<Coupon, 'usableUntil'>,
  expiresAt: Date | null,
): Date | null {
  if (usableUntil === null) return expiresAt;
  return expiresAt === null || usableUntil < expiresAt ? usableUntil : expiresAt;
}

/** Finds the reason not even to give a coupon to somebody: nobody could use it. */
export function obstacleToUse({ usableUntil }: Coupon, now: Date): string | undefined {
  return usableUntil !== null && now >= usableUntil
    ? `its use ended at ${usableUntil.toISOString()}`
    : undefined;
}

/** Finds the reason not to issue a coupon at this moment, whatever is left of it; `undefined` when there is none. */
export function obstacleToIssue(coupon: Coupon, now: Date): string | undefined {
  const { status, issueStartsAt, issueEndsAt } = coupon;
  if (status === 'SUSPENDED') return 'its issue is suspended';
  if (issueStartsAt !== null && now < issueStartsAt) {
    return `its issue starts at ${issueStartsAt.toISOString()}`;
  }
  if (issueEndsAt !== null && now >= issueEndsAt) return `its issue ended at ${issueEndsAt.toISOString()}`;
  return obstacleToUse(coupon, now);
}

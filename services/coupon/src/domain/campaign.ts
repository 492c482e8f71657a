import {
  changeCoupon,
  changeCouponTerms,
  createCoupon,
  done,
  refuse,
  type CouponDraft,
  type CouponStatus,
  type DecisionContext,
  type FieldError,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import { couponAnswer, couponOf, instantOf, type Coupon } from './coupon.js';

/** Something made or changed by a user, who is not always known. */
export interface Acted {
  readonly actorId: string | undefined;
}

/** A coupon's status as it is to be from now on. */
export interface StatusChange extends Acted {
  readonly couponId: string;
  readonly status: CouponStatus;
  readonly version: number;
}

/** Ends that are past: a coupon with one could be issued to nobody. */
function pastEndsOf(draft: CouponDraft, now: Date): FieldError[] {
  return (['issueEndsAt', 'usableUntil'] as const).flatMap((path) => {
    const end = draft[path];
    return end !== undefined && Date.parse(end) <= now.getTime()
      ? [{ path, message: 'must be to come' }]
      : [];
  });
}

/** A coupon whose use is over before its issue begins. */
function uselessness({ issueStartsAt, usableUntil }: Coupon): FieldError[] {
  const isUseless = issueStartsAt !== null && usableUntil !== null && issueStartsAt >= usableUntil;
  return isUseless ? [{ path: 'usableUntil', message: 'must be after issueStartsAt' }] : [];
}

/** Makes coupons; the contract's schema has refused most drafts that contradict themselves. */
export function decideCreations(
  requests: readonly PayloadOf<typeof createCoupon>[],
  { now, newId }: DecisionContext,
): { outcomes: OutcomeOf<typeof createCoupon>[]; changes: (Coupon & Acted)[] } {
  const changes: (Coupon & Acted)[] = [];
  const outcomes = requests.map(({ draft, actorId }): OutcomeOf<typeof createCoupon> => {
    const coupon = couponOf(draft, newId(), now);
    const errors = [...pastEndsOf(draft, now), ...uselessness(coupon)];
    if (errors.length > 0) return refuse('VALIDATION_FAILED', undefined, { errors });
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
    const after = { ...coupon, status, version: coupon.version + 1 };
    found.set(couponId, after);
    changed.set(couponId, { couponId, status, version: after.version, actorId });
    return done({ ...couponAnswer(after), before: { status: coupon.status } });
  });
  return { outcomes, changes: [...changed.values()] };
}

type TermsOutcome = OutcomeOf<typeof changeCouponTerms>;
type TermsChange = PayloadOf<typeof changeCouponTerms>['change'];

/** A moment as it is from now on: `null` takes it out, and what is not given stays. */
function momentOf(given: string | null | undefined, before: Date | null): Date | null {
  return given === undefined ? before : instantOf(given);
}

function changedBy(coupon: Coupon, change: TermsChange): Coupon {
  return {
    ...coupon,
    name: change.name ?? coupon.name,
    status: change.status ?? coupon.status,
    totalQuantity: change.totalQuantity ?? coupon.totalQuantity,
    issueStartsAt: momentOf(change.issueStartsAt, coupon.issueStartsAt),
    issueEndsAt: momentOf(change.issueEndsAt, coupon.issueEndsAt),
    validDays: change.validDays === undefined ? coupon.validDays : change.validDays,
    usableUntil: momentOf(change.usableUntil, coupon.usableUntil),
    version: coupon.version + 1,
  };
}

/** What a coupon cannot be: what was issued stays issued, and a time ends after it begins. */
function faultsOf({ issuedQuantity, totalQuantity, issueStartsAt, issueEndsAt }: Coupon): FieldError[] {
  const isTooFew = totalQuantity < issuedQuantity;
  const isBackwards = issueStartsAt !== null && issueEndsAt !== null && issueStartsAt >= issueEndsAt;
  return [
    ...(isTooFew
      ? [{ path: 'totalQuantity', message: `must be at least ${issuedQuantity}, which were issued` }]
      : []),
    ...(isBackwards ? [{ path: 'issueEndsAt', message: 'must be after issueStartsAt' }] : []),
  ];
}

/** As it was, of what can be changed. */
function beforeOf(coupon: Coupon) {
  const { name, totalQuantity, issueStartsAt, issueEndsAt, validDays, usableUntil, status } =
    couponAnswer(coupon);
  return { name, totalQuantity, issueStartsAt, issueEndsAt, validDays, usableUntil, status };
}

/**
 * Changes of coupons what is given and nothing else.
 *
 * @param coupons those that the messages name, locked: what is issued meanwhile waits
 */
export function decideTerms(
  coupons: readonly Coupon[],
  requests: readonly PayloadOf<typeof changeCouponTerms>[],
): { outcomes: TermsOutcome[]; changes: (Coupon & Acted)[] } {
  const found = new Map(coupons.map((coupon) => [coupon.couponId, coupon]));
  const changed = new Map<string, Coupon & Acted>();
  const outcomes = requests.map(({ couponId, change, versions, actorId }): TermsOutcome => {
    const coupon = found.get(couponId);
    if (coupon === undefined) return refuse('COUPON_NOT_FOUND');
    if (versions !== undefined && !versions.includes(coupon.version)) {
      return refuse('VERSION_CHANGED', `it is version ${coupon.version} now`);
    }
    const after = changedBy(coupon, change);
    // What was made before this was looked at can still be changed in other ways.
    const isMoved = change.issueStartsAt !== undefined || change.usableUntil !== undefined;
    const errors = [...faultsOf(after), ...(isMoved ? uselessness(after) : [])];
    if (errors.length > 0) return refuse('VALIDATION_FAILED', undefined, { errors });
    found.set(couponId, after);
    changed.set(couponId, { ...after, actorId });
    return done({ ...couponAnswer(after), before: beforeOf(coupon) });
  });
  return { outcomes, changes: [...changed.values()] };
}

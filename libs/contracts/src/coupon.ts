import { z } from 'zod';
import { searchText, version, versions } from './catalog.js';
import { discountRule, discountType } from './discount.js';
import { actorId, cursor, id, instant, LOOKS_MAX, operation, page } from './ids.js';
import { command, request } from './message.js';
import { money } from './money.js';
import { displayName } from './text.js';

const couponId = '01920000-0000-7000-8000-0000000000d1';
const userCouponId = '01920000-0000-7000-8000-0000000000d2';
const userId = '01920000-0000-7000-8000-000000000001';
const orderId = '01920000-0000-7000-8000-0000000000a1';
const adminId = '01920000-0000-7000-8000-000000000009';

export const couponStatus = z.enum(['ISSUABLE', 'SUSPENDED']);

const demands = {
  accountAgeMinutes: z
    .int()
    .min(1)
    .max(5_256_000)
    .optional()
    .describe('For how many minutes the account must have been there.'),
  chargedWallet: z.boolean().optional().describe('Whether the wallet must have been charged, be it once.'),
};

/** A hurdle for those who make accounts by the dozen, and no proof of who somebody is. */
const WHO_MAY =
  'What a coupon demands of the account that it is issued to; what is left out is not asked for.';

/** The path of the one that needs a look at the wallet, in what COUPON_NOT_ELIGIBLE says. */
export const CHARGED_WALLET = 'eligibility.chargedWallet';

/** For what comes in. */
export const eligibilityDraft = z.strictObject(demands).describe(WHO_MAY);
export const eligibility = z.object(demands).describe(WHO_MAY);

const couponTerms = {
  name: displayName,
  ...discountRule.shape,
  totalQuantity: z.int().min(1).max(100_000_000),
  issueStartsAt: instant.optional(),
  issueEndsAt: instant.optional(),
  /** Days from the issue until a user coupon expires; without it, it never does. */
  validDays: z.int().min(1).max(3_650).optional(),
  /** From this instant on none of it can be used, whenever it was issued. */
  usableUntil: instant.optional(),
  eligibility: eligibilityDraft.optional(),
};

/** An admin's change to a coupon: at least one field. What is promised to those who hold one stays. */
export const couponChange = z
  .strictObject({
    status: couponStatus.optional(),
    name: displayName.optional(),
    totalQuantity: couponTerms.totalQuantity.optional(),
    issueStartsAt: instant.nullable().optional(),
    issueEndsAt: instant.nullable().optional(),
    validDays: couponTerms.validDays.nullable(),
    usableUntil: instant.nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'nothing to change' });

/** An admin's input for a new coupon (a campaign). */
export const couponDraft = z
  .strictObject(couponTerms)
  .refine((draft) => draft.discountType === 'FIXED' || draft.discountValue <= 100, {
    path: ['discountValue'],
    message: 'a percentage is at most 100',
  })
  .refine((draft) => draft.discountType === 'PERCENT' || draft.maxDiscount === undefined, {
    path: ['maxDiscount'],
    message: 'is for percentages alone',
  })
  .refine(
    (draft) =>
      draft.issueStartsAt === undefined ||
      draft.issueEndsAt === undefined ||
      Date.parse(draft.issueStartsAt) < Date.parse(draft.issueEndsAt),
    { path: ['issueEndsAt'], message: 'must be after issueStartsAt' },
  );

/** A coupon as an admin and the public see it. */
export const coupon = z.object({
  ...couponTerms,
  // One that was stored under an earlier rule is shown as it is.
  name: z.string(),
  eligibility: eligibility.optional(),
  couponId: id,
  issuedQuantity: z.int().min(0),
  remainingQuantity: z.int().min(0),
  status: couponStatus,
  /** Absent from services of the release before. */
  version: version.optional(),
});

/** One place of a coupon, for those who run the shop. */
export const couponIssue = z.object({
  userCouponId: id,
  userId: id,
  sequence: z.int().min(1),
  status: z.enum(['ISSUED', 'USED', 'EXPIRED']),
  issuedAt: instant,
  expiresAt: instant.nullable(),
  usedAt: instant.optional(),
  orderId: id.optional(),
  actorId: id.optional(),
  takenBackAt: instant.optional(),
  takenBackBy: id.optional(),
});

/** A coupon issued to a user; `sequence` is the user's place, 1 to the coupon's totalQuantity. */
export const userCoupon = z.object({
  userCouponId: id,
  couponId: id,
  name: z.string(),
  discountType,
  discountValue: money,
  maxDiscount: money.optional(),
  minOrderAmount: money.optional(),
  status: z.enum(['ISSUED', 'USED', 'EXPIRED']),
  sequence: z.int().min(1),
  issuedAt: instant,
  expiresAt: instant.nullable(),
  usedAt: instant.optional(),
  orderId: id.optional(),
});

export const userCouponFilter = z.enum(['ISSUED', 'USED', 'EXPIRED', 'ALL']);

const exampleTerms = {
  name: 'Opening week',
  discountType: 'FIXED' as const,
  discountValue: 3_000,
  totalQuantity: 30,
};
const exampleCoupon = {
  ...exampleTerms,
  couponId,
  issuedQuantity: 0,
  remainingQuantity: 30,
  status: 'ISSUABLE' as const,
  version: 1,
};
const exampleUserCoupon = {
  userCouponId,
  couponId,
  name: 'Opening week',
  discountType: 'FIXED' as const,
  discountValue: 3_000,
  status: 'ISSUED' as const,
  sequence: 1,
  issuedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
};
const exampleOperation = { key: couponId, fingerprint: '' };

export const createCoupon = request({
  type: 'coupon.create',
  service: 'coupon',
  summary: 'Makes a coupon, ready to be issued.',
  payload: z.object({ operation, draft: couponDraft, actorId }),
  value: coupon,
  refusals: ['VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: { operation: exampleOperation, draft: exampleTerms, actorId: adminId },
    value: exampleCoupon,
  },
});

export const changeCoupon = request({
  type: 'coupon.change',
  service: 'coupon',
  summary: 'Suspends the issue of a coupon or lets it go on.',
  payload: z.object({ operation, couponId: id, status: couponStatus, actorId }),
  value: coupon.extend({
    before: coupon.pick({ status: true }).optional().describe('As it was until then.'),
  }),
  refusals: ['COUPON_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: { operation: exampleOperation, couponId, status: 'ISSUABLE', actorId: adminId },
    value: { ...exampleCoupon, before: { status: 'SUSPENDED' } },
  },
});

export const changeCouponTerms = request({
  type: 'coupon.change-terms',
  service: 'coupon',
  summary:
    'Changes a coupon: its quantity never below what was issued; what is `null` is taken out. `coupon.change` is of the ' +
    'status alone.',
  payload: z.object({ operation, couponId: id, change: couponChange, versions, actorId }),
  value: coupon.extend({
    before: coupon
      .pick({
        status: true,
        name: true,
        totalQuantity: true,
        issueStartsAt: true,
        issueEndsAt: true,
        validDays: true,
        usableUntil: true,
      })
      .optional()
      .describe('As it was until then.'),
  }),
  refusals: ['COUPON_NOT_FOUND', 'VERSION_CHANGED', 'VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: { operation: exampleOperation, couponId, change: { totalQuantity: 30 }, actorId: adminId },
    value: { ...exampleCoupon, before: { name: 'Opening week', totalQuantity: 20, status: 'ISSUABLE' } },
  },
});

export const readCoupon = request({
  type: 'coupon.read',
  service: 'coupon',
  summary: 'Reads a coupon, whatever its status.',
  payload: z.object({ couponId: id }),
  value: coupon,
  refusals: ['COUPON_NOT_FOUND'],
  example: { payload: { couponId }, value: exampleCoupon },
});

export const listAllCoupons = request({
  type: 'coupon.list-all',
  service: 'coupon',
  summary:
    'Reads a page of all coupons, newest first. A page of what is found may have fewer than `limit` where the list ' +
    'goes on.',
  payload: page.extend({ status: couponStatus.optional(), q: searchText.optional() }),
  value: z.object({ coupons: z.array(coupon), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: { payload: { limit: 20 }, value: { coupons: [exampleCoupon] } },
});

export const listIssues = request({
  type: 'coupon.list-issues',
  service: 'coupon',
  summary: 'Reads a page of the places of a coupon, the last one first.',
  payload: page.extend({ couponId: id }),
  value: z.object({ issues: z.array(couponIssue), next: cursor.optional() }),
  refusals: ['COUPON_NOT_FOUND', 'VALIDATION_FAILED'],
  example: {
    payload: { couponId, limit: 20 },
    value: {
      issues: [
        {
          userCouponId,
          userId,
          sequence: 1,
          status: 'ISSUED',
          issuedAt: '2026-01-01T00:00:00.000Z',
          expiresAt: null,
        },
      ],
    },
  },
});

const counted = z.int().min(0).max(2_147_483_647);

/** Of a coupon's places, those that a read of them goes through, from the first one on. */
export const PLACES_CHECKED_MAX = 10_000;
/** Of a coupon's places, those that a read of them tells one by one. */
export const PLACES_TOLD_MAX = 20;

const issuedPlace = couponIssue.pick({ sequence: true, issuedAt: true });

/** How the places of a coupon were issued, all of one moment, and nothing of who holds them. */
export const couponPlaces = z.object({
  couponId: id,
  at: instant.describe("When it was read, by the clock that the coupon's times are of."),
  totalQuantity: counted,
  issuedQuantity: counted.describe('How many have been issued, as the coupon counts them.'),
  highestPlace: counted.describe('The highest place that somebody holds; 0 where nobody holds one.'),
  checkedTo: counted
    .max(PLACES_CHECKED_MAX)
    .describe(
      `The places from 1 to this one were gone through: to the highest, at most ${PLACES_CHECKED_MAX}.`,
    ),
  heldPlaces: counted.describe('Different places among those that are held: as many, where there is no gap.'),
  customers: counted.describe('Different users who hold those: as many, where each has one.'),
  firstIssuedAt: instant.optional().describe('When the first one was issued; absent before.'),
  latest: z
    .array(issuedPlace)
    .max(PLACES_TOLD_MAX)
    .describe(`The ${PLACES_TOLD_MAX} highest places, the highest first.`),
});

export const readPlaces = request({
  type: 'coupon.read-places',
  service: 'coupon',
  summary: 'Reads how the places of a coupon were issued, and nothing of who holds them.',
  payload: z.object({ couponId: id }),
  value: couponPlaces,
  refusals: ['COUPON_NOT_FOUND'],
  example: {
    payload: { couponId },
    value: {
      couponId,
      at: '2026-01-01T00:00:02.000Z',
      totalQuantity: 2,
      issuedQuantity: 2,
      highestPlace: 2,
      checkedTo: 2,
      heldPlaces: 2,
      customers: 2,
      firstIssuedAt: '2026-01-01T00:00:00.000Z',
      latest: [
        { sequence: 2, issuedAt: '2026-01-01T00:00:00.030Z' },
        { sequence: 1, issuedAt: '2026-01-01T00:00:00.000Z' },
      ],
    },
  },
});

export const giveCoupon = request({
  type: 'coupon.give',
  service: 'coupon',
  summary:
    'Gives a coupon to a user, whatever its status, its time of issue and what it demands of accounts; its place counts.',
  payload: z.object({ operation, couponId: id, userId: id, actorId }),
  value: userCoupon,
  refusals: [
    'COUPON_NOT_FOUND',
    'COUPON_NOT_ISSUABLE',
    'COUPON_ALREADY_ISSUED',
    'COUPON_SOLD_OUT',
    'IDEMPOTENCY_KEY_REUSED',
  ],
  example: {
    payload: { operation: exampleOperation, couponId, userId, actorId: adminId },
    value: exampleUserCoupon,
  },
});

export const takeBackCoupon = request({
  type: 'coupon.take-back',
  service: 'coupon',
  summary: 'Takes an unused coupon back from its user: it expires at once, and its place stays taken.',
  payload: z.object({ operation, userCouponId: id, actorId }),
  value: z.object({ userCouponId: id, couponId: id, userId: id, takenBackAt: instant }),
  refusals: ['USER_COUPON_NOT_FOUND', 'USER_COUPON_USED', 'IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: { operation: exampleOperation, userCouponId, actorId: adminId },
    value: { userCouponId, couponId, userId, takenBackAt: '2026-01-01T00:00:00.000Z' },
  },
});

export const listCoupons = request({
  type: 'coupon.list',
  service: 'coupon',
  summary:
    'Reads a page of the coupons that can be issued now, oldest first. It may have fewer than `limit`, or none, where ' +
    'the list goes on.',
  payload: page,
  value: z.object({ coupons: z.array(coupon), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: { payload: { limit: 20 }, value: { coupons: [exampleCoupon] } },
});

export const issueCoupon = request({
  type: 'coupon.issue',
  service: 'coupon',
  summary: 'Issues a coupon to a user, first come first served.',
  payload: z.object({
    operation,
    couponId: id,
    userId: id,
    actorId,
    /** Facts about the account; whether its wallet was charged is told where a coupon has asked for it. */
    account: z.object({ createdAt: instant, hasCharged: z.boolean().optional() }).optional(),
  }),
  value: userCoupon,
  refusals: [
    'COUPON_NOT_FOUND',
    'COUPON_NOT_ISSUABLE',
    'COUPON_ALREADY_ISSUED',
    'COUPON_NOT_ELIGIBLE',
    'COUPON_SOLD_OUT',
    'IDEMPOTENCY_KEY_REUSED',
  ],
  example: {
    payload: {
      operation: exampleOperation,
      couponId,
      userId,
      actorId: userId,
      account: { createdAt: '2025-12-31T00:00:00.000Z' },
    },
    value: exampleUserCoupon,
  },
});

export const listUserCoupons = request({
  type: 'coupon.list-mine',
  service: 'coupon',
  summary:
    "Reads a page of a user's coupons, newest first; ISSUED are those usable now. A page of one status may have fewer " +
    'than `limit`, or none, where the list goes on.',
  payload: page.extend({ userId: id, status: userCouponFilter }),
  value: z.object({ userCoupons: z.array(userCoupon), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: {
    payload: { userId, status: 'ISSUED', limit: 20 },
    value: { userCoupons: [exampleUserCoupon] },
  },
});

/** The state of a user coupon before it is used: the rule by which it takes off, or why it cannot be used. */
export const seenCoupon = z.discriminatedUnion('usable', [
  z.object({ usable: z.literal(true), rule: discountRule }),
  z.object({ usable: z.literal(false), reason: z.string().max(200) }),
]);

export const lookAtCoupons = request({
  type: 'coupon.look-at',
  service: 'coupon',
  summary:
    'Tells of each user coupon whether its user could use it now, and by which rule it would take off. Nothing is ' +
    'promised by it: what counts is `coupon.use`.',
  payload: z.object({
    asked: z
      .array(z.object({ userId: id, userCouponId: id }))
      .min(1)
      .max(LOOKS_MAX),
  }),
  value: z.object({ seen: z.array(seenCoupon) }),
  refusals: [],
  example: {
    payload: { asked: [{ userId, userCouponId }] },
    value: { seen: [{ usable: true, rule: { discountType: 'FIXED', discountValue: 3_000 } }] },
  },
});

export const identifyUserCoupons = request({
  type: 'coupon.identify',
  service: 'coupon',
  summary: 'Says which coupon each of these coupons of users is of. Those that nobody has are left out.',
  payload: z.object({ userCouponIds: z.array(id).max(LOOKS_MAX) }),
  value: z.object({ userCoupons: z.array(z.object({ userCouponId: id, couponId: id })) }),
  refusals: [],
  example: {
    payload: { userCouponIds: [issueCoupon.example.value.userCouponId] },
    value: {
      userCoupons: [
        {
          userCouponId: issueCoupon.example.value.userCouponId,
          couponId: issueCoupon.example.value.couponId,
        },
      ],
    },
  },
});

export const useCoupon = command({
  type: 'coupon.use',
  service: 'coupon',
  summary: "Uses a user's coupon for an order, once, and tells the discount on its subtotal.",
  payload: z.object({ orderId: id, userId: id, userCouponId: id, subtotal: money }),
  value: z.object({ discount: money }),
  refusals: ['COUPON_NOT_USABLE', 'ORDER_TIMED_OUT'],
  example: {
    payload: { orderId, userId, userCouponId, subtotal: 24_000 },
    value: { discount: 3_000 },
  },
});

export const releaseCoupon = command({
  type: 'coupon.release',
  service: 'coupon',
  summary: 'Undoes a use: the coupon can be used again, and a late use by this order is barred.',
  payload: z.object({ orderId: id, userId: id, userCouponId: id }),
  value: z.object({ released: z.boolean() }),
  refusals: [],
  undoes: useCoupon,
  example: { payload: { orderId, userId, userCouponId }, value: { released: true } },
});

export type Coupon = z.infer<typeof coupon>;
export type CouponDraft = z.infer<typeof couponDraft>;
export type CouponChange = z.infer<typeof couponChange>;
export type CouponIssue = z.infer<typeof couponIssue>;
export type CouponPlaces = z.infer<typeof couponPlaces>;
export type CouponStatus = z.infer<typeof couponStatus>;
export type SeenCoupon = z.infer<typeof seenCoupon>;
export type CouponEligibility = z.infer<typeof eligibility>;
export type UserCoupon = z.infer<typeof userCoupon>;
export type UserCouponFilter = z.infer<typeof userCouponFilter>;

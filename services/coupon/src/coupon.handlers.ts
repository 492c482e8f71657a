import {
  changeCoupon,
  changeCouponTerms,
  createCoupon,
  done,
  giveCoupon,
  identifyUserCoupons,
  issueCoupon,
  listAllCoupons,
  listCoupons,
  listIssues,
  listUserCoupons,
  lookAtCoupons,
  readCoupon,
  readIssueProgress,
  readPlaces,
  refuse,
  releaseCoupon,
  takeBackCoupon,
  useCoupon,
  type OutcomeOf,
  type Page,
  type PayloadOf,
} from '@jangteo/contracts';
import { answerPages, cutLookedAt, decodeCursor, type Database, type Statements } from '@jangteo/database';
import { newId, type Handler } from '@jangteo/messaging';
import {
  findHandler,
  once,
  operationHandler,
  orderRowsHandler,
  OUTCOME_OF_COMMAND,
  read,
} from '@jangteo/service';
import { allCoupons, issuesOf, LOOKED_AT_MAX } from './admin-lists.js';
import {
  closeRedemptions,
  insertCoupons,
  insertRedemptions,
  insertUserCoupons,
  lockCoupons,
  lockHeldCoupons,
  findCoupons,
  lockUserCoupons,
  markUnused,
  markUsed,
  readCoupons,
  readCouponsOf,
  readHoldings,
  readNow,
  readRedemptionsOf,
  readUserCoupons,
  readUses,
  saveIssuedQuantities,
  saveStatuses,
  saveTakenBack,
  saveTerms,
} from './coupon.queries.js';
import { countAnswers } from './domain/answers.js';
import { decideChanges, decideCreations, decideTerms } from './domain/campaign.js';
import { couponAnswer, type Coupon } from './domain/coupon.js';
import { decideGifts, decideIssues, type Holding } from './domain/issue.js';
import { decideReleases, decideUses, lookAt } from './domain/redemption.js';
import { decideTakingBack } from './domain/take-back.js';
import { userCouponAnswer, type UserCoupon } from './domain/user-coupon.js';
import { addAnswers, issueProgressOf } from './issue-progress.js';
import { COUPONS_AT_ONCE, placesOf } from './issued-places.js';
import { markEnded, readIssuablePages, readUserPages, type ListPage } from './list.queries.js';

/** A page of 100 coupons with long names is 130 KB, and those of a batch are held at a time. */
const PAGES = { batchSizeMax: 50 };

/** Each coupon of a batch is a walk through thousands of places, in one statement. */
const PLACES = { batchSizeMax: COUPONS_AT_ONCE };

export const couponHandlers: readonly Handler[] = [
  once(createCoupon, {
    load: readNow,
    decide: (now, requests) => decideCreations(requests, { now, newId }),
    save: insertCoupons,
  }),
  once(changeCoupon, {
    load: (tx, requests) => lockCoupons(tx, couponsOf(requests)),
    decide: decideChanges,
    save: saveStatuses,
  }),
  once(changeCouponTerms, {
    load: (tx, requests) => lockCoupons(tx, couponsOf(requests)),
    decide: decideTerms,
    save: saveTerms,
  }),
  once(giveCoupon, {
    load: lockForIssue,
    decide: ({ now, ...state }, requests) => decideGifts(state, requests, { now, newId }),
    save: ({ coupons, issued }) => [...saveIssuedQuantities(coupons), ...insertUserCoupons(issued)],
  }),
  once(takeBackCoupon, {
    async load(tx, requests) {
      const [rows, now] = await Promise.all([lockHeldCoupons(tx, userCouponsOf(requests)), readNow(tx)]);
      return { rows, now };
    },
    decide: decideTakingBack,
    save: saveTakenBack,
  }),
  once(issueCoupon, {
    load: lockForIssue,
    decide({ now, ...state }, requests) {
      const { outcomes, changes } = decideIssues(state, requests, { now, newId });
      return { outcomes, changes: { ...changes, answers: countAnswers(requests, outcomes) } };
    },
    save: ({ coupons, issued, answers }) => [
      ...saveIssuedQuantities(coupons),
      ...insertUserCoupons(issued),
      ...addAnswers(answers),
    ],
  }),
  once(useCoupon, {
    async load(tx, commands) {
      const [rows, now] = await Promise.all([lockUserCoupons(tx, userCouponsOf(commands)), readNow(tx)]);
      return { rows, now };
    },
    decide: decideUses,
    save: (redemptions) => [...markUsed(redemptions), ...insertRedemptions(redemptions)],
  }),
  once(releaseCoupon, {
    async load(tx, commands) {
      const orderIds = commands.map(({ orderId }) => orderId);
      // The lock first: a use that held it until a moment ago must be seen.
      const [, rows, now] = await Promise.all([
        lockUserCoupons(tx, userCouponsOf(commands)),
        readUses(tx, orderIds),
        readNow(tx),
      ]);
      return { rows, now };
    },
    decide: decideReleases,
    save: (releases) => [...markUnused(releases), ...closeRedemptions(releases)],
  }),
  orderRowsHandler('coupon', readRedemptionsOf),
  operationHandler('coupon', OUTCOME_OF_COMMAND),
  findHandler('coupon', { find: findCoupons }),
  read(lookAtCoupons, async (payloads, database) => {
    const ids = new Set(payloads.flatMap(({ asked }) => userCouponsOf(asked)));
    const rows = await readUserCoupons(database, [...ids]);
    return payloads.map(({ asked }) => done({ seen: lookAt(rows, asked) }));
  }),
  read(readCoupon, async (payloads, database) => {
    const coupons = await readCoupons(database, couponsOf(payloads));
    const found = new Map(coupons.map((coupon) => [coupon.couponId, coupon]));
    return payloads.map(({ couponId }) => {
      const coupon = found.get(couponId);
      return coupon === undefined ? refuse('COUPON_NOT_FOUND') : done(couponAnswer(coupon));
    });
  }),
  read(readIssueProgress, issueProgressOf),
  read(readPlaces, placesOf, PLACES),
  read(listAllCoupons, allCoupons, PAGES),
  read(listIssues, issuesOf, PAGES),
  read(identifyUserCoupons, async (payloads, database) => {
    const ids = new Set(payloads.flatMap(({ userCouponIds }) => userCouponIds));
    const couponOf = new Map(await readCouponsOf(database, [...ids]));
    return payloads.map(({ userCouponIds }) => {
      const userCoupons = userCouponIds.flatMap((userCouponId) => {
        const couponId = couponOf.get(userCouponId);
        return couponId === undefined ? [] : [{ userCouponId, couponId }];
      });
      return done({ userCoupons });
    });
  }),
  read(listCoupons, listIssuable, PAGES),
  read(listUserCoupons, listOfUsers, PAGES),
];

async function lockForIssue(tx: Statements, requests: readonly Holding[]) {
  // The lock first: what was issued under it until a moment ago must be seen.
  const [coupons, holdings, now] = await Promise.all([
    lockCoupons(tx, couponsOf(requests)),
    readHoldings(tx, requests),
    readNow(tx),
  ]);
  return { coupons, holdings, now };
}

async function listIssuable(
  payloads: readonly Page[],
  database: Database,
): Promise<OutcomeOf<typeof listCoupons>[]> {
  return await answerPages(payloads.map(pageOf), async (pages) => {
    await markEnded(database);
    const rowsOf = Map.groupBy(await readIssuablePages(database, pages), ({ page }) => page);
    return pages.map(({ rowsMax, bound }, index) => {
      const keyOf = (row: Coupon) => [row.createdAt.toISOString(), row.couponId];
      const { rows, next } = cutLookedAt(rowsOf.get(index) ?? [], { limit: rowsMax - 1, bound }, keyOf);
      return done({ coupons: rows.map(couponAnswer), next });
    });
  });
}

async function listOfUsers(
  payloads: readonly PayloadOf<typeof listUserCoupons>[],
  database: Database,
): Promise<OutcomeOf<typeof listUserCoupons>[]> {
  const asked = payloads.map((payload) => {
    const page = pageOf(payload);
    const { userId, status } = payload;
    return page && { ...page, userId, status, bound: status === 'ALL' ? page.rowsMax : page.bound };
  });
  return await answerPages(asked, async (pages) => {
    const rowsOf = Map.groupBy(await readUserPages(database, pages), ({ page }) => page);
    return pages.map(({ rowsMax, bound }, index) => {
      const keyOf = (row: UserCoupon) => [row.issuedAt.toISOString(), row.userCouponId];
      const { rows, next } = cutLookedAt(rowsOf.get(index) ?? [], { limit: rowsMax - 1, bound }, keyOf);
      return done({ userCoupons: rows.map(userCouponAnswer), next });
    });
  });
}

/** The page that is asked for, one row longer; `undefined` when its cursor is none of ours. */
function pageOf({ limit, cursor }: Page): ListPage | undefined {
  const rowsMax = limit + 1;
  const bounds = { rowsMax, bound: LOOKED_AT_MAX };
  if (cursor === undefined) return { at: null, id: null, ...bounds };
  const [at, id] = decodeCursor(cursor, ['instant', 'id']) ?? [];
  return at === undefined ? undefined : { at: new Date(at), id: String(id), ...bounds };
}

function couponsOf(payloads: readonly { readonly couponId: string }[]): string[] {
  return payloads.map(({ couponId }) => couponId);
}

function userCouponsOf(payloads: readonly { readonly userCouponId: string }[]): string[] {
  return payloads.map(({ userCouponId }) => userCouponId);
}

import {
  done,
  present,
  refuse,
  type CouponIssue,
  type listAllCoupons,
  type listIssues,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import {
  answerPages,
  cutLookedAt,
  cutPage,
  decodeCursor,
  refuseCursor,
  type Database,
} from '@jangteo/database';
import {
  readAllPages,
  readIssuePages,
  type AllPage,
  type IssueRow,
  type IssuesPage,
} from './admin-list.queries.js';
import { readCoupons } from './coupon.queries.js';
import { couponAnswer } from './domain/coupon.js';

/** Whoever looks for what is rare goes on from page to page, and none of them takes long. */
export const LOOKED_AT_MAX = 1_000;

/** Pages of all coupons, for those who run the shop. */
export async function allCoupons(
  payloads: readonly PayloadOf<typeof listAllCoupons>[],
  database: Database,
): Promise<OutcomeOf<typeof listAllCoupons>[]> {
  return await answerPages(payloads.map(allPageOf), async (pages) => {
    const rowsOf = Map.groupBy(await readAllPages(database, pages), ({ page }) => page);
    return pages.map(({ size: limit, bound }, index) => {
      const cut = cutLookedAt(rowsOf.get(index) ?? [], { limit, bound }, ({ couponId }) => [couponId]);
      return done({ coupons: cut.rows.map(couponAnswer), next: cut.next });
    });
  });
}

function allPageOf(asked: PayloadOf<typeof listAllCoupons>): AllPage | undefined {
  const { cursor, limit: size } = asked;
  const bound = asked.q === undefined ? size + 1 : LOOKED_AT_MAX;
  const page = { status: asked.status ?? null, q: asked.q ?? null, size, bound };
  if (cursor === undefined) return { ...page, before: null };
  const [before] = decodeCursor(cursor, ['id']) ?? [];
  return before === undefined ? undefined : { ...page, before: String(before) };
}

/** Pages of the places of coupons. */
export async function issuesOf(
  payloads: readonly PayloadOf<typeof listIssues>[],
  database: Database,
): Promise<OutcomeOf<typeof listIssues>[]> {
  const pages = payloads.map(issuesPageOf);
  const readable = pages.filter((page) => page !== undefined);
  const ids = payloads.map(({ couponId }) => couponId);
  const [rows, coupons] = await Promise.all([readIssuePages(database, readable), readCoupons(database, ids)]);
  const known = new Set(coupons.map(({ couponId }) => couponId));
  const rowsOf = Map.groupBy(rows, ({ page }) => readable[page]);
  return pages.map((page, index) => {
    if (page === undefined) return refuseCursor();
    if (!known.has(ids[index] as string)) return refuse('COUPON_NOT_FOUND');
    const cut = cutPage(rowsOf.get(page) ?? [], page.rowsMax - 1, ({ sequence }) => [sequence]);
    return done({ issues: cut.rows.map(issueAnswer), next: cut.next });
  });
}

function issuesPageOf({ couponId, limit, cursor }: PayloadOf<typeof listIssues>): IssuesPage | undefined {
  const rowsMax = limit + 1;
  if (cursor === undefined) return { couponId, below: null, rowsMax };
  const [below] = decodeCursor(cursor, ['number']) ?? [];
  const isPlace = Number.isInteger(below) && Number(below) >= 1 && Number(below) <= 2 ** 31 - 1;
  return isPlace ? { couponId, below: Number(below), rowsMax } : undefined;
}

function issueAnswer(row: IssueRow): CouponIssue {
  const { userCouponId, userId, sequence, status, issuedAt, expiresAt } = row;
  const { usedAt, orderId, actorId, takenBackAt, takenBackBy } = row;
  return {
    userCouponId,
    userId,
    sequence,
    status,
    issuedAt: issuedAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    ...present({
      usedAt: usedAt?.toISOString(),
      orderId,
      actorId,
      takenBackAt: takenBackAt?.toISOString(),
      takenBackBy,
    }),
  };
}

import { couponStatus, type CouponIssue, type CouponStatus } from '@jangteo/contracts';
import { columnsOf, table, type Statements } from '@jangteo/database';
import { UserCouponEntity } from './coupon.entities.js';
import { COUPON_COLUMNS, EXPIRY } from './coupon.queries.js';
import type { Coupon } from './domain/coupon.js';
import { STATUS_AT_NOW, type RowOf } from './list.queries.js';

/** A page of all coupons, newest first, behind one of them. */
export interface AllPage {
  readonly status: CouponStatus | null;
  readonly q: string | null;
  readonly before: string | null;
  readonly size: number;
  /** The most coupons that are looked at. */
  readonly bound: number;
}

/** A coupon that was looked at: found, or the last one that a page goes as far as. */
export type LookedAt = RowOf<Coupon> & { readonly isFound: boolean; readonly place: number };

const key = (text: string): string => `lower(normalize(${text}, NFKC))`;

/** Of each status by its index; merged, not sorted, so that as many are read as a page takes. */
const LOOKED_AT = couponStatus.options
  .map(
    (status) => `(
      SELECT * FROM coupons WHERE status = '${status}' AND coalesce(asked.status, '${status}') = '${status}'
        AND coupon_id < coalesce(asked.before, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      ORDER BY coupon_id DESC LIMIT asked.bound)`,
  )
  .join(' UNION ALL ');

/** Reads many pages of all coupons. */
export async function readAllPages(database: Statements, pages: readonly AllPage[]): Promise<LookedAt[]> {
  return await database.rows<LookedAt>(
    `SELECT (asked.number - 1)::int AS page, found.*
     FROM unnest($1::text[], $2::text[], $3::uuid[], $4::int[], $5::int[])
       WITH ORDINALITY AS asked (status, q, before, size, bound, number)
     CROSS JOIN LATERAL (
       SELECT ${COUPON_COLUMNS}, is_found AS "isFound", place FROM (
         SELECT coupons.*, row_number() OVER (ORDER BY coupon_id DESC) AS place,
           asked.q IS NULL OR position(${key('asked.q')} IN ${key('name')}) > 0 AS is_found
         FROM (
           SELECT * FROM (${LOOKED_AT}) AS coupons ORDER BY coupon_id DESC LIMIT asked.bound
         ) AS coupons
       ) AS coupons
       WHERE is_found OR place = asked.bound ORDER BY coupon_id DESC LIMIT asked.size + 1
     ) AS found
     ORDER BY asked.number, found.place`,
    columnsOf(pages, ['status', 'q', 'before', 'size', 'bound']),
  );
}

/** A page of the places of a coupon, the last one first. */
export interface IssuesPage {
  readonly couponId: string;
  readonly below: number | null;
  readonly rowsMax: number;
}

/** A place of a coupon. */
export interface IssueRow {
  readonly page: number;
  readonly userCouponId: string;
  readonly userId: string;
  readonly sequence: number;
  readonly status: CouponIssue['status'];
  readonly issuedAt: Date;
  readonly expiresAt: Date | null;
  readonly usedAt: Date | null;
  readonly orderId: string | null;
  readonly actorId: string | null;
  readonly takenBackAt: Date | null;
  readonly takenBackBy: string | null;
}

const ISSUE = table(UserCouponEntity).columns({ of: 'held', omit: ['couponId', 'expiresAt'] });

/** Reads many pages of the places of coupons. */
export async function readIssuePages(
  database: Statements,
  pages: readonly IssuesPage[],
): Promise<IssueRow[]> {
  return await database.rows<IssueRow>(
    `SELECT (asked.number - 1)::int AS page, issue.*
     FROM unnest($1::uuid[], $2::int[], $3::int[]) WITH ORDINALITY AS asked (coupon_id, below, rows_max, number)
     CROSS JOIN LATERAL (
       SELECT ${ISSUE}, ${EXPIRY} AS "expiresAt", ${STATUS_AT_NOW} AS status
       FROM user_coupons AS held JOIN coupons AS coupon USING (coupon_id)
       WHERE held.coupon_id = asked.coupon_id AND held.sequence < coalesce(asked.below, 2147483647)
       ORDER BY held.sequence DESC LIMIT asked.rows_max
     ) AS issue
     ORDER BY asked.number, issue.sequence DESC`,
    columnsOf(pages, ['couponId', 'below', 'rowsMax']),
  );
}

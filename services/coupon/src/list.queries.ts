import type { UserCouponFilter } from '@jangteo/contracts';
import { columnsOf, type Statements } from '@jangteo/database';
import { COUPON_COLUMNS } from './coupon.queries.js';
import type { Coupon } from './domain/coupon.js';
import type { UserCoupon } from './domain/user-coupon.js';

/** A page of a list that is sorted by time and, within it, by id; it starts behind `at` and `id`. */
export interface ListPage {
  readonly at: Date | null;
  readonly id: string | null;
  readonly rowsMax: number;
}

export interface UserListPage extends ListPage {
  readonly userId: string;
  readonly status: UserCouponFilter;
}

/** A row of one of the pages that were read together. */
export type RowOf<T> = T & { readonly page: number };

/**
 * Reads many pages of the coupons that can be issued at `now`.
 *
 * @returns the rows of all pages, oldest first in each; `page` is the index of the page
 */
export async function readIssuablePages(
  database: Statements,
  pages: readonly ListPage[],
  now: Date,
): Promise<RowOf<Coupon>[]> {
  if (pages.length === 0) return [];
  return await database.rows<RowOf<Coupon>>(
    `SELECT (asked.number - 1)::int AS page, coupon.*
     FROM unnest($1::timestamptz[], $2::uuid[], $3::int[]) WITH ORDINALITY AS asked (at, id, rows_max, number)
     CROSS JOIN LATERAL (
       SELECT ${COUPON_COLUMNS} FROM coupons
       WHERE status = 'ISSUABLE' AND issued_quantity < total_quantity
         AND coalesce(issue_starts_at, '-infinity') <= $4 AND $4 < coalesce(issue_ends_at, 'infinity')
         AND (created_at, coupon_id)
           > (coalesce(asked.at, '-infinity'), coalesce(asked.id, '00000000-0000-0000-0000-000000000000'))
       ORDER BY created_at, coupon_id LIMIT asked.rows_max
     ) AS coupon
     ORDER BY asked.number, coupon."createdAt", coupon."couponId"`,
    [...columnsOf(pages, ['at', 'id', 'rowsMax']), now],
  );
}

/** Whatever is used is USED, even when it would have expired since. */
const STATUS_AT_NOW = `
  CASE WHEN held.order_id IS NOT NULL THEN 'USED' WHEN held.expires_at <= $6 THEN 'EXPIRED' ELSE 'ISSUED' END`;

/**
 * Reads many pages of users' coupons with their status at `now`.
 *
 * @returns the rows of all pages, newest first in each; `page` is the index of the page
 */
export async function readUserPages(
  database: Statements,
  pages: readonly UserListPage[],
  now: Date,
): Promise<RowOf<UserCoupon>[]> {
  if (pages.length === 0) return [];
  return await database.rows<RowOf<UserCoupon>>(
    `SELECT (asked.number - 1)::int AS page, mine.*
     FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::int[])
       WITH ORDINALITY AS asked (user_id, status, at, id, rows_max, number)
     CROSS JOIN LATERAL (
       SELECT held.user_coupon_id AS "userCouponId", held.coupon_id AS "couponId", held.user_id AS "userId",
         coupon.name, coupon.discount_type AS "discountType", coupon.discount_value AS "discountValue",
         coupon.max_discount AS "maxDiscount", coupon.min_order_amount AS "minOrderAmount",
         ${STATUS_AT_NOW} AS status, held.sequence, held.issued_at AS "issuedAt",
         held.expires_at AS "expiresAt", held.order_id AS "orderId", held.used_at AS "usedAt"
       FROM user_coupons AS held JOIN coupons AS coupon USING (coupon_id)
       WHERE held.user_id = asked.user_id AND asked.status IN ('ALL', ${STATUS_AT_NOW})
         AND (held.issued_at, held.user_coupon_id)
           < (coalesce(asked.at, 'infinity'), coalesce(asked.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
       ORDER BY held.issued_at DESC, held.user_coupon_id DESC LIMIT asked.rows_max
     ) AS mine
     ORDER BY asked.number, mine."issuedAt" DESC, mine."userCouponId" DESC`,
    [...columnsOf(pages, ['userId', 'status', 'at', 'id', 'rowsMax']), now],
  );
}

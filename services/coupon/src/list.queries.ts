import type { UserCouponFilter } from '@jangteo/contracts';
import { columnsOf, table, type Statements } from '@jangteo/database';
import { CouponEntity, UserCouponEntity } from './coupon.entities.js';
import { COUPON_COLUMNS, EXPIRY, TERMS } from './coupon.queries.js';
import type { Coupon } from './domain/coupon.js';
import type { UserCoupon } from './domain/user-coupon.js';

/** A page of a list that is sorted by time and, within it, by id; it starts behind `at` and `id`. */
export interface ListPage {
  readonly at: Date | null;
  readonly id: string | null;
  readonly rowsMax: number;
  /** The most rows that are looked at. */
  readonly bound: number;
}

/** Campaigns that end are taken out of the list's index so many at a time. */
const ENDED_AT_ONCE = 1_000;

export interface UserListPage extends ListPage {
  readonly userId: string;
  readonly status: UserCouponFilter;
}

/** A row of one of the pages that were read together. */
export type RowOf<T> = T & { readonly page: number };

/** Takes campaigns of which nothing can be issued or used any more out of the list's index, where readers would pass them for ever. */
export async function markEnded(database: Statements): Promise<void> {
  await database.rows(
    `UPDATE coupons SET has_ended = true WHERE coupon_id = ANY (ARRAY(
       SELECT coupon_id FROM coupons WHERE NOT has_ended AND issue_ends_at <= now()
       ORDER BY issue_ends_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
     ) || ARRAY(
       SELECT coupon_id FROM coupons WHERE NOT has_ended AND usable_until <= now()
       ORDER BY usable_until LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED))`,
    [ENDED_AT_ONCE],
  );
}

/** A row of one of the pages that were read together: of the page, or the last one that was looked at for it. */
export type LookedAt<T> = RowOf<T> & { readonly isFound: boolean; readonly place: number };

const IS_OPEN = `coalesce(issue_starts_at, '-infinity') <= now() AND now() < coalesce(issue_ends_at, 'infinity')
  AND now() < coalesce(usable_until, 'infinity')`;

/** Reads many pages of the coupons that can be issued now, oldest first in each; `page` is the index of the page. */
export async function readIssuablePages(
  database: Statements,
  pages: readonly ListPage[],
): Promise<LookedAt<Coupon>[]> {
  return await database.rows<LookedAt<Coupon>>(
    `SELECT (asked.number - 1)::int AS page, coupon.*
     FROM unnest($1::timestamptz[], $2::uuid[], $3::int[], $4::int[])
       WITH ORDINALITY AS asked (at, id, rows_max, bound, number)
     CROSS JOIN LATERAL (
       SELECT ${COUPON_COLUMNS}, is_found AS "isFound", place FROM (
         SELECT *, (${IS_OPEN}) AS is_found, row_number() OVER (ORDER BY created_at, coupon_id) AS place FROM (
           SELECT * FROM coupons
           WHERE status = 'ISSUABLE' AND NOT is_sold_out AND NOT has_ended
             AND (created_at, coupon_id)
               > (coalesce(asked.at, '-infinity'), coalesce(asked.id, '00000000-0000-0000-0000-000000000000'))
           ORDER BY created_at, coupon_id LIMIT asked.bound
         ) AS coupons
       ) AS coupons
       WHERE is_found OR place = asked.bound ORDER BY created_at, coupon_id LIMIT asked.rows_max
     ) AS coupon
     ORDER BY asked.number, coupon.place`,
    columnsOf(pages, ['at', 'id', 'rowsMax', 'bound']),
  );
}

const MINE = `${table(UserCouponEntity).columns({ of: 'held', omit: ['actorId', 'expiresAt', 'takenBackAt', 'takenBackBy'] })}, ${EXPIRY} AS "expiresAt",
  ${table(CouponEntity).columns({ of: 'coupon', only: ['name', ...TERMS] })}`;

/** Whatever is used is USED, even when it would have expired since. */
export const STATUS_AT_NOW = `
  CASE WHEN held.order_id IS NOT NULL THEN 'USED' WHEN ${EXPIRY} <= now() THEN 'EXPIRED' ELSE 'ISSUED' END`;

/** Reads many pages of users' coupons with their status of this moment, newest first in each; `page` is the index of the page. */
export async function readUserPages(
  database: Statements,
  pages: readonly UserListPage[],
): Promise<LookedAt<UserCoupon>[]> {
  return await database.rows<LookedAt<UserCoupon>>(
    `SELECT (asked.number - 1)::int AS page, mine.*, asked.status IN ('ALL', mine.status) AS "isFound"
     FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::int[], $6::int[])
       WITH ORDINALITY AS asked (user_id, status, at, id, rows_max, bound, number)
     CROSS JOIN LATERAL (
       SELECT * FROM (
         SELECT ${MINE}, ${STATUS_AT_NOW} AS status,
           row_number() OVER (ORDER BY held.issued_at DESC, held.user_coupon_id DESC) AS place
         FROM (
           SELECT * FROM user_coupons AS held
           WHERE held.user_id = asked.user_id
             AND (held.issued_at, held.user_coupon_id)
               < (coalesce(asked.at, 'infinity'), coalesce(asked.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
           ORDER BY held.issued_at DESC, held.user_coupon_id DESC LIMIT asked.bound
         ) AS held JOIN coupons AS coupon USING (coupon_id)
       ) AS looked_at
       WHERE asked.status IN ('ALL', looked_at.status) OR place = asked.bound ORDER BY place LIMIT asked.rows_max
     ) AS mine
     ORDER BY asked.number, mine.place`,
    columnsOf(pages, ['userId', 'status', 'at', 'id', 'rowsMax', 'bound']),
  );
}

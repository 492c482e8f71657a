import { columnsOf, type Statement, type Statements } from '@jangteo/database';
import type { Acted, StatusChange } from './domain/campaign.js';
import type { Coupon } from './domain/coupon.js';
import type { Holding, IssueChanges } from './domain/issue.js';
import type { Redemption, Release, UsableCoupon, Use } from './domain/redemption.js';

/** The columns of a coupon, as the domain names them. */
export const COUPON_COLUMNS = `
  coupon_id AS "couponId", name, discount_type AS "discountType", discount_value AS "discountValue",
  max_discount AS "maxDiscount", min_order_amount AS "minOrderAmount", total_quantity AS "totalQuantity",
  issue_starts_at AS "issueStartsAt", issue_ends_at AS "issueEndsAt", valid_days AS "validDays",
  account_age_minutes AS "accountAgeMinutes", needs_charged_wallet AS "needsChargedWallet",
  issued_quantity AS "issuedQuantity", status, created_at AS "createdAt"`;

/** The time at which this transaction began, by the clock that all replicas share. */
export async function readNow(tx: Statements): Promise<Date> {
  const [row] = await tx.rows<{ now: Date }>('SELECT now()::timestamptz(3) AS now');
  if (row === undefined) throw new Error('a SELECT without FROM gave no row');
  return row.now;
}

/** Locks coupons in key order and reads them; a coupon that does not exist is left out. */
export async function lockCoupons(tx: Statements, couponIds: readonly string[]): Promise<Coupon[]> {
  return await tx.rows<Coupon>(
    `SELECT ${COUPON_COLUMNS} FROM coupons
     WHERE coupon_id = ANY($1::uuid[]) ORDER BY coupon_id FOR NO KEY UPDATE`,
    [couponIds],
  );
}

export function insertCoupons(coupons: readonly (Coupon & Acted)[]): Statement[] {
  if (coupons.length === 0) return [];
  return [
    {
      text: `INSERT INTO coupons (coupon_id, name, discount_type, discount_value, max_discount, min_order_amount,
       total_quantity, issue_starts_at, issue_ends_at, valid_days, account_age_minutes, needs_charged_wallet,
       issued_quantity, status, created_at, actor_id)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
       $7::int[], $8::timestamptz[], $9::timestamptz[], $10::int[], $11::int[], $12::boolean[], $13::int[],
       $14::text[], $15::timestamptz[], $16::uuid[])`,
      values: columnsOf(coupons, [
        'couponId',
        'name',
        'discountType',
        'discountValue',
        'maxDiscount',
        'minOrderAmount',
        'totalQuantity',
        'issueStartsAt',
        'issueEndsAt',
        'validDays',
        'accountAgeMinutes',
        'needsChargedWallet',
        'issuedQuantity',
        'status',
        'createdAt',
        'actorId',
      ]),
    },
  ];
}

export function saveStatuses(changes: readonly StatusChange[]): Statement[] {
  if (changes.length === 0) return [];
  return [
    {
      text: `UPDATE coupons SET status = changed.status, actor_id = changed.actor_id
     FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS changed (coupon_id, status, actor_id)
     WHERE coupons.coupon_id = changed.coupon_id AND coupons.coupon_id = ANY($1::uuid[])`,
      values: columnsOf(changes, ['couponId', 'status', 'actorId']),
    },
  ];
}

/** Reads which of these pairs of coupon and user hold already. */
export async function readHoldings(tx: Statements, asked: readonly Holding[]): Promise<Holding[]> {
  return await tx.rows<Holding>(
    `SELECT coupon_id AS "couponId", user_id AS "userId" FROM user_coupons
     WHERE (coupon_id, user_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))`,
    columnsOf(asked, ['couponId', 'userId']),
  );
}

export function saveIssuedQuantities(coupons: IssueChanges['coupons']): Statement[] {
  if (coupons.length === 0) return [];
  return [
    {
      text: `UPDATE coupons SET issued_quantity = changed.issued_quantity
     FROM unnest($1::uuid[], $2::int[]) AS changed (coupon_id, issued_quantity)
     WHERE coupons.coupon_id = changed.coupon_id AND coupons.coupon_id = ANY($1::uuid[])`,
      values: columnsOf(coupons, ['couponId', 'issuedQuantity']),
    },
  ];
}

export function insertUserCoupons(issued: IssueChanges['issued']): Statement[] {
  if (issued.length === 0) return [];
  return [
    {
      text: `INSERT INTO user_coupons (user_coupon_id, coupon_id, user_id, sequence, issued_at, expires_at,
       actor_id)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::timestamptz[],
       $6::timestamptz[], $7::uuid[])`,
      values: columnsOf(issued, [
        'userCouponId',
        'couponId',
        'userId',
        'sequence',
        'issuedAt',
        'expiresAt',
        'actorId',
      ]),
    },
  ];
}

const usableCoupons = (more = ''): string => `
  SELECT ${more} held.user_coupon_id AS "userCouponId", held.user_id AS "userId", held.order_id AS "orderId",
    held.expires_at AS "expiresAt", coupon.discount_type AS "discountType",
    coupon.discount_value AS "discountValue", coupon.max_discount AS "maxDiscount",
    coupon.min_order_amount AS "minOrderAmount"
  FROM user_coupons AS held JOIN coupons AS coupon USING (coupon_id)
  WHERE held.user_coupon_id = ANY($1::uuid[])`;

/** Reads user coupons with their terms, each with the time by the clock that all replicas share; one that does not exist is left out. */
export async function readUserCoupons(
  database: Statements,
  ids: readonly string[],
): Promise<(UsableCoupon & { readonly now: Date })[]> {
  return await database.rows(usableCoupons('now()::timestamptz(3) AS now,'), [ids]);
}

/** Locks user coupons in key order and reads them with their terms; one that does not exist is left out. */
export async function lockUserCoupons(tx: Statements, ids: readonly string[]): Promise<UsableCoupon[]> {
  return await tx.rows<UsableCoupon>(
    `${usableCoupons()} ORDER BY held.user_coupon_id FOR NO KEY UPDATE OF held`,
    [ids],
  );
}

/** Reads what orders use now. */
export async function readUses(tx: Statements, orderIds: readonly string[]): Promise<Use[]> {
  return await tx.rows<Use>(
    `SELECT order_id AS "orderId", user_coupon_id AS "userCouponId" FROM redemptions
     WHERE order_id = ANY($1::uuid[]) AND released_at IS NULL`,
    [orderIds],
  );
}

/** Marks user coupons as used, by the orders whose redemptions these are. */
export function markUsed(redemptions: readonly Redemption[]): Statement[] {
  if (redemptions.length === 0) return [];
  return [
    {
      text: `UPDATE user_coupons SET order_id = used.order_id, used_at = used.used_at
     FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS used (user_coupon_id, order_id, used_at)
     WHERE user_coupons.user_coupon_id = used.user_coupon_id AND user_coupons.user_coupon_id = ANY($1::uuid[])`,
      values: columnsOf(redemptions, ['userCouponId', 'orderId', 'redeemedAt']),
    },
  ];
}

export function insertRedemptions(redemptions: readonly Redemption[]): Statement[] {
  if (redemptions.length === 0) return [];
  return [
    {
      text: `INSERT INTO redemptions (order_id, user_coupon_id, discount, redeemed_at)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[])`,
      values: columnsOf(redemptions, ['orderId', 'userCouponId', 'discount', 'redeemedAt']),
    },
  ];
}

/** Makes user coupons usable again. */
export function markUnused(releases: readonly Release[]): Statement[] {
  if (releases.length === 0) return [];
  return [
    {
      text: `UPDATE user_coupons SET order_id = NULL, used_at = NULL
     FROM unnest($1::uuid[], $2::uuid[]) AS released (user_coupon_id, order_id)
     WHERE user_coupons.user_coupon_id = released.user_coupon_id
       AND user_coupons.user_coupon_id = ANY($1::uuid[])
       AND user_coupons.order_id = released.order_id`,
      values: columnsOf(releases, ['userCouponId', 'orderId']),
    },
  ];
}

export function closeRedemptions(releases: readonly Release[]): Statement[] {
  if (releases.length === 0) return [];
  return [
    {
      text: `UPDATE redemptions SET released_at = released.released_at
     FROM unnest($1::uuid[], $2::timestamptz[]) AS released (order_id, released_at)
     WHERE redemptions.order_id = released.order_id AND redemptions.order_id = ANY($1::uuid[])`,
      values: columnsOf(releases, ['orderId', 'releasedAt']),
    },
  ];
}

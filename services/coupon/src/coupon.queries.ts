import { titleOf, type FoundThing, type Pasted } from '@jangteo/contracts';
import { columnsOf, onlyOf, table, type Statement, type Statements } from '@jangteo/database';
import type { RowOfOrder } from '@jangteo/service';
import { CouponEntity, RedemptionEntity, UserCouponEntity } from './coupon.entities.js';
import type { Coupon } from './domain/coupon.js';
import type { Holding } from './domain/issue.js';
import type { Redemption, UsableCoupon, Use } from './domain/redemption.js';
import type { HeldCoupon } from './domain/take-back.js';

const coupons = table(CouponEntity);
const userCoupons = table(UserCouponEntity);
const redemptions = table(RedemptionEntity);

/** The columns of a coupon, as the domain names them. */
export const COUPON_COLUMNS = coupons.columns({ omit: ['actorId', 'isSoldOut', 'hasEnded'] });

/** The time at which this transaction began, by the clock that all replicas share. */
export async function readNow(tx: Statements): Promise<Date> {
  const row = await onlyOf<{ now: Date }>(tx, 'SELECT now()::timestamptz(3) AS now');
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

/** Reads coupons; one that does not exist is left out. */
export async function readCoupons(on: Statements, couponIds: readonly string[]): Promise<Coupon[]> {
  return await on.rows<Coupon>(`SELECT ${COUPON_COLUMNS} FROM coupons WHERE coupon_id = ANY($1::uuid[])`, [
    couponIds,
  ]);
}

export const insertCoupons = coupons.insert({ omit: ['isSoldOut', 'hasEnded'] });

export const saveStatuses = coupons.update({ by: ['couponId'], set: ['status', 'version', 'actorId'] });

/** All that can be changed; whether it has ended is found out again by whoever reads the list. */
export const saveTerms = coupons.update({
  by: ['couponId'],
  set: [
    ...([
      'name',
      'status',
      'totalQuantity',
      'issueStartsAt',
      'issueEndsAt',
      'validDays',
      'usableUntil',
    ] as const),
    ...(['version', 'actorId'] as const),
  ],
  sql: { hasEnded: 'false' },
});

/** Reads which of these pairs of coupon and user hold already. */
export async function readHoldings(tx: Statements, asked: readonly Holding[]): Promise<Holding[]> {
  return await tx.rows<Holding>(
    `SELECT coupon_id AS "couponId", user_id AS "userId" FROM user_coupons
     WHERE (coupon_id, user_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))`,
    columnsOf(asked, ['couponId', 'userId']),
  );
}

export const saveIssuedQuantities = coupons.update({ by: ['couponId'], set: ['issuedQuantity'] });

export const insertUserCoupons = userCoupons.insert({
  omit: ['orderId', 'usedAt', 'takenBackAt', 'takenBackBy'],
});

/** Locks user coupons in key order; one that does not exist is left out. */
export async function lockHeldCoupons(tx: Statements, ids: readonly string[]): Promise<HeldCoupon[]> {
  return await tx.rows<HeldCoupon>(
    `SELECT ${userCoupons.columns({
      only: ['userCouponId', 'couponId', 'userId', 'issuedAt', 'expiresAt', 'orderId', 'takenBackAt'],
    })} FROM user_coupons WHERE user_coupon_id = ANY($1::uuid[]) ORDER BY user_coupon_id FOR NO KEY UPDATE`,
    [ids],
  );
}

export const saveTakenBack = userCoupons.update({
  by: ['userCouponId'],
  set: ['expiresAt', 'takenBackAt', 'takenBackBy'],
});

/** Columns that a user coupon takes from its campaign. */
export const TERMS = ['discountType', 'discountValue', 'maxDiscount', 'minOrderAmount'] as const;

/** When a user coupon of a campaign expires, as what is least of what is there. */
export const EXPIRY = 'least(held.expires_at, coupon.usable_until)';

const usableCoupons = (more = ''): string => `
  SELECT ${more} ${userCoupons.columns({ of: 'held', only: ['userCouponId', 'userId', 'orderId', 'takenBackAt'] })},
    ${EXPIRY} AS "expiresAt",
    ${coupons.columns({ of: 'coupon', only: TERMS })}
  FROM user_coupons AS held JOIN coupons AS coupon USING (coupon_id)
  WHERE held.user_coupon_id = ANY($1::uuid[])`;

/** Reads user coupons with their terms, each with the time by the clock that all replicas share; one that does not exist is left out. */
export async function readUserCoupons(
  database: Statements,
  ids: readonly string[],
): Promise<(UsableCoupon & { readonly now: Date })[]> {
  return await database.rows(usableCoupons('now()::timestamptz(3) AS now,'), [ids]);
}

/** The uses of coupons by orders, those that were given back too. */
export async function readRedemptionsOf(
  database: Statements,
  orderIds: readonly string[],
): Promise<RowOfOrder[]> {
  const rows = await database.rows<RedemptionEntity>(
    `SELECT ${redemptions.columns()} FROM redemptions WHERE order_id = ANY($1::uuid[])`,
    [orderIds],
  );
  return rows.map(({ orderId, userCouponId, discount, redeemedAt, releasedAt }) => ({
    orderId,
    table: 'redemptions',
    id: orderId,
    writtenAt: redeemedAt.toISOString(),
    ...(releasedAt === null ? {} : { undoneAt: releasedAt.toISOString() }),
    userCouponId,
    discount,
  }));
}

/** The coupon of each of these coupons of users, by their ids. */
export async function readCouponsOf(
  database: Statements,
  userCouponIds: readonly string[],
): Promise<[userCouponId: string, couponId: string][]> {
  const rows = await database.rows<{ userCouponId: string; couponId: string }>(
    `SELECT user_coupon_id AS "userCouponId", coupon_id AS "couponId" FROM user_coupons
     WHERE user_coupon_id = ANY($1::uuid[])`,
    [userCouponIds],
  );
  return rows.map(({ userCouponId, couponId }) => [userCouponId, couponId]);
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

const useUserCoupons = userCoupons.update({ by: ['userCouponId'], set: ['orderId', 'usedAt'] });

/** Marks user coupons as used, by the orders whose redemptions these are. */
export function markUsed(used: readonly Redemption[]): Statement[] {
  return useUserCoupons(used.map((redemption) => ({ ...redemption, usedAt: redemption.redeemedAt })));
}

export const insertRedemptions = redemptions.insert({ omit: ['releasedAt'] });

/** Makes user coupons usable again that these orders use. */
export const markUnused = userCoupons.update({
  by: ['userCouponId', 'orderId'],
  sql: { orderId: 'NULL', usedAt: 'NULL' },
});

export const closeRedemptions = redemptions.update({ by: ['orderId'], set: ['releasedAt'] });

/** Finds a coupon, or one that was issued to a user, by its id. */
export async function findCoupons({ id }: Pasted, database: Statements): Promise<FoundThing[]> {
  if (id === undefined) return [];
  const rows = await database.rows<{ id: string; of: string | null; name: string; status: string }>(
    `SELECT coupon_id AS id, NULL AS of, name, status FROM coupons WHERE coupon_id = $1
     UNION ALL
     SELECT held.user_coupon_id, held.coupon_id, coupon.name, NULL
     FROM user_coupons AS held JOIN coupons AS coupon USING (coupon_id) WHERE held.user_coupon_id = $1`,
    [id],
  );
  return rows.map(({ id: itsId, of, name, status }) => {
    const thing = { id: itsId, title: titleOf(name, status) };
    return of === null ? { kind: 'coupon', ...thing } : { kind: 'userCoupon', ...thing, of };
  });
}

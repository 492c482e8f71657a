import type { ColumnOf, RuleOf } from '@jangteo/contracts';
import {
  bothSides,
  digestSql,
  isInPartsSql,
  keptSql,
  partKeySql,
  recentOrders,
  SETTLED_ORDERS,
  type Books,
} from '@jangteo/database';

/** Places are different numbers from 1 on: as many as were issued are the first ones if their sum is that of those. */
const ISSUED = `
  SELECT coupon_id AS key, total_quantity AS total, issued_quantity AS issued, held,
    issued_quantity <= total_quantity AND issued_quantity = coalesce(held, 0)
      AND issued_quantity * (issued_quantity + 1::bigint) / 2 = coalesce(places, 0) AS holds
  FROM coupons LEFT JOIN (
    SELECT coupon_id, sum(counts)::bigint AS held, sum(places) AS places FROM (
      SELECT coupon_id, 1 AS counts, sequence AS places FROM user_coupons WHERE user_coupon_id > $1::uuid
      UNION ALL SELECT key::uuid, counts, amount FROM (${keptSql({ source: 'user_coupons', book: 'issued' })}) AS kept
    ) AS places GROUP BY coupon_id
  ) AS given USING (coupon_id)`;

const PART_OF_COUPON = partKeySql('user_coupon_id');
const USE = `${PART_OF_COUPON} AS part, 1 AS counts, 1 AS amount,
  ${digestSql(['user_coupon_id', 'order_id'], '0')} AS digest`;

const USED = bothSides({
  used: {
    rows: `SELECT ${USE} FROM user_coupons WHERE order_id IS NOT NULL AND user_coupon_id > $1::uuid`,
    kept: { source: 'user_coupons', book: 'used' },
  },
  redeemed: {
    rows: `SELECT ${USE} FROM redemptions WHERE released_at IS NULL AND order_id > $2::uuid`,
    kept: { source: 'redemptions', book: 'redeemed' },
  },
});

const USED_COUPONS = `
  SELECT part AS key, used_count AS used, redeemed_count AS redeemed, holds FROM (${USED}) AS parts`;

const IN_PARTS = isInPartsSql('user_coupon_id');

const USED_IN_PARTS = `
  SELECT ${PART_OF_COUPON} AS part, user_coupon_id AS key
  FROM (SELECT user_coupon_id, order_id FROM user_coupons WHERE order_id IS NOT NULL AND ${IN_PARTS}) AS users
  FULL JOIN (SELECT user_coupon_id, order_id FROM redemptions WHERE released_at IS NULL AND ${IN_PARTS}) AS uses
    USING (user_coupon_id)
  WHERE users.order_id IS DISTINCT FROM uses.order_id`;

const USES = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, 1 AS amount,
    ${digestSql(['order_id', 'user_coupon_id'], '0')} AS digest
  FROM redemptions WHERE released_at IS NULL AND ${SETTLED_ORDERS}`;

/** What was answered to orders. */
const DISCOUNTS = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, discount AS amount,
    ${digestSql(['order_id'], 'discount')} AS digest
  FROM redemptions WHERE released_at IS NULL AND discount > 0 AND ${SETTLED_ORDERS}`;

/** Proof that no more coupons are issued than there are, and that each is used once at most. */
export const couponBooks: Books<RuleOf<'coupon'>, ColumnOf<'coupon'>> = {
  rules: {
    'issued-coupons': { rows: ISSUED, figures: ['total', 'issued', 'held'], sources: ['user_coupons'] },
    'used-coupons': {
      rows: USED_COUPONS,
      figures: ['used', 'redeemed'],
      counts: 'used',
      inParts: USED_IN_PARTS,
      sources: ['user_coupons', 'redemptions'],
    },
  },
  columns: {
    discounts: { rows: DISCOUNTS, bounds: recentOrders, kept: { source: 'discounts', book: 'discounts' } },
    coupons: { rows: USES, bounds: recentOrders, kept: { source: 'redemptions', book: 'coupons' } },
  },
  sources: [
    { table: 'user_coupons', ids: ['user_coupon_id'] },
    { table: 'redemptions', ids: ['order_id'] },
    { table: 'redemptions', name: 'discounts', ids: ['order_id'] },
  ],
};

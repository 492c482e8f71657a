import type { ColumnOf, RuleOf } from '@jangteo/contracts';
import { digestSql, recentOrders, SETTLED_ORDERS, type Books } from '@jangteo/database';

/** Places are numbered from 1, each given once. */
const ISSUED = `
  SELECT coupon_id AS key, total_quantity AS total, issued_quantity AS issued, held,
    issued_quantity <= total_quantity AND issued_quantity = coalesce(held, 0)
      AND issued_quantity = coalesce(last, 0) AS holds
  FROM coupons LEFT JOIN (
    SELECT coupon_id, count(*) AS held, max(sequence) AS last FROM user_coupons GROUP BY coupon_id
  ) AS given USING (coupon_id)`;

const USED = `
  SELECT user_coupon_id AS key, used, redeemed, users.order_id IS NOT DISTINCT FROM uses.order_id AS holds
  FROM (SELECT user_coupon_id, order_id, 1 AS used FROM user_coupons WHERE order_id IS NOT NULL) AS users
  FULL JOIN (SELECT user_coupon_id, order_id, 1 AS redeemed FROM redemptions WHERE released_at IS NULL) AS uses
    USING (user_coupon_id)`;

const USES = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, 1 AS amount,
    ${digestSql(['order_id', 'user_coupon_id'], '0')} AS digest
  FROM user_coupons WHERE order_id IS NOT NULL AND ${SETTLED_ORDERS}`;

/** What the coupon service answers for: no more are issued than there are, and each is used once at most. */
export const couponBooks: Books<RuleOf<'coupon'>, ColumnOf<'coupon'>> = {
  rules: {
    'issued-coupons': { rows: ISSUED, figures: ['total', 'issued', 'held'] },
    'used-coupons': { rows: USED, figures: ['used', 'redeemed'] },
  },
  columns: { coupons: { rows: USES, bounds: recentOrders } },
  sources: [],
};

import type { ColumnOf, RuleOf } from '@jangteo/contracts';
import {
  bothSides,
  digestSql,
  partKeySql,
  recentOrders,
  SETTLED_ORDERS,
  type Books,
} from '@jangteo/database';

/** A number that follows from a place in a ledger and the balance there. */
const at = (position: string, balance: string): string =>
  `hashint8extended(${position}, ${balance})::numeric`;

/**
 * Each row must begin where the one before ended: what rows begin with, less what they end with at the next
 * place, leaves the beginning of the first and the end of the last. So no row needs its neighbour.
 */
const CHAIN = `${at('position', 'balance_before')} - ${at('position + 1', 'balance_after')}`;
const ENDS = `${at('1', '0')} - ${at('movements + 1', 'balance')}`;

/** By a constraint exactly the pending charges are those that are asked about; an index leads to them. */
export const HELD =
  'SELECT user_id, sum(amount) AS pending FROM charges WHERE ask_again_at IS NOT NULL GROUP BY user_id';

const BALANCES = `
  SELECT user_id AS key, balance, ledger, held,
    balance >= 0 AND balance = coalesce(ledger, 0) AND held = coalesce(pending, 0)
      AND coalesce(chain, 0) = ${ENDS} AS holds
  FROM wallets
  LEFT JOIN (
    SELECT user_id, sum(amount) AS ledger, sum(chain) AS chain FROM (
      SELECT user_id, amount, ${CHAIN} AS chain FROM ledger WHERE order_id > $1::uuid
      UNION ALL SELECT user_id, amount, ${CHAIN} FROM ledger WHERE charge_id > $1::uuid
      UNION ALL SELECT user_id, amount, ${CHAIN} FROM ledger WHERE adjustment_id > $1::uuid
      UNION ALL SELECT key::uuid, amount, digest FROM book_kept WHERE book = 'balances'
    ) AS movements GROUP BY user_id
  ) AS book USING (user_id)
  LEFT JOIN (${HELD}) AS charging USING (user_id)`;

/** Of what was noted or is not summed yet: of the rest a comparison with the orders shows what is left of it. */
const ORDERS_SINCE = `
  SELECT order_id FROM ledger WHERE order_id > $1::uuid
  UNION SELECT id FROM book_changes WHERE source = 'ledger' AND book = 'payments' AND id <= $1::uuid`;

/** Counted by the index alone; only refunds, of which there are few, are looked up. */
const PAYMENTS = `
  SELECT order_id AS key, payments, refunds, payments = 1 AND refunds <= 1 AND wrong.order_id IS NULL AS holds
  FROM (
    SELECT order_id, count(*) FILTER (WHERE type = 'PAYMENT') AS payments,
      count(*) FILTER (WHERE type = 'REFUND') AS refunds
    FROM (${ORDERS_SINCE}) AS since JOIN ledger USING (order_id) GROUP BY order_id
  ) AS orders
  LEFT JOIN (
    SELECT DISTINCT order_id FROM (${ORDERS_SINCE}) AS since JOIN ledger AS refund USING (order_id)
    WHERE type = 'REFUND' AND NOT EXISTS (
      SELECT FROM ledger AS payment WHERE payment.order_id = refund.order_id AND payment.type = 'PAYMENT'
        AND payment.user_id = refund.user_id AND payment.amount = -refund.amount)
  ) AS wrong USING (order_id)`;

const PART_OF_CHARGE = partKeySql('charge_id');
const CHARGE = `${PART_OF_CHARGE} AS part, 1 AS counts, amount,
  ${digestSql(['charge_id', 'user_id'], 'amount')} AS digest`;

const CHARGED = bothSides({
  due: {
    rows: `SELECT ${CHARGE} FROM charges WHERE status = 'SUCCEEDED' AND charge_id > $1::uuid`,
    book: 'due',
  },
  credited: { rows: `SELECT ${CHARGE} FROM ledger WHERE charge_id > $2::uuid`, book: 'credited' },
});

/** Only looked for where a part does not hold. */
const ONE_IN_PART = `
  SELECT coalesce(charge_id, transaction_id)::text
  FROM (SELECT charge_id, user_id, amount AS due FROM charges WHERE status = 'SUCCEEDED') AS charges
  FULL JOIN (SELECT charge_id, transaction_id, user_id, amount AS credited FROM ledger
    WHERE charge_id IS NOT NULL) AS credits USING (charge_id)
  WHERE ${PART_OF_CHARGE} = parts.part
    AND (due IS DISTINCT FROM credited OR charges.user_id IS DISTINCT FROM credits.user_id)
  ORDER BY 1 LIMIT 1`;

const CHARGES = `
  SELECT CASE WHEN holds THEN part ELSE coalesce((${ONE_IN_PART}), 'kept sums, part ' || part) END AS key,
    due_amount AS due, credited_amount AS credited, due_count AS charges, holds
  FROM (${CHARGED}) AS parts`;

/** A refund takes its payment back: what is left is what orders have paid. */
const SIGN = `CASE type WHEN 'PAYMENT' THEN 1 ELSE -1 END`;
const PAID = `
  SELECT order_id AS part_of, order_id AS key, ${SIGN} AS counts, -amount AS amount,
    ${SIGN} * ${digestSql(['order_id', 'user_id'], 'abs(amount)')} AS digest
  FROM ledger WHERE order_id IS NOT NULL AND ${SETTLED_ORDERS}`;

/** Proof that money is conserved. */
export const walletBooks: Books<RuleOf<'wallet'>, ColumnOf<'wallet'>> = {
  rules: {
    balances: { rows: BALANCES, figures: ['balance', 'ledger', 'held'], sources: ['ledger'] },
    payments: { rows: PAYMENTS, figures: ['payments', 'refunds'], sources: ['ledger'] },
    charges: {
      rows: CHARGES,
      figures: ['due', 'credited'],
      counts: 'charges',
      sources: ['charges', 'ledger'],
    },
  },
  columns: { payments: { rows: PAID, bounds: recentOrders, kept: { source: 'ledger', book: 'payments' } } },
  sources: [
    { table: 'ledger', ids: ['order_id', 'charge_id', 'adjustment_id'] },
    { table: 'charges', ids: ['charge_id'] },
  ],
};

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

/** A number that follows from a customer, a place in the ledger and the balance there. */
const at = (position: string, balance: string): string =>
  digestSql(['user_id'], `hashint8extended(${position}, ${balance})`);

/**
 * Each row must begin where the one before ended: what rows begin with, less what they end with at the next
 * place, leaves the beginning of the first and the end of the last. So no row needs its neighbour, and sums of many
 * customers can be compared: each number is of one customer.
 */
const CHAIN = `${at('position', 'balance_before')} - ${at('position + 1', 'balance_after')}`;
const ENDS = `${at('1', '0')} - ${at('movements + 1', 'balance')}`;

const PART_OF_USER = partKeySql('user_id');

/** By a constraint exactly the pending charges are those that are asked about; an index leads to them. */
export const HELD =
  'SELECT user_id, sum(amount) AS pending FROM charges WHERE ask_again_at IS NOT NULL GROUP BY user_id';

const WALLETS = `
  SELECT user_id, ${PART_OF_USER} AS part, balance, held, movements, ${ENDS} AS ends,
    balance >= 0 AND held = coalesce(pending, 0) AS holds
  FROM wallets LEFT JOIN (${HELD}) AS charging USING (user_id)`;

const MOVED = `${PART_OF_USER} AS part, 1 AS counts, amount, ${CHAIN} AS chain`;
const MOVEMENTS = `
  SELECT ${MOVED} FROM ledger WHERE order_id > $1::uuid
  UNION ALL SELECT ${MOVED} FROM ledger WHERE charge_id > $1::uuid
  UNION ALL SELECT ${MOVED} FROM ledger WHERE adjustment_id > $1::uuid
  UNION ALL ${keptSql({ source: 'ledger', book: 'movements' })}`;

/** Parts in which wallets are looked at one by one, where something does not hold: about a four-thousandth each. */
const PARTS_SEARCHED = 20;

const BROKEN_PARTS = `
  SELECT part, row_number() OVER (ORDER BY part) <= ${PARTS_SEARCHED} AS is_searched FROM (
    SELECT part, movements AS counts, balance AS amount, ends AS chain, holds FROM (${WALLETS}) AS wallets
    UNION ALL SELECT part, -counts, -amount, -chain, true FROM (${MOVEMENTS}) AS movements
  ) AS entries
  GROUP BY part HAVING sum(counts) <> 0 OR sum(amount) <> 0 OR sum(chain) <> 0 OR NOT bool_and(holds)`;

const BROKEN_WALLETS = `
  SELECT part, user_id FROM (${WALLETS}) AS wallets
  LEFT JOIN LATERAL (
    SELECT sum(amount) AS amount, sum(${CHAIN}) AS chain FROM ledger WHERE user_id = wallets.user_id
  ) AS book ON true
  WHERE part IN (SELECT part FROM broken WHERE is_searched)
    AND NOT (holds AND balance = coalesce(amount, 0) AND ends = coalesce(chain, 0))`;

/**
 * All wallets against all of the ledger, in one sum each: a million customers cost 1.5 s of CPU. Only where that does not
 * hold is it looked for, first by parts and then by customers.
 */
const BALANCES = `
  WITH sums AS MATERIALIZED (
    SELECT *, movements = counts AND balance = ledger AND ends = chain AND are_whole AS holds
    FROM (
      SELECT count(*) AS wallets, coalesce(sum(balance), 0) AS balance, coalesce(sum(held), 0) AS held,
        coalesce(sum(movements), 0) AS movements, coalesce(sum(ends), 0) AS ends,
        coalesce(bool_and(holds), true) AS are_whole
      FROM (${WALLETS}) AS wallets
    ) AS wallets, (
      SELECT coalesce(sum(amount), 0) AS ledger, coalesce(sum(counts), 0) AS counts, coalesce(sum(chain), 0) AS chain
      FROM (${MOVEMENTS}) AS movements
    ) AS ledger
  ), broken AS MATERIALIZED (${BROKEN_PARTS})
  SELECT NULL::text AS key, balance, ledger, held, wallets, true AS holds FROM sums
  UNION ALL
  SELECT coalesce(user_id::text, CASE WHEN is_searched THEN 'kept sums, part ' ELSE 'wallets of part ' END || part),
    0, 0, 0, 0, false
  FROM sums, LATERAL (
    SELECT part, is_searched, user_id FROM broken LEFT JOIN (${BROKEN_WALLETS}) AS found USING (part)
  ) AS findings
  WHERE NOT sums.holds`;

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
    kept: { source: 'charges', book: 'due' },
  },
  credited: {
    rows: `SELECT ${CHARGE} FROM ledger WHERE charge_id > $2::uuid`,
    kept: { source: 'ledger', book: 'credited' },
  },
});

const CHARGES = `
  SELECT part AS key, due_amount AS due, credited_amount AS credited, due_count AS charges, holds
  FROM (${CHARGED}) AS parts`;

const IN_PARTS = isInPartsSql('charge_id');

/** Each side is read once, however many parts: in a join of all no part could be told before it. */
const CHARGES_IN_PARTS = `
  SELECT ${PART_OF_CHARGE} AS part, charge_id AS key
  FROM (SELECT charge_id, user_id, amount AS due FROM charges WHERE status = 'SUCCEEDED' AND ${IN_PARTS}) AS charges
  FULL JOIN (SELECT charge_id, user_id, amount AS credited FROM ledger
    WHERE charge_id IS NOT NULL AND ${IN_PARTS}) AS credits USING (charge_id)
  WHERE due IS DISTINCT FROM credited OR charges.user_id IS DISTINCT FROM credits.user_id`;

/** A refund takes its payment back: what is left is what orders have paid. */
const SIGN = `CASE type WHEN 'PAYMENT' THEN 1 ELSE -1 END`;
const PAID = `
  SELECT order_id AS part_of, order_id AS key, ${SIGN} AS counts, -amount AS amount,
    ${SIGN} * ${digestSql(['order_id', 'user_id'], 'abs(amount)')} AS digest
  FROM ledger WHERE order_id IS NOT NULL AND ${SETTLED_ORDERS}`;

/** Proof that money is conserved. */
export const walletBooks: Books<RuleOf<'wallet'>, ColumnOf<'wallet'>> = {
  rules: {
    balances: {
      rows: BALANCES,
      figures: ['balance', 'ledger', 'held'],
      counts: 'wallets',
      sources: ['ledger'],
    },
    payments: { rows: PAYMENTS, figures: ['payments', 'refunds'], sources: ['ledger'] },
    charges: {
      rows: CHARGES,
      figures: ['due', 'credited'],
      counts: 'charges',
      inParts: CHARGES_IN_PARTS,
      sources: ['charges', 'ledger'],
    },
  },
  columns: { payments: { rows: PAID, bounds: recentOrders, kept: { source: 'ledger', book: 'payments' } } },
  sources: [
    { table: 'ledger', ids: ['order_id', 'charge_id', 'adjustment_id'] },
    { table: 'charges', ids: ['charge_id'] },
  ],
};

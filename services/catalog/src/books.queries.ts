import type { ColumnOf, RuleOf } from '@jangteo/contracts';
import {
  digestSql,
  keptSql,
  looksAtOrders,
  ordersLookedAt,
  recentOrders,
  SETTLED_ORDERS,
  type Books,
} from '@jangteo/database';

const STOCK = `
  SELECT option_id AS key, received, stock AS remaining, taken,
    stock >= 0 AND stock = coalesce(received, 0) - coalesce(taken, 0) AS holds
  FROM options
  LEFT JOIN (
    SELECT option_id, sum(quantity) AS received FROM (
      SELECT option_id, quantity FROM stock_movements WHERE option_id > $2::uuid
      UNION ALL SELECT key::uuid, amount FROM (${keptSql({ source: 'stock_movements', book: 'received' })}) AS kept
    ) AS receipts GROUP BY option_id
  ) AS movements USING (option_id)
  LEFT JOIN (
    SELECT option_id, sum(quantity) AS taken FROM (
      SELECT option_id, quantity FROM reservations WHERE released_at IS NULL AND order_id > $1::uuid
      UNION ALL SELECT key::uuid, amount FROM (${keptSql({ source: 'reservations', book: 'taken' })}) AS kept
    ) AS takings GROUP BY option_id
  ) AS reserved USING (option_id)`;

const HELD = `
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, quantity AS amount,
    ${digestSql(['order_id', 'option_id'], 'quantity')} AS digest
  FROM reservations WHERE released_at IS NULL AND ${SETTLED_ORDERS}`;

/** The answers given to orders, line by line, and their sums: outcomes are kept as long as orders are. */
const SAID = `
  SELECT order_id, outcome -> 'value' AS said
  FROM (${looksAtOrders((range) => `SELECT DISTINCT order_id FROM reservations WHERE released_at IS NULL AND ${range}`)}) AS held
  JOIN outcomes ON key = order_id || '/reserve-stock'`;

const PRICES = `
  WITH answers AS (${SAID}), lines AS (
    SELECT order_id, (line ->> 'optionId')::uuid AS option_id, (line ->> 'price')::bigint AS price,
      (line ->> 'quantity')::bigint AS quantity
    FROM answers, json_array_elements(said -> 'items') AS line
  )
  SELECT order_id AS part_of, order_id AS key, 1 AS counts, price::numeric * quantity AS amount,
    ${digestSql(['order_id', 'option_id'], 'hashint8extended(price, quantity)')} AS digest FROM lines
  UNION ALL
  SELECT order_id, order_id, 1, 0, ${digestSql(['order_id'], `(said ->> 'subtotal')::bigint`)} FROM answers`;

/** Proof that stock is conserved: what orders have taken is held for them, or sold. */
export const catalogBooks: Books<RuleOf<'catalog'>, ColumnOf<'catalog'>> = {
  rules: {
    stock: {
      rows: STOCK,
      figures: ['received', 'remaining', 'taken'],
      sources: ['reservations', 'stock_movements'],
    },
  },
  columns: {
    stock: { rows: HELD, bounds: recentOrders, kept: { source: 'reservations', book: 'stock' } },
    prices: { rows: PRICES, bounds: ordersLookedAt },
  },
  sources: [
    { table: 'reservations', ids: ['order_id'] },
    { table: 'stock_movements', ids: ['option_id'] },
  ],
};

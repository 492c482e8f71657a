import type { OrderStatus } from '@jangteo/contracts';
import { columnsOf, type Statement, type Statements } from '@jangteo/database';
import type { HistoryRow, Order } from './domain/order.js';

/** The columns of an {@link Order} from `orders AS o`; its items come as one JSON value. */
export const ORDER_COLUMNS = `
  o.order_id AS "orderId", o.user_id AS "userId", o.status, o.lines, o.from_cart AS "fromCart",
  o.user_coupon_id AS "userCouponId",
  o.expected_total AS "expectedTotal", o.subtotal, o.discount, o.total, o.failure,
  o.created_at AS "createdAt", o.completed_at AS "completedAt", o.cancelled_at AS "cancelledAt",
  coalesce((SELECT json_agg(json_build_object('productId', i.product_id, 'optionId', i.option_id,
      'name', i.name, 'price', i.price, 'quantity', i.quantity) ORDER BY i.line_no)
    FROM order_items AS i WHERE i.order_id = o.order_id), '[]') AS items`;

/** A page of a user's orders, newest first: rows before a place, `rowsMax` of them. */
export interface OrderPage {
  readonly userId: string;
  /** The place of the last order of the page before; absent for the first page. */
  readonly before?: { readonly createdAt: Date; readonly orderId: string };
  readonly rowsMax: number;
}

/** A row of history as it comes out of JSON. */
export interface HistoryEntryRow {
  readonly orderStatus: OrderStatus;
  readonly step: string | null;
  readonly reason: string | null;
  readonly changedBy: string;
  readonly changedAt: string;
}

export type OrderWithHistory = Order & { readonly history: readonly HistoryEntryRow[] };

/** The time by the database's clock, and which of these ids orders have already. */
export async function readTakenIds(
  tx: Statements,
  orderIds: readonly string[],
): Promise<{ now: Date; takenIds: string[] }> {
  const [row] = await tx.rows<{ now: Date; takenIds: string[] }>(
    `SELECT now()::timestamptz(3) AS now,
       ARRAY(SELECT order_id::text FROM orders WHERE order_id = ANY($1::uuid[])) AS "takenIds"`,
    [orderIds],
  );
  if (row === undefined) throw new Error('a SELECT without FROM gave no row');
  return row;
}

/** An id that an order has already violates the unique key. */
export function insertOrders(orders: readonly Order[]): Statement[] {
  const rows = orders.map((order) => ({ ...order, lines: JSON.stringify(order.lines) }));
  return [
    {
      text: `INSERT INTO orders (order_id, user_id, status, lines, user_coupon_id, expected_total, created_at,
       from_cart)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::json[], $5::uuid[], $6::bigint[],
       $7::timestamptz[], $8::boolean[])
`,
      values: columnsOf(rows, [
        'orderId',
        'userId',
        'status',
        'lines',
        'userCouponId',
        'expectedTotal',
        'createdAt',
        'fromCart',
      ]),
    },
  ];
}

export function updateOrders(orders: readonly Order[]): Statement[] {
  if (orders.length === 0) return [];
  const rows = orders.map((order) => ({
    ...order,
    failureCode: order.failure?.code,
    failure: order.failure === null ? null : JSON.stringify(order.failure),
  }));
  return [
    {
      text: `UPDATE orders AS o SET status = n.status, subtotal = n.subtotal, discount = n.discount, total = n.total,
       failure_code = n.failure_code, failure = n.failure, completed_at = n.completed_at,
       cancelled_at = n.cancelled_at
     FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::json[],
       $8::timestamptz[], $9::timestamptz[])
       AS n (order_id, status, subtotal, discount, total, failure_code, failure, completed_at, cancelled_at)
     WHERE o.order_id = n.order_id AND o.order_id = ANY($1::uuid[])`,
      values: columnsOf(rows, [
        'orderId',
        'status',
        'subtotal',
        'discount',
        'total',
        'failureCode',
        'failure',
        'completedAt',
        'cancelledAt',
      ]),
    },
  ];
}

export function insertItems(orders: readonly Order[]): Statement[] {
  const rows = orders.flatMap(({ orderId, items }) =>
    items.map((item, index) => ({ ...item, orderId, lineNo: index + 1 })),
  );
  if (rows.length === 0) return [];
  return [
    {
      text: `INSERT INTO order_items (order_id, line_no, product_id, option_id, name, price, quantity)
     SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::int[])`,
      values: columnsOf(rows, ['orderId', 'lineNo', 'productId', 'optionId', 'name', 'price', 'quantity']),
    },
  ];
}

export function insertHistory(rows: readonly HistoryRow[]): Statement[] {
  if (rows.length === 0) return [];
  return [
    {
      text: `INSERT INTO order_history (order_id, seq, status, step, reason, changed_by, changed_at)
     SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[],
       $7::timestamptz[])`,
      values: columnsOf(rows, ['orderId', 'seq', 'orderStatus', 'step', 'reason', 'changedBy', 'changedAt']),
    },
  ];
}

/** Reads orders with their histories, each as of one moment; those that do not exist are left out. */
export async function readOrders(
  database: Statements,
  orderIds: readonly string[],
): Promise<OrderWithHistory[]> {
  return await database.rows<OrderWithHistory>(
    `SELECT ${ORDER_COLUMNS},
       (SELECT json_agg(json_build_object('orderStatus', h.status, 'step', h.step, 'reason', h.reason,
            'changedBy', h.changed_by, 'changedAt', h.changed_at) ORDER BY h.seq)
          FROM order_history AS h WHERE h.order_id = o.order_id) AS history
     FROM orders AS o WHERE o.order_id = ANY($1::uuid[])`,
    [orderIds],
  );
}

/** Above every place in a list that goes backwards. */
const NEWEST = { createdAt: 'infinity', orderId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** Reads pages of orders; `page` tells the index of the one that a row is on. */
export async function readOrderPages(
  database: Statements,
  pages: readonly OrderPage[],
): Promise<(Order & { page: number })[]> {
  const rows = pages.map(({ userId, before = NEWEST, rowsMax }) => ({ userId, ...before, rowsMax }));
  return await database.rows<Order & { page: number }>(
    `SELECT p.ordinality::int - 1 AS page, o.*
     FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::int[]) WITH ORDINALITY
       AS p (user_id, created_at, order_id, rows_max, ordinality)
     CROSS JOIN LATERAL (
       SELECT ${ORDER_COLUMNS} FROM orders AS o
       WHERE o.user_id = p.user_id AND (o.created_at, o.order_id) < (p.created_at, p.order_id)
       ORDER BY o.created_at DESC, o.order_id DESC LIMIT p.rows_max
     ) AS o
     ORDER BY p.ordinality, o."createdAt" DESC, o."orderId" DESC`,
    columnsOf(rows, ['userId', 'createdAt', 'orderId', 'rowsMax']),
  );
}

import { LAST_ID, type OrderStatus } from '@jangteo/contracts';
import { columnsOf, onlyOf, table, type Statement, type Statements } from '@jangteo/database';
import type { Order } from '../domain/order.js';
import { OrderEntity, OrderHistoryEntity, OrderItemEntity } from './saga.entities.js';

const orders = table(OrderEntity);

/** The columns of an {@link Order} from `orders AS o`, but for what was ordered. */
const HEAD_COLUMNS = `${orders.columns({ of: 'o', omit: ['lines', 'failureCode', 'updatedAt'] })},
  greatest(o.created_at, o.completed_at, o.cancelled_at, o.updated_at) AS "updatedAt"`;

/** The items of `orders AS o` as one JSON value; NULL before stock was reserved. */
const ITEMS = `(SELECT json_agg(json_strip_nulls(json_build_object('productId', i.product_id, 'optionId', i.option_id,
    'name', i.name, 'category', i.category, 'price', i.price, 'quantity', i.quantity)) ORDER BY i.line_no)
  FROM order_items AS i WHERE i.order_id = o.order_id)`;

/** When the order of `orders AS o` succeeded or failed. A failed one is not written any more. */
export const ENDED_AT = `coalesce(o.completed_at, CASE o.status WHEN 'FAILED' THEN o.updated_at END)`;

/** The columns of an {@link Order} from `orders AS o`. */
export const ORDER_COLUMNS = `${HEAD_COLUMNS}, o.lines, coalesce(${ITEMS}, '[]') AS items`;

/** A page of a user's orders, newest first: those before a place, at most `limit` of them. */
export interface OrderPage {
  readonly userId: string;
  /** The place of the last order of the page before; absent for the first page. */
  readonly before?: { readonly createdAt: Date; readonly orderId: string };
  readonly limit: number;
}

/** An order on a page; `lines` are left out where there are items. */
export type ListedOrder = Order & {
  /** The index of its page. */
  readonly page: number;
  /** The number of orders looked at for the page: more than are on it when the list goes on. */
  readonly found: number;
};

/** A row of history as it comes out of JSON. */
export interface HistoryEntryRow {
  readonly orderStatus: OrderStatus;
  readonly step: string | null;
  readonly reason: string | null;
  readonly changedBy: string;
  readonly actorId: string | null;
  readonly changedAt: string;
}

export type OrderWithHistory = Order & { readonly history: readonly HistoryEntryRow[] };

/** The time by the database's clock, and which of these ids orders have already. */
export async function readTakenIds(
  tx: Statements,
  orderIds: readonly string[],
): Promise<{ now: Date; takenIds: string[] }> {
  return await onlyOf<{ now: Date; takenIds: string[] }>(
    tx,
    `SELECT now()::timestamptz(3) AS now,
       ARRAY(SELECT order_id::text FROM orders WHERE order_id = ANY($1::uuid[])) AS "takenIds"`,
    [orderIds],
  );
}

/** The time by the database's clock. */
export async function readNow(database: Statements): Promise<Date> {
  const row = await onlyOf<{ now: Date }>(database, 'SELECT now()::timestamptz(3) AS now');
  return row.now;
}

/** As they are placed: what ended at once is told after this. An id that an order has already violates the unique key. */
export const insertOrders = orders.insert({
  only: ['orderId', 'userId', 'lines', 'userCouponId', 'expectedTotal', 'createdAt', 'fromCart'],
  sql: { status: `'PENDING'` },
});

const update = orders.update({
  by: ['orderId'],
  set: ['status', 'subtotal', 'discount', 'total', 'failureCode', 'failure', 'completedAt', 'cancelledAt'],
  sql: { updatedAt: 'now()' },
});

export function updateOrders(changed: readonly Order[]): Statement[] {
  return update(changed.map((order) => ({ ...order, failureCode: order.failure?.code })));
}

const insertOrderItems = table(OrderItemEntity).insert();

export function insertItems(reserved: readonly Order[]): Statement[] {
  const rowsOf = ({ orderId, items }: Order) =>
    items.map((item, index) => ({ ...item, orderId, lineNo: index + 1 }));
  return insertOrderItems(reserved.flatMap(rowsOf));
}

export const insertHistory = table(OrderHistoryEntity).insert();

/** Reads orders with their histories, each as of one moment; those that do not exist are left out. */
export async function readOrders(
  database: Statements,
  orderIds: readonly string[],
): Promise<OrderWithHistory[]> {
  return await database.rows<OrderWithHistory>(
    `SELECT ${ORDER_COLUMNS},
       (SELECT json_agg(json_build_object('orderStatus', h.status, 'step', h.step, 'reason', h.reason,
            'changedBy', h.changed_by, 'actorId', h.actor_id, 'changedAt', h.changed_at) ORDER BY h.seq)
          FROM order_history AS h WHERE h.order_id = o.order_id) AS history
     FROM orders AS o WHERE o.order_id = ANY($1::uuid[])`,
    [orderIds],
  );
}

/** Above every place in a list that goes backwards. */
export const NEWEST = { createdAt: 'infinity', orderId: LAST_ID };

/** Bytes of an order's answer besides its items and its failure. */
const HEAD_BYTES = 512;

/** The bytes of `next`: an order with its items, where there are any. */
const NEXT_BYTES = `${HEAD_BYTES} + octet_length(coalesce(next.items, next.lines)::text)
  + coalesce(octet_length(next.failure::text), 0)`;

/** Of `orders AS o` and its `walk.items`: lines are left out where there are items. */
const LISTED_COLUMNS = `${HEAD_COLUMNS},
  CASE WHEN walk.items IS NULL THEN o.lines ELSE '[]' END AS lines, coalesce(walk.items, '[]') AS items`;

/**
 * Reads pages of orders, each as far as `bytesMax` go but at least one order. It goes from order to order and
 * weighs each: what is too much for a page is not read, however long the list.
 */
export async function readOrderPages(
  database: Statements,
  pages: readonly OrderPage[],
  bytesMax: number,
): Promise<ListedOrder[]> {
  const rows = pages.map(({ userId, before = NEWEST, limit }) => ({ userId, ...before, limit }));
  return await database.rows<ListedOrder>(
    `SELECT p.ordinality::int - 1 AS page, o.*
     FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::int[]) WITH ORDINALITY
       AS p (user_id, created_at, order_id, size, ordinality)
     CROSS JOIN LATERAL (
       WITH RECURSIVE walk AS (
         SELECT 0 AS place, p.created_at, p.order_id, NULL::json AS items, 0::bigint AS bytes
         UNION ALL
         SELECT walk.place + 1, next.created_at, next.order_id, next.items, walk.bytes + ${NEXT_BYTES}
         FROM walk CROSS JOIN LATERAL (
           SELECT o.created_at, o.order_id, o.lines, o.failure, ${ITEMS} AS items FROM orders AS o
           WHERE o.user_id = p.user_id AND (o.created_at, o.order_id) < (walk.created_at, walk.order_id)
           ORDER BY o.created_at DESC, o.order_id DESC LIMIT 1
         ) AS next
         WHERE walk.place <= p.size AND (walk.place <= 1 OR walk.bytes <= $5)
       )
       SELECT walk.place, (SELECT max(place) FROM walk) AS found, ${LISTED_COLUMNS}
       FROM walk JOIN orders AS o USING (order_id)
       WHERE walk.place BETWEEN 1 AND p.size AND (walk.place = 1 OR walk.bytes <= $5)
     ) AS o
     ORDER BY p.ordinality, o.place`,
    [...columnsOf(rows, ['userId', 'createdAt', 'orderId', 'limit']), bytesMax],
  );
}

/** An order with the milliseconds until it succeeded or failed; null on its way, and where that was not noted. */
export type TimedOrder = Order & { readonly durationMs: number | null };

/**
 * Reads orders in the order of these ids, as far as `bytesMax` go but at least one. One that does not exist ends it.
 */
export async function readInOrder(
  database: Statements,
  orderIds: readonly string[],
  bytesMax: number,
): Promise<TimedOrder[]> {
  if (orderIds.length === 0) return [];
  // LIMIT has the items of an order put together once, and not again to be weighed.
  return await database.rows<TimedOrder>(
    `WITH RECURSIVE walk AS (
       SELECT 0 AS place, NULL::uuid AS order_id, NULL::json AS items, 0::bigint AS bytes
       UNION ALL
       SELECT walk.place + 1, next.order_id, next.items, walk.bytes + ${NEXT_BYTES}
       FROM walk CROSS JOIN LATERAL (
         SELECT o.order_id, o.lines, o.failure, ${ITEMS} AS items FROM orders AS o
         WHERE o.order_id = ($1::uuid[])[walk.place + 1] LIMIT 1
       ) AS next
       WHERE walk.bytes <= $2
     )
     SELECT ${LISTED_COLUMNS}, (extract(epoch FROM ${ENDED_AT} - o.created_at) * 1000)::bigint AS "durationMs"
     FROM walk JOIN orders AS o USING (order_id)
     WHERE walk.place = 1 OR walk.bytes <= $2 ORDER BY walk.place`,
    [orderIds, bytesMax],
  );
}

interface FiguresRow {
  readonly userId: string;
  readonly onTheWay: number;
  readonly placed: number;
  readonly lastOrderAt: Date | null;
}

/** Counts the orders of users: at most so many of each, on their way among the newest that are not done with. */
export async function readFigures(
  database: Statements,
  userIds: readonly string[],
  most: number,
): Promise<FiguresRow[]> {
  return await database.rows<FiguresRow>(
    `SELECT asked.user_id AS "userId",
       (SELECT count(*) FILTER (WHERE cardinality(awaits) > 0) FROM (
          SELECT awaits FROM sagas WHERE user_id = asked.user_id AND look_again_at IS NOT NULL
          ORDER BY order_id DESC LIMIT $2) AS newest) AS "onTheWay",
       (SELECT count(*) FROM (
          SELECT FROM orders WHERE user_id = asked.user_id ORDER BY created_at DESC, order_id DESC LIMIT $2
        ) AS newest) AS placed,
       (SELECT created_at FROM orders WHERE user_id = asked.user_id
        ORDER BY created_at DESC, order_id DESC LIMIT 1) AS "lastOrderAt"
     FROM unnest($1::uuid[]) AS asked (user_id)`,
    [userIds, most],
  );
}

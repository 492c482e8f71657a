import { FIRST_ID, type OrderStatus } from '@jangteo/contracts';
import type { Statements } from '@jangteo/database';
import { ENDED_AT, NEWEST } from './order.queries.js';

/**
 * Orders that are looked at for one page, at most: what a page costs is bounded however few of them match. It takes some
 * milliseconds to look at so many.
 */
export const LOOKED_AT_MAX = 2_000;

/** A selection of orders: those that match every field that is given. */
export interface OrderFilter {
  readonly userId?: string | undefined;
  readonly failureCode?: string | undefined;
  readonly status?: OrderStatus | undefined;
  readonly productId?: string | undefined;
  readonly hasCoupon?: true | undefined;
  readonly minTotal?: number | undefined;
  readonly slowerThanMs?: number | undefined;
  /** Placed at this time or later. */
  readonly from?: Date | undefined;
  /** Placed before this time. */
  readonly to?: Date | undefined;
}

/** The place of an order in lists, which have the newest first. */
export interface Place {
  readonly createdAt: Date;
  readonly orderId: string;
}

export interface FoundOrder extends Place {
  /** False of the last one that was looked at, where the look ends and the list does not. */
  readonly isMatch: boolean;
  readonly isLastLookedAt: boolean;
}

/** By which orders are found, each carried by an index with the time of placing behind it. */
const SOURCES = {
  user: 'o.user_id = $1::uuid',
  failure: 'o.failure_code = $2::text',
  all: 'true',
} as const;

function sourceOf({ userId, failureCode }: OrderFilter): keyof typeof SOURCES {
  if (userId !== undefined) return 'user';
  return failureCode === undefined ? 'all' : 'failure';
}

/** Of an order that is on its way it counts how long that is by now. A reason is shown once the order has failed. */
const IS_MATCH = `($1::uuid IS NULL OR o.user_id = $1)
  AND ($2::text IS NULL OR (o.failure_code = $2 AND o.status = 'FAILED'))
  AND ($6::text IS NULL OR o.status = $6)
  AND ($7::text IS NULL OR EXISTS (
    SELECT FROM json_array_elements(o.lines) AS line WHERE line->>'productId' = $7))
  AND (NOT $8::boolean OR o.user_coupon_id IS NOT NULL)
  AND ($9::bigint IS NULL OR o.total >= $9)
  AND ($10::float8 IS NULL OR $10 * interval '1 millisecond'
    < coalesce(${ENDED_AT}, CASE o.status WHEN 'PENDING' THEN now() END) - o.created_at)`;

const FINDERS = Object.fromEntries(
  Object.entries(SOURCES).map(([name, source]) => [
    name,
    `SELECT order_id AS "orderId", created_at AS "createdAt", is_match AS "isMatch",
       place = ${LOOKED_AT_MAX} AS "isLastLookedAt"
     FROM (
       SELECT o.order_id, o.created_at, (${IS_MATCH}) AS is_match,
         row_number() OVER (ORDER BY o.created_at DESC, o.order_id DESC) AS place
       FROM (
         SELECT * FROM orders AS o
         WHERE ${source} AND (o.created_at, o.order_id) < ($3::timestamptz, $4::uuid)
           AND o.created_at >= $5::timestamptz
         ORDER BY o.created_at DESC, o.order_id DESC LIMIT ${LOOKED_AT_MAX}
       ) AS o
     ) AS looked_at
     WHERE is_match OR place = ${LOOKED_AT_MAX}
     ORDER BY created_at DESC, order_id DESC LIMIT $11`,
  ]),
) as Record<keyof typeof SOURCES, string>;

/** The place where a list begins: after the page before, and before `to`. */
function beginningOf({ to }: OrderFilter, after: Place | undefined): Place | typeof NEWEST {
  if (to === undefined || (after !== undefined && after.createdAt < to)) return after ?? NEWEST;
  return { createdAt: to, orderId: FIRST_ID };
}

/**
 * Finds orders that match, newest first, at most `rowsMax`, among the {@link LOOKED_AT_MAX} that come next in the list.
 * The last of those comes with them if it was reached, whether it matches or not.
 */
export async function findOrders(
  database: Statements,
  filter: OrderFilter,
  { after, rowsMax }: { readonly after: Place | undefined; readonly rowsMax: number },
): Promise<FoundOrder[]> {
  const { createdAt, orderId } = beginningOf(filter, after);
  return await database.rows<FoundOrder>(FINDERS[sourceOf(filter)], [
    filter.userId ?? null,
    filter.failureCode ?? null,
    createdAt,
    orderId,
    filter.from ?? '-infinity',
    filter.status ?? null,
    filter.productId ?? null,
    filter.hasCoupon === true,
    filter.minTotal ?? null,
    filter.slowerThanMs ?? null,
    rowsMax,
  ]);
}

import {
  done,
  type listAllOrders,
  type listOrders,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import { decodeCursor, encodeCursor, refuseCursor, type Statements } from '@jangteo/database';
import { viewOf } from '../domain/view.js';
import { readInOrder, type TimedOrder } from './order.queries.js';
import { findOrders, type FoundOrder, type OrderFilter, type Place } from './order-list.queries.js';

type Filtered = PayloadOf<typeof listOrders> | PayloadOf<typeof listAllOrders>;

function filterOf({ limit: _, cursor: _cursor, from, to, ...filter }: Filtered): OrderFilter {
  return {
    ...filter,
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  };
}

/** The place of a cursor; `undefined` for one that is none of ours. */
export function placeIn(cursor: string): Place | undefined {
  const [createdAt, orderId] = decodeCursor(cursor, ['instant', 'id']) ?? [];
  return createdAt === undefined ? undefined : { createdAt: new Date(createdAt), orderId: String(orderId) };
}

/** The order after which the list goes on; `undefined` at its end. */
function lastOf(found: readonly FoundOrder[], shown: number, limit: number): Place | undefined {
  const matching = found.filter(({ isMatch }) => isMatch).slice(0, limit);
  if (shown < matching.length || found.length > limit) return found[shown - 1];
  const last = found.at(-1);
  return last?.isLastLookedAt === true ? last : undefined;
}

/** Reads a page of orders that match a filter; `undefined` when its cursor is none of ours. */
async function readPage(
  database: Statements,
  payload: Filtered,
  bytesMax: number,
): Promise<{ orders: TimedOrder[]; next?: string } | undefined> {
  const { limit, cursor } = payload;
  const after = cursor === undefined ? undefined : placeIn(cursor);
  if (cursor !== undefined && after === undefined) return undefined;
  const found = await findOrders(database, filterOf(payload), { after, rowsMax: limit + 1 });
  const ids = found.filter(({ isMatch }) => isMatch).map(({ orderId }) => orderId);
  const orders = await readInOrder(database, ids.slice(0, limit), bytesMax);
  const last = lastOf(found, orders.length, limit);
  return last === undefined
    ? { orders }
    : { orders, next: encodeCursor([last.createdAt.toISOString(), last.orderId]) };
}

/** Tells whether not all of the user's orders are asked for. */
export function isFiltered({ status, from, to }: PayloadOf<typeof listOrders>): boolean {
  return status !== undefined || from !== undefined || to !== undefined;
}

/** A page of those of a user's orders that match. */
export async function listFiltered(
  database: Statements,
  payload: PayloadOf<typeof listOrders>,
  bytesMax: number,
): Promise<OutcomeOf<typeof listOrders>> {
  const page = await readPage(database, payload, bytesMax);
  if (page === undefined) return refuseCursor();
  return done({ ...page, orders: page.orders.map((order) => viewOf(order)) });
}

/** A page of everybody's orders that match. */
export async function listAll(
  database: Statements,
  payload: PayloadOf<typeof listAllOrders>,
  bytesMax: number,
): Promise<OutcomeOf<typeof listAllOrders>> {
  const page = await readPage(database, payload, bytesMax);
  if (page === undefined) return refuseCursor();
  const orders = page.orders.map((order) => {
    const { durationMs } = order;
    // Below 0 where the database's clock was put back meanwhile.
    return { ...viewOf(order), ...(durationMs === null ? {} : { durationMs: Math.max(durationMs, 0) }) };
  });
  return done({ ...page, orders });
}

import { firstIdAt, FOUND_MAX, madeAtMs, titleOf, type FoundThing, type Pasted } from '@jangteo/contracts';
import type { Statements } from '@jangteo/database';
import { LOOKED_AT_MAX } from '../saga/order-list.queries.js';

/** An order is placed so soon after its request came: ids of both are made by the gateway's clock. */
const PLACED_WITHIN_MS = 2_000;

/**
 * The orders with an id, and those that a request or a trace belongs to: of the orders that are on their way, and where the
 * id of a request tells when it was made, of those that were placed then. Of either so many are looked at. There is no
 * index of requests or traces, which every order would pay for.
 */
const NAMED = `
  SELECT order_id AS "orderId", user_id AS "userId", status, total FROM orders
  WHERE order_id = ANY(ARRAY(
    SELECT $1::uuid UNION ALL SELECT order_id FROM (
      (SELECT order_id, trace FROM sagas WHERE look_again_at IS NOT NULL LIMIT ${LOOKED_AT_MAX})
      UNION ALL
      (SELECT order_id, trace FROM sagas WHERE order_id BETWEEN $4::uuid AND $5::uuid
       ORDER BY order_id LIMIT ${LOOKED_AT_MAX})
    ) AS looked_at
    WHERE trace->>'requestId' = $2 OR substr(trace->>'traceparent', 4, 32) = $3))
  LIMIT ${FOUND_MAX}`;

interface Row {
  readonly orderId: string;
  readonly userId: string;
  readonly status: string;
  readonly total: number | null;
}

/** Finds orders by an id of their own, or of the request or trace that placed them. */
export async function findNamedOrders(
  { text, id, traceId }: Pasted,
  database: Statements,
): Promise<FoundThing[]> {
  const madeAt = id === undefined ? undefined : madeAtMs(id);
  const range =
    madeAt === undefined ? [null, null] : [firstIdAt(madeAt), firstIdAt(madeAt + PLACED_WITHIN_MS)];
  const rows = await database.rows<Row>(NAMED, [id ?? null, text, traceId ?? null, ...range]);
  return rows.map(({ orderId, userId, status, total }) => ({
    kind: 'order',
    id: orderId,
    title: titleOf(status, total),
    of: userId,
  }));
}

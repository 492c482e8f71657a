import { columnsOf, oldestOf, type Statement, type Statements } from '@jangteo/database';
import type { RowOfOrder } from '@jangteo/service';
import type { Option } from './domain/option.js';
import type { ReleaseChanges, Reservation, ReserveChanges } from './domain/reservation.js';
import type { RestockChanges } from './domain/restock.js';
import { readOptions } from './product.queries.js';

/** For the WITH clause of a statement whose first parameters are the columns of the deltas. */
const ADD_TO_STOCK = `
  added AS (
    UPDATE options SET stock = options.stock + moved.delta
    FROM unnest($1::uuid[], $2::bigint[]) AS moved (option_id, delta)
    WHERE options.option_id = moved.option_id AND options.option_id = ANY($1::uuid[])
  )`;

/**
 * Locks all options of products, named or not: lines may leave the option out, and an action and its undo
 * must meet at the same rows.
 */
export async function lockOptions(
  tx: Statements,
  productIds: readonly string[],
): Promise<Pick<Option, 'optionId'>[]> {
  return await tx.rows(
    `SELECT option_id AS "optionId" FROM options WHERE product_id = ANY($1::uuid[])
     ORDER BY option_id FOR NO KEY UPDATE`,
    [productIds],
  );
}

/** Locks all options of products, and reads them with their products as they are once that is done. */
export async function lockedOptions(tx: Statements, productIds: readonly string[]): Promise<Option[]> {
  const [locked, options] = await Promise.all([
    lockOptions(tx, productIds),
    // In a statement after the lock, so that it sees what was changed while others held the options.
    readOptions(tx, productIds),
  ]);
  const lockedIds = new Set(locked.map(({ optionId }) => optionId));
  // One that was added in between is sold from the next batch on.
  return options.filter(({ optionId }) => lockedIds.has(optionId));
}

/** Reads the reservations of these orders that are not released. */
export async function readHeld(tx: Statements, orderIds: readonly string[]): Promise<Reservation[]> {
  return await tx.rows<Reservation>(
    `SELECT order_id AS "orderId", option_id AS "optionId", quantity FROM reservations
     WHERE order_id = ANY($1::uuid[]) AND released_at IS NULL`,
    [orderIds],
  );
}

/** All reservations of orders, released ones too. What the stock was before and after is in no row. */
export async function readReservationsOf(
  database: Statements,
  orderIds: readonly string[],
): Promise<RowOfOrder[]> {
  const rows = await database.rows<Reservation & { reservedAt: Date; releasedAt: Date | null }>(
    `SELECT order_id AS "orderId", option_id AS "optionId", quantity, reserved_at AS "reservedAt",
       released_at AS "releasedAt" FROM reservations WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, option_id`,
    [orderIds],
  );
  return rows.map(({ orderId, optionId, quantity, reservedAt, releasedAt }) => ({
    orderId,
    table: 'reservations',
    id: `${orderId}/${optionId}`,
    writtenAt: reservedAt.toISOString(),
    ...(releasedAt === null ? {} : { undoneAt: releasedAt.toISOString() }),
    optionId,
    quantity,
  }));
}

/** Takes stock and writes down which order holds it. */
export function holdStock({ deltas, reservations }: ReserveChanges): Statement[] {
  if (reservations.length === 0) return [];
  return [
    {
      text: `WITH ${ADD_TO_STOCK}
     INSERT INTO reservations (order_id, option_id, quantity, reserved_at)
     SELECT *, now() FROM unnest($3::uuid[], $4::uuid[], $5::bigint[])`,
      values: [
        ...columnsOf(deltas, ['optionId', 'delta']),
        ...columnsOf(reservations, ['orderId', 'optionId', 'quantity']),
      ],
    },
  ];
}

/** Puts back what orders held. */
export function putBackStock({ deltas, orderIds }: ReleaseChanges): Statement[] {
  if (orderIds.length === 0) return [];
  return [
    {
      text: `WITH ${ADD_TO_STOCK}
     UPDATE reservations SET released_at = now()
     WHERE order_id = ANY($3::uuid[]) AND released_at IS NULL`,
      values: [...columnsOf(deltas, ['optionId', 'delta']), orderIds],
    },
  ];
}

/** Moves stock other than by an order, and writes down why. */
export function moveStock({ deltas, movements }: RestockChanges): Statement[] {
  if (movements.length === 0) return [];
  return [
    {
      text: `WITH ${ADD_TO_STOCK}
     INSERT INTO stock_movements (option_id, operation_key, quantity, actor_id, reason, created_at)
     SELECT *, now() FROM unnest($3::uuid[], $4::text[], $5::bigint[], $6::uuid[], $7::text[])`,
      values: [
        ...columnsOf(deltas, ['optionId', 'delta']),
        ...columnsOf(movements, ['optionId', 'operationKey', 'quantity', 'actorId', 'reason']),
      ],
    },
  ];
}

/** Deletes reservations whose stock was given back long ago: outcomes answer for them, and kept sums count them. */
export const OLD_RESERVATIONS = oldestOf('reservations', { by: 'released_at', summedBy: 'order_id' });

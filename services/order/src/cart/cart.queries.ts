import { columnsOf, table, type Statement, type Statements } from '@jangteo/database';
import type { CartChanges, CartOrder, Line } from '../domain/cart.js';
import { CartItemEntity, CartOrderEntity } from './cart.entities.js';

const items = table(CartItemEntity);
const cartOrders = table(CartOrderEntity);

/** Makes the carts that do not exist yet, in key order, so that two batches cannot wait for each other. */
export async function createCarts(tx: Statements, userIds: readonly string[]): Promise<void> {
  await tx.rows(
    `INSERT INTO carts (user_id)
     SELECT user_id FROM unnest($1::uuid[]) AS asked (user_id) GROUP BY user_id ORDER BY user_id
     ON CONFLICT DO NOTHING`,
    [userIds],
  );
}

/** Locks carts in key order; one that does not exist is left out. */
export async function lockCarts(tx: Statements, userIds: readonly string[]): Promise<void> {
  await tx.rows(
    `SELECT user_id FROM carts WHERE user_id = ANY($1::uuid[]) ORDER BY user_id FOR NO KEY UPDATE`,
    [userIds],
  );
}

/** Reads carts. In a statement after the lock, so that it sees what who held the lock before has written. */
export async function readLines(on: Statements, userIds: readonly string[]): Promise<Line[]> {
  return await on.rows<Line>(
    `SELECT ${items.columns({ omit: ['addedAt'] })} FROM cart_items
     WHERE user_id = ANY($1::uuid[]) ORDER BY user_id, position`,
    [userIds],
  );
}

/** Writes carts that are locked. */
export function saveCarts({ kept, gone, reduced }: CartChanges): Statement[] {
  return [
    ...deleteLines(gone),
    ...upsertLines(kept),
    ...touchCarts([...gone, ...kept]),
    ...updateCartOrders(reduced),
  ];
}

function touchCarts(changed: readonly { readonly userId: string }[]): Statement[] {
  if (changed.length === 0) return [];
  const userIds = [...new Set(changed.map(({ userId }) => userId))];
  return [{ text: 'UPDATE carts SET updated_at = now() WHERE user_id = ANY($1::uuid[])', values: [userIds] }];
}

function deleteLines(gone: CartChanges['gone']): Statement[] {
  if (gone.length === 0) return [];
  return [
    {
      text: `DELETE FROM cart_items USING unnest($1::uuid[], $2::uuid[]) AS gone (user_id, option_id)
       WHERE cart_items.user_id = gone.user_id AND cart_items.option_id = gone.option_id`,
      values: columnsOf(gone, ['userId', 'optionId']),
    },
  ];
}

const upsertLines = items.insert({
  omit: ['addedAt'],
  onConflict: 'ON CONFLICT (user_id, option_id) DO UPDATE SET quantity = excluded.quantity',
});

/** Reads the orders from these users' carts that have not ended. */
export async function readCartOrders(tx: Statements, userIds: readonly string[]): Promise<CartOrder[]> {
  return await tx.rows<CartOrder>(
    `SELECT order_id AS "orderId", c.user_id AS "userId", coalesce(c.lines, o.lines) AS lines
     FROM cart_orders AS c JOIN orders AS o USING (order_id) WHERE c.user_id = ANY($1::uuid[])`,
    [userIds],
  );
}

/** Notes orders from carts that are locked. */
export const insertCartOrders = cartOrders.insert({ omit: ['lines'] });

const updateCartOrders = cartOrders.update({ by: ['orderId'], set: ['lines'] });

/** Forgets orders from carts that have ended. */
export function deleteCartOrders(orders: readonly CartOrder[]): Statement[] {
  return [
    {
      text: 'DELETE FROM cart_orders WHERE order_id = ANY($1::uuid[])',
      values: [orders.map(({ orderId }) => orderId)],
    },
  ];
}

import { Injectable } from '@nestjs/common';
import {
  done,
  type addToCart,
  type OutcomeOf,
  type PayloadOf,
  type readCart,
  type removeFromCart,
} from '@jangteo/contracts';
import { Database, decideOnce, type Statements } from '@jangteo/database';
import {
  createCarts,
  deleteCartOrders,
  lockCarts,
  readCartOrders,
  readLines,
  saveLines,
} from './cart.queries.js';
import {
  cartOf,
  decideAdditions,
  decidePurchases,
  decideRemovals,
  type CartOrder,
  type Line,
} from './domain/cart.js';
import type { Order } from './domain/order.js';

const usersOf = (messages: readonly { readonly userId: string }[]): string[] => [
  ...new Set(messages.map(({ userId }) => userId)),
];

async function lockedLines(tx: Statements, userIds: readonly string[]): Promise<Line[]> {
  await lockCarts(tx, userIds);
  return await readLines(tx, userIds);
}

/** What orders from carts are made of: the carts, locked, and the orders from them that have not ended. */
export async function lockForOrders(
  tx: Statements,
  orders: readonly { readonly userId: string }[],
): Promise<{ lines: Line[]; underway: CartOrder[] }> {
  if (orders.length === 0) return { lines: [], underway: [] };
  const userIds = usersOf(orders);
  const lines = await lockedLines(tx, userIds);
  return { lines, underway: await readCartOrders(tx, userIds) };
}

/**
 * Lets go of carts whose orders end in this transaction; those that succeeded take what they bought along.
 * That a saga leaves PENDING once, under its lock, is what makes this happen once.
 */
export async function settleCarts(tx: Statements, ended: readonly Order[]): Promise<void> {
  const orders = ended.filter(({ fromCart }) => fromCart);
  if (orders.length === 0) return;
  const bought = orders.filter(({ completedAt }) => completedAt !== null);
  if (bought.length > 0) {
    const lines = await lockedLines(tx, usersOf(bought));
    await saveLines(tx, decidePurchases(lines, bought));
  }
  await deleteCartOrders(tx, orders);
}

/** Keeps carts, a batch at a time. */
@Injectable()
export class CartHandler {
  constructor(private readonly database: Database) {}

  async read(requests: readonly PayloadOf<typeof readCart>[]): Promise<OutcomeOf<typeof readCart>[]> {
    const lines = await readLines(this.database, usersOf(requests));
    const carts = Map.groupBy(lines, ({ userId }) => userId);
    return requests.map(({ userId }) => done(cartOf(carts.get(userId) ?? [])));
  }

  async add(requests: readonly PayloadOf<typeof addToCart>[]): Promise<OutcomeOf<typeof addToCart>[]> {
    return await decideOnce(this.database, requests, {
      keyOf: ({ operation }) => operation,
      async load(tx, batch) {
        const userIds = usersOf(batch);
        await createCarts(tx, userIds);
        return await lockedLines(tx, userIds);
      },
      decide: decideAdditions,
      save: saveLines,
    });
  }

  async remove(
    requests: readonly PayloadOf<typeof removeFromCart>[],
  ): Promise<OutcomeOf<typeof removeFromCart>[]> {
    return await decideOnce(this.database, requests, {
      keyOf: ({ operation }) => operation,
      load: (tx, batch) => lockedLines(tx, usersOf(batch)),
      decide: decideRemovals,
      save: saveLines,
    });
  }
}

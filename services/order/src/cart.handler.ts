import { Injectable } from '@nestjs/common';
import {
  done,
  type addToCart,
  type OutcomeOf,
  type PayloadOf,
  type readCart,
  type removeFromCart,
} from '@jangteo/contracts';
import { Database, decideOnce, type Statement, type Statements } from '@jangteo/database';
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
  decideRemovals,
  decideSettling,
  type CartOrder,
  type Line,
} from './domain/cart.js';
import type { Order } from './domain/order.js';

const usersOf = (messages: readonly { readonly userId: string }[]): string[] => [
  ...new Set(messages.map(({ userId }) => userId)),
];

/** The lines of carts, read under their locks. */
export async function lockedLines(tx: Statements, userIds: readonly string[]): Promise<Line[]> {
  const [, lines] = await Promise.all([lockCarts(tx, userIds), readLines(tx, userIds)]);
  return lines;
}

/** What orders from carts are made of: the carts, locked, and the orders from them that have not ended. */
export async function lockForOrders(
  tx: Statements,
  orders: readonly { readonly userId: string }[],
): Promise<{ lines: Line[]; underway: CartOrder[] }> {
  if (orders.length === 0) return { lines: [], underway: [] };
  const userIds = usersOf(orders);
  const [lines, underway] = await Promise.all([lockedLines(tx, userIds), readCartOrders(tx, userIds)]);
  return { lines, underway };
}

/** Writes what becomes of carts whose orders end in this transaction. */
export function settleCarts(lines: readonly Line[], ended: readonly Order[]): Statement[] {
  const { settled, changes } = decideSettling(lines, ended);
  return settled.length === 0 ? [] : [...saveLines(changes), ...deleteCartOrders(settled)];
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
        const [, lines] = await Promise.all([createCarts(tx, userIds), lockedLines(tx, userIds)]);
        return lines;
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

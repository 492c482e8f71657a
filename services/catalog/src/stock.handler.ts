import { Injectable } from '@nestjs/common';
import type { OutcomeOf, PayloadOf, releaseStock, reserveStock, restock } from '@jangteo/contracts';
import { Database, decideOnce } from '@jangteo/database';
import { decideRestocks } from './domain/restock.js';
import { releasing, reserving } from './domain/steps.js';
import { holdStock, lockOptions, moveStock, putBackStock, readHeld } from './stock.queries.js';

/** Everything that moves stock, a batch at a time. */
@Injectable()
export class StockHandler {
  constructor(private readonly database: Database) {}

  async reserve(
    orders: readonly PayloadOf<typeof reserveStock>[],
  ): Promise<OutcomeOf<typeof reserveStock>[]> {
    return await decideOnce(this.database, orders, {
      ...reserving,
      load: (tx, batch) => lockOptions(tx, productsOf(batch)),
      save: holdStock,
    });
  }

  async release(
    orders: readonly PayloadOf<typeof releaseStock>[],
  ): Promise<OutcomeOf<typeof releaseStock>[]> {
    return await decideOnce(this.database, orders, {
      ...releasing,
      async load(tx, batch) {
        const orderIds = batch.map(({ orderId }) => orderId);
        // The locks first: a reservation that held them until a moment ago must be seen.
        const [, held] = await Promise.all([lockOptions(tx, productsOf(batch)), readHeld(tx, orderIds)]);
        return held;
      },
      save: putBackStock,
    });
  }

  async restock(requests: readonly PayloadOf<typeof restock>[]): Promise<OutcomeOf<typeof restock>[]> {
    return await decideOnce(this.database, requests, {
      keyOf: ({ operation }) => operation,
      load: (tx, batch) => lockOptions(tx, [...new Set(batch.map(({ productId }) => productId))]),
      decide: decideRestocks,
      save: moveStock,
    });
  }
}

/** The products that a batch of orders names, each once. */
function productsOf(orders: readonly Pick<PayloadOf<typeof reserveStock>, 'items'>[]): string[] {
  return [...new Set(orders.flatMap(({ items }) => items.map(({ productId }) => productId)))];
}

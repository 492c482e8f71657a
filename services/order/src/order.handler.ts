import { Inject, Injectable } from '@nestjs/common';
import {
  done,
  refuse,
  type listOrders,
  type OrderHistoryEntry,
  type OutcomeOf,
  type PayloadOf,
  type placeOrder,
  type readOrder,
} from '@jangteo/contracts';
import { cutPage, Database, decideOnce, decodeCursor, refuseCursor, type Statement } from '@jangteo/database';
import { payloadsOf, type Batch, type BatchResult, type Delivery } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { lockForOrders } from './cart.handler.js';
import { insertCartOrders } from './cart.queries.js';
import type { Reaction } from './domain/decide.js';
import type { SagaMessage } from './domain/messages.js';
import { LATER } from './domain/moves.js';
import type { Order, Rules, Saga } from './domain/order.js';
import { decidePlacings, type Placing, type PlacingDecision, type PlacingOutcome } from './domain/placing.js';
import { everythingOf, pendingViewOf, viewOf } from './domain/speech.js';
import type { OrderConfig } from './order.config.js';
import {
  insertHistory,
  insertOrders,
  readOrderPages,
  readOrders,
  readTakenIds,
  type HistoryEntryRow,
  type OrderPage,
} from './order.queries.js';
import { resultOf, rulesOf, SagaHandler } from './saga.handler.js';
import { insertSagas } from './saga.queries.js';

function placingOf({ payload, replyAddress, trace }: Delivery<PayloadOf<typeof placeOrder>>): Placing {
  return { payload, waiter: payload.wait ? replyAddress : undefined, trace };
}

/** The same message may be in work elsewhere: then ids are taken, and decided once more they are found. */
function savePlacings({ sagas, history }: PlacingDecision): Statement[] {
  const begun = sagas.filter((saga) => saga !== undefined);
  const orders = begun.map(({ order }) => order);
  return [
    ...insertOrders(orders),
    ...insertSagas(begun),
    ...insertCartOrders(orders.filter(({ fromCart }) => fromCart)),
    ...insertHistory(history),
  ];
}

/** What follows from an order that was placed just now. */
function reactionTo(saga: Saga): Reaction {
  const answer = saga.waiters.length > 0 ? LATER : done(pendingViewOf(saga.order));
  return { says: everythingOf(saga), answer };
}

/** The page that a request asks for, one row longer; `undefined` when its cursor is none of ours. */
function pageOf({ userId, limit, cursor }: PayloadOf<typeof listOrders>): OrderPage | undefined {
  const rowsMax = limit + 1;
  if (cursor === undefined) return { userId, rowsMax };
  const [createdAt, orderId] = decodeCursor(cursor, ['instant', 'id']) ?? [];
  if (createdAt === undefined || orderId === undefined) return undefined;
  return { userId, rowsMax, before: { createdAt: new Date(createdAt), orderId: String(orderId) } };
}

/** How many of these orders one answer bears: at least one, and not more items than that. */
function fittingIn(itemsMax: number, orders: readonly Order[]): number {
  let items = 0;
  const tooMany = orders.findIndex((order) => {
    items += Math.max(order.items.length, order.lines.length);
    return items > itemsMax;
  });
  return tooMany === -1 ? orders.length : Math.max(tooMany, 1);
}

/** A row of the history as customers read it: what does not apply is left out, not null. */
function entryOf({ orderStatus, step, reason, changedBy, changedAt }: HistoryEntryRow): OrderHistoryEntry {
  return {
    orderStatus,
    ...(step === null ? {} : { step }),
    ...(reason === null ? {} : { reason }),
    changedBy,
    changedAt: new Date(changedAt).toISOString(),
  };
}

/** Takes orders in, and tells what became of them. */
@Injectable()
export class OrderHandler {
  private readonly rules: Rules;

  constructor(
    private readonly database: Database,
    private readonly sagas: SagaHandler,
    @Inject(CONFIG) private readonly config: OrderConfig,
  ) {
    this.rules = rulesOf(config);
  }

  async place(batch: Batch<typeof placeOrder>): Promise<BatchResult<OutcomeOf<typeof placeOrder>>> {
    const decided = new Map<Placing, Reaction>();
    const placings = batch.map(placingOf);
    const outcomes = await this.placeOnce(placings, decided);
    const again = ({ waiter }: Placing, orderId: string): SagaMessage => ({
      signal: 'placedAgain',
      orderId,
      waiter,
    });
    return resultOf(await this.sagas.reactionsTo(placings, { decided, outcomes, again }), batch);
  }

  async read(batch: Batch<typeof readOrder>): Promise<OutcomeOf<typeof readOrder>[]> {
    const asked = payloadsOf(batch);
    const rows = await readOrders(this.database, [...new Set(asked.map(({ orderId }) => orderId))]);
    const orders = new Map(rows.map((row) => [row.orderId, row]));
    return asked.map(({ orderId, userId }) => {
      const order = orders.get(orderId);
      if (order === undefined || (userId !== undefined && userId !== order.userId)) {
        return refuse('ORDER_NOT_FOUND');
      }
      return done({ ...viewOf(order), history: order.history.map(entryOf) });
    });
  }

  async list(batch: Batch<typeof listOrders>): Promise<OutcomeOf<typeof listOrders>[]> {
    const pages = payloadsOf(batch).map(pageOf);
    const readable = pages.filter((page) => page !== undefined);
    const rows = await readOrderPages(this.database, readable);
    const rowsOf = Map.groupBy(rows, ({ page }) => readable[page]);
    return pages.map((page) => {
      if (page === undefined) return refuseCursor();
      const orders = rowsOf.get(page) ?? [];
      const limit = Math.min(page.rowsMax - 1, fittingIn(this.config.LIST_ITEMS_MAX, orders));
      const { rows: kept, next } = cutPage(orders, limit, (order) => [
        order.createdAt.toISOString(),
        order.orderId,
      ]);
      return done({ orders: kept.map((order) => viewOf(order)), next });
    });
  }

  /** Stores the orders whose operation keys are new, and tells what follows from each in `decided`. */
  private async placeOnce(
    placings: readonly Placing[],
    decided: Map<Placing, Reaction>,
  ): Promise<PlacingOutcome[]> {
    return await decideOnce(this.database, placings, {
      keyOf: ({ payload }) => payload.operation,
      async load(tx, messages) {
        // A batch that met another one's commit is decided again from the start.
        decided.clear();
        const payloads = messages.map(({ payload }) => payload);
        const [carts, taken] = await Promise.all([
          lockForOrders(
            tx,
            payloads.filter(({ fromCart }) => fromCart),
          ),
          readTakenIds(
            tx,
            payloads.map(({ orderId }) => orderId),
          ),
        ]);
        return { ...carts, ...taken };
      },
      decide: ({ now, ...state }, fresh) => {
        const changes = decidePlacings(state, fresh, { now, rules: this.rules });
        fresh.forEach((placing, index) => {
          const saga = changes.sagas[index];
          if (saga !== undefined) decided.set(placing, reactionTo(saga));
        });
        return { outcomes: changes.outcomes, changes };
      },
      save: savePlacings,
    });
  }
}

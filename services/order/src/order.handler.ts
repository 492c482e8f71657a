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
import {
  cutPage,
  Database,
  decideOnce,
  decodeCursor,
  refuseCursor,
  TransactionConflict,
  type Statements,
} from '@jangteo/database';
import { payloadsOf, type Batch, type BatchResult, type Delivery } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import type { Reaction } from './domain/decide.js';
import { LATER } from './domain/moves.js';
import type { Order, Rules, Saga, Waiter } from './domain/order.js';
import { decidePlacings, type Placing, type PlacingDecision, type PlacingOutcome } from './domain/placing.js';
import { everythingOf, viewOf } from './domain/speech.js';
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

/** What a request to place an order came to. */
type Fate =
  | { readonly kind: 'placed'; readonly saga: Saga }
  | { readonly kind: 'repeated'; readonly orderId: string }
  | { readonly kind: 'refused'; readonly answer: Extract<PlacingOutcome, { ok: false }> };

function waiterOf(delivery: Delivery<PayloadOf<typeof placeOrder>> | undefined): Waiter | undefined {
  return delivery?.payload.wait ? delivery.replyAddress : undefined;
}

function placingOf(delivery: Delivery<PayloadOf<typeof placeOrder>>): Placing {
  return { payload: delivery.payload, waiter: waiterOf(delivery) };
}

async function savePlacings(tx: Statements, { sagas, history }: PlacingDecision): Promise<void> {
  const begun = sagas.filter((saga) => saga !== undefined);
  const inserted = await insertOrders(
    tx,
    begun.map(({ order }) => order),
  );
  // The same message is in work elsewhere: once that one is through, this one finds its outcome.
  if (inserted < begun.length) throw new TransactionConflict('an order was placed meanwhile');
  await insertSagas(tx, begun);
  await insertHistory(tx, history);
}

/** What follows from an order that was placed just now. */
function reactionTo(saga: Saga): Reaction {
  const answer = saga.waiters.length > 0 ? LATER : done(viewOf(saga.order));
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
    const fates = await this.placeOnce(batch.map(placingOf));
    const repeats = fates.flatMap((fate, index) =>
      fate.kind === 'repeated' ? [{ orderId: fate.orderId, waiter: waiterOf(batch[index]) }] : [],
    );
    const { reactions } = await this.sagas.advance(
      repeats.map((repeat) => ({ signal: 'placedAgain', ...repeat })),
    );
    const toRepeats = reactions.values();
    return resultOf(
      fates.map((fate): Reaction => {
        if (fate.kind === 'placed') return reactionTo(fate.saga);
        if (fate.kind === 'refused') return { says: [], answer: fate.answer };
        return toRepeats.next().value ?? { says: [], answer: refuse('ORDER_NOT_FOUND') };
      }),
      batch,
    );
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

  /** Stores the orders whose operation keys are new. */
  private async placeOnce(placings: readonly Placing[]): Promise<Fate[]> {
    const placed = new Map<Placing, Saga>();
    const outcomes = await decideOnce(this.database, placings, {
      keyOf: ({ payload }) => payload.operation,
      load(tx, messages) {
        // A batch that met another one's commit is decided again from the start.
        placed.clear();
        return readTakenIds(
          tx,
          messages.map(({ payload }) => payload.orderId),
        );
      },
      decide: ({ now, takenIds }, fresh) => {
        const decision = decidePlacings(new Set(takenIds), fresh, { now, rules: this.rules });
        decision.sagas.forEach((saga, index) => {
          const placing = fresh[index];
          if (saga !== undefined && placing !== undefined) placed.set(placing, saga);
        });
        return { outcomes: decision.outcomes, changes: decision };
      },
      save: savePlacings,
    });
    return placings.map((placing, index): Fate => {
      const [saga, outcome] = [placed.get(placing), outcomes[index]];
      if (saga !== undefined) return { kind: 'placed', saga };
      if (outcome === undefined) throw new Error('a request without an outcome');
      return outcome.ok
        ? { kind: 'repeated', orderId: outcome.value.orderId }
        : { kind: 'refused', answer: outcome };
    });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import {
  done,
  ORDERS_COUNTED_MAX,
  present,
  refuse,
  type listAllOrders,
  type listOrders,
  type OrderHistoryEntry,
  type OutcomeOf,
  type PayloadOf,
  type placeOrder,
  type previewCancel,
  type readOrder,
  type readOrderFigures,
  type readRecords,
} from '@jangteo/contracts';
import { answerPages, Database, decideOnce, encodeCursor, type Statement } from '@jangteo/database';
import { payloadsOf, type Batch, type BatchResult } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { lockForOrders } from '../cart/cart.handler.js';
import { insertCartOrders } from '../cart/cart.queries.js';
import { readRecordPage } from '../data-platform/relay.queries.js';
import { cancelPreviewOf } from '../domain/cancel-preview.js';
import { recordOf } from '../domain/data-platform.js';
import type { Bounds } from '../domain/order.js';
import type { Placed } from '../domain/placing.js';
import { placedAgain, placing } from '../domain/requests.js';
import { isFinal, type Saga } from '../domain/saga.js';
import { viewOf } from '../domain/view.js';
import type { OrderConfig } from '../order.config.js';
import {
  insertHistory,
  insertOrders,
  readFigures,
  readNow,
  readOrderPages,
  readOrders,
  readTakenIds,
  updateOrders,
  type HistoryEntryRow,
  type ListedOrder,
  type OrderPage,
} from './order.queries.js';
import { isFiltered, listAll, listFiltered, placeIn } from './order-list.handler.js';
import { boundsOf, resultOf, SagaHandler } from './saga.handler.js';
import { countEnded } from './saga.metrics.js';
import { countInFlight, insertSagas, lockUsers } from './saga.queries.js';

/** The same message may be in work elsewhere: then ids are taken, and decided once more they are found. */
function savePlaced({ sagas, history }: Placed): Statement[] {
  const begun = sagas.filter((saga) => saga !== undefined);
  const orders = begun.map(({ order }) => order);
  return [
    ...insertOrders(orders),
    ...updateOrders(endedAtOnce(begun).map(({ order }) => order)),
    ...insertSagas(begun),
    ...insertCartOrders(orders.filter(({ fromCart, status }) => fromCart && status === 'PENDING')),
    ...insertHistory(history),
  ];
}

function endedAtOnce(sagas: readonly (Saga | undefined)[]): Saga[] {
  return sagas.filter((saga) => saga !== undefined && isFinal(saga.state)) as Saga[];
}

/**
 * Of a user's sagas so many times the bound are looked at, the newest: those that have ended are among them for as long
 * as the broker did not take their events, and then there may be many.
 */
const IN_FLIGHT_LOOKED_AT = 10;

/** The page that a request asks for; `undefined` when its cursor is none of ours. */
function pageOf({ userId, limit, cursor }: PayloadOf<typeof listOrders>): OrderPage | undefined {
  if (cursor === undefined) return { userId, limit };
  const before = placeIn(cursor);
  return before && { userId, limit, before };
}

/** The page that these orders are, and where the list goes on if there are more. */
function answerOf(orders: readonly ListedOrder[]): OutcomeOf<typeof listOrders> {
  const last = orders.at(-1);
  const goesOn = last !== undefined && last.found > orders.length;
  const next = goesOn ? encodeCursor([last.createdAt.toISOString(), last.orderId]) : undefined;
  return done({ orders: orders.map((order) => viewOf(order)), next });
}

/** A row of the history as customers read it: what does not apply is left out, not null. */
export function entryOf(row: HistoryEntryRow): OrderHistoryEntry {
  const { orderStatus, step, reason, changedBy, actorId, changedAt } = row;
  return {
    orderStatus,
    ...present({ step, reason }),
    changedBy,
    ...(actorId === null ? {} : { actorId }),
    changedAt: new Date(changedAt).toISOString(),
  };
}

/** Counts the orders of each user. */
export async function figuresOf(
  payloads: readonly PayloadOf<typeof readOrderFigures>[],
  database: Database,
): Promise<OutcomeOf<typeof readOrderFigures>[]> {
  const rows = await readFigures(
    database,
    payloads.map(({ userId }) => userId),
    ORDERS_COUNTED_MAX,
  );
  const figures = new Map(rows.map((row) => [row.userId, row]));
  return payloads.map(({ userId }) => {
    const { onTheWay = 0, placed = 0, lastOrderAt = null } = figures.get(userId) ?? {};
    const last = lastOrderAt === null ? {} : { lastOrderAt: lastOrderAt.toISOString() };
    return done({ onTheWay, placed, ...last });
  });
}

/** Places orders, and shows what became of them. */
@Injectable()
export class OrderHandler {
  readonly #bounds: Bounds;

  constructor(
    private readonly database: Database,
    private readonly sagas: SagaHandler,
    @Inject(CONFIG) private readonly config: OrderConfig,
  ) {
    this.#bounds = boundsOf(config);
  }

  async place(batch: Batch<typeof placeOrder>): Promise<BatchResult<OutcomeOf<typeof placeOrder>>> {
    const bounds = this.#bounds;
    const decided = await decideOnce(this.database, batch, {
      ...placing(bounds),
      async load(tx, requests) {
        const payloads = requests.map(({ payload }) => payload);
        const userIds = [...new Set(payloads.map(({ userId }) => userId))];
        const [, carts, taken, inFlight] = await Promise.all([
          lockUsers(tx, userIds),
          lockForOrders(
            tx,
            payloads.filter(({ fromCart }) => fromCart),
          ),
          readTakenIds(
            tx,
            payloads.map(({ orderId }) => orderId),
          ),
          countInFlight(tx, userIds, bounds.inFlightMax * IN_FLIGHT_LOOKED_AT),
        ]);
        return { ...carts, ...taken, inFlight };
      },
      save: savePlaced,
    });
    countEnded(endedAtOnce(decided.fresh?.changes.sagas ?? []));
    const reactions = await this.sagas.reactionsTo({ requests: batch, ...decided }, placedAgain);
    // One call asks again when it waits no more. That an order is of an earlier one, its id tells.
    const refused = [...decided.replayed].filter((index) => decided.outcomes[index]?.ok === false);
    return resultOf(reactions, batch, new Set(refused));
  }

  async read(batch: Batch<typeof readOrder>): Promise<OutcomeOf<typeof readOrder>[]> {
    const orders = await this.#visibleTo(payloadsOf(batch));
    return orders.map((order) =>
      order === undefined
        ? refuse('ORDER_NOT_FOUND')
        : done({ ...viewOf(order), history: order.history.map(entryOf) }),
    );
  }

  async list(batch: Batch<typeof listOrders>): Promise<OutcomeOf<typeof listOrders>[]> {
    const asked = payloadsOf(batch);
    const whole = asked.filter((payload) => !isFiltered(payload));
    const pages = await answerPages(whole.map(pageOf), (distinct) => this.#pages(distinct));
    const answers = new Map(whole.map((payload, index) => [payload, pages[index]]));
    const outcomes: OutcomeOf<typeof listOrders>[] = [];
    for (const payload of asked) {
      const bytesMax = this.config.LIST_BYTES_MAX;
      outcomes.push(answers.get(payload) ?? (await listFiltered(this.database, payload, bytesMax)));
    }
    return outcomes;
  }

  async listAll(payload: PayloadOf<typeof listAllOrders>): Promise<OutcomeOf<typeof listAllOrders>> {
    return await listAll(this.database, payload, this.config.LIST_BYTES_MAX);
  }

  async readRecords({ after, limit }: PayloadOf<typeof readRecords>): Promise<OutcomeOf<typeof readRecords>> {
    const bounds = { limit, bytesMax: this.config.LIST_BYTES_MAX };
    const { prunedSeq, numberedSeq, records } = await readRecordPage(this.database, after, bounds);
    return done({
      records: records.map(recordOf),
      next: records.at(-1)?.sequence ?? after,
      oldest: prunedSeq + 1,
      newest: numberedSeq,
    });
  }

  async previewCancel(batch: Batch<typeof previewCancel>): Promise<OutcomeOf<typeof previewCancel>[]> {
    const [now, orders] = await Promise.all([readNow(this.database), this.#visibleTo(payloadsOf(batch))]);
    return orders.map((order) =>
      order === undefined ? refuse('ORDER_NOT_FOUND') : cancelPreviewOf(order, { now, bounds: this.#bounds }),
    );
  }

  /** The order that each asks for; `undefined` where it is not there, or another user's. */
  async #visibleTo(asked: readonly PayloadOf<typeof readOrder>[]) {
    const rows = await readOrders(this.database, [...new Set(asked.map(({ orderId }) => orderId))]);
    const orders = new Map(rows.map((row) => [row.orderId, row]));
    return asked.map(({ orderId, userId }) => {
      const order = orders.get(orderId);
      return userId === undefined || userId === order?.userId ? order : undefined;
    });
  }

  async #pages(pages: readonly OrderPage[]): Promise<OutcomeOf<typeof listOrders>[]> {
    const rows = await readOrderPages(this.database, pages, this.config.LIST_BYTES_MAX);
    const rowsOf = Map.groupBy(rows, ({ page }) => page);
    return pages.map((_, index) => answerOf(rowsOf.get(index) ?? []));
  }
}

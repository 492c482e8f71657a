import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  done,
  present,
  refuse,
  type listStuckSagas,
  type nudgeSaga,
  type nudgeSagas,
  type OutcomeOf,
  type PayloadOf,
  type StuckSaga,
} from '@jangteo/contracts';
import { cutLookedAt, Database, decodeCursor, refuseCursor } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import type { OrderConfig } from '../order.config.js';
import { LOOKED_AT_MAX } from '../saga/order-list.queries.js';
import { readOrders } from '../saga/order.queries.js';
import { lockSagas } from '../saga/saga.queries.js';
import {
  nudge,
  readStuckSaga,
  readStuckSagas,
  type StuckPage,
  type StuckSagaRow,
} from './stuck-saga.queries.js';

function stuckSagaOf(row: StuckSagaRow): StuckSaga {
  const { orderId, userId, state, since, awaits, owedEvents, attempts } = row;
  const { sentAt, lookAgainAt, deadlineAt, failure, nudgedAt, nudgedBy } = row;
  return {
    orderId,
    userId,
    state,
    since: since.toISOString(),
    awaits: [...awaits],
    owedEvents: [...owedEvents],
    attempts,
    sentAt: sentAt.toISOString(),
    lookAgainAt: lookAgainAt.toISOString(),
    deadlineAt: deadlineAt.toISOString(),
    ...present({
      failureCode: failure?.code,
      failureDetail: failure?.detail,
      nudgedAt: nudgedAt?.toISOString(),
      nudgedBy,
    }),
  };
}

/** The page that is asked for, one row longer; `undefined` when its cursor is none of ours. */
function pageOf(payload: PayloadOf<typeof listStuckSagas>): StuckPage | undefined {
  const { olderThanSeconds, limit, cursor } = payload;
  const [after] = cursor === undefined ? [] : (decodeCursor(cursor, ['id']) ?? []);
  if (cursor !== undefined && after === undefined) return undefined;
  return { olderThanSeconds, after: after?.toString(), rowsMax: limit + 1 };
}

/** Shows people the sagas that make no progress, and lets them push. What is sent again changes nothing twice. */
@Injectable()
export class StuckSagaHandler {
  readonly #logger = new Logger('StuckSagas');

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: OrderConfig,
  ) {}

  async list(payload: PayloadOf<typeof listStuckSagas>): Promise<OutcomeOf<typeof listStuckSagas>> {
    const found = await this.#page(payload);
    if (found === undefined) return refuseCursor();
    return done({ sagas: found.rows.map(stuckSagaOf), next: found.next });
  }

  async nudge({ orderId, ...doer }: PayloadOf<typeof nudgeSaga>): Promise<OutcomeOf<typeof nudgeSaga>> {
    await this.#push([orderId], doer);
    const row = await readStuckSaga(this.database, orderId);
    if (row !== undefined) return done(stuckSagaOf(row));
    const [order] = await readOrders(this.database, [orderId]);
    return order === undefined
      ? refuse('ORDER_NOT_FOUND')
      : refuse('SAGA_ENDED', `the order is ${order.status}`);
  }

  async nudgeAll({
    by,
    operationId,
    ...payload
  }: PayloadOf<typeof nudgeSagas>): Promise<OutcomeOf<typeof nudgeSagas>> {
    const found = await this.#page(payload);
    if (found === undefined) return refuseCursor();
    const nudged = await this.#push(
      found.rows.map(({ orderId }) => orderId),
      { by, operationId },
    );
    return done({ nudged, next: found.next });
  }

  async #page(
    payload: PayloadOf<typeof listStuckSagas>,
  ): Promise<{ rows: StuckSagaRow[]; next?: string } | undefined> {
    const page = pageOf(payload);
    if (page === undefined) return undefined;
    const rows = await readStuckSagas(this.database, page);
    const bounds = { limit: payload.limit, bound: LOOKED_AT_MAX };
    return cutLookedAt(rows, bounds, ({ orderId }) => [orderId]);
  }

  /** @returns how many of them waited for anything */
  async #push(
    orderIds: readonly string[],
    doer: { readonly by: string; readonly operationId?: string | undefined },
  ): Promise<number> {
    if (orderIds.length === 0) return 0;
    const nudged = await this.database.transaction(async (tx) => {
      await lockSagas(tx, orderIds);
      return await nudge(tx, orderIds, doer, this.config.SAGA_RETRY_MS_MAX);
    });
    for (const orderId of nudged) this.#logger.log({ msg: 'nudged a saga', orderId, by: doer.by });
    return nudged.length;
  }
}

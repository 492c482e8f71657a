import { Inject, Injectable } from '@nestjs/common';
import { HOUR_MS, type cancelOrder, type CommandContract, type OutcomeOf } from '@jangteo/contracts';
import { Database, decideOnce, type Statement, type Statements } from '@jangteo/database';
import {
  answerTo,
  commandTo,
  DEFERRED,
  eventOf,
  failpoint,
  type Batch,
  type BatchResult,
  type Cause,
  type CommandReply,
  type Delivery,
  type Outgoing,
} from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { lockForOrders, settleCarts } from '../cart/cart.handler.js';
import { insertEntries } from '../data-platform/relay.queries.js';
import { entriesOf } from '../domain/data-platform.js';
import { apply, settledBy, type Decided, type Found, type Reaction } from '../domain/decide.js';
import type { Effect } from '../domain/effects.js';
import type { Bounds, EventName } from '../domain/order.js';
import { cancelling, cancelOf, reactionsTo, repeatsAmong, type Asked } from '../domain/requests.js';
import { inputOfReply, overdue, type Input, type Saga } from '../domain/saga.js';
import { commandOf, type CommandName } from '../domain/steps.js';
import { reviveSagas } from '../operations/kept.queries.js';
import type { OrderConfig } from '../order.config.js';
import { insertHistory, insertItems, updateOrders } from './order.queries.js';
import { noteAnswers, type RedriveAnswer } from '../operations/redrive.queries.js';
import { countEnded, endedBy, timeCommands } from './saga.metrics.js';
import {
  confirmEvent,
  lockFreeSagas,
  lockSagas,
  lockSagasToLookAt,
  lockSagaToLookAt,
  readSagas,
  updateSagas,
  type Locked,
} from './saga.queries.js';

/** Events that are noted as confirmed at most, until their rows say so; what is forgotten is only sent again. */
const CONFIRMED_MAX = 20_000;

interface Confirmed {
  readonly orderId: string;
  readonly type: EventName;
}

/** The saga's bounds in the configuration. */
export function boundsOf(config: OrderConfig): Bounds {
  return {
    deadlineMs: config.ORDER_DEADLINE_MS,
    retryMs: config.SAGA_RETRY_MS,
    retryMsMax: config.SAGA_RETRY_MS_MAX,
    waitersMax: config.SAGA_WAITERS_MAX,
    inFlightMax: config.ORDERS_IN_FLIGHT_PER_USER_MAX,
    cancelWindowMs: config.ORDER_CANCEL_WINDOW_HOURS * HOUR_MS,
  };
}

/** An effect as a message to publish; without a delivery that led to it, in the saga's own trace. */
export function outgoing(effect: Effect, cause: Cause = { trace: effect.trace }): Outgoing {
  switch (effect.kind) {
    case 'command':
      return commandTo(effect.contract, effect.payload, effect.orderId, cause);
    case 'event':
      return eventOf(effect.contract, effect.payload, cause);
    case 'answer':
      return answerTo(effect.to, effect.outcome, cause);
  }
}

/** Turns reaction i into the answer to request i, with all that follows from it. */
export function resultOf<O>(
  reactions: readonly Reaction[],
  batch: readonly Delivery[],
  replayed: ReadonlySet<number>,
): BatchResult<O> {
  return {
    replayed,
    outcomes: reactions.map(({ answer }) => (answer === 'DEFERRED' ? DEFERRED : (answer as O))),
    publish: publishOf(reactions, batch),
  };
}

function publishOf(reactions: readonly Reaction[], batch: readonly Delivery[]): Outgoing[] {
  return reactions.flatMap(({ effects }, index) => effects.map((effect) => outgoing(effect, batch[index])));
}

async function foundWith(tx: Statements, now: Date, sagas: readonly Saga[]): Promise<Found> {
  const orders = sagas
    .map(({ order }) => order)
    .filter(({ fromCart, status }) => fromCart && status === 'PENDING');
  return { now, sagas, carts: await lockForOrders(tx, orders) };
}

/** The sagas of orders, locked. */
async function lockedSagas(tx: Statements, orderIds: readonly string[]): Promise<Found> {
  const [{ now }, sagas] = await Promise.all([lockSagas(tx, orderIds), readSagas(tx, orderIds)]);
  return await foundWith(tx, now, sagas);
}

/** The sagas of orders, locked; those that were deleted are made anew. */
async function revivedSagas(tx: Statements, orderIds: readonly string[]): Promise<Found> {
  // Once they are locked nobody deletes them any more; then those that are new are locked too.
  const [, , state] = await Promise.all([
    lockSagas(tx, orderIds),
    reviveSagas(tx, orderIds),
    lockedSagas(tx, orderIds),
  ]);
  return state;
}

/** The sagas that it is time to look at, locked. */
async function lockedOverdueSagas(tx: Statements, lock: Promise<Locked>): Promise<Found> {
  const { now, orderIds } = await lock;
  return await foundWith(tx, now, await readSagas(tx, orderIds));
}

function save(decided: Decided): Statement[] {
  const { changed, history, carts } = decided;
  const orders = changed.filter(({ before, after }) => after.order !== before.order);
  const reserved = orders.filter(({ before }) => before.order.items.length === 0);
  return [
    ...updateSagas(changed),
    ...updateOrders(orders.map(({ after }) => after.order)),
    ...insertItems(reserved.map(({ after }) => after.order)),
    ...insertHistory(history),
    ...settleCarts(carts, settledBy(decided)),
    ...insertEntries(entriesOf(decided)),
  ];
}

/** Confirms events of sagas that are free. @returns the others */
async function writeFree(tx: Statements, confirmed: Confirmed[]): Promise<Confirmed[]> {
  const { orderIds } = await lockFreeSagas(
    tx,
    confirmed.map(({ orderId }) => orderId),
  );
  const free = new Set(orderIds);
  for (const event of ['order.completed', 'order.cancelled'] as const) {
    const ids = confirmed.filter(({ type, orderId }) => type === event && free.has(orderId));
    await confirmEvent(
      tx,
      event,
      ids.map(({ orderId }) => orderId),
    );
  }
  return confirmed.filter(({ orderId }) => !free.has(orderId));
}

/** The replies that took no saga further: repeats, hardly ever, unless commands of ended orders were sent again. */
function answersAmong(
  batch: readonly CommandReply<CommandContract>[],
  history: Decided['history'],
): RedriveAnswer[] {
  const taken = new Set(history.map(({ orderId, step }) => `${orderId}/${step}`));
  return batch
    .map(({ type, correlationId: orderId, payload }) => ({
      orderId,
      command: commandOf(type).name,
      refusal: payload.ok ? null : payload.refusal,
    }))
    .filter(({ orderId, command }) => !taken.has(`${orderId}/${command}`));
}

/** Runs the sagas: inputs of a batch are applied in one transaction. */
@Injectable()
export class SagaHandler {
  readonly #bounds: Bounds;
  /** Events that the broker has and whose rows do not say so yet; a restart only sends them again. */
  #confirmed: Confirmed[] = [];

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) config: OrderConfig,
  ) {
    this.#bounds = boundsOf(config);
  }

  async hearReplies(batch: readonly CommandReply<CommandContract>[]): Promise<Omit<BatchResult, 'outcomes'>> {
    const { reactions, history } = await this.advance(
      batch.map(({ type, correlationId, payload }) => inputOfReply(type, correlationId, payload)),
    );
    await noteAnswers(this.database, answersAmong(batch, history));
    return {
      publish: publishOf(reactions, batch),
      afterConfirm: async () => this.noteConfirmed(reactions.flatMap(({ effects }) => effects)),
    };
  }

  async cancel(batch: Batch<typeof cancelOrder>): Promise<BatchResult<OutcomeOf<typeof cancelOrder>>> {
    const decided = await decideOnce(this.database, batch, {
      ...cancelling(this.#bounds),
      load: (tx, requests) => revivedSagas(tx, [...new Set(requests.map(({ payload }) => payload.orderId))]),
      save,
    });
    return resultOf(
      await this.reactionsTo({ requests: batch, ...decided }, cancelOf),
      batch,
      decided.replayed,
    );
  }

  /** The reactions to requests; for one that was accepted before, `again` makes the input of its order. */
  async reactionsTo<M>(asked: Asked<M>, again: (request: M, orderId: string) => Input): Promise<Reaction[]> {
    const { reactions } = await this.#applied(repeatsAmong(asked, again), revivedSagas);
    return reactionsTo(asked, reactions);
  }

  /** Applies inputs to their sagas, each after those before it. */
  async advance(inputs: readonly Input[]): Promise<Decided> {
    return await this.#applied(inputs, lockedSagas);
  }

  /** Looks at sagas without progress, at most so many; of their commands these lie where nobody reads. */
  async sweep(limit: number, unread: readonly CommandName[]): Promise<Decided> {
    return await this.#look((tx) => lockSagasToLookAt(tx, limit), unread);
  }

  /** Looks at one saga alone, where it is still time to. */
  async sweepOne(orderId: string, unread: readonly CommandName[]): Promise<Decided> {
    return await this.#look((tx) => lockSagaToLookAt(tx, orderId), unread);
  }

  /** Notes that the broker has these. The rows are written later, many at a time: nobody waits for that. */
  noteConfirmed(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'event') this.#confirmed.push({ orderId: effect.orderId, type: effect.event });
    }
    if (this.#confirmed.length > CONFIRMED_MAX)
      this.#confirmed.splice(0, this.#confirmed.length - CONFIRMED_MAX);
  }

  /** Writes which events the broker has; rows that somebody else holds are written the next time. */
  async writeConfirmed(): Promise<void> {
    const confirmed = this.#confirmed;
    if (confirmed.length === 0) return;
    this.#confirmed = [];
    failpoint('confirms.writing', confirmed);
    let left = confirmed;
    try {
      left = await this.database.transaction(async (tx) => await writeFree(tx, confirmed));
      failpoint('confirms.written', confirmed);
    } finally {
      this.#confirmed = [...left, ...this.#confirmed];
    }
  }

  async #applied(inputs: readonly Input[], read: typeof lockedSagas): Promise<Decided> {
    if (inputs.length === 0)
      return { reactions: [], changed: [], history: [], carts: { lines: [], underway: [] } };
    const orderIds = [...new Set(inputs.map(({ orderId }) => orderId))];
    return await this.#decided(
      (tx) => read(tx, orderIds),
      () => inputs,
    );
  }

  async #look(lock: (tx: Statements) => Promise<Locked>, unread: readonly CommandName[]): Promise<Decided> {
    return await this.#decided(
      (tx) => lockedOverdueSagas(tx, lock(tx)),
      ({ sagas, now }) => sagas.map((saga) => overdue(saga, now, unread)),
    );
  }

  async #decided(
    read: (tx: Statements) => Promise<Found>,
    inputsFor: (found: Found) => readonly Input[],
  ): Promise<Decided> {
    const decided = await this.database.decided({
      read,
      decide: (found) => apply(found, inputsFor(found), this.#bounds),
      write: save,
    });
    timeCommands(decided);
    countEnded(endedBy(decided));
    return decided;
  }
}

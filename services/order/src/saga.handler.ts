import { Inject, Injectable } from '@nestjs/common';
import { stepKey, type cancelOrder, type CommandContract, type OutcomeOf } from '@jangteo/contracts';
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
import { lockedLines, settleCarts } from './cart.handler.js';
import { insertEntries } from './data-platform.queries.js';
import { commandNamed } from './domain/commands.js';
import { entriesOf } from './domain/data-platform.js';
import {
  endedBy,
  overdue,
  settledBy,
  stepsAnsweredIn,
  type Decision,
  type Reaction,
} from './domain/decide.js';
import { messageOfReply, type SagaMessage } from './domain/messages.js';
import { LATER } from './domain/moves.js';
import type { EventName, Rules, Saga } from './domain/order.js';
import {
  cancelling,
  cancelOf,
  reactionsTo,
  repeatsAmong,
  tell,
  type Asked,
  type Cancelling,
  type Reactions,
  type SagaState,
  type Told,
} from './domain/requests.js';
import type { Said } from './domain/speech.js';
import { reviveSagas } from './kept.queries.js';
import type { OrderConfig } from './order.config.js';
import { insertHistory, insertItems, updateOrders } from './order.queries.js';
import { noteAnswers, type RedriveAnswer } from './redrive.queries.js';
import { countEnded, timeSteps } from './saga.metrics.js';
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
export function rulesOf(config: OrderConfig): Rules {
  return {
    deadlineMs: config.ORDER_DEADLINE_MS,
    retryMs: config.SAGA_RETRY_MS,
    retryMsMax: config.SAGA_RETRY_MS_MAX,
    waitersMax: config.SAGA_WAITERS_MAX,
    inFlightMax: config.ORDERS_IN_FLIGHT_PER_USER_MAX,
    cancelWindowMs: config.ORDER_CANCEL_WINDOW_HOURS * 3_600_000,
  };
}

/** What a saga says, as a message to publish; without a delivery that led to it, in the saga's own trace. */
export function outgoing(said: Said, cause: Cause = { trace: said.trace }): Outgoing {
  switch (said.kind) {
    case 'command':
      return commandTo(said.contract, said.payload, said.orderId, cause);
    case 'event':
      return eventOf(said.contract, said.payload, cause);
    case 'answer':
      return answerTo(said.to, said.outcome, cause);
  }
}

/** Turns reaction i into the answer to request i, with all that follows from it. */
export function resultOf<O>(reactions: readonly Reaction[], batch: readonly Delivery[]): BatchResult<O> {
  return {
    outcomes: reactions.map(({ answer }) => (answer === LATER ? DEFERRED : (answer as O))),
    publish: publishOf(reactions, batch),
  };
}

function publishOf(reactions: readonly Reaction[], batch: readonly Delivery[]): Outgoing[] {
  return reactions.flatMap(({ says }, index) => says.map((said) => outgoing(said, batch[index])));
}

async function stateOf(tx: Statements, now: Date, sagas: readonly Saga[]): Promise<SagaState> {
  const carts = sagas.filter(({ order }) => order.fromCart && order.status === 'PENDING');
  const userIds = [...new Set(carts.map(({ order }) => order.userId))];
  return { now, sagas, lines: userIds.length === 0 ? [] : await lockedLines(tx, userIds) };
}

/** The sagas of orders, locked. */
async function lockedSagas(tx: Statements, orderIds: readonly string[]): Promise<SagaState> {
  const [{ now }, sagas] = await Promise.all([lockSagas(tx, orderIds), readSagas(tx, orderIds)]);
  return await stateOf(tx, now, sagas);
}

/** The sagas of orders, locked; those that were deleted are made anew. */
async function revivedSagas(tx: Statements, orderIds: readonly string[]): Promise<SagaState> {
  // Once they are locked nobody deletes them any more; then those that are new are locked too.
  const [, , state] = await Promise.all([
    lockSagas(tx, orderIds),
    reviveSagas(tx, orderIds),
    lockedSagas(tx, orderIds),
  ]);
  return state;
}

/** The sagas that it is time to look at, locked. */
async function lockedOverdueSagas(tx: Statements, lock: Promise<Locked>): Promise<SagaState> {
  const { now, orderIds } = await lock;
  return await stateOf(tx, now, await readSagas(tx, orderIds));
}

function save(told: Told): Statement[] {
  const { changed, history, lines } = told;
  const orders = changed.filter(({ before, after }) => after.order !== before.order);
  const reserved = orders.filter(({ before }) => before.order.items.length === 0);
  return [
    ...updateSagas(changed),
    ...updateOrders(orders.map(({ after }) => after.order)),
    ...insertItems(reserved.map(({ after }) => after.order)),
    ...insertHistory(history),
    ...settleCarts(lines, settledBy(told)),
    ...insertEntries(entriesOf(told)),
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
  history: Decision['history'],
): RedriveAnswer[] {
  const steps = new Set(history.map(({ orderId, step }) => stepKey(orderId, step ?? '')));
  return batch
    .map(({ type, correlationId: orderId, payload }) => ({
      orderId,
      command: commandNamed(type),
      refusal: payload.ok ? null : payload.refusal,
    }))
    .filter(({ orderId, command }) => !steps.has(stepKey(orderId, command)));
}

/** Runs the sagas: whatever a saga is told, it is told in one transaction with its neighbours. */
@Injectable()
export class SagaHandler {
  private readonly rules: Rules;
  /** Events that the broker has and whose rows do not say so yet; a restart only sends them again. */
  private confirmed: Confirmed[] = [];

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) config: OrderConfig,
  ) {
    this.rules = rulesOf(config);
  }

  async hearReplies(batch: readonly CommandReply<CommandContract>[]): Promise<Omit<BatchResult, 'outcomes'>> {
    const { reactions, history } = await this.advance(
      batch.map((reply) => messageOfReply(commandNamed(reply.type), reply.correlationId, reply.payload)),
    );
    await noteAnswers(this.database, answersAmong(batch, history));
    return {
      publish: publishOf(reactions, batch),
      afterConfirm: async () => this.noteConfirmed(reactions.flatMap(({ says }) => says)),
    };
  }

  async cancel(batch: Batch<typeof cancelOrder>): Promise<BatchResult<OutcomeOf<typeof cancelOrder>>> {
    const decided: Reactions<Cancelling> = new Map();
    const outcomes = await decideOnce(this.database, batch, {
      ...cancelling(this.rules, decided),
      async load(tx, messages) {
        // A batch that met another one's commit is decided again from the start.
        decided.clear();
        const orderIds = [...new Set(messages.map(({ payload }) => payload.orderId))];
        return await revivedSagas(tx, orderIds);
      },
      save,
    });
    return resultOf(await this.reactionsTo({ requests: batch, outcomes, decided }, cancelOf), batch);
  }

  /** What follows from requests; one that was accepted before is told its order `again`. */
  async reactionsTo<M>(
    asked: Asked<M>,
    again: (request: M, orderId: string) => SagaMessage,
  ): Promise<Reaction[]> {
    const { reactions } = await this.told(repeatsAmong(asked, again), revivedSagas);
    return reactionsTo(asked, reactions);
  }

  /** Tells sagas, each message after those before it. */
  async advance(messages: readonly SagaMessage[]): Promise<Decision> {
    return await this.told(messages, lockedSagas);
  }

  /** Looks at sagas without progress, at most so many. */
  async sweep(limit: number): Promise<Decision> {
    return await this.look((tx) => lockSagasToLookAt(tx, limit));
  }

  /** Looks at one saga alone, where it is still time to. */
  async sweepOne(orderId: string): Promise<Decision> {
    return await this.look((tx) => lockSagaToLookAt(tx, orderId));
  }

  /** The broker has these. The rows are told of it later, many at a time: nobody waits for that. */
  noteConfirmed(says: readonly Said[]): void {
    for (const said of says) {
      if (said.kind === 'event') this.confirmed.push({ orderId: said.orderId, type: said.event });
    }
    if (this.confirmed.length > CONFIRMED_MAX)
      this.confirmed.splice(0, this.confirmed.length - CONFIRMED_MAX);
  }

  /** Tells the rows which events the broker has; those that somebody else holds are told the next time. */
  async writeConfirmed(): Promise<void> {
    const { confirmed } = this;
    if (confirmed.length === 0) return;
    this.confirmed = [];
    failpoint('confirms.writing', confirmed);
    let left = confirmed;
    try {
      left = await this.database.transaction(async (tx) => await writeFree(tx, confirmed));
      failpoint('confirms.written', confirmed);
    } finally {
      this.confirmed = [...left, ...this.confirmed];
    }
  }

  private async told(messages: readonly SagaMessage[], read: typeof lockedSagas): Promise<Decision> {
    if (messages.length === 0) return { reactions: [], changed: [], history: [] };
    const orderIds = [...new Set(messages.map(({ orderId }) => orderId))];
    return await this.decided(
      (tx) => read(tx, orderIds),
      () => messages,
    );
  }

  private async look(lock: (tx: Statements) => Promise<Locked>): Promise<Decision> {
    return await this.decided(
      (tx) => lockedOverdueSagas(tx, lock(tx)),
      ({ sagas, now }) => sagas.map((saga) => overdue(saga, { now, rules: this.rules })),
    );
  }

  private async decided(
    read: (tx: Statements) => Promise<SagaState>,
    messagesFor: (state: SagaState) => readonly SagaMessage[],
  ): Promise<Decision> {
    const decision = await this.database.decided({
      read,
      decide: (state) => tell(state, messagesFor(state), this.rules),
      write: save,
    });
    timeSteps(stepsAnsweredIn(decision));
    countEnded(endedBy(decision));
    return decision;
  }
}

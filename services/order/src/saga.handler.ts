import { Inject, Injectable } from '@nestjs/common';
import type { cancelOrder, CommandContract, OutcomeOf } from '@jangteo/contracts';
import { Database, type Statements } from '@jangteo/database';
import {
  answerTo,
  commandTo,
  DEFERRED,
  eventOf,
  type Batch,
  type BatchResult,
  type CommandReply,
  type Delivery,
  type Outgoing,
} from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { commandNamed } from './domain/commands.js';
import { decide, endedBy, overdue, type Decision, type Reaction } from './domain/decide.js';
import { messageOfReply, type SagaMessage } from './domain/messages.js';
import { LATER } from './domain/moves.js';
import type { EventName, Moment, Rules, Saga } from './domain/order.js';
import type { Said } from './domain/speech.js';
import type { OrderConfig } from './order.config.js';
import { insertHistory, insertItems, updateOrders } from './order.queries.js';
import { countEnded } from './saga.metrics.js';
import { confirmEvent, lockSagas, lockSagasToLookAt, readSagas, updateSagas } from './saga.queries.js';

interface Confirmed {
  readonly orderId: string;
  readonly event: EventName;
}

/** The saga's bounds in the configuration. */
export function rulesOf(config: OrderConfig): Rules {
  return {
    deadlineMs: config.ORDER_DEADLINE_MS,
    retryMs: config.SAGA_RETRY_MS,
    retryMsMax: config.SAGA_RETRY_MS_MAX,
    waitersMax: config.SAGA_WAITERS_MAX,
  };
}

/** What a saga says, as a message to publish; the delivery that led to it lends its trace. */
export function outgoing(said: Said, cause?: Delivery): Outgoing {
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

async function save(tx: Statements, { changed, history }: Decision): Promise<void> {
  const orders = changed.filter(({ before, after }) => after.order !== before.order);
  const reserved = orders.filter(({ before }) => before.order.items.length === 0);
  await updateSagas(
    tx,
    changed.map(({ after }) => after),
  );
  await updateOrders(
    tx,
    orders.map(({ after }) => after.order),
  );
  await insertItems(
    tx,
    reserved.map(({ after }) => after.order),
  );
  await insertHistory(tx, history);
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
    const { reactions } = await this.advance(
      batch.map((reply) => messageOfReply(commandNamed(reply.type), reply.correlationId, reply.payload)),
    );
    return {
      publish: publishOf(reactions, batch),
      afterConfirm: async () => this.noteConfirmed(reactions.flatMap(({ says }) => says)),
    };
  }

  async cancel(batch: Batch<typeof cancelOrder>): Promise<BatchResult<OutcomeOf<typeof cancelOrder>>> {
    const { reactions } = await this.advance(
      batch.map(({ payload, replyAddress: waiter }) => ({
        signal: 'cancel',
        orderId: payload.orderId,
        userId: payload.userId,
        cancelledBy: payload.cancelledBy,
        waiter,
      })),
    );
    return resultOf(reactions, batch);
  }

  /** Tells sagas, each message after those before it. */
  async advance(messages: readonly SagaMessage[]): Promise<Decision> {
    if (messages.length === 0) return { reactions: [], changed: [], history: [] };
    const orderIds = [...new Set(messages.map(({ orderId }) => orderId))];
    return await this.decided(
      (tx) => lockSagas(tx, orderIds),
      () => messages,
    );
  }

  /** Looks at sagas without progress, at most so many. */
  async sweep(limit: number): Promise<Decision> {
    return await this.decided(
      (tx) => lockSagasToLookAt(tx, limit),
      (sagas, moment) => sagas.map((saga) => overdue(saga, moment)),
    );
  }

  /** The broker has these. The rows are told of it later, many at a time: nobody waits for that. */
  noteConfirmed(says: readonly Said[]): void {
    for (const said of says) {
      if (said.kind === 'event') this.confirmed.push({ orderId: said.orderId, event: said.event });
    }
  }

  /** Tells the rows which events the broker has. */
  async writeConfirmed(): Promise<void> {
    const { confirmed } = this;
    if (confirmed.length === 0) return;
    this.confirmed = [];
    const idsOf = (event: EventName): string[] =>
      confirmed.filter((one) => one.event === event).map(({ orderId }) => orderId);
    try {
      await this.database.transaction(async (tx) => {
        await lockSagas(
          tx,
          confirmed.map(({ orderId }) => orderId),
        );
        await confirmEvent(tx, 'order.completed', idsOf('order.completed'));
        await confirmEvent(tx, 'order.cancelled', idsOf('order.cancelled'));
      });
    } catch (error) {
      this.confirmed = [...confirmed, ...this.confirmed];
      throw error;
    }
  }

  private async decided(
    lock: (tx: Statements) => ReturnType<typeof lockSagas>,
    messagesFor: (sagas: readonly Saga[], moment: Moment) => readonly SagaMessage[],
  ): Promise<Decision> {
    const decision = await this.database.transaction(async (tx) => {
      const { now, orderIds } = await lock(tx);
      const sagas = await readSagas(tx, orderIds);
      const moment = { now, rules: this.rules };
      const decided = decide(sagas, messagesFor(sagas, moment), moment);
      await save(tx, decided);
      return decided;
    });
    countEnded(endedBy(decision));
    return decision;
  }
}

import { Injectable, Logger } from '@nestjs/common';
import {
  done,
  FIRST_ID,
  type OutcomeOf,
  type PayloadOf,
  type redriveOrders,
  type ValueOf,
} from '@jangteo/contracts';
import { Database, decodeCursor, encodeCursor, refuseCursor } from '@jangteo/database';
import { Publisher } from '@jangteo/messaging';
import { redriveOf } from '../domain/redrive.js';
import type { SagaState } from '../domain/saga.js';
import { reviveSagas } from './kept.queries.js';
import {
  countUnanswered,
  noteRedriven,
  readRedriveStart,
  readRefused,
  scanSagas,
} from './redrive.queries.js';
import { outgoing } from '../saga/saga.handler.js';
import { lockSagas, readSagas } from '../saga/saga.queries.js';

type Payload = PayloadOf<typeof redriveOrders>;
type Value = ValueOf<typeof redriveOrders>;

/**
 * In this order, each once all that was sent before it is answered: what undos give back, a later order may have
 * taken, and an action that is refused stays refused.
 */
const PHASES = ['undos', 'actions', 'end'] as const;
type Phase = (typeof PHASES)[number];

const STATES: Record<Phase, readonly SagaState[]> = {
  undos: ['CANCELLED', 'FAILED'],
  actions: ['SUCCESS'],
  end: [],
};

/** The progress of a redrive. */
interface Place {
  readonly phase: Phase;
  /** The time at which it began, by the database's clock. */
  readonly startedAt: Date;
  readonly afterOrderId: string;
}

const NOTHING: Value = { redriven: 0, moving: 0, unanswered: 0, refused: 0, refusals: [] };

function placeIn(cursor: string): Place | undefined {
  const [name, startedAt, afterOrderId] = decodeCursor(cursor, ['string', 'instant', 'id']) ?? [];
  const phase = PHASES.find((known) => known === name);
  if (phase === undefined || startedAt === undefined || afterOrderId === undefined) return undefined;
  return { phase, startedAt: new Date(startedAt), afterOrderId: String(afterOrderId) };
}

function cursorOf({ phase, startedAt, afterOrderId }: Place): string {
  return encodeCursor([phase, startedAt.toISOString(), afterOrderId]);
}

/** Makes participants agree with how orders ended, after a database was restored to an older moment. */
@Injectable()
export class RedriveHandler {
  readonly #logger = new Logger('Redrive');

  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
  ) {}

  /**
   * One page; what it sends is confirmed by the broker when this comes back.
   * @throws TransientFailure when database or broker were away: the same page may be asked for again
   */
  async redrive(payload: Payload): Promise<OutcomeOf<typeof redriveOrders>> {
    const { cursor } = payload;
    if (cursor === undefined) {
      const { now, moving } = await readRedriveStart(this.database);
      const first: Place = { phase: 'undos', startedAt: now, afterOrderId: FIRST_ID };
      return done({ ...(await this.#page(payload, first)), moving });
    }
    const place = placeIn(cursor);
    return place === undefined ? refuseCursor() : done(await this.#page(payload, place));
  }

  async #page(payload: Payload, place: Place): Promise<Value> {
    const { phase, startedAt, afterOrderId } = place;
    const isBeginning = phase !== 'undos' && afterOrderId === FIRST_ID;
    const unanswered = isBeginning ? await countUnanswered(this.database, startedAt) : 0;
    if (unanswered > 0) return { ...NOTHING, unanswered, next: cursorOf(place) };
    return phase === 'end' ? await this.#ended(startedAt) : await this.#someOf(payload, place);
  }

  async #someOf({ since, until, limit, by }: Payload, place: Place): Promise<Value> {
    const { phase, startedAt, afterOrderId } = place;
    const { orderIds, next } = await scanSagas(this.database, {
      since: new Date(since),
      until: until === undefined ? startedAt : new Date(until),
      states: STATES[phase],
      afterOrderId,
      limit,
    });
    await this.#send(orderIds, by);
    if (orderIds.length > 0) {
      const [from, to] = [orderIds[0], orderIds.at(-1)];
      this.#logger.log({ msg: 'redrove orders', phase, orders: orderIds.length, from, to, by });
    }
    const after: Place =
      next === undefined
        ? { phase: phase === 'undos' ? 'actions' : 'end', startedAt, afterOrderId: FIRST_ID }
        : { phase, startedAt, afterOrderId: next };
    return { ...NOTHING, redriven: orderIds.length, next: cursorOf(after) };
  }

  /** Noted before it is sent: an answer may be here before the confirm. */
  async #send(orderIds: readonly string[], by: string): Promise<void> {
    const sagas = await this.database.transaction(async (tx) => {
      // Once they are locked nobody deletes them any more, nor those that are made anew.
      await lockSagas(tx, orderIds);
      await reviveSagas(tx, orderIds);
      return await readSagas(tx, orderIds);
    });
    const redriven = sagas.map((saga) => {
      const { commands, effects } = redriveOf(saga);
      return { effects, commands: commands.map((command) => ({ orderId: saga.order.orderId, command })) };
    });
    await noteRedriven(
      this.database,
      redriven.flatMap(({ commands }) => commands),
      by,
    );
    await this.publisher.publish(
      redriven.flatMap(({ effects }) => effects.map((effect) => outgoing(effect))),
    );
  }

  async #ended(startedAt: Date): Promise<Value> {
    const { count, some } = await readRefused(this.database, startedAt);
    const refusals = some.map(({ orderId, command, refusal: { code, detail } }) => ({
      orderId,
      command,
      failureCode: code,
      ...(detail === undefined ? {} : { failureDetail: detail }),
    }));
    return { ...NOTHING, refused: count, refusals };
  }
}

import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  done,
  FIRST_ID,
  type OutcomeOf,
  type PayloadOf,
  type redriveOrders,
  type ValueOf,
} from '@jangteo/contracts';
import { Database, decodeCursor, encodeCursor, refuseCursor } from '@jangteo/database';
import { Broker, Publisher } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { redriveOf } from '../domain/redrive.js';
import type { SagaState } from '../domain/saga.js';
import { heard, isLong, type Silence, type Unanswered } from '../domain/silence.js';
import { commandQueues, readCommands } from '../domain/unread.js';
import type { OrderConfig } from '../order.config.js';
import { reviveSagas } from './kept.queries.js';
import {
  countUnanswered,
  noteRedriven,
  readRedriveStart,
  readRefused,
  readUnanswered,
  scanSagas,
} from './redrive.queries.js';
import { outgoing } from '../saga/saga.handler.js';
import { lockSagas, readSagas } from '../saga/saga.queries.js';

type Payload = PayloadOf<typeof redriveOrders>;
type Value = ValueOf<typeof redriveOrders>;

/**
 * In this order, each once all that was sent before it is answered, or no answer is to be expected: what undos give
 * back, a later order may have taken, and an action that is refused stays refused.
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
  /** Nothing that was sent before this is waited for. */
  readonly waitsFrom: Date;
  readonly silence: Silence;
}

type CursorParts = [
  phase: string,
  startedAt: string,
  afterOrderId: string,
  waitsFrom: string,
  unanswered: number,
  since: string,
];

const NOTHING: Value = { redriven: 0, moving: 0, unanswered: 0, refused: 0, refusals: [] };

function placeIn(cursor: string): Place | undefined {
  const parts = decodeCursor(cursor, ['string', 'instant', 'id', 'instant', 'number', 'instant']);
  if (parts === undefined) return undefined;
  const [name, startedAt, afterOrderId, waitsFrom, unanswered, since] = parts as CursorParts;
  const phase = PHASES.find((known) => known === name);
  if (phase === undefined) return undefined;
  const silence = { unanswered, since: new Date(since) };
  return { phase, startedAt: new Date(startedAt), afterOrderId, waitsFrom: new Date(waitsFrom), silence };
}

function cursorOf({ phase, startedAt, afterOrderId, waitsFrom, silence }: Place): string {
  const parts: CursorParts = [
    phase,
    startedAt.toISOString(),
    afterOrderId,
    waitsFrom.toISOString(),
    silence.unanswered,
    silence.since.toISOString(),
  ];
  return encodeCursor(parts);
}

/** Makes participants agree with how orders ended, after a database was restored to an older moment. */
@Injectable()
export class RedriveHandler {
  readonly #logger = new Logger('Redrive');

  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly broker: Broker,
    @Inject(CONFIG) private readonly config: Pick<OrderConfig, 'MESSAGING_NAMESPACE'>,
  ) {}

  /**
   * One page; what it sends is confirmed by the broker when this comes back.
   * @throws TransientFailure when database or broker were away: the same page may be asked for again
   */
  async redrive(payload: Payload): Promise<OutcomeOf<typeof redriveOrders>> {
    const { cursor } = payload;
    if (cursor === undefined) {
      const { now, moving } = await readRedriveStart(this.database);
      const silence = { unanswered: 0, since: now };
      const first = {
        phase: 'undos',
        startedAt: now,
        afterOrderId: FIRST_ID,
        waitsFrom: now,
        silence,
      } as const;
      return done({ ...(await this.#page(payload, first)), moving });
    }
    const place = placeIn(cursor);
    return place === undefined ? refuseCursor() : done(await this.#page(payload, place));
  }

  async #page(payload: Payload, place: Place): Promise<Value> {
    const { phase, afterOrderId } = place;
    const isBeginning = phase !== 'undos' && afterOrderId === FIRST_ID;
    return isBeginning ? await this.#beginning(payload, place) : await this.#someOf(payload, place);
  }

  async #beginning(payload: Payload, place: Place): Promise<Value> {
    const unanswered = await countUnanswered(this.database, place.waitsFrom);
    const { now, count, commands } = unanswered;
    if (count === 0) return await this.#goOn(payload, place);
    const silence = heard(place.silence, unanswered);
    const waits = (since: Silence): Value => ({
      ...NOTHING,
      unanswered: count,
      next: cursorOf({ ...place, silence: since }),
    });
    if (!isLong(silence, now)) return waits(silence);
    if (!(await this.#areRead(unanswered))) return waits({ ...silence, since: now });
    this.#logger.warn({
      msg: 'redrives on without answers',
      phase: place.phase,
      unanswered: count,
      commands,
    });
    return await this.#goOn(payload, { ...place, waitsFrom: now });
  }

  /** False where a participant that owes answers is away or behind, or may be: then it is waited for. */
  async #areRead({ commands }: Unanswered): Promise<boolean> {
    const { MESSAGING_NAMESPACE: namespace } = this.config;
    const read = readCommands(namespace, await this.broker.readQueuesNamed(commandQueues(namespace)));
    return commands.every((command) => read.includes(command));
  }

  async #goOn(payload: Payload, place: Place): Promise<Value> {
    return place.phase === 'end' ? await this.#ended(place.startedAt) : await this.#someOf(payload, place);
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
        ? {
            ...place,
            phase: phase === 'undos' ? 'actions' : 'end',
            afterOrderId: FIRST_ID,
            // Of what this phase has sent nothing was waited for yet.
            silence: { unanswered: 0, since: startedAt },
          }
        : { ...place, afterOrderId: next };
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
    const unanswered = await readUnanswered(this.database, startedAt);
    const refusals = some.map(({ orderId, command, refusal: { code, detail } }) => ({
      orderId,
      command,
      failureCode: code,
      ...(detail === undefined ? {} : { failureDetail: detail }),
    }));
    return {
      ...NOTHING,
      refused: count,
      refusals,
      unanswered: unanswered.count,
      ...(unanswered.count > 0 && { unansweredCommands: unanswered.some }),
    };
  }
}

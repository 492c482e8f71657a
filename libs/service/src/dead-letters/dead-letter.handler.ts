import { isUtf8 } from 'node:buffer';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  done,
  maskedJson,
  present,
  refuse,
  type DeadLetter,
  type DeadLetterRequests,
  type DeadLetterWithBody,
  type OutcomeOf,
  type PayloadOf,
  type ServiceName,
} from '@jangteo/contracts';
import { cutPage, Database, decodeCursor, refuseCursor, type Statements } from '@jangteo/database';
import {
  Broker,
  frameAgain,
  PublishFailed,
  Publisher,
  type DeadLetterRecord,
  type DeadLetterStore,
  type Sendable,
} from '@jangteo/messaging';
import {
  checkTable,
  countWaiting,
  insertDeadLetters,
  lockCaught,
  lockDeadLetter,
  lockSendable,
  lockSending,
  readDeadLetter,
  readDeadLetters,
  readNow,
  settle,
  type DeadLetterRow,
  type WholeRow,
} from './dead-letter.queries.js';

/** Injection token of the service whose dead letters these are. */
export const DEAD_LETTERS_OF = Symbol('the service whose dead letters these are');

/** Of a body, in an answer. */
const BODY_BYTES_SHOWN = 256 * 1024;
/** Sent again in one transaction, whose locks are held until the broker has confirmed them. */
const SEND_MAX = 100;
/** The name of the sender of dead letters that go out again though nobody has looked at them. */
const SYSTEM = 'system';

type Requests = DeadLetterRequests;
type Answer<R extends keyof Requests> = Promise<OutcomeOf<Requests[R]>>;

/** Without secrets: who may read it may not do what it asks for. A beginning of a text may end within a character. */
function shownBody({ beginning, bodyBytes }: WholeRow): Pick<DeadLetterWithBody, 'body' | 'bodyEncoding'> {
  const isCut = beginning.length < bodyBytes;
  const ends = isCut ? [0, 1, 2, 3] : [0];
  const end = ends.map((cut) => beginning.length - cut).find((at) => isUtf8(beginning.subarray(0, at)));
  return end === undefined
    ? { body: beginning.toString('base64'), bodyEncoding: 'base64' }
    : { body: maskedJson(beginning.toString('utf8', 0, end)), bodyEncoding: 'utf8' };
}

/** Keeps what could not be handled, and does with it what people decide. */
@Injectable()
export class DeadLetterHandler implements DeadLetterStore {
  readonly #logger = new Logger('DeadLetters');

  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly broker: Broker,
    @Inject(DEAD_LETTERS_OF) private readonly service: ServiceName,
  ) {}

  async check(): Promise<void> {
    await checkTable(this.database);
  }

  async keep(records: readonly DeadLetterRecord[]): Promise<void> {
    await this.database.transaction((tx) => insertDeadLetters(tx, records));
  }

  async list({ filter, state, limit, cursor }: PayloadOf<Requests['list']>): Answer<'list'> {
    const place = cursor === undefined ? undefined : decodeCursor(cursor, ['instant', 'id']);
    if (cursor !== undefined && place === undefined) return refuseCursor();
    const before = place && { parkedAt: String(place[0]), deadLetterId: String(place[1]) };
    const found = await readDeadLetters(this.database, { ...filter, state }, before, limit + 1);
    const { rows, next } = cutPage(found, limit, (row) => [row.parkedAt.toISOString(), row.deadLetterId]);
    return done({ deadLetters: rows.map((row) => this.#viewOf(row)), next });
  }

  async read({ deadLetterId }: PayloadOf<Requests['read']>): Answer<'read'> {
    const row = await readDeadLetter(this.database, deadLetterId, BODY_BYTES_SHOWN);
    if (row === undefined) return refuse('DEAD_LETTER_NOT_FOUND');
    const { detail, properties, bodyBytes } = row;
    return done({ ...this.#viewOf(row), detail, properties, ...shownBody(row), bodyBytes });
  }

  async sendAgain({ deadLetterId, by, operationId }: PayloadOf<Requests['sendAgain']>): Answer<'sendAgain'> {
    return await this.database.transaction(async (tx) => {
      const letter = await lockDeadLetter(tx, deadLetterId);
      if (letter === undefined) return refuse('DEAD_LETTER_NOT_FOUND');
      if (letter.state === 'SENT_AGAIN') return done(this.#viewOf(letter));
      if (letter.state === 'DROPPED') return refuse('DEAD_LETTER_SETTLED', 'it was dropped');
      if (!letter.isSendable) {
        return refuse(
          'DEAD_LETTER_EXPIRED',
          'its client has stopped waiting, and asks again where it needs to',
        );
      }
      const [sent] = await this.#send(tx, [letter], by, operationId);
      return done(this.#viewOf(sent ?? letter));
    });
  }

  async sendAllAgain({
    filter,
    parkedUntil,
    by,
    operationId,
  }: PayloadOf<Requests['sendAllAgain']>): Answer<'sendAllAgain'> {
    const until = parkedUntil === undefined ? await readNow(this.database) : new Date(parkedUntil);
    const sent = await this.database.transaction(async (tx) => {
      await lockSending(tx);
      return this.#send(tx, await lockSendable(tx, filter, until, SEND_MAX), by, operationId);
    });
    const waiting = await countWaiting(this.database, filter, until);
    return done({ sent: sent.length, ...waiting, parkedUntil: until.toISOString() });
  }

  async drop({ deadLetterId, by, reason }: PayloadOf<Requests['drop']>): Answer<'drop'> {
    return await this.database.transaction(async (tx) => {
      const letter = await lockDeadLetter(tx, deadLetterId);
      if (letter === undefined) return refuse('DEAD_LETTER_NOT_FOUND');
      if (letter.state === 'DROPPED') return done(this.#viewOf(letter));
      if (letter.state === 'SENT_AGAIN') return refuse('DEAD_LETTER_SETTLED', 'it was sent again');
      const [dropped] = await settle(tx, [deadLetterId], { state: 'DROPPED', by, reason });
      this.#logger.log({ msg: `dropped ${letter.type}`, deadLetterId, by, reason });
      return done(this.#viewOf(dropped ?? letter));
    });
  }

  /**
   * Tries those once more, each alone, that the broker gave up on together: most of them did no harm.
   * Requests among them are kept as they are.
   * @returns how many there were
   */
  async retryCaught(): Promise<number> {
    const sent = await this.database.transaction(async (tx) =>
      this.#send(tx, await lockCaught(tx, SEND_MAX), SYSTEM),
    );
    return sent.length;
  }

  /**
   * Marked only once the broker has them: whoever dies in between has sent them, and sends them again. One that
   * cannot be sent goes on waiting, and keeps no other from being marked.
   *
   * @throws what the first failed with when none could be sent
   */
  async #send(
    tx: Statements,
    letters: readonly Sendable[],
    by: string,
    operationId?: string,
  ): Promise<DeadLetterRow[]> {
    if (letters.length === 0) return [];
    const userId = this.broker.senders.own;
    const vouchedBy = by === SYSTEM ? undefined : by;
    const results = await Promise.allSettled(
      letters.map(async (letter) => this.publisher.send([frameAgain(letter, { userId, vouchedBy })])),
    );
    const sent: string[] = [];
    const failures: unknown[] = [];
    for (const [index, { deadLetterId, type, queue }] of letters.entries()) {
      const result = results[index];
      if (result?.status === 'fulfilled') {
        sent.push(deadLetterId);
        this.#logger.log({ msg: `sent ${type} again to ${queue}`, deadLetterId, by });
      } else {
        failures.push(result?.reason);
        this.#logger.warn({
          msg: `${type} is not sent again to ${queue}`,
          deadLetterId,
          why: String(result?.reason),
        });
      }
    }
    // Their queue may be gone; the next try finds it there.
    if (failures.some((error) => error instanceof PublishFailed)) {
      await this.broker.declareAgain().catch(() => undefined);
    }
    if (sent.length === 0) throw failures[0];
    return await settle(tx, sent, { state: 'SENT_AGAIN', by, reason: null, operationId });
  }

  #viewOf(row: DeadLetterRow): DeadLetter {
    const { deadLetterId, queue, type, messageId, correlationId, reason, parkedAt, isSendable } = row;
    const { earlierId, state, settledAt, settledBy, settledReason } = row;
    return {
      deadLetterId,
      service: this.service,
      queue,
      type,
      ...present({ messageId, correlationId }),
      reason,
      parkedAt: parkedAt.toISOString(),
      sendable: isSendable,
      ...(earlierId === null ? {} : { earlierId }),
      state,
      ...present({ settledAt: settledAt?.toISOString(), settledBy, settledReason }),
    };
  }
}

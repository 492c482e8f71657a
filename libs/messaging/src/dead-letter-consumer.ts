import { Logger } from '@nestjs/common';
import { failpoint } from '#failpoints';
import type { ChannelModel } from 'amqplib';
import type { Queue } from '@jangteo/contracts';
import { ackAll, ConsumerSession, isAlive, type Arrival } from './consumer-session.js';
import { GIVEN_UP_TOGETHER, recordsOf, type DeadLetterRecord } from './dead-letter-record.js';
import { describeError } from './dead-letters.js';
import { Batcher } from './batcher.js';
import type { PipelineContext } from './route.js';
import type { ReconnectingConnection } from './reconnecting-connection.js';
import { metrics } from './metrics.js';
import { spreadBackoffMs, pause } from './pause.js';

/** Taken out at a time: whatever is out counts as delivered once more when the connection is lost. */
const PREFETCH = 50;

/** The place for dead letters once they are out of the broker. */
export interface DeadLetterStore {
  /** @throws as long as nothing can be kept */
  check(): Promise<void>;
  /**
   * Keeps all of them, for good once it has returned. One that is there already stays as it is.
   * @throws when it is not known whether they are kept
   */
  keep(records: readonly DeadLetterRecord[]): Promise<void>;
}

/** Moves what arrives in one dead-letter queue into the store, and acknowledges what is there. */
export class DeadLetterConsumer {
  readonly #logger = new Logger(DeadLetterConsumer.name);
  readonly #batcher: Batcher;
  #session: ConsumerSession | undefined;
  #begun: Promise<void> = Promise.resolve();

  constructor(
    private readonly queue: Queue,
    private readonly store: DeadLetterStore,
    private readonly context: PipelineContext,
  ) {
    this.#batcher = new Batcher(queue.deadLetterQueue, { size: PREFETCH, bytes: Infinity }, (batch) =>
      this.#keep(batch),
    );
  }

  /** Begins to consume on a fresh connection as soon as the store can keep anything; does not wait for it. */
  async open(reconnecting: ReconnectingConnection, connection: ChannelModel): Promise<void> {
    const channel = await reconnecting.openChannel(connection);
    const session = new ConsumerSession({ name: this.queue.deadLetterQueue }, channel);
    this.#session = session;
    this.#begun = this.#begin(session, reconnecting).catch((error: unknown) => {
      // The broker closes a channel that it refuses something on, and the connection is then built anew.
      this.#logger.warn(`${this.queue.deadLetterQueue} is not read: ${String(error)}`);
    });
  }

  /** Takes no more, and comes back when what is being kept is kept. */
  async drain(): Promise<void> {
    this.#batcher.stop();
    await this.#begun;
    await this.#session?.cancel().catch(() => undefined);
    for (const arrival of this.#batcher.takeWaiting()) arrival.session.giveBack(arrival);
    await this.#batcher.idle();
  }

  /** A queue counts deliveries, and a broker of version 4 drops what it has handed out 20 times. */
  async #begin(session: ConsumerSession, reconnecting: ReconnectingConnection): Promise<void> {
    const isWanted = (): boolean => session.isAlive && !this.context.stopping.aborted;
    if (!(await this.#untilDone(() => this.store.check(), isWanted))) return;
    await session.consume(
      PREFETCH,
      (arrival) => this.#batcher.arrive(arrival),
      () => reconnecting.drop(`the broker cancelled the consumer of ${this.queue.deadLetterQueue}`),
    );
  }

  async #keep(arrivals: readonly Arrival[]): Promise<void> {
    const place = { queue: this.queue, senders: this.context.senders };
    const letters = arrivals.flatMap((arrival) => recordsOf(arrival, place));
    const records = letters.map(({ record }) => record);
    failpoint('keeping.received', records);
    const isWanted = (): boolean => letters.some(isAlive) && !this.context.stopping.aborted;
    const keep = () => this.store.keep(records);
    if (!(await this.#untilDone(keep, isWanted))) return;
    failpoint('keeping.committed', records);
    ackAll(letters);
    failpoint('keeping.acked', records);
    const caught = records.filter(({ reason }) => reason === GIVEN_UP_TOGETHER).length;
    if (caught > 0) this.#count(caught);
  }

  /** Parking has counted all the others. */
  #count(caught: number): void {
    metrics.deadLettered.inc({ queue: this.queue.name, type: 'unknown', reason: GIVEN_UP_TOGETHER }, caught);
    this.#logger.error(`${this.queue.name}: the broker gave up on ${caught} messages together`);
  }

  /** @returns whether it succeeded before it was not wanted any more */
  async #untilDone(work: () => Promise<void>, isWanted: () => boolean): Promise<boolean> {
    for (let failures = 0; isWanted(); failures += 1) {
      try {
        await work();
        return true;
      } catch (error) {
        // Once an outage: they are in the broker as long as it takes.
        if (failures === 0) {
          this.#logger.error(`${this.queue.deadLetterQueue} cannot be kept yet: ${describeError(error)}`);
        }
        await pause(spreadBackoffMs(failures), this.context.stopping);
      }
    }
    return false;
  }
}

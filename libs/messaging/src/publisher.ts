import { Injectable, Logger } from '@nestjs/common';
import { inSpan } from '@jangteo/tracing';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import { Broker } from './broker.js';
import { MessageWriter, type OutboundMessage } from './outbound-messages.js';
import { TransientFailure, type Outgoing } from './message.types.js';
import { metrics } from './metrics.js';
import { sendingOf, tracedAll } from './spans.js';

/**
 * Limits of what this process has out to one place, unconfirmed; beyond them, publishers to that place wait. Each place
 * has its own, so that one which confirms nothing takes up no other's. The first message goes out whatever it weighs.
 */
const PLACE_MAX = { messages: 1_000, bytes: 16 * 1024 * 1024 };

type Failure =
  | 'unroutable'
  | 'not confirmed'
  | 'no confirm in time'
  | 'broker not available'
  | 'no room'
  /** As no room, for what was only offered to a place that goes on confirming: nothing is wrong. */
  | 'busy'
  | 'not encodable';

/** The sums of what is out to one place. */
interface Place {
  messages: number;
  bytes: number;
  /** When something of it was last confirmed, or the first went out. */
  movedAtMs: number;
}

/** A queue, or the exchange of events: one of as few as the topology has. */
function addressOf({ exchange, routingKey }: OutboundMessage): string {
  return exchange === '' ? routingKey : exchange;
}

/** Made by who can write messages that the protocol cannot carry, so a bug: no retry mends that. */
export class Unencodable extends Error {
  override readonly name = 'Unencodable';
}

/** Some messages were not confirmed: what became of them is unknown, so they must be published again. */
export class PublishFailed extends TransientFailure {
  override readonly name = 'PublishFailed';

  constructor(
    reason: string,
    readonly unconfirmed: readonly OutboundMessage[],
  ) {
    const to = [...new Set(unconfirmed.map(addressOf))].join(', ');
    const type = String(unconfirmed[0]?.options.type);
    super(`${unconfirmed.length} message(s) not published: ${reason}; to ${to}, the first a ${type}`);
  }
}

@Injectable()
export class Publisher {
  readonly #logger = new Logger(Publisher.name);
  readonly #writer: MessageWriter;
  readonly #deadlineMs: number;
  /** Ids of messages that the broker sent back as unroutable; it confirms them right after. */
  readonly #returned = new Set<string>();
  #confirming: ConfirmChannel | undefined;
  #answering: Channel | undefined;
  readonly #places = new Map<string, Place>();

  constructor(private readonly broker: Broker) {
    this.#writer = new MessageWriter(broker.options);
    this.#deadlineMs = broker.options.config.PUBLISH_DEADLINE_MS;
    broker.publishing.addSetup((connection) => this.#open(connection));
  }

  /**
   * Publishes all of it and waits for every confirm, within PUBLISH_DEADLINE_MS. Answers are sent along,
   * but neither confirmed nor awaited: who missed one asks again.
   * @throws PublishFailed when anything was not confirmed or found no queue: its fate is unknown;
   *         Unencodable when anything cannot be sent at all; BodyTooLarge, before anything was published
   */
  async publish(outgoing: readonly Outgoing[]): Promise<void> {
    await this.send(tracedAll(outgoing.map((message) => this.#writer.outgoing(message))));
  }

  /**
   * As {@link publish}, for messages that are frames already.
   * @param patienceMs how long to wait for room on the way to where they go
   */
  async send(frames: readonly OutboundMessage[], patienceMs = this.#deadlineMs): Promise<void> {
    const confirmed: OutboundMessage[] = [];
    for (const frame of frames) {
      if (frame.confirmed) confirmed.push(frame);
      else this.#answer(frame);
    }
    if (confirmed.length === 0) return;
    await inSpan(
      () => sendingOf(confirmed.length),
      () => this.#sendConfirmed(confirmed, patienceMs),
    );
  }

  /**
   * Publishes, once and without waiting for room, what is sent again later anyway.
   * @returns whether all of it was confirmed; never throws
   */
  async offer(outgoing: readonly Outgoing[]): Promise<boolean> {
    return await this.offerFrames(tracedAll(outgoing.map((message) => this.#writer.outgoing(message))));
  }

  /** As {@link offer}, for messages that are frames already. */
  async offerFrames(frames: readonly OutboundMessage[]): Promise<boolean> {
    try {
      await this.send(frames, 0);
      return true;
    } catch (error) {
      if (!(error instanceof PublishFailed)) this.#logger.error(String(error));
      return false;
    }
  }

  async #sendConfirmed(confirmed: readonly OutboundMessage[], patienceMs: number): Promise<void> {
    const startedAt = performance.now();
    const failures = new Map<OutboundMessage, Failure>();
    const together = Map.groupBy(confirmed, ({ exchange, routingKey }) => `${exchange}/${routingKey}`);
    await Promise.all(
      [...together].map(async ([place, frames]) => {
        for (const [frame, why] of await this.#sendTo(place, frames, patienceMs)) failures.set(frame, why);
      }),
    );
    metrics.confirmSeconds.observe((performance.now() - startedAt) / 1_000);
    if (failures.size > 0) throw this.#failed(failures);
  }

  async #sendTo(
    place: string,
    frames: readonly OutboundMessage[],
    patienceMs: number,
  ): Promise<Map<OutboundMessage, Failure>> {
    const startedAt = performance.now();
    const { changes } = this.broker.publishing;
    const hasPlace = await changes.until(() => this.#take(place, frames), patienceMs);
    if (!hasPlace) {
      const why = this.#whyNoPlace(place, patienceMs);
      return new Map(frames.map((frame) => [frame, why]));
    }
    return await this.#confirmAll(place, frames, this.#deadlineMs - (performance.now() - startedAt));
  }

  async #open(connection: ChannelModel): Promise<void> {
    const { publishing } = this.broker;
    const confirming = await publishing.openConfirmChannel(connection);
    const answering = await publishing.openChannel(connection);
    this.#returned.clear();
    confirming.on('return', ({ properties, fields }) => {
      this.#returned.add(properties.messageId);
      this.#logger.warn(`no queue for ${properties.type} (routing key ${fields.routingKey}): returned`);
    });
    this.#confirming = confirming;
    this.#answering = answering;
  }

  #take(place: string, frames: readonly OutboundMessage[]): boolean {
    if (!this.broker.publishing.isOpen) return false;
    const bytes = frames.reduce((sum, { body }) => sum + body.length, 0);
    const out = this.#places.get(place) ?? { messages: 0, bytes: 0, movedAtMs: performance.now() };
    const fits = out.messages + frames.length <= PLACE_MAX.messages && out.bytes + bytes <= PLACE_MAX.bytes;
    if (out.messages > 0 && !fits) return false;
    this.#places.set(place, {
      ...out,
      messages: out.messages + frames.length,
      bytes: out.bytes + bytes,
    });
    return true;
  }

  #whyNoPlace(place: string, patienceMs: number): Failure {
    if (!this.broker.publishing.isOpen) return 'broker not available';
    const { movedAtMs = 0 } = this.#places.get(place) ?? {};
    const isMoving = performance.now() - movedAtMs < this.#deadlineMs;
    return isMoving && patienceMs === 0 ? 'busy' : 'no room';
  }

  #giveBack(place: string, { body }: OutboundMessage): void {
    const out = this.#places.get(place);
    if (out === undefined || out.messages <= 1) this.#places.delete(place);
    else {
      const [messages, bytes] = [out.messages - 1, out.bytes - body.length];
      this.#places.set(place, { messages, bytes, movedAtMs: performance.now() });
    }
    this.broker.publishing.changes.notify();
  }

  /** Resolves once each frame was confirmed or failed; what comes after the deadline only frees its place. */
  #confirmAll(
    place: string,
    frames: readonly OutboundMessage[],
    deadlineMs: number,
  ): Promise<Map<OutboundMessage, Failure>> {
    return new Promise((resolve) => {
      const open = new Set(frames);
      const failures = new Map<OutboundMessage, Failure>();
      const timer = setTimeout(
        () => {
          for (const frame of open) failures.set(frame, 'no confirm in time');
          resolve(failures);
        },
        Math.max(deadlineMs, 1),
      );
      const settle = (frame: OutboundMessage, failure: Failure | undefined): void => {
        this.#giveBack(place, frame);
        if (failure !== undefined) failures.set(frame, failure);
        open.delete(frame);
        if (open.size > 0) return;
        clearTimeout(timer);
        resolve(failures);
      };
      for (const frame of frames) this.#write(frame, (failure) => settle(frame, failure));
    });
  }

  #write(
    { exchange, routingKey, body, options }: OutboundMessage,
    settle: (failure?: Failure) => void,
  ): void {
    const channel = this.#confirming;
    try {
      if (channel === undefined) throw new Error('no channel');
      channel.publish(exchange, routingKey, body, options, (error: unknown) => {
        const isReturned = this.#returned.delete(options.messageId);
        if (error !== null) settle('not confirmed');
        else settle(isReturned ? 'unroutable' : undefined);
      });
    } catch (error) {
      // The driver encodes before it writes: what else it throws says that there is no open channel.
      const isClosed = channel === undefined || (error as Error).name === 'IllegalOperationError';
      if (!isClosed) this.#logger.error(`${String(options.type)} ${options.messageId}: ${String(error)}`);
      settle(isClosed ? 'not confirmed' : 'not encodable');
    }
  }

  #answer({ exchange, routingKey, body, options }: OutboundMessage): void {
    try {
      if (!this.broker.publishing.isOpen || this.#answering === undefined) throw new Error('no broker');
      this.#answering.publish(exchange, routingKey, body, options);
    } catch (error) {
      metrics.answersDropped.inc();
      this.#logger.debug(`an answer was not sent: ${String(error)}`);
    }
  }

  #failed(failures: ReadonlyMap<OutboundMessage, Failure>): PublishFailed | Unencodable {
    const counted = [...failures].filter(([, reason]) => reason !== 'busy');
    for (const [frame, reason] of counted) metrics.publishFailures.inc({ reason, to: addressOf(frame) });
    const unencodable = [...failures].find(([, reason]) => reason === 'not encodable');
    if (unencodable !== undefined) {
      const { type, messageId } = unencodable[0].options;
      return new Unencodable(`${String(type)} ${messageId} cannot be encoded`);
    }
    const reasons = [...new Set(failures.values())].join(', ');
    const failed = new PublishFailed(reasons, [...failures.keys()]);
    if (counted.length > 0) this.#logger.warn(failed.message);
    return failed;
  }
}

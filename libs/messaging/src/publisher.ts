import { Injectable, Logger } from '@nestjs/common';
import { inSpan } from '@jangteo/tracing';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import { Broker } from './broker.js';
import { FrameWriter, type Frame } from './frames.js';
import { TransientFailure, type Outgoing } from './message.types.js';
import { metrics } from './metrics.js';
import { sendingOf, tracedAll } from './spans.js';

/** Unconfirmed messages that this process has out at a time; beyond it, publishers wait. */
const IN_FLIGHT_MAX = 5_000;

type Failure = 'unroutable' | 'not confirmed' | 'no confirm in time' | 'broker not available';

/** Some messages were not confirmed: what became of them is unknown, so they must be published again. */
export class PublishFailed extends TransientFailure {
  override readonly name = 'PublishFailed';

  constructor(
    reason: string,
    readonly unconfirmed: readonly Frame[],
  ) {
    super(`${unconfirmed.length} message(s) not published: ${reason}`);
  }
}

@Injectable()
export class Publisher {
  readonly #logger = new Logger(Publisher.name);
  readonly #writer: FrameWriter;
  readonly #deadlineMs: number;
  /** Ids of messages that the broker sent back as unroutable; it confirms them right after. */
  readonly #returned = new Set<string>();
  #confirming: ConfirmChannel | undefined;
  #answering: Channel | undefined;
  #inFlight = 0;

  constructor(private readonly broker: Broker) {
    this.#writer = new FrameWriter(broker.options);
    this.#deadlineMs = broker.options.config.PUBLISH_DEADLINE_MS;
    broker.publishing.addSetup((connection) => this.#open(connection));
  }

  /**
   * Publishes all of it and waits for every confirm, within PUBLISH_DEADLINE_MS. Answers are sent along,
   * but neither confirmed nor awaited: who missed one asks again.
   * @throws PublishFailed when anything was not confirmed or found no queue: its fate is unknown;
   *         BodyTooLarge, before anything was published
   */
  async publish(outgoing: readonly Outgoing[]): Promise<void> {
    await this.send(tracedAll(outgoing.map((message) => this.#writer.outgoing(message))));
  }

  /** As {@link publish}, for messages that are frames already. */
  async send(frames: readonly Frame[]): Promise<void> {
    const confirmed: Frame[] = [];
    for (const frame of frames) {
      if (frame.confirmed) confirmed.push(frame);
      else this.#answer(frame);
    }
    if (confirmed.length === 0) return;
    await inSpan(
      () => sendingOf(confirmed.length),
      () => this.#sendConfirmed(confirmed),
    );
  }

  async #sendConfirmed(confirmed: readonly Frame[]): Promise<void> {
    const startedAt = performance.now();
    const { publishing } = this.broker;
    if (!(await publishing.changes.until(() => this.#take(confirmed.length), this.#deadlineMs))) {
      throw this.#failed(new Map(confirmed.map((frame) => [frame, 'broker not available'])));
    }
    const failures = await this.#confirmAll(confirmed, this.#deadlineMs - (performance.now() - startedAt));
    metrics.confirmSeconds.observe((performance.now() - startedAt) / 1_000);
    if (failures.size > 0) throw this.#failed(failures);
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

  #take(count: number): boolean {
    const fits = this.#inFlight === 0 || this.#inFlight + count <= IN_FLIGHT_MAX;
    if (!this.broker.publishing.isOpen || !fits) return false;
    this.#inFlight += count;
    return true;
  }

  #giveBack(): void {
    this.#inFlight -= 1;
    this.broker.publishing.changes.notify();
  }

  /** Resolves once each frame was confirmed or failed; what comes after the deadline only frees its place. */
  #confirmAll(frames: readonly Frame[], deadlineMs: number): Promise<Map<Frame, Failure>> {
    return new Promise((resolve) => {
      const open = new Set(frames);
      const failures = new Map<Frame, Failure>();
      const timer = setTimeout(
        () => {
          for (const frame of open) failures.set(frame, 'no confirm in time');
          resolve(failures);
        },
        Math.max(deadlineMs, 1),
      );
      const settle = (frame: Frame, failure: Failure | undefined): void => {
        this.#giveBack();
        if (failure !== undefined) failures.set(frame, failure);
        open.delete(frame);
        if (open.size > 0) return;
        clearTimeout(timer);
        resolve(failures);
      };
      for (const frame of frames) this.#write(frame, (failure) => settle(frame, failure));
    });
  }

  #write({ exchange, routingKey, body, options }: Frame, settle: (failure?: Failure) => void): void {
    const channel = this.#confirming;
    try {
      if (channel === undefined) throw new Error('no channel');
      channel.publish(exchange, routingKey, body, options, (error: unknown) => {
        const isReturned = this.#returned.delete(options.messageId);
        if (error !== null) settle('not confirmed');
        else settle(isReturned ? 'unroutable' : undefined);
      });
    } catch {
      settle('not confirmed');
    }
  }

  #answer({ exchange, routingKey, body, options }: Frame): void {
    try {
      if (!this.broker.publishing.isOpen || this.#answering === undefined) throw new Error('no broker');
      this.#answering.publish(exchange, routingKey, body, options);
    } catch (error) {
      metrics.answersDropped.inc();
      this.#logger.debug(`an answer was not sent: ${String(error)}`);
    }
  }

  #failed(failures: ReadonlyMap<Frame, Failure>): PublishFailed {
    for (const reason of failures.values()) metrics.publishFailures.inc({ reason });
    const reasons = [...new Set(failures.values())].join(', ');
    const failed = new PublishFailed(reasons, [...failures.keys()]);
    this.#logger.warn(failed.message);
    return failed;
  }
}

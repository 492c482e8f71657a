import { setMaxListeners } from 'node:events';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { ChannelModel } from 'amqplib';
import { Broker } from './broker.js';
import { DeadLetterConsumer, type DeadLetterStore } from './dead-letter-consumer.js';
import { HANDLERS, type Handler } from './handlers.js';
import { MessageWriter } from './outbound-messages.js';
import { routesOf, type PipelineContext } from './route.js';
import { NOT_IN_TIME, within } from './pause.js';
import { Publisher } from './publisher.js';
import { QueueConsumer } from './queue-consumer.js';
import { ownQueues } from './topology.js';

/** Milliseconds that a start waits for the broker before it goes on without, unready. */
const LISTEN_PATIENCE_MS = 10_000;

/** The batch pipeline as a Nest transport: pass it as `strategy` to a microservice. */
@Injectable()
export class BatchServer extends Server implements CustomTransportStrategy, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #context: PipelineContext;
  #consumers: readonly QueueConsumer[] = [];
  #deadLetters: readonly DeadLetterConsumer[] = [];
  #store: DeadLetterStore | undefined;
  #drained: Promise<void> | undefined;

  constructor(
    private readonly broker: Broker,
    publisher: Publisher,
    @Inject(HANDLERS) private readonly handlers: readonly Handler[],
    private readonly moduleRef: ModuleRef,
  ) {
    super();
    // Every batcher may wait on it at once.
    setMaxListeners(0, this.#stopping.signal);
    this.#context = {
      config: broker.options.config,
      senders: broker.senders,
      publisher,
      writer: new MessageWriter(broker.options),
      stopping: this.#stopping.signal,
      declareAgain: () => broker.declareAgain(),
      dropConsumers: (reason) => broker.consuming.drop(reason),
    };
    broker.reportConsumers(() =>
      Object.fromEntries(this.#consumers.map(({ queue, isConsuming }) => [queue.name, isConsuming])),
    );
  }

  /** @throws Error since a method that is decorated as Nest's are would never be called */
  override addHandler(pattern: unknown): never {
    throw new Error(`${String(pattern)}: what is handled is listed by the module`);
  }

  /** From when it listens on, dead letters are moved into the store; without one they stay in the broker. */
  keepDeadLettersIn(store: DeadLetterStore): void {
    this.#store = store;
  }

  /**
   * Builds a batcher for each handler and consumes every queue that has one. Comes back once the consumers
   * live, or after ten seconds without a broker, which it then goes on to look for.
   */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    const { consuming } = this.broker;
    try {
      this.#consumers = this.#build();
      this.#deadLetters = this.#deadLetterConsumers();
      consuming.addSetup((connection) => this.#open(connection));
      consuming.start();
      if (!(await consuming.changes.until(() => consuming.isReady, LISTEN_PATIENCE_MS))) {
        this.logger.warn('no broker yet: starting without it, and looking on');
      }
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  /** Nest calls it first for a plain microservice, and after the drain for one beside HTTP. */
  async close(): Promise<void> {
    await this.drain();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.drain();
  }

  /**
   * Takes no more, lets the batches in work finish, confirm and ack within SHUTDOWN_DEADLINE_MS, gives
   * back what had only gathered, and closes the consumers' connection.
   */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  on(): never {
    throw new Error('The batch server emits no events');
  }

  unwrap<T>(): T {
    throw new Error('The batch server wraps nothing');
  }

  #build(): QueueConsumer[] {
    const { options } = this.broker;
    const routes = routesOf(this.handlers, (token) => this.moduleRef.get(token, { strict: false }), options);
    return ownQueues(options).flatMap((queue) => {
      const ours = routes.filter((route) => route.queue.name === queue.name);
      if (ours.length > 0) return [new QueueConsumer(queue, ours, this.#context)];
      this.logger.warn(`${queue.name} has no handler: it is not read`);
      return [];
    });
  }

  #deadLetterConsumers(): DeadLetterConsumer[] {
    const store = this.#store;
    if (store === undefined) return [];
    return ownQueues(this.broker.options).map((queue) => new DeadLetterConsumer(queue, store, this.#context));
  }

  async #open(connection: ChannelModel): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    for (const consumer of [...this.#consumers, ...this.#deadLetters]) {
      await consumer.open(this.broker.consuming, connection);
    }
  }

  async #drain(): Promise<void> {
    this.#stopping.abort();
    const { SHUTDOWN_DEADLINE_MS } = this.broker.options.config;
    const consumers = [...this.#consumers, ...this.#deadLetters];
    const drained = Promise.all(consumers.map((consumer) => consumer.drain()));
    if ((await within(drained, SHUTDOWN_DEADLINE_MS)) === NOT_IN_TIME) {
      this.logger.error(
        `batches still in work after ${SHUTDOWN_DEADLINE_MS} ms: the broker delivers them again`,
      );
    }
    // Closing in order also sends the last acks on their way.
    await this.broker.consuming.close();
  }
}

import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { QueueState } from '@jangteo/contracts';
import type { Channel } from 'amqplib';
import { MESSAGING_OPTIONS, type MessagingOptions } from './config.js';
import { brokerTls } from './encryption.js';
import { ReconnectingConnection } from './reconnecting-connection.js';
import { metrics, watchConnections } from './metrics.js';
import { NOT_IN_TIME, within } from './pause.js';
import { sendersOf, type Senders } from './senders.js';
import { declareTopology, ownQueues } from './topology.js';

/** Who looks at queues asks again in a second, and has the answer by then or not at all. */
const READ_DEADLINE_MS = 500;

async function stateOf(channel: Channel, queue: string): Promise<QueueState> {
  const { messageCount: messages, consumerCount: consumers } = await channel.checkQueue(queue);
  return { queue, messages, consumers };
}

/** The state of the broker connections that readiness looks at. */
export interface BrokerHealth {
  /** Every connection that this process needs is up and its topology declared. */
  readonly connected: boolean;
  /** The broker takes no publishes now (memory or disk alarm). */
  readonly blocked: boolean;
  /** By queue: whether a consumer lives on the current connection. */
  readonly consumers: Readonly<Record<string, boolean>>;
}

/**
 * The two connections to RabbitMQ. They are apart because the broker stops reading from a connection that
 * publishes while it is short of memory or disk, and acks must still get through.
 */
@Injectable()
export class Broker implements OnModuleInit, OnApplicationShutdown {
  readonly publishing: ReconnectingConnection;
  readonly consuming: ReconnectingConnection;
  readonly senders: Senders;
  readonly #logger = new Logger(Broker.name);
  #consumers: () => Record<string, boolean> = () => ({});

  constructor(@Inject(MESSAGING_OPTIONS) readonly options: MessagingOptions) {
    this.senders = sendersOf(options);
    const { AMQP_URL: url, HEARTBEAT_SECONDS: heartbeatSeconds, MESSAGING_NAMESPACE } = options.config;
    const name = `${MESSAGING_NAMESPACE}.${options.service}`;
    const place = { url, heartbeatSeconds, tls: brokerTls(options.config) };
    this.publishing = new ReconnectingConnection(`${name}.publish`, place);
    this.consuming = new ReconnectingConnection(`${name}.consume`, place);
    watchConnections({ publish: this.publishing, consume: this.consuming });
    for (const reconnecting of [this.publishing, this.consuming]) {
      reconnecting.addSetup((connection) =>
        reconnecting.onTemporaryChannel((channel) => declareTopology(channel, options), connection),
      );
    }
  }

  /** Begins to connect; a broker that is away only keeps the process unready, it does not stop it. */
  onModuleInit(): void {
    this.#tellOfSenders();
    this.publishing.start();
  }

  /** Last of all, since HTTP drains before it and may still ask. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.consuming.close(), this.publishing.close()]);
  }

  /**
   * Declares this service's queues once more, for when one was found missing.
   * @throws when there is no connection, the broker refuses, or says nothing within PUBLISH_DEADLINE_MS
   */
  async declareAgain(): Promise<void> {
    const declared = this.publishing.onTemporaryChannel((channel) => declareTopology(channel, this.options));
    const { PUBLISH_DEADLINE_MS } = this.options.config;
    if ((await within(declared, PUBLISH_DEADLINE_MS)) === NOT_IN_TIME) {
      throw new Error(`nothing declared within ${PUBLISH_DEADLINE_MS} ms`);
    }
  }

  /** Tells of this service's queues; of none where the broker does not tell of all of them at once. */
  async readQueues(): Promise<QueueState[]> {
    // A connection that is blocked opens no channel.
    if (!this.publishing.isOpen) return [];
    const states: QueueState[] = [];
    const reading = this.publishing.onTemporaryChannel(async (channel) => {
      for (const { name } of ownQueues(this.options)) states.push(await stateOf(channel, name));
    });
    try {
      return (await within(reading, READ_DEADLINE_MS)) === NOT_IN_TIME ? [] : states;
    } catch (error) {
      this.#logger.warn(`cannot read the queues: ${String(error)}`);
      return [];
    }
  }

  /** Tells of queues, whosever they are: of those that there are, and of which the broker tells at once. */
  async readQueuesNamed(names: readonly string[]): Promise<QueueState[]> {
    if (!this.publishing.isOpen) return [];
    const states: QueueState[] = [];
    // A channel each: one that is missing closes the channel on which it was asked for.
    const reading = names.map((name) =>
      this.publishing.onTemporaryChannel(async (channel) => {
        states.push(await stateOf(channel, name));
      }),
    );
    await within(Promise.allSettled(reading), READ_DEADLINE_MS);
    return [...states];
  }

  /** Lets the batch server tell of its consumers in {@link health}. */
  reportConsumers(consumers: () => Record<string, boolean>): void {
    this.#consumers = consumers;
  }

  #tellOfSenders(): void {
    const { own, areShared, takesUnsigned } = this.senders;
    metrics.takesUnsigned.set(takesUnsigned ? 1 : 0);
    if (areShared)
      this.#logger.warn(`all services are ${own} to the broker: who of them sent what is not checked`);
    if (takesUnsigned) {
      this.#logger.warn(
        'UNSIGNED_MESSAGES=take: messages that do not say who sent them are taken; for upgrades only',
      );
    }
  }

  health(): BrokerHealth {
    const consuming = !this.consuming.isStarted || this.consuming.isReady;
    return {
      connected: this.publishing.isReady && consuming,
      blocked: this.publishing.isBlocked,
      consumers: this.#consumers(),
    };
  }
}

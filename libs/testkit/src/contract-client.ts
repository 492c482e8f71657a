import type { ChannelModel, Options } from 'amqplib';
import {
  deadLetterRequests,
  eventExchange,
  queueName,
  queuesOf,
  SAGA_SERVICE,
  SERVICES,
  type CommandContract,
  type DeadLetterWithBody,
  type EventContract,
  type Outcome,
  type OutcomeOf,
  type PayloadOf,
  type RequestContract,
  type ServiceName,
} from '@jangteo/contracts';
import {
  Broker,
  commandTo,
  eventOf,
  messagingEnv,
  Publisher,
  RequestClient,
  type AskOptions,
  type MessagingConfig,
} from '@jangteo/messaging';
import { MessageWriter, unbundled } from '@jangteo/messaging/testing';
import { CommandReplies } from './command-replies.js';
import { testServers } from './environment.js';
import { connectToBroker, countQueues, removeNamespace } from './namespace.js';
import { Participants, type Participant } from './participants.js';
import { brokerUserOf, configAs, honestSender } from './senders.js';

const CONNECT_DEADLINE_MS = 60_000;
/** Who tests no deadline has one that only a service that does not answer misses. */
const ASK_DEADLINE_MS = 60_000;

/** As many as a test may leave. */
const DEAD_LETTERS_MAX = 100;

function configOf(namespace: string): MessagingConfig {
  const given: Record<string, string> = {
    AMQP_URL: testServers().amqpUrl,
    MESSAGING_NAMESPACE: namespace,
  };
  return Object.fromEntries(
    Object.entries(messagingEnv).map(([name, schema]) => [name, schema.parse(given[name])]),
  ) as MessagingConfig;
}

function valueOf<V>(outcome: Outcome<V>): V {
  if (outcome.ok) return outcome.value;
  throw new Error(`refused with ${outcome.refusal.code}`);
}

/** Everybody else in the life of one service: who asks it, commands it, answers it and hears its events. */
export class ContractClient {
  readonly #replies: CommandReplies;
  readonly #participants: Participants;

  private constructor(
    private readonly namespace: string,
    private readonly brokers: readonly [asking: Broker, playing: Broker],
    private readonly requests: RequestClient,
    private readonly publisher: Publisher,
    private readonly connection: ChannelModel,
  ) {
    const [, playing] = brokers;
    this.#replies = new CommandReplies(playing, connection);
    this.#participants = new Participants(playing, publisher, connection);
  }

  static async connect(namespace: string): Promise<ContractClient> {
    // Asks as the gateway, and plays everybody else as the owner of the broker, who may sign as any of them.
    const config = configOf(namespace);
    const asking = new Broker({ service: 'gateway', config: configAs('gateway', config) });
    const playing = new Broker({ service: 'gateway', config });
    const [requests, publisher] = [new RequestClient(asking), new Publisher(playing)];
    const connection = await connectToBroker();
    for (const broker of [asking, playing]) {
      broker.onModuleInit();
      const { publishing } = broker;
      if (!(await publishing.changes.until(() => publishing.isReady, CONNECT_DEADLINE_MS))) {
        throw new Error('The contract client cannot reach the broker at AMQP_URL');
      }
    }
    // Services that have nothing to do with events leave it alone.
    const channel = await connection.createChannel();
    await channel.assertExchange(eventExchange(namespace), 'topic', { durable: true });
    await channel.close();
    return new ContractClient(namespace, [asking, playing], requests, publisher, connection);
  }

  /**
   * Asks as the gateway does. A payload that breaks the contract may be given with a cast.
   * @throws UpstreamTimeout, UpstreamUnavailable, or UpstreamFailure with what the service said instead of
   *         an outcome of the contract
   */
  async ask<C extends RequestContract>(
    contract: C,
    payload: PayloadOf<C>,
    options?: AskOptions,
  ): Promise<OutcomeOf<C>> {
    return await this.requests.ask(contract, payload, { deadlineMs: ASK_DEADLINE_MS, ...options });
  }

  /**
   * Commands as the saga does and awaits the reply to this very message on the order service's queue.
   * @param deadlineMs a minute unless told otherwise
   * @throws Error when the reply breaks the contract or does not come in time
   */
  async send<C extends CommandContract>(
    contract: C,
    payload: PayloadOf<C>,
    orderId: string,
    deadlineMs?: number,
  ): Promise<OutcomeOf<C>> {
    const frame = this.#writerOf(SAGA_SERVICE).outgoing(commandTo(contract, payload, orderId));
    await this.#replies.listen();
    const reply = this.#replies.replyTo(frame.options.messageId, contract, orderId, deadlineMs);
    const [outcome] = await Promise.all([reply, this.publisher.send([frame])]);
    return outcome as OutcomeOf<C>;
  }

  /**
   * Publishes to everybody who subscribed.
   * @throws PublishFailed when nobody did
   */
  async publishEvent<E extends EventContract>(contract: E, payload: PayloadOf<E>): Promise<void> {
    await this.publisher.send([this.#writerOf(contract.service).outgoing(eventOf(contract, payload))]);
  }

  /** Puts any bytes with any properties into a queue, for what no honest producer would send, signed by the one who may. */
  async sendRaw(queue: string, body: Buffer | string, properties: Options.Publish = {}): Promise<void> {
    const channel = await this.connection.createConfirmChannel();
    const userId = brokerUserOf(honestSender(queue, properties.type));
    channel.publish('', queue, Buffer.from(body), { persistent: true, userId, ...properties });
    await channel.waitForConfirms();
    await channel.close();
  }

  /**
   * Plays a participant of the saga: answers each command of this type with what `answer` says, or, where
   * it says nothing, not at all. Called again for a type it replaces the answer.
   */
  async participant<C extends CommandContract>(contract: C, answer: Participant<C>): Promise<void> {
    await this.#participants.play(contract, answer as Participant);
  }

  /** Hears an event from now on. */
  async hear<E extends EventContract>(contract: E, listener: (payload: PayloadOf<E>) => void): Promise<void> {
    const channel = await this.connection.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, eventExchange(this.namespace), contract.type);
    await channel.consume(
      queue,
      (message) => {
        for (const { content } of message === null ? [] : unbundled(message)) {
          listener(contract.payload.parse(JSON.parse(content.toString('utf8'))) as PayloadOf<E>);
        }
      },
      { noAck: true },
    );
  }

  /** All messages that the service could not handle of this queue and has put aside so far, oldest first. */
  async deadLetters(queue: string): Promise<readonly DeadLetterWithBody[]> {
    const service = SERVICES.find((name) => queuesOf(this.namespace, name).some((own) => own.name === queue));
    if (service === undefined) throw new Error(`${queue} is no service's queue`);
    const { list, read } = deadLetterRequests[service];
    const found = valueOf(await this.ask(list, { filter: { queue }, limit: DEAD_LETTERS_MAX }));
    return await Promise.all(
      found.deadLetters
        .toReversed()
        .map(async ({ deadLetterId }) => valueOf(await this.ask(read, { deadLetterId }))),
    );
  }

  #writerOf(service: ServiceName): MessageWriter {
    return new MessageWriter({ service, config: configAs(service, configOf(this.namespace)) });
  }

  /** The name of the queue that commands of this type go to. */
  commandQueue(contract: CommandContract): string {
    return queueName(this.namespace, contract.service, 'commands');
  }

  /** Counts the messages that wait in each existing queue of the namespace. */
  async queueCounts(): Promise<Record<string, number>> {
    return await countQueues(this.connection, this.namespace);
  }

  /**
   * Ends the connections and removes the namespace's queues; to be called once the service has stopped.
   * @throws Error when a participant got what it could not read, or its answer threw
   */
  async close(): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker.onApplicationShutdown()));
    await this.connection.close();
    await removeNamespace(this.namespace);
    this.#participants.assertUnharmed();
  }
}

/** A client for the contract test of a service in this namespace. */
export async function contractClient(namespace: string): Promise<ContractClient> {
  return await ContractClient.connect(namespace);
}

import type { ChannelModel, ConsumeMessage } from 'amqplib';
import {
  queueName,
  type CommandContract,
  type Outcome,
  type OutcomeOf,
  type PayloadOf,
  type ServiceName,
} from '@jangteo/contracts';
import type { Broker, Delivery, MessagingOptions, Publisher } from '@jangteo/messaging';
import {
  declareTopology,
  decode,
  MessageWriter,
  readingsOf,
  sendersOf,
  unbundled,
} from '@jangteo/messaging/testing';
import { configAs } from './senders.js';

/** Answers a command as a played participant; with nothing it stays silent. */
export type Participant<C extends CommandContract = CommandContract> = (
  payload: PayloadOf<C>,
  orderId: string,
) => OutcomeOf<C> | undefined | Promise<OutcomeOf<C> | undefined>;

interface Role {
  readonly contract: CommandContract;
  readonly answer: Participant;
}

/** Plays the services that the saga commands. */
export class Participants {
  readonly #roles = new Map<string, Role>();
  readonly #consuming = new Map<ServiceName, Promise<void>>();
  readonly #harm: Error[] = [];

  constructor(
    private readonly broker: Broker,
    private readonly publisher: Publisher,
    private readonly connection: ChannelModel,
  ) {}

  /** Answers this type of command from now on, with its service's queues declared as that service would. */
  async play(contract: CommandContract, answer: Participant): Promise<void> {
    this.#roles.set(contract.type, { contract, answer });
    const { service } = contract;
    const consuming = this.#consuming.get(service) ?? this.#consume(service);
    this.#consuming.set(service, consuming);
    await consuming;
  }

  /** @throws Error when a command could not be read, nobody plays its part, or an answer threw */
  assertUnharmed(): void {
    if (this.#harm.length > 0) throw new AggregateError(this.#harm, this.#harm.map(String).join('\n'));
  }

  async #consume(service: ServiceName): Promise<void> {
    const config = configAs(service, this.broker.options.config);
    const options: MessagingOptions = { service, config };
    const channel = await this.connection.createChannel();
    await declareTopology(channel, options);
    const queue = queueName(config.MESSAGING_NAMESPACE, service, 'commands');
    const onMessage = (message: ConsumeMessage | null): void => {
      for (const command of message === null ? [] : unbundled(message)) {
        this.#onCommand(command, options).catch((error: unknown) => this.#harm.push(error as Error));
      }
    };
    await channel.consume(queue, onMessage, { noAck: true });
  }

  async #onCommand(message: ConsumeMessage, options: MessagingOptions): Promise<void> {
    const type = String(message.properties.type);
    const role = this.#roles.get(type);
    if (role === undefined) throw new Error(`nobody plays the part that answers ${type}`);
    const { contract, answer } = role;
    const decoded = decode(
      message,
      performance.now(),
      readingsOf({ role: 'commands', contracts: [contract] }),
      sendersOf(options),
    );
    if (!decoded.ok) throw new Error(`${type}: ${decoded.fault}, ${decoded.detail}`);
    const { delivery } = decoded;
    const outcome = await answer(delivery.payload as never, String(delivery.correlationId));
    if (outcome !== undefined) await this.#reply(contract, outcome as Outcome, delivery, options);
  }

  async #reply(
    contract: CommandContract,
    outcome: Outcome,
    cause: Delivery,
    options: MessagingOptions,
  ): Promise<void> {
    await this.publisher.send([new MessageWriter(options).reply(contract, outcome, cause)]);
  }
}

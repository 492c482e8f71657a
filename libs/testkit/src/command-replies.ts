import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { HEADERS, queueName, SAGA_SERVICE, type CommandContract } from '@jangteo/contracts';
import type { Broker, MessagingOptions } from '@jangteo/messaging';
import {
  declareTopology,
  decode,
  readingsOf,
  sendersOf,
  unbundled,
  type Senders,
} from '@jangteo/messaging/testing';
import { configAs } from './senders.js';

/** On a busy machine. */
const REPLY_DEADLINE_MS = 60_000;

interface Expectation {
  readonly contract: CommandContract;
  readonly orderId: string;
  readonly timer: NodeJS.Timeout;
  resolve(outcome: unknown): void;
  reject(error: Error): void;
}

/** Reads the saga's reply queue in place of the order service. */
export class CommandReplies {
  readonly #expected = new Map<string, Expectation>();
  #listening: Promise<void> | undefined;

  constructor(
    private readonly broker: Broker,
    private readonly connection: ChannelModel,
  ) {}

  /** Declares the reply queue as the order service would, and reads it from now on. */
  listen(): Promise<void> {
    this.#listening ??= this.#consume();
    return this.#listening;
  }

  /**
   * The outcome in the reply that names this message as its cause.
   * @throws Error when that reply breaks the contract, is about another order, or does not come in time
   */
  replyTo(
    messageId: string,
    contract: CommandContract,
    orderId: string,
    deadlineMs = REPLY_DEADLINE_MS,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#expected.delete(messageId);
        reject(new Error(`no reply to ${contract.type} within ${deadlineMs} ms`));
      }, deadlineMs);
      this.#expected.set(messageId, { contract, orderId, timer, resolve, reject });
    });
  }

  async #consume(): Promise<void> {
    const { config } = this.broker.options;
    const saga: MessagingOptions = { service: SAGA_SERVICE, config };
    const channel = await this.connection.createChannel();
    await declareTopology(channel, saga);
    const queue = queueName(config.MESSAGING_NAMESPACE, SAGA_SERVICE, 'replies');
    const onMessage = (message: ConsumeMessage | null): void => {
      for (const reply of message === null ? [] : unbundled(message)) this.#onReply(reply);
    };
    await channel.consume(queue, onMessage, { noAck: true });
  }

  #senders(): Senders {
    return sendersOf({ service: SAGA_SERVICE, config: configAs(SAGA_SERVICE, this.broker.options.config) });
  }

  #onReply(message: ConsumeMessage): void {
    const cause = String(message.properties.headers?.[HEADERS.causationId]);
    const expectation = this.#expected.get(cause);
    // A repeat's reply comes once more when the broker replays the command; the first one counts.
    if (expectation === undefined) return;
    this.#expected.delete(cause);
    const { contract, orderId, timer, resolve, reject } = expectation;
    clearTimeout(timer);
    const decoded = decode(
      message,
      performance.now(),
      readingsOf({ role: 'replies', contracts: [contract] }),
      this.#senders(),
    );
    if (!decoded.ok) reject(new Error(`the reply to ${contract.type}: ${decoded.fault}, ${decoded.detail}`));
    else if (decoded.delivery.correlationId !== orderId) {
      reject(new Error(`the reply to ${contract.type} is about ${decoded.delivery.correlationId}`));
    } else resolve(decoded.delivery.payload);
  }
}

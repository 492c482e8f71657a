import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import {
  done,
  MESSAGES,
  queueName,
  SERVICES,
  type Outcome,
  type PayloadOf,
  type RequestContract,
  type ServiceName,
} from '@jangteo/contracts';
import { messagingEnv, type MessagingConfig, type MessagingOptions } from '@jangteo/messaging';
import {
  declareTopology,
  decode,
  MessageWriter,
  readingsOf,
  sendersOf,
  unbundled,
  type Senders,
} from '@jangteo/messaging/testing';
import { serviceAmqpUrl } from './environment.js';
import { connectToBroker, removeNamespace } from './namespace.js';

/** Answers a request in place of a provider. */
export type Answering<C extends RequestContract = RequestContract> = (payload: PayloadOf<C>) => unknown;

/** A request that came, as its contract reads it. */
export interface AskedRequest {
  readonly type: string;
  readonly payload: unknown;
}

/** Every request that a service takes. */
export function requestsTo(service: ServiceName): RequestContract[] {
  return MESSAGES.filter((message) => message.kind === 'request').filter(
    (message) => message.service === service,
  );
}

function optionsOf(service: ServiceName, namespace: string): MessagingOptions {
  const given: Record<string, string> = {
    AMQP_URL: serviceAmqpUrl(service),
    MESSAGING_NAMESPACE: namespace,
  };
  const config = Object.fromEntries(
    Object.entries(messagingEnv).map(([name, schema]) => [name, schema.parse(given[name])]),
  ) as MessagingConfig;
  return { service, config };
}

interface Answerer {
  readonly writer: MessageWriter;
  readonly senders: Senders;
  readonly channel: Channel;
}

/**
 * Plays all services behind a gateway, over the broker and as their users. Each request is answered with the example
 * of its contract, unless something else was said.
 */
export class Providers {
  readonly #connections: ChannelModel[] = [];
  readonly #answers = new Map<string, Answering>();
  #asked: AskedRequest[] = [];
  #faults: string[] = [];

  private constructor(private readonly namespace: string) {}

  static async connect(namespace: string): Promise<Providers> {
    const providers = new Providers(namespace);
    await Promise.all(SERVICES.map((service) => providers.#serve(service)));
    return providers;
  }

  /** Sets what requests of this type are answered with from now on, be it an outcome of the contract or not. */
  answer<C extends RequestContract>(contract: C, answering: Answering<C>): void {
    this.#answers.set(contract.type, answering as Answering);
  }

  /** Takes back what {@link answer} has said, and forgets what was asked. */
  reset(): void {
    this.#answers.clear();
    this.#asked = [];
    this.#faults = [];
  }

  /**
   * The requests that came since the last {@link reset}.
   * @throws Error when a request was not one of its contract
   */
  asked(): readonly AskedRequest[] {
    if (this.#faults.length > 0) throw new Error(this.#faults.join('\n'));
    return this.#asked;
  }

  /** To be called once the gateway has stopped. */
  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
    await removeNamespace(this.namespace);
  }

  async #serve(service: ServiceName): Promise<void> {
    const options = optionsOf(service, this.namespace);
    const connection = await connectToBroker(options.config.AMQP_URL);
    this.#connections.push(connection);
    const channel = await connection.createChannel();
    await declareTopology(channel, options);
    const [writer, senders] = [new MessageWriter(options), sendersOf(options)];
    const onMessage = (message: ConsumeMessage | null): void => {
      for (const request of message === null ? [] : unbundled(message)) {
        this.#onRequest(request, service, { writer, senders, channel });
      }
    };
    await channel.consume(queueName(this.namespace, service, 'requests'), onMessage, { noAck: true });
  }

  #onRequest(message: ConsumeMessage, service: ServiceName, { writer, senders, channel }: Answerer): void {
    const contracts = requestsTo(service);
    const decoded = decode(message, performance.now(), readingsOf({ role: 'requests', contracts }), senders);
    const type = String(message.properties.type);
    if (!decoded.ok) {
      this.#faults.push(`${type}: ${decoded.fault}, ${decoded.detail}`);
      return;
    }
    const { payload, replyAddress, trace } = decoded.delivery;
    this.#asked.push({ type, payload });
    const contract = contracts.find((one) => one.type === type);
    const answering = this.#answers.get(type) ?? (() => done(contract?.example.value));
    if (replyAddress === undefined) {
      this.#faults.push(`${type}: awaits no answer`);
      return;
    }
    const frame = writer.answer(replyAddress, answering(payload as never) as Outcome, trace);
    channel.publish(frame.exchange, frame.routingKey, frame.body, frame.options);
  }
}

import type { Options } from 'amqplib';
import {
  ANSWER_TYPE,
  DIRECT_REPLY_TO,
  eventExchange,
  HEADERS,
  queueName,
  queueOf,
  replyType,
  SAGA_SERVICE,
  type CommandContract,
  type MessageContract,
  type Outcome,
  type RequestContract,
} from '@jangteo/contracts';
import type { MessagingOptions } from './config.js';
import { newId } from './ids.js';
import type { Cause, Delivery, Outgoing, ReplyAddress, Trace } from './message.types.js';
import { sendersOf } from './senders.js';

/**
 * Largest body of what queues keep; a message is a fact, not a file. The largest fact is an order of 100
 * lines whose names are as long as names may be, of characters of four bytes: about 180 KB.
 */
export const BODY_BYTES_MAX = 256 * 1024;
/**
 * Largest body of an answer: no queue keeps it. Lists end before LIST_BYTES_MAX. What a gateway of the release
 * before may ask for, 100 products with 100 options and names of 200 characters of four bytes, is 9.2 MB.
 * RabbitMQ 4 refuses more than 16 MiB.
 */
export const ANSWER_BYTES_MAX = 12 * 1024 * 1024;

/** A message ready for the wire. */
export interface OutboundMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Buffer;
  readonly options: Options.Publish & { readonly messageId: string };
  /** False for answers: they are sent once and not awaited. */
  readonly confirmed: boolean;
  /** True for events: who decided one sends it again until it is confirmed, if it has to arrive at all. */
  readonly isOwed?: boolean;
}

/** The body is larger than messages may be: nothing was published, and a retry would not help. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

function bodyOf(type: string, payload: unknown, bytesMax: number): Buffer {
  const body = Buffer.from(JSON.stringify(payload));
  if (body.length > bytesMax) {
    throw new BodyTooLarge(`${type}: a body of ${body.length} bytes is over the limit of ${bytesMax}`);
  }
  return body;
}

type Headers = Record<string, string | number>;

function headersOf(version: number | undefined, trace: Trace, more: Headers = {}): Headers {
  const headers: Headers = { ...more };
  if (version !== undefined) headers[HEADERS.schemaVersion] = version;
  if (trace.traceparent !== undefined) headers[HEADERS.traceparent] = trace.traceparent;
  if (trace.requestId !== undefined) headers[HEADERS.requestId] = trace.requestId;
  return headers;
}

function causedBy(cause: Cause | undefined): Headers {
  return cause?.messageId === undefined ? {} : { [HEADERS.causationId]: cause.messageId };
}

/** Turns messages into frames in the name of one service. */
export class MessageWriter {
  readonly #namespace: string;
  readonly #service: string;
  readonly #user: string;
  /** Bodies of answers that many get. */
  readonly #answers = new WeakMap<Outcome, Buffer>();

  constructor(options: MessagingOptions) {
    const { service, config } = options;
    this.#namespace = config.MESSAGING_NAMESPACE;
    this.#service = service;
    this.#user = sendersOf(options).own;
  }

  /** @throws BodyTooLarge */
  outgoing(outgoing: Outgoing): OutboundMessage {
    if (outgoing.kind === 'answer') return this.answer(outgoing.to, outgoing.outcome, outgoing.cause?.trace);
    const { kind, contract, payload, cause } = outgoing;
    const isCommand = kind === 'command';
    return {
      exchange: isCommand ? '' : eventExchange(this.#namespace),
      routingKey: isCommand ? queueOf(this.#namespace, contract) : contract.type,
      body: bodyOf(contract.type, payload, BODY_BYTES_MAX),
      options: {
        ...this.#lasting(contract.type, headersOf(contract.version, cause?.trace ?? {}, causedBy(cause))),
        ...(isCommand ? { correlationId: outgoing.correlationId, replyTo: this.#replyQueue() } : {}),
      },
      confirmed: true,
      isOwed: kind === 'event',
    };
  }

  /**
   * The answer to a command, for the saga's reply queue.
   * @throws BodyTooLarge
   */
  reply(contract: CommandContract, outcome: Outcome, cause: Delivery): OutboundMessage {
    const type = replyType(contract);
    return {
      exchange: '',
      routingKey: this.#replyQueue(),
      body: bodyOf(type, outcome, BODY_BYTES_MAX),
      options: {
        ...this.#lasting(type, headersOf(contract.version, cause.trace, causedBy(cause))),
        correlationId: cause.correlationId,
      },
      confirmed: true,
    };
  }

  /**
   * The answer to a request, for whoever waits at that address.
   *
   * @param isReplay whether it is that of an earlier request with the same operation
   * @throws BodyTooLarge
   */
  answer(to: ReplyAddress, outcome: Outcome, trace: Trace = {}, isReplay = false): OutboundMessage {
    const body = this.#answers.get(outcome) ?? bodyOf(ANSWER_TYPE, outcome, ANSWER_BYTES_MAX);
    this.#answers.set(outcome, body);
    return {
      exchange: '',
      routingKey: to.replyTo,
      body,
      options: {
        ...this.#stamped(
          ANSWER_TYPE,
          headersOf(undefined, trace, isReplay ? { [HEADERS.replayed]: 'true' } : {}),
        ),
        correlationId: to.correlationId,
        persistent: false,
      },
      confirmed: false,
    };
  }

  /**
   * A request that expires with its asker's patience.
   * @throws BodyTooLarge
   */
  request(
    contract: RequestContract,
    payload: unknown,
    ask: { correlationId: string; deadlineMs: number; nowMs: number; trace: Trace },
  ): OutboundMessage {
    // Read by the release before this one, which may run beside it.
    const deadline = { [HEADERS.deadline]: ask.nowMs + ask.deadlineMs };
    return {
      exchange: '',
      routingKey: queueOf(this.#namespace, contract),
      body: bodyOf(contract.type, payload, BODY_BYTES_MAX),
      options: {
        ...this.#stamped(contract.type, headersOf(contract.version, ask.trace, deadline)),
        correlationId: ask.correlationId,
        replyTo: DIRECT_REPLY_TO,
        expiration: String(ask.deadlineMs),
        persistent: false,
        mandatory: true,
      },
      confirmed: false,
    };
  }

  #replyQueue(): string {
    return queueName(this.#namespace, SAGA_SERVICE, 'replies');
  }

  #lasting(type: MessageContract['type'], headers: Headers) {
    return { ...this.#stamped(type, headers), persistent: true, mandatory: true };
  }

  #stamped(type: string, headers: Headers) {
    return {
      messageId: newId(),
      type,
      headers,
      timestamp: Math.floor(Date.now() / 1_000),
      appId: this.#service,
      userId: this.#user,
      contentType: 'application/json',
    };
  }
}

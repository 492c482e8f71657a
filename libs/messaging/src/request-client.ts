import { Injectable, Logger } from '@nestjs/common';
import { failpoint } from '#failpoints';
import type { Channel, ChannelModel, Message } from 'amqplib';
import {
  answererOf,
  DIRECT_REPLY_TO,
  HEADERS,
  refusal,
  type OutcomeOf,
  type PayloadOf,
  type RequestContract,
} from '@jangteo/contracts';
import { inSpan } from '@jangteo/tracing';
import { z } from 'zod';
import { Broker } from './broker.js';
import { unbundled } from './bundles.js';
import { strangerIn } from './decode.js';
import { MessageWriter } from './outbound-messages.js';
import { newId } from './ids.js';
import { LineBudget } from './line-budget.js';
import { UpstreamFailure, UpstreamTimeout, UpstreamUnavailable, type AskOptions } from './message.types.js';
import { metrics } from './metrics.js';
import { askingOf, traced } from './spans.js';

/** Requests that may wait at a time; beyond it the next one is refused at once. */
const PENDING_MAX = 10_000;

/** Of each type of request: all of them may be answered like that. */
const LINES_PER_MINUTE = 10;

interface Pending {
  readonly contract: RequestContract;
  readonly timer: NodeJS.Timeout;
  readonly onReplay: (() => void) | undefined;
  resolve(outcome: unknown): void;
  reject(error: Error): void;
}

/** The pipeline's own answer when a handler gave none, whatever the contract. */
const pipelineRefusal = z.object({
  ok: z.literal(false),
  refusal: refusal.extend({ code: z.enum(['INTERNAL', 'VALIDATION_FAILED']) }),
});

@Injectable()
export class RequestClient {
  readonly #logger = new Logger(RequestClient.name);
  readonly #writer: MessageWriter;
  readonly #pending = new Map<string, Pending>();
  readonly #lines = new LineBudget(LINES_PER_MINUTE);
  #channel: Channel | undefined;

  constructor(private readonly broker: Broker) {
    this.#writer = new MessageWriter(broker.options);
    broker.publishing.addSetup((connection) => this.#open(connection));
  }

  /** Requests that wait for their answer. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /**
   * Asks the contract's service and waits for its answer, REQUEST_DEADLINE_MS unless told otherwise.
   * @throws UpstreamTimeout when no answer came in time (the outcome is unknown),
   *         UpstreamUnavailable when the request certainly went nowhere,
   *         UpstreamFailure when the service failed or its answer is not one of the contract's; BodyTooLarge
   */
  async ask<C extends RequestContract>(
    contract: C,
    payload: PayloadOf<C>,
    options: AskOptions = {},
  ): Promise<OutcomeOf<C>> {
    return await inSpan(
      () => askingOf(contract.type),
      () => this.#ask(contract, payload, options),
    );
  }

  async #ask<C extends RequestContract>(
    contract: C,
    payload: PayloadOf<C>,
    { deadlineMs = this.broker.options.config.REQUEST_DEADLINE_MS, trace = {}, onReplay }: AskOptions,
  ): Promise<OutcomeOf<C>> {
    const channel = this.#channel;
    if (channel === undefined || !this.broker.publishing.isOpen) {
      throw new UpstreamUnavailable(`${contract.type}: the broker takes nothing now`);
    }
    if (this.#pending.size >= PENDING_MAX) {
      throw new UpstreamUnavailable(`${contract.type}: ${PENDING_MAX} requests wait already`);
    }
    const correlationId = newId();
    const asked = { correlationId, deadlineMs, nowMs: Date.now(), trace };
    const frame = traced(this.#writer.request(contract, payload, asked));
    const answer = this.#await(correlationId, { contract, onReplay }, deadlineMs);
    failpoint('request.asking', [contract]);
    try {
      channel.publish(frame.exchange, frame.routingKey, frame.body, frame.options);
    } catch (error) {
      this.#take(correlationId)?.reject(new UpstreamUnavailable(`${contract.type}: ${String(error)}`));
    }
    failpoint('request.asked', [contract]);
    // The outcome was parsed by the contract's own schema.
    return (await answer) as OutcomeOf<C>;
  }

  async #open(connection: ChannelModel): Promise<void> {
    const { publishing } = this.broker;
    const channel = await publishing.openChannel(connection);
    channel.on('close', () => this.#onLost(channel));
    channel.on('return', (message) => this.#onReturn(message));
    await channel.consume(
      DIRECT_REPLY_TO,
      (message) => {
        if (message === null) publishing.drop('the broker cancelled the consumer of answers');
        else for (const answer of unbundled(message)) this.#onAnswer(answer);
      },
      { noAck: true },
    );
    this.#channel = channel;
  }

  #await(
    correlationId: string,
    { contract, onReplay }: Pick<Pending, 'contract' | 'onReplay'>,
    deadlineMs: number,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#take(correlationId)?.reject(
          new UpstreamTimeout(`${contract.type}: no answer within ${deadlineMs} ms`),
        );
      }, deadlineMs);
      this.#pending.set(correlationId, { contract, timer, onReplay, resolve, reject });
      metrics.pendingRequests.inc();
    });
  }

  /** Takes a request out of those that wait; undefined for one that was settled before. */
  #take(correlationId: string): Pending | undefined {
    const pending = this.#pending.get(correlationId);
    if (pending === undefined) return undefined;
    this.#pending.delete(correlationId);
    metrics.pendingRequests.dec();
    clearTimeout(pending.timer);
    return pending;
  }

  #onReturn({ properties }: Message): void {
    const pending = this.#take(properties.correlationId);
    if (pending === undefined) return;
    pending.reject(new UpstreamUnavailable(`${pending.contract.type}: its service has no queue`));
  }

  #onLost(channel: Channel): void {
    if (this.#channel === channel) this.#channel = undefined;
    if (this.#pending.size > 0)
      this.#logger.warn(`${this.#pending.size} request(s) lost with the connection`);
    for (const correlationId of this.#pending.keys()) {
      const pending = this.#take(correlationId);
      pending?.reject(new UpstreamTimeout(`${pending.contract.type}: the connection was lost`));
    }
  }

  #onAnswer(message: Message): void {
    const { properties, content } = message;
    const awaited = this.#pending.get(properties.correlationId);
    if (awaited === undefined) return;
    const { contract, onReplay, resolve, reject } = awaited;
    // Whoever was asked may still answer: a stranger's word must not end the wait for it.
    const allowed = { type: contract.type, sender: answererOf(contract) };
    if (strangerIn(message, allowed, this.broker.senders) !== undefined) {
      this.#logger.error(`${contract.type}: an answer of ${String(properties.userId)} is not taken`);
      return;
    }
    this.#take(properties.correlationId);
    failpoint('request.answered', [contract]);
    let body: unknown;
    try {
      body = JSON.parse(content.toString('utf8'));
    } catch {
      body = undefined;
    }
    const outcome = contract.answer.safeParse(body);
    if (outcome.success) {
      if (properties.headers?.[HEADERS.replayed] === 'true') onReplay?.();
      resolve(outcome.data);
      return;
    }
    const failure = pipelineRefusal.safeParse(body);
    const detail = failure.success
      ? `its service answered ${failure.data.refusal.code}`
      : `the answer breaks the contract: ${outcome.error.message}`;
    this.#note(contract, detail);
    reject(new UpstreamFailure(`${contract.type}: ${detail}`, failure.data?.refusal));
  }

  #note({ type }: RequestContract, detail: string): void {
    const leftOut = this.#lines.take(type, performance.now());
    if (leftOut === undefined) return;
    this.#logger.error(`${type}: ${detail}${leftOut === 0 ? '' : ` (and ${leftOut} times more before)`}`);
  }
}

import { Logger } from '@nestjs/common';
import type { Message, MessageProperties } from 'amqplib';
import { failpoint } from '#failpoints';
import { refuse, type Queue } from '@jangteo/contracts';
import { ackAll, isAlive, type Arrival } from './consumer-session.js';
import { deadLetterFrame, describeMessage, type Verdict } from './dead-letters.js';
import { replyAddressOf, traceOf } from './decode.js';
import type { OutboundMessage } from './outbound-messages.js';
import { publishUntilConfirmed } from './publish-until-confirmed.js';
import type { PipelineContext } from './route.js';
import { metrics } from './metrics.js';
import { Unencodable } from './publisher.js';
import { senderOfMessage, type Senders } from './senders.js';

/** Characters of a property, of four bytes each, that the protocol carries. */
const SHORT_MAX = 60;

/** A message that no handler gets any more, and why. */
export interface Parked {
  readonly arrival: Arrival;
  readonly verdict: Verdict;
}

/** A message with no more of its properties than its body and what says who it is. */
function bare(message: Message, senders: Senders): Message {
  const { type, messageId } = message.properties;
  const userId = senderOfMessage(message, senders);
  const short = (value: unknown): string => (typeof value === 'string' ? value.slice(0, SHORT_MAX) : '');
  const properties = { type: short(type), messageId: short(messageId), userId } as MessageProperties;
  return { ...message, properties };
}

const isOfStranger = ({ reason }: Verdict): boolean => reason === 'wrong-sender' || reason === 'no-sender';

/** Puts what cannot be handled where people find it. */
export class Parking {
  readonly #logger = new Logger(Parking.name);

  constructor(
    private readonly route: { readonly queue: Queue; readonly label: string },
    private readonly context: PipelineContext,
  ) {}

  /** Into the dead-letter queue, confirmed, and only then acknowledged; whoever waits is told. */
  async park(parked: readonly Parked[]): Promise<void> {
    const { queue, label } = this.route;
    const alive = parked.filter(isAlive);
    if (alive.length === 0) return;
    for (const { arrival, verdict } of alive) {
      metrics.deadLettered.inc({ queue: queue.name, type: label, reason: verdict.reason });
      this.#logger.error(
        `${queue.name}: ${describeMessage(arrival.message)} is parked (${verdict.reason}): ${verdict.detail}`,
      );
    }
    const types = alive.map(({ arrival }) => ({ type: String(arrival.message.properties.type) }));
    const parking = this.#send(alive);
    failpoint('parking.published', types);
    if (!(await parking)) return;
    failpoint('parking.confirmed', types);
    if (queue.role === 'requests')
      await this.context.publisher.send(alive.flatMap((one) => this.#refusal(one)));
    ackAll(alive);
    failpoint('parking.acked', types);
  }

  async #send(alive: readonly Parked[]): Promise<boolean> {
    const now = { nowMs: Date.now(), senders: this.context.senders };
    const isWanted = (): boolean => alive.some(isAlive);
    const framesOf = (read: (message: Message) => Message): OutboundMessage[] =>
      alive.map(({ arrival, verdict }) =>
        deadLetterFrame(read(arrival.message), this.route.queue, verdict, now),
      );
    try {
      return await publishUntilConfirmed(
        framesOf((message) => message),
        this.context,
        isWanted,
        () => this.#mend(),
      );
    } catch (error) {
      if (!(error instanceof Unencodable)) throw error;
      // Whatever came with them that we cannot write ourselves: they must not stay here for that.
      return await publishUntilConfirmed(
        framesOf((message) => bare(message, now.senders)),
        this.context,
        isWanted,
        () => this.#mend(),
      );
    }
  }

  /** The dead-letter queue itself may be gone. */
  async #mend(): Promise<void> {
    await this.context.declareAgain().catch((error: unknown) => {
      this.#logger.warn(`cannot declare ${this.route.queue.deadLetterQueue}: ${String(error)}`);
    });
  }

  #refusal({ arrival, verdict }: Parked): OutboundMessage[] {
    const to = replyAddressOf(arrival.message);
    // Whoever asks in another's name gets no answer, least of all where they would have it sent.
    if (to === undefined || isOfStranger(verdict)) return [];
    const outcome =
      verdict.reason === 'handler-failed' ? refuse('INTERNAL') : refuse('VALIDATION_FAILED', verdict.reason);
    return [this.context.writer.answer(to, outcome, traceOf(arrival.message))];
  }
}

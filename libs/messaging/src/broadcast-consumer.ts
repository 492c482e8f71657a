import { Logger } from '@nestjs/common';
import { inBatchSpan } from '@jangteo/tracing';
import { failpoint } from '#failpoints';
import type { ChannelModel } from 'amqplib';
import { broadcastPrefix, eventExchange } from '@jangteo/contracts';
import type { MessagingOptions } from './config.js';
import { arrivalsOf } from './bundles.js';
import { ConsumerSession, type Arrival } from './consumer-session.js';
import { describeError, describeMessage } from './dead-letters.js';
import { decode } from './decode.js';
import { newId } from './ids.js';
import { Lane } from './lane.js';
import type { BroadcastDefinition, Surroundings } from './lane-definition.js';
import type { Link } from './link.js';
import { MISSED, type Delivery } from './message.types.js';
import { metrics } from './metrics.js';
import { TOO_LATE, within } from './pause.js';
import { processingOf, traceparentsOf } from './spans.js';

/**
 * Hears events in this very process, from a queue that begins and ends with its connection: the broker keeps
 * nothing for a process that is away, so each connect begins by saying that something was missed. The same
 * is said of whatever could not be handled.
 */
export class BroadcastConsumer {
  /** Not the queue's whole name, which is another one on each connection. */
  readonly queue: { readonly name: string };
  readonly #logger = new Logger(BroadcastConsumer.name);
  readonly #exchange: string;
  readonly #lane: Lane;
  #session: ConsumerSession | undefined;

  constructor(
    private readonly definition: BroadcastDefinition,
    { service, config }: MessagingOptions,
    private readonly around: Surroundings,
  ) {
    const { MESSAGING_NAMESPACE: namespace, BATCH_SIZE_MAX: size, BATCH_BYTES_MAX: bytes } = config;
    if (service === 'gateway') throw new Error('The gateway hears no broadcasts');
    this.queue = { name: broadcastPrefix(namespace, service) };
    this.#exchange = eventExchange(namespace);
    this.#lane = new Lane(definition.label, { size, bytes }, (batch) => this.#hear(batch));
  }

  /** Whether a consumer lives on the current connection. */
  get isConsuming(): boolean {
    return this.#session?.isConsuming === true;
  }

  /**
   * Begins to hear on a fresh connection; what passed before that counts as missed.
   * @throws when the broker refuses, or the handler could not deal with what was missed
   */
  async open(link: Link, connection: ChannelModel): Promise<void> {
    const channel = await link.openChannel(connection);
    const name = `${this.queue.name}.${newId()}`;
    await channel.assertQueue(name, {
      exclusive: true,
      autoDelete: true,
      durable: false,
      // Whatever type a virtual host gives by default: no other one can be exclusive.
      arguments: { 'x-queue-type': 'classic' },
    });
    for (const type of this.definition.readings.keys()) {
      await channel.bindQueue(name, this.#exchange, type);
    }
    this.#session = new ConsumerSession({ name }, channel);
    await this.#session.consume(
      'no-ack',
      (arrived) => {
        for (const arrival of arrivalsOf(arrived)) this.#lane.arrive(arrival);
      },
      () => link.drop(`the broker cancelled the consumer of ${name}`),
    );
    await this.#tell(MISSED);
  }

  /** Hears no more, and comes back when what was heard is handled. */
  async drain(): Promise<void> {
    this.#lane.stop();
    await this.#session?.cancel().catch(() => undefined);
    this.#lane.takeWaiting();
    await this.#lane.idle();
  }

  async #hear(arrivals: readonly Arrival[]): Promise<void> {
    const heard: Delivery[] = [];
    for (const { message, arrivedAtMs } of arrivals) {
      const decoded = decode(message, arrivedAtMs, this.definition.readings, this.around.senders);
      if (decoded.ok) heard.push(decoded.delivery);
      else this.#logger.error(`${describeMessage(message)} (${decoded.fault}): ${decoded.detail}`);
    }
    try {
      await this.#tell(heard.length === arrivals.length ? heard : MISSED);
    } catch (error) {
      this.#logger.error(`${this.definition.label}: ${describeError(error)}`);
      await this.#tell(MISSED).catch((again: unknown) => {
        // Every connect tries it anew, and nothing is consumed before it has succeeded.
        this.around.dropConsumers(`${this.definition.label}: ${String(again)}`);
      });
    }
  }

  async #tell(heard: readonly Delivery[] | typeof MISSED): Promise<void> {
    const { handler, label } = this.definition;
    if (heard !== MISSED) failpoint('broadcast.heard', heard);
    const batch = heard === MISSED ? [] : heard;
    const told = await inBatchSpan(
      () => traceparentsOf(batch),
      () => processingOf({ queue: this.queue, label }, batch),
      () => within(handler(heard), this.around.config.BATCH_DEADLINE_MS),
    );
    if (told === TOO_LATE) throw new Error(`the handler of ${label} hangs`);
    if (heard === MISSED) return;
    failpoint('broadcast.handled', heard);
    for (const { type } of heard) metrics.handled.inc({ queue: this.queue.name, type });
  }
}

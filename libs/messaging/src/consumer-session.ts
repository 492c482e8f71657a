import type { Channel, ConsumeMessage } from 'amqplib';
import type { Queue } from '@jangteo/contracts';

/** Acknowledges messages, as long as it lives. */
export interface Session {
  readonly isAlive: boolean;
  ack(messages: readonly ConsumeMessage[]): void;
  /** Untouched, for another consumer to take. */
  giveBack(arrival: Arrival): void;
}

/** A message as it came, and the session that alone may acknowledge it. */
export interface Arrival {
  readonly message: ConsumeMessage;
  readonly session: Session;
  readonly arrivedAtMs: number;
}

/**
 * One consumer on one channel of one connection. Delivery tags mean something only on the channel that
 * delivered, and the same number on its successor is another message: so nothing is ever acknowledged
 * through anything but this object, and once it has ended it does nothing.
 */
export class ConsumerSession implements Session {
  #consumerTag: string | undefined;
  #isAlive = true;
  /** Tags that were delivered and neither acknowledged nor given back, the oldest first. */
  readonly #open = new Set<number>();

  constructor(
    private readonly queue: Pick<Queue, 'name'>,
    private readonly channel: Channel,
  ) {
    channel.on('close', () => {
      this.#isAlive = false;
    });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isConsuming(): boolean {
    return this.#isAlive && this.#consumerTag !== undefined;
  }

  /**
   * Begins to consume. The callback only takes the message: a throw in it would close the channel.
   * @param prefetch unacknowledged messages at a time
   * @throws when the broker refuses
   */
  async consume(
    prefetch: number,
    onArrival: (arrival: Arrival) => void,
    onCancelled: () => void,
  ): Promise<void> {
    await this.channel.prefetch(prefetch);
    const onMessage = (message: ConsumeMessage | null): void => {
      if (message !== null) {
        this.#open.add(message.fields.deliveryTag);
        onArrival({ message, session: this, arrivedAtMs: performance.now() });
        return;
      }
      this.#consumerTag = undefined;
      onCancelled();
    };
    const { consumerTag } = await this.channel.consume(this.queue.name, onMessage);
    this.#consumerTag = consumerTag;
  }

  /** Asks the broker for no more; what has been delivered can still be acknowledged. */
  async cancel(): Promise<void> {
    const tag = this.#consumerTag;
    if (tag === undefined || !this.#isAlive) return;
    this.#consumerTag = undefined;
    await this.channel.cancel(tag);
  }

  /**
   * Acknowledges, unless the connection has changed since: then the broker delivers them again. All that is
   * older than anything still open goes in one frame, which counts only for tags that this call or an earlier
   * one was given.
   */
  ack(messages: readonly ConsumeMessage[]): void {
    const acked = messages
      .filter(({ fields }) => this.#open.delete(fields.deliveryTag))
      .sort((a, b) => a.fields.deliveryTag - b.fields.deliveryTag);
    const [oldestOpen = Infinity] = this.#open;
    const together = acked.findLast(({ fields }) => fields.deliveryTag < oldestOpen);
    this.#attempt(() => {
      if (together !== undefined) this.channel.ack(together, true);
      for (const message of acked) {
        if (message.fields.deliveryTag > oldestOpen) this.channel.ack(message);
      }
    });
  }

  /** Gives a message back untouched, for another consumer to take. */
  giveBack({ message }: Arrival): void {
    this.#open.delete(message.fields.deliveryTag);
    this.#attempt(() => this.channel.nack(message, false, true));
  }

  #attempt(send: () => void): void {
    if (!this.#isAlive) return;
    try {
      send();
    } catch {
      // The channel is closing: whatever was not acknowledged comes again.
      this.#isAlive = false;
    }
  }
}

/** False for what the broker delivers again. */
export function isAlive({ arrival }: { readonly arrival: Arrival }): boolean {
  return arrival.session.isAlive;
}

/** Acknowledges each on the session that delivered it. */
export function ackAll(items: readonly { readonly arrival: Arrival }[]): void {
  const sessions = Map.groupBy(items, ({ arrival }) => arrival.session);
  for (const [session, own] of sessions) session.ack(own.map(({ arrival }) => arrival.message));
}

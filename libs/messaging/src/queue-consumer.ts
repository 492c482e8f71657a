import type { ChannelModel } from 'amqplib';
import type { Queue } from '@jangteo/contracts';
import { arrivalsOf } from './bundles.js';
import { ConsumerSession, type Arrival } from './consumer-session.js';
import { Batcher } from './batcher.js';
import { strayRoute, type Route, type PipelineContext } from './route.js';
import { BatchProcessor } from './batch-processor.js';
import type { ReconnectingConnection } from './reconnecting-connection.js';

/** Reads one queue, on a channel of its own, and sorts what comes into the batchers of its handlers. */
export class QueueConsumer {
  readonly #byType = new Map<string, Batcher>();
  readonly #strays: Batcher;
  readonly #works: BatchProcessor[] = [];
  readonly #prefetch: number;
  #session: ConsumerSession | undefined;

  constructor(
    readonly queue: Queue,
    routes: readonly Route[],
    context: PipelineContext,
  ) {
    const { BATCH_SIZE_MAX, BATCH_BYTES_MAX, PREFETCH, EVENT_GATHER_MS } = context.config;
    this.#prefetch = PREFETCH;
    const gatherMs = queue.role === 'events' ? EVENT_GATHER_MS : 0;
    const batcherOf = (route: Route): Batcher => {
      const work = new BatchProcessor(route, context);
      this.#works.push(work);
      const size = Math.min(BATCH_SIZE_MAX, route.batchSizeMax);
      const bounds = { size, bytes: BATCH_BYTES_MAX };
      return new Batcher(route.label, bounds, (batch) => work.work(batch), gatherMs);
    };
    this.#strays = batcherOf(strayRoute(queue));
    for (const route of routes) {
      const batcher = batcherOf(route);
      for (const type of route.readings.keys()) this.#byType.set(type, batcher);
    }
  }

  /** True while a consumer lives on the current connection. */
  get isConsuming(): boolean {
    return this.#session?.isConsuming === true;
  }

  /** Begins to consume on a fresh connection. */
  async open(reconnecting: ReconnectingConnection, connection: ChannelModel): Promise<void> {
    const channel = await reconnecting.openChannel(connection);
    this.#session = new ConsumerSession(this.queue, channel);
    await this.#session.consume(
      this.#prefetch,
      (arrival) => this.#arrive(arrival),
      () => reconnecting.drop(`the broker cancelled the consumer of ${this.queue.name}`),
    );
  }

  /** Takes no more, gives back what is in no batch, and comes back when the batches in work are done. */
  async drain(): Promise<void> {
    const batchers = this.#batchers();
    for (const batcher of batchers) batcher.stop();
    // Nothing is delivered once the cancel was answered; a failed one means that the connection is gone.
    await this.#session?.cancel().catch(() => undefined);
    for (const batcher of batchers) {
      for (const arrival of batcher.takeWaiting()) arrival.session.giveBack(arrival);
    }
    await Promise.all(batchers.map((batcher) => batcher.idle()));
    await Promise.all(this.#works.map((work) => work.idle()));
  }

  #batchers(): Batcher[] {
    return [...new Set([...this.#byType.values(), this.#strays])];
  }

  #arrive(arrived: Arrival): void {
    for (const arrival of arrivalsOf(arrived)) {
      (this.#byType.get(arrival.message.properties.type) ?? this.#strays).arrive(arrival);
    }
  }
}

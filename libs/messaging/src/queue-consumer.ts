import type { ChannelModel } from 'amqplib';
import type { Queue } from '@jangteo/contracts';
import { arrivalsOf } from './bundles.js';
import { ConsumerSession, type Arrival } from './consumer-session.js';
import { Lane } from './batcher.js';
import { strayDefinition, type LaneDefinition, type PipelineContext } from './route.js';
import { LaneWork } from './batch-processor.js';
import type { Link } from './reconnecting-connection.js';

/** Reads one queue, on a channel of its own, and sorts what comes into the lanes of its handlers. */
export class QueueConsumer {
  readonly #byType = new Map<string, Lane>();
  readonly #strays: Lane;
  readonly #works: LaneWork[] = [];
  readonly #prefetch: number;
  #session: ConsumerSession | undefined;

  constructor(
    readonly queue: Queue,
    definitions: readonly LaneDefinition[],
    context: PipelineContext,
  ) {
    const { BATCH_SIZE_MAX, BATCH_BYTES_MAX, PREFETCH, EVENT_GATHER_MS } = context.config;
    this.#prefetch = PREFETCH;
    const gatherMs = queue.role === 'events' ? EVENT_GATHER_MS : 0;
    const laneOf = (definition: LaneDefinition): Lane => {
      const work = new LaneWork(definition, context);
      this.#works.push(work);
      const size = Math.min(BATCH_SIZE_MAX, definition.batchSizeMax);
      const bounds = { size, bytes: BATCH_BYTES_MAX };
      return new Lane(definition.label, bounds, (batch) => work.work(batch), gatherMs);
    };
    this.#strays = laneOf(strayDefinition(queue));
    for (const definition of definitions) {
      const lane = laneOf(definition);
      for (const type of definition.readings.keys()) this.#byType.set(type, lane);
    }
  }

  /** Whether a consumer lives on the current connection. */
  get isConsuming(): boolean {
    return this.#session?.isConsuming === true;
  }

  /** Begins to consume on a fresh connection. */
  async open(link: Link, connection: ChannelModel): Promise<void> {
    const channel = await link.openChannel(connection);
    this.#session = new ConsumerSession(this.queue, channel);
    await this.#session.consume(
      this.#prefetch,
      (arrival) => this.#arrive(arrival),
      () => link.drop(`the broker cancelled the consumer of ${this.queue.name}`),
    );
  }

  /** Takes no more, gives back what is in no batch, and comes back when the batches in work are done. */
  async drain(): Promise<void> {
    const lanes = this.#lanes();
    for (const lane of lanes) lane.stop();
    // Nothing is delivered once the cancel was answered; a failed one means that the connection is gone.
    await this.#session?.cancel().catch(() => undefined);
    for (const lane of lanes) {
      for (const arrival of lane.takeWaiting()) arrival.session.giveBack(arrival);
    }
    await Promise.all(lanes.map((lane) => lane.idle()));
    await Promise.all(this.#works.map((work) => work.idle()));
  }

  #lanes(): Lane[] {
    return [...new Set([...this.#byType.values(), this.#strays])];
  }

  #arrive(arrived: Arrival): void {
    for (const arrival of arrivalsOf(arrived)) {
      (this.#byType.get(arrival.message.properties.type) ?? this.#strays).arrive(arrival);
    }
  }
}

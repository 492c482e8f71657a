import type { Producer } from '@platformatic/kafka';
import type { PlatformRecord } from '../domain/data-platform.js';
import { explainKafka } from './kafka-failure.js';
import { readSecurity, type KafkaSecurity } from './kafka-security.js';
import type { PlatformSink } from './sink.js';

type RecordProducer = Producer<string, string, string, string>;

/** Tries of the client itself, within one batch's time: the brokers tell these from new records. */
const RETRIES = 3;
const RETRY_PAUSE_MS = 200;

/** In the client's protocol the lack of an id, which it sends as 0 unless it is told. */
const NO_PRODUCER = { producerId: -1n, producerEpoch: -1 };

/** Settles as the work does, or fails as soon as the signal says so, then without having begun it. */
async function unlessAborted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  // Before the work begins: what is begun and not listened to ends the process where it fails.
  signal.throwIfAborted();
  let giveUp: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp);
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    if (giveUp !== undefined) signal.removeEventListener('abort', giveUp);
  }
}

/** Sends records to a topic, keyed by order, and takes them as safe once all in-sync replicas have them. */
export class KafkaSink implements PlatformSink {
  readonly kind = 'kafka';
  readonly target: string;
  #producer: RecordProducer | undefined;
  /** What went wrong with a connection last: what is sent over it is told no more than that it closed. */
  #trouble: unknown;

  constructor(
    private readonly brokers: readonly string[],
    private readonly topic: string,
    private readonly security: KafkaSecurity = {},
  ) {
    this.target = `${brokers.join(',')}/${topic}`;
  }

  async send(records: readonly PlatformRecord[], signal: AbortSignal): Promise<void> {
    const { topic } = this;
    const messages = records.map((record) => ({ topic, key: record.orderId, value: JSON.stringify(record) }));
    const producer = (this.#producer ??= await this.#connect());
    this.#trouble = undefined;
    try {
      await unlessAborted(() => producer.send({ messages }), signal);
    } catch (error) {
      // The next try may hold other records. Under this producer's numbers the brokers could take those for
      // the ones whose fate is unknown now, and drop them.
      this.#producer = undefined;
      void producer.close(true).catch(() => undefined);
      const errors = this.#trouble === undefined ? [error] : [error, this.#trouble];
      throw new Error(explainKafka(errors, { ...this.security, topic }), { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#producer?.close(true).catch(() => undefined);
    this.#producer = undefined;
  }

  /** Loads the client only where it is used, and reads certificates and passwords as they are by now. */
  async #connect(): Promise<RecordProducer> {
    const kafka = await import('@platformatic/kafka');
    const producer = new kafka.Producer({
      clientId: 'jangteo-order',
      bootstrapBrokers: [...this.brokers],
      serializers: kafka.stringSerializers,
      idempotent: true,
      acks: kafka.ProduceAcks.ALL,
      ...NO_PRODUCER,
      autocreateTopics: true,
      retries: RETRIES,
      retryDelay: RETRY_PAUSE_MS,
      ...readSecurity(this.security, this.brokers),
    });
    // A connection that fails shows in what is sent over it; without a listener it would end the process.
    producer.on('error', () => undefined);
    producer.on('client:broker:connect', ({ connection }) => {
      connection?.on('error', (error: unknown) => (this.#trouble = error));
    });
    return producer;
  }
}

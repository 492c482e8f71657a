/*
 * A program: a cluster of librdkafka's mock brokers, and a consumer of librdkafka's, apart from the client
 * under test. It says where the cluster is on its standard
 * output, because librdkafka does, and ends with the process that started it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

interface Message {
  readonly key?: Buffer;
  readonly payload: Buffer;
  readonly partition: number;
  readonly offset: number;
}

interface Consumer {
  subscribe(topic: string): Promise<void>;
  recvBatch(size: number, timeoutMs: number): Promise<Message[]>;
}

interface Client {
  createProducer(configuration: object): object;
  createConsumer(configuration: object): Consumer;
}

type ClientClass = new (configuration: object) => Client;

/** A test's request for the records of a topic. */
interface Question {
  readonly id: number;
  readonly brokers: string;
  readonly topic: string;
}

const [modulePath = '', brokerCount = '0'] = process.argv.slice(2);
const { KafkaClient } = (await import(pathToFileURL(modulePath).href)) as { KafkaClient: ClientClass };

// Kept as long as the process lives: the mock cluster goes with its client.
const cluster = new KafkaClient({ brokers: 'mock:1', clientId: 'cluster', logLevel: 'info' }).createProducer({
  configuration: { 'test.mock.num.brokers': brokerCount },
});

const topics = new Map<string, Promise<object[]>>();

async function follow({ brokers, topic }: Question): Promise<object[]> {
  const client = new KafkaClient({ brokers, clientId: 'reader', brokerAddressFamily: 'v4' });
  const groupId = `reader-${process.pid}-${topics.size}`;
  const consumer = client.createConsumer({ groupId, configuration: { 'auto.offset.reset': 'earliest' } });
  await consumer.subscribe(topic);
  const records: object[] = [];
  const collect = async (): Promise<never> => {
    for (;;) {
      // A topic that does not exist yet is an error to it, until it does.
      const messages = await consumer.recvBatch(1_000, 50).catch(() => sleep(100, []));
      for (const { key, payload, partition, offset } of messages) {
        records.push({ key: key?.toString(), value: payload.toString(), partition, offset });
      }
    }
  };
  void collect();
  return records;
}

process.on('message', (question: Question) => {
  const found = topics.get(question.topic) ?? follow(question);
  topics.set(question.topic, found);
  found.then(
    (records) => process.send?.({ id: question.id, records }),
    (error: unknown) => process.send?.({ id: question.id, failure: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
// A reference that lasts, so that nothing is collected before.
process.on('exit', () => void cluster);

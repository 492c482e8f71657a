import { Consumer, MessagesStreamModes, stringDeserializers } from '@platformatic/kafka';
import { uniqueName } from '@jangteo/testkit';

export interface TopicRecord {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
}

/** Reads so many records of a topic from its beginning, each partition's in its order. */
export async function readTopic(
  brokers: readonly string[],
  topic: string,
  count: number,
): Promise<TopicRecord[]> {
  const consumer = new Consumer({
    groupId: uniqueName('reader'),
    clientId: 'reader',
    bootstrapBrokers: [...brokers],
    deserializers: stringDeserializers,
  });
  try {
    const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST });
    const records: TopicRecord[] = [];
    for await (const { partition, key, value } of stream) {
      records.push({ partition, key: key ?? '', value: value ?? '' });
      if (records.length === count) break;
    }
    return records;
  } finally {
    await consumer.close(true);
  }
}

import { connect, type ChannelModel } from 'amqplib';
import { eventExchange, queuesOf, SERVICES } from '@jangteo/contracts';
import { testServers } from './environment.js';

/** Every queue that any service may have in a namespace, dead letters included. */
export function queueNamesOf(namespace: string): string[] {
  const queues = SERVICES.flatMap((service) => queuesOf(namespace, service));
  return queues.flatMap((queue) => [queue.name, queue.deadLetterQueue]);
}

/** A connection of one's own, apart from those under test. */
export async function connectToBroker(amqpUrl = testServers().amqpUrl): Promise<ChannelModel> {
  const connection = await connect(amqpUrl, { noDelay: true });
  // Whoever uses it sees its calls fail; without a listener the test process would end.
  connection.on('error', () => undefined);
  return connection;
}

/** Counts the messages that wait in each queue of a namespace that exists now; those in work are not counted. */
export async function countQueues(
  connection: ChannelModel,
  namespace: string,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of queueNamesOf(namespace)) {
    // A queue that is not there closes the channel, so each has its own.
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    try {
      counts[name] = (await channel.checkQueue(name)).messageCount;
      await channel.close();
    } catch {
      continue;
    }
  }
  return counts;
}

/** Removes a namespace's queues and exchange, so that a shared broker keeps nothing of a test. */
export async function removeNamespace(namespace: string): Promise<void> {
  const connection = await connectToBroker();
  try {
    const channel = await connection.createChannel();
    await channel.deleteExchange(eventExchange(namespace));
    for (const name of queueNamesOf(namespace)) await channel.deleteQueue(name);
  } finally {
    await connection.close();
  }
}

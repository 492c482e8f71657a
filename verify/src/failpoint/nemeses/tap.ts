import { queuesOf, SERVICES, type QueueRole } from '@jangteo/contracts';
import { connectToBroker, honestSender } from '@jangteo/testkit';
import type { Arena } from '../../places/arena.js';

type Connection = Awaited<ReturnType<typeof connectToBroker>>;
export type Channel = Awaited<ReturnType<Connection['createConfirmChannel']>>;
export type Message = Exclude<Parameters<Parameters<Channel['consume']>[1]>[0], null>;

const PREFETCH = 200;

/** As the stack's services have it. */
function namespace(): string {
  return process.env.MESSAGING_NAMESPACE || 'jangteo';
}

/** Names of all queues of these roles. */
export function queuesIn(...roles: QueueRole[]): string[] {
  const queues = SERVICES.flatMap((service) => queuesOf(namespace(), service));
  return queues.filter(({ role }) => roles.includes(role)).map(({ name }) => name);
}

/** Works on a channel of its own, apart from the services' and past their proxies. */
export async function onChannel(arena: Arena, work: (channel: Channel) => Promise<void>): Promise<void> {
  const connection = await connectToBroker(arena.stack.infrastructure.amqpUrl);
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    await channel.prefetch(PREFETCH);
    await work(channel);
  } finally {
    // What was taken and not acknowledged goes back to where it was.
    await connection.close().catch(() => undefined);
  }
}

/** As the broker knows who may send messages of a type to a queue: what is wrong with a message is to be something else. */
export function honestUser(arena: Arena, queue: string, type: string): string {
  const url = new URL(arena.stack.infrastructure.amqpUrls[honestSender(queue, type)]);
  return decodeURIComponent(url.username);
}

/** Reads a queue beside its service, which gets the rest, for a while. */
export async function listen(
  arena: Arena,
  channel: Channel,
  { queue, ms }: { readonly queue: string; readonly ms: number },
  onMessage: (message: Message) => void,
): Promise<void> {
  const { consumerTag } = await channel.consume(queue, (message) => {
    if (message !== null) onMessage(message);
  });
  await arena.last(ms);
  await channel.cancel(consumerTag);
}

/** Sends a message once more as it is, to where it came from. */
export function sendAgain(channel: Channel, queue: string, { content, properties }: Message): void {
  const { 'x-delivery-count': _count, ...headers } = properties.headers ?? {};
  channel.sendToQueue(queue, content, { ...properties, headers, persistent: properties.deliveryMode === 2 });
}

import type { Channel } from 'amqplib';
import {
  DELIVERY_LIMIT,
  eventExchange,
  heardBy,
  publishedBy,
  queuesOf,
  type BrokerUser,
  type Queue,
} from '@jangteo/contracts';
import type { MessagingConfig, MessagingOptions } from './config.js';

/**
 * Arguments that say what the broker itself does with a message that came back too often: the last net. Requests are
 * dropped, since their asker has long given up; the rest goes to the dead letters, at least once.
 */
function queueArguments(queue: Queue, { REQUEST_QUEUES }: MessagingConfig): Record<string, unknown> {
  if (queue.role === 'requests' && REQUEST_QUEUES === 'classic') return { 'x-queue-type': 'classic' };
  const limited = { 'x-queue-type': 'quorum', 'x-delivery-limit': DELIVERY_LIMIT };
  if (queue.role === 'requests') return limited;
  return {
    ...limited,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue.deadLetterQueue,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}

/** The queues that this process owns: those of its service; the gateway has none. */
export function ownQueues({ service, config }: MessagingOptions): Queue[] {
  return service === 'gateway' ? [] : queuesOf(config.MESSAGING_NAMESPACE, service);
}

/** Whoever neither publishes nor hears events may not touch the exchange. */
function takesPartInEvents(service: BrokerUser): boolean {
  return publishedBy(service).length + heardBy(service).length > 0;
}

/**
 * Declares the event exchange, where the service has to do with events, and the service's own queues; what
 * exists already stays as it is.
 * @throws when something of that name exists with other arguments
 */
export async function declareTopology(channel: Channel, options: MessagingOptions): Promise<void> {
  const exchange = eventExchange(options.config.MESSAGING_NAMESPACE);
  if (takesPartInEvents(options.service)) await channel.assertExchange(exchange, 'topic', { durable: true });
  for (const queue of ownQueues(options)) {
    await channel.assertQueue(queue.deadLetterQueue, {
      durable: true,
      arguments: { 'x-queue-type': 'quorum' },
    });
    await channel.assertQueue(queue.name, {
      durable: true,
      arguments: queueArguments(queue, options.config),
    });
    for (const binding of queue.bindings) await channel.bindQueue(queue.name, exchange, binding);
  }
}

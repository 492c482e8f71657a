import { nodesOf, SAGA_SERVICE, SERVICES, type BrokerUser } from '@jangteo/contracts';
import type { MessagingConfig } from '@jangteo/messaging';
import { serviceAmqpUrl } from './environment.js';

/** As the broker knows a service under test. */
export function brokerUserOf(service: BrokerUser): string {
  const [node = ''] = nodesOf(serviceAmqpUrl(service));
  return decodeURIComponent(new URL(node).username) || 'guest';
}

/** A configuration in the name of a service, for what a test sends or reads in its place. */
export function configAs(service: BrokerUser, config: MessagingConfig): MessagingConfig {
  return { ...config, AMQP_URL: serviceAmqpUrl(service) };
}

/** The user that may send messages of a type to a queue; the saga's where the type tells nothing. */
export function honestSender(queue: string, type: unknown): BrokerUser {
  if (queue.endsWith('.requests')) return 'gateway';
  if (!queue.endsWith('.replies')) return SAGA_SERVICE;
  return SERVICES.find((service) => String(type).startsWith(`${service}.`)) ?? SAGA_SERVICE;
}

import { orderCancelled, orderCompleted } from './order.js';
import type { EventContract, MessageContract } from './message.js';
import { MESSAGES } from './messages.js';
import type { ServiceName } from './services.js';

/** The events that each service hears; each subscriber has a queue of its own. */
export const SUBSCRIPTIONS: { readonly [S in ServiceName]?: readonly EventContract[] } = {
  ranking: [orderCompleted, orderCancelled],
};

/** The service that runs the saga, and so gets the answers to commands. */
export const SAGA_SERVICE: ServiceName = 'order';

/** The work that a queue carries. Requests are transient; all else is durable and never dropped. */
export type QueueRole = 'requests' | 'commands' | 'replies' | 'events';

export interface Queue {
  readonly name: string;
  readonly role: QueueRole;
  /** The queue that keeps for people what cannot be handled. */
  readonly deadLetterQueue: string;
  /** Routing keys that bind it to the event exchange. */
  readonly bindings: readonly string[];
}

/** Times that the broker hands out one message before it goes to the dead letters: the last net only. */
export const DELIVERY_LIMIT = 50;

/** The topic exchange for events of this namespace. */
export function eventExchange(namespace: string): string {
  return `${namespace}.events`;
}

/** The name of the queue that a service reads in a role. */
export function queueName(namespace: string, service: ServiceName, role: QueueRole): string {
  return `${namespace}.${service}.${role}`;
}

/** The queue that a request or command is sent to. */
export function queueOf(namespace: string, contract: MessageContract): string {
  return queueName(namespace, contract.service, contract.kind === 'command' ? 'commands' : 'requests');
}

/** Every queue that a service reads, in a namespace (`jangteo` in production; tests have their own). */
export function queuesOf(namespace: string, service: ServiceName): Queue[] {
  const roles: QueueRole[] = ['requests'];
  const ours = MESSAGES.filter((contract) => contract.service === service);
  if (ours.some(({ kind }) => kind === 'command')) roles.push('commands');
  if (service === SAGA_SERVICE) roles.push('replies');
  const subscriptions = SUBSCRIPTIONS[service] ?? [];
  if (subscriptions.length > 0) roles.push('events');
  return roles.map((role) => {
    const name = queueName(namespace, service, role);
    const bindings = role === 'events' ? subscriptions.map((contract) => contract.type) : [];
    return { name, role, deadLetterQueue: `${name}.dead`, bindings };
  });
}

import { MESSAGES } from './messages.js';
import { BROKER_USERS, permissionsOf, type BrokerUser } from './permissions.js';
import type { MessageContract } from './message.js';
import { answererOf, senderOf } from './senders.js';
import { SERVICES, type ServiceName } from './services.js';
import { replyType } from './envelope.js';
import { eventExchange, queuesOf, type Queue } from './topology.js';

/** The fate of what a user does: the broker refuses it, its receiver parks it, or it is part of the work. */
export type Access = 'allowed' | 'parked' | 'refused';

/** A type of message, and who alone may bring it. */
export interface Carried {
  readonly type: string;
  readonly contract: MessageContract;
  readonly sender: BrokerUser;
}

/** A queue, or a key of the event exchange, and what each user may do there. */
export interface Place {
  readonly name: string;
  /** Undefined for what is no queue. */
  readonly queue?: Queue;
  readonly carried: readonly Carried[];
  /** Declare, empty, delete. */
  readonly rule: Readonly<Record<BrokerUser, Access>>;
  /** Consume from a queue; bind to a key. */
  readonly read: Readonly<Record<BrokerUser, Access>>;
  readonly publish: Readonly<Record<BrokerUser, Access>>;
}

const forEach = (access: (user: BrokerUser) => Access): Record<BrokerUser, Access> =>
  Object.fromEntries(BROKER_USERS.map((user) => [user, access(user)])) as Record<BrokerUser, Access>;

const matching = (pattern: string | undefined, name: string): Access =>
  pattern !== undefined && new RegExp(pattern).test(name) ? 'allowed' : 'refused';

/** Lists the types of message that come in a queue, each with its only sender. */
export function carriedIn(service: ServiceName, { role, bindings }: Queue): Carried[] {
  return MESSAGES.flatMap((contract): Carried[] => {
    const { kind, type } = contract;
    if (role === 'replies') {
      return kind === 'command'
        ? [{ type: replyType(contract), contract, sender: answererOf(contract) }]
        : [];
    }
    const isOurs =
      role === 'events' ? bindings.includes(type) : contract.service === service && `${kind}s` === role;
    return isOurs ? [{ type, contract, sender: senderOf(contract) }] : [];
  });
}

const publishers = (carried: readonly Carried[]) =>
  forEach((user) => (carried.some(({ sender }) => sender === user) ? 'allowed' : 'parked'));

function queuePlace(
  name: string,
  namespace: string,
  more: Pick<Place, 'carried' | 'publish' | 'queue'>,
): Place {
  return {
    name,
    ...more,
    rule: forEach((user) => matching(permissionsOf(user, namespace).configure, name)),
    read: forEach((user) => matching(permissionsOf(user, namespace).read, name)),
  };
}

function placesOf(service: ServiceName, namespace: string): Place[] {
  return queuesOf(namespace, service).flatMap((queue) => {
    const carried = carriedIn(service, queue);
    const dead = forEach((user) => (user === service ? 'allowed' : 'parked'));
    return [
      queuePlace(queue.name, namespace, { queue, carried, publish: publishers(carried) }),
      queuePlace(queue.deadLetterQueue, namespace, { queue, carried: [], publish: dead }),
    ];
  });
}

function eventPlaces(namespace: string): Place[] {
  const exchange = eventExchange(namespace);
  return MESSAGES.filter(({ kind }) => kind === 'event').map((contract) => {
    const { type } = contract;
    const events = (user: BrokerUser, what: 'read' | 'write'): Access => {
      const permissions = permissionsOf(user, namespace);
      const atExchange = matching(permissions[what], exchange);
      return atExchange === 'allowed' ? matching(permissions.events?.[what], type) : 'refused';
    };
    return {
      name: `${exchange}: ${type}`,
      carried: [{ type, contract, sender: senderOf(contract) }],
      rule: forEach((user) => matching(permissionsOf(user, namespace).configure, exchange)),
      read: forEach((user) => events(user, 'read')),
      publish: forEach((user) => events(user, 'write')),
    };
  });
}

/** Every place on the broker, with what each user may do there and what becomes of the rest. */
export function accessMatrix(namespace: string): Place[] {
  return [...SERVICES.flatMap((service) => placesOf(service, namespace)), ...eventPlaces(namespace)];
}

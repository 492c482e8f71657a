import { DIRECT_REPLY_TO } from './envelope.js';
import type { EventContract } from './message.js';
import { MESSAGES } from './messages.js';
import { ALL_SERVICES, type AnyService, type ServiceName } from './services.js';
import { eventExchange, queuesOf, SUBSCRIPTIONS } from './topology.js';

/** Everybody who talks through the broker, each as a user of its own. */
export const BROKER_USERS = ALL_SERVICES;

export type BrokerUser = AnyService;

/** Stands for every namespace without a dot: for a broker on which tests make namespaces as they go. */
export const ANY_NAMESPACE = Symbol('any namespace');

/** Permissions of a RabbitMQ user in a virtual host: patterns of the queues and exchanges that each applies to. */
export interface BrokerPermissions {
  /** Declare and delete. */
  readonly configure: string;
  /** Publish to (an exchange), bind (a queue). */
  readonly write: string;
  /** Consume from (a queue), bind to (an exchange). */
  readonly read: string;
  /** On the event exchange: which events may be published and which bound. Needs a namespace that is known. */
  readonly events?: { readonly exchange: string; readonly write: string; readonly read: string };
}

/** The name that RabbitMQ checks instead of the default exchange's, which is empty. */
const DEFAULT_EXCHANGE = 'amq.default';

const NOTHING = '^$';

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const anyOf = (patterns: readonly string[]): string =>
  patterns.length === 0 ? NOTHING : `^(${patterns.join('|')})$`;

/** A placeholder that no namespace can be, replaced in the patterns that were made with it. */
const PLACEHOLDER = '\u0000';

const typesOf = (events: readonly EventContract[]): string[] => events.map(({ type }) => escaped(type));

/** The events that a service publishes. */
export function publishedBy(user: BrokerUser): EventContract[] {
  return MESSAGES.filter((contract) => contract.kind === 'event').filter(({ service }) => service === user);
}

/** The events that a service hears. */
export function heardBy(user: BrokerUser): readonly EventContract[] {
  if (user === 'gateway') return [];
  return SUBSCRIPTIONS[user] ?? [];
}

/**
 * Further names for the catalog of the release before, under the user that it shares with this one while replicas are
 * replaced: its processes told each other of changed products. To be removed a release later.
 */
const FORMER = {
  event: escaped('catalog.product-changed'),
  queueOf: (namespace: string) => String.raw`${escaped(namespace)}\.catalog\.broadcasts\.[^.]+`,
};

interface Own {
  /** All that the user reads, dead letters included. */
  readonly queues: readonly string[];
  /** Those among them that are bound to the event exchange. */
  readonly bound: readonly string[];
}

function ownOf(service: ServiceName, namespace: string): Own {
  const queues = queuesOf(namespace, service);
  const former = service === 'catalog' ? [FORMER.queueOf(namespace)] : [];
  const bound = queues.filter(({ bindings }) => bindings.length > 0);
  return {
    queues: [
      ...queues.flatMap(({ name, deadLetterQueue }) => [escaped(name), escaped(deadLetterQueue)]),
      ...former,
    ],
    bound: [...bound.map(({ name }) => escaped(name)), ...former],
  };
}

/**
 * The least that a service can do its work with: its own queues, and the event exchange where it publishes or
 * hears events. Writing to the default exchange reaches every queue: RabbitMQ cannot narrow that.
 *
 * @param namespace of the queues, or {@link ANY_NAMESPACE}
 */
export function permissionsOf(user: BrokerUser, namespace: string | typeof ANY_NAMESPACE): BrokerPermissions {
  const name = namespace === ANY_NAMESPACE ? PLACEHOLDER : namespace;
  const own = user === 'gateway' ? { queues: [], bound: [] } : ownOf(user, name);
  const former = user === 'catalog' ? [FORMER.event] : [];
  const published = [...typesOf(publishedBy(user)), ...former];
  const heard = [...typesOf(heardBy(user)), ...former];
  const exchange = [escaped(eventExchange(name))];
  const replies = String.raw`${escaped(DIRECT_REPLY_TO)}(\..+)?`;
  const patternOf = (patterns: readonly string[]): string => anyOf(patterns).replaceAll(PLACEHOLDER, '[^.]+');
  const takesPart = published.length + heard.length > 0;
  const events = {
    exchange: eventExchange(name),
    write: anyOf(published),
    read: anyOf(heard),
  };
  return {
    configure: patternOf([...own.queues, ...(takesPart ? exchange : [])]),
    write: patternOf([escaped(DEFAULT_EXCHANGE), ...own.bound, ...(published.length > 0 ? exchange : [])]),
    read: patternOf([replies, ...own.queues, ...(heard.length > 0 ? exchange : [])]),
    ...(takesPart && namespace !== ANY_NAMESPACE ? { events } : {}),
  };
}

import type { Message } from 'amqplib';
import { HEADERS, nodesOf, PARKED_HEADERS, type BrokerUser } from '@jangteo/contracts';
import { namesBy, usersIn } from './amqp-users.js';
import type { MessagingOptions } from './config.js';

/** The services' users on the broker, which vouches for the `user-id` of every message. */
export interface Senders {
  /** The user that this process's own messages are signed with. */
  readonly own: string;
  readonly names: Readonly<Record<BrokerUser, string>>;
  /** One user for all: who of them sent what cannot be told. */
  readonly areShared: boolean;
  readonly takesUnsigned: boolean;
}

/** The user that the driver connects as where a URL names nobody. */
const DEFAULT_USER = 'guest';

function userIn(url: string): string {
  return decodeURIComponent(new URL(url).username) || DEFAULT_USER;
}

/** Those of one shop differ in the service alone; a name that does not end so is everybody's. */
function derivedFrom(own: string, service: BrokerUser): Record<BrokerUser, string> {
  const prefix = own.slice(0, -service.length);
  const isOneOfMany = own === prefix + service && /(^|[^A-Za-z0-9])$/.test(prefix);
  return namesBy((user) => (isOneOfMany ? prefix + user : own));
}

/** @throws Error when AMQP_URL names several users, or another one than AMQP_USERS */
export function sendersOf({ service, config }: Pick<MessagingOptions, 'config' | 'service'>): Senders {
  const { AMQP_URL, AMQP_USERS, UNSIGNED_MESSAGES } = config;
  const [own = DEFAULT_USER, ...others] = new Set(nodesOf(AMQP_URL).map(userIn));
  if (others.length > 0) throw new Error('AMQP_URL must name the same user for every node');
  const names = usersIn(AMQP_USERS) ?? derivedFrom(own, service);
  if (names[service] !== own) {
    throw new Error(`AMQP_USERS calls the ${service} ${names[service]}, but AMQP_URL connects as ${own}`);
  }
  const areShared = new Set(Object.values(names)).size === 1;
  return { own, names, areShared, takesUnsigned: UNSIGNED_MESSAGES === 'take' };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * The broker's user who first sent a message, as far as it is known. What this service has parked or sends again
 * is signed by itself and says in a header who that was: nobody else can sign so, and nobody else's headers count.
 */
export function senderOfMessage({ properties }: Message, { own }: Senders): string | undefined {
  const user = textOf(properties.userId);
  if (user !== own) return user;
  const headers = properties.headers ?? {};
  if (PARKED_HEADERS.messageId in headers) return textOf(headers[PARKED_HEADERS.sender]);
  return HEADERS.sentAgain in headers ? textOf(headers[HEADERS.sender]) : user;
}

/** Recognises a message that nobody had signed, and that an operator of this service has answered for. */
export function isVouchedFor({ properties }: Message, { own }: Senders): boolean {
  return properties.userId === own && textOf(properties.headers?.[HEADERS.vouchedBy]) !== undefined;
}

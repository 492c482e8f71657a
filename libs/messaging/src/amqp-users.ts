import { BROKER_USERS, type BrokerUser } from '@jangteo/contracts';

/** The names of all users of the broker. */
export function namesBy(name: (user: BrokerUser) => string): Record<BrokerUser, string> {
  return Object.fromEntries(BROKER_USERS.map((user) => [user, name(user)])) as Record<BrokerUser, string>;
}

/** Reads AMQP_USERS; undefined unless it has one name for each user. */
export function usersIn(text: string): Record<BrokerUser, string> | undefined {
  const entries = text.split(',').map((entry) => entry.split('=').map((part) => part.trim()));
  const named = new Map(entries.map(([user = '', name = '']) => [user, name]));
  const isWhole =
    entries.length === BROKER_USERS.length &&
    entries.every((entry) => entry.length === 2) &&
    BROKER_USERS.every((user) => Boolean(named.get(user)));
  return isWhole ? namesBy((user) => named.get(user) ?? '') : undefined;
}

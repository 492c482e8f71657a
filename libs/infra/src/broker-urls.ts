import { BROKER_USERS, nodesOf, type BrokerUser } from '@jangteo/contracts';
import { brokerDefinitions, vhostOf, type BrokerAccounts, type BrokerDefinitions } from './broker-users.js';

/** The brokers that services connect to, as a user names them. */
export interface AmqpUrls {
  /** For all that have none of their own. */
  readonly amqpUrl: string | undefined;
  /** URLs that single services connect with instead, each as a user of its own. */
  readonly amqpUrls: Readonly<Partial<Record<BrokerUser, string>>>;
}

/** The variable that holds the AMQP URL of one service alone. */
export const amqpVariable = (service: BrokerUser): string => `${service.toUpperCase()}_AMQP_URL`;

/** The URLs of single services, by the variables that name them. */
export function amqpUrlVariables(urls: AmqpUrls['amqpUrls']): Record<string, string> {
  const named = BROKER_USERS.map((service) => [amqpVariable(service), urls[service]] as const);
  return Object.fromEntries(named.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/**
 * The brokers that the user names: one for all, one a service, or both.
 * @throws naming what is missing where only some services have one
 */
export function readAmqpUrls(environment: NodeJS.ProcessEnv): AmqpUrls {
  const found = BROKER_USERS.map(
    (service) => [service, environment[amqpVariable(service)] || undefined] as const,
  );
  const given = found.filter(([, url]) => url !== undefined);
  const amqpUrls = Object.fromEntries(given) as AmqpUrls['amqpUrls'];
  const amqpUrl = environment.AMQP_URL || undefined;
  if (amqpUrl !== undefined || given.length === 0) return { amqpUrl, amqpUrls };
  const missing = found.filter(([, url]) => url === undefined).map(([service]) => amqpVariable(service));
  if (missing.length === 0) return { amqpUrl: amqpUrls.gateway, amqpUrls };
  throw new Error(
    `${missing.join(', ')}: needed beside the other services' brokers, or AMQP_URL for the rest`,
  );
}

/** As AMQP_USERS has it: with whose name each service connects. */
export function usersOf(urls: Readonly<Record<BrokerUser, string>>): string {
  const nameIn = (url: string): string =>
    decodeURIComponent(new URL(nodesOf(url)[0] ?? '').username) || 'guest';
  return BROKER_USERS.map((user) => `${user}=${nameIn(urls[user])}`).join(',');
}

/** A user and a password, each as it may stand in a URL. */
const LOGIN = /^amqps?:\/\/[^\s:@/?#]+:[^\s@/?#]+@[^@]+$/;

/** @throws naming the variable whose password is cut off by what means something in a URL, and never what it holds */
function mustHaveLogin(service: BrokerUser, url: string): void {
  if (nodesOf(url).every((node) => LOGIN.test(node) && URL.canParse(node) && isEncoded(node))) return;
  throw new Error(
    `${amqpVariable(service)} needs a user and a password, in which what means something in a URL is percent-encoded; ` +
      `${service.toUpperCase()}_BROKER_PASSWORD in .env has to do without`,
  );
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The accounts that the services connect with.
 * @throws naming the variable that names no user, no password, or the user of another service
 */
export function accountsOf(urls: AmqpUrls['amqpUrls']): BrokerAccounts {
  const taken = new Set<string>();
  const accounts = BROKER_USERS.map((service) => {
    const url = urls[service] ?? '';
    mustHaveLogin(service, url);
    const { username, password } = new URL(nodesOf(url)[0] ?? '');
    if (taken.has(username)) throw new Error(`${amqpVariable(service)} names the user of another service`);
    taken.add(username);
    return [service, { name: decodeURIComponent(username), password: decodeURIComponent(password) }] as const;
  });
  return Object.fromEntries(accounts) as Record<BrokerUser, BrokerAccounts[BrokerUser]>;
}

/**
 * The definitions that a broker has to import so that the services can connect with the URLs that the environment
 * names.
 * @throws naming the variable that is missing or does not fit
 */
export function definitionsFrom(environment: NodeJS.ProcessEnv): BrokerDefinitions {
  const { amqpUrls } = readAmqpUrls({ ...environment, AMQP_URL: '' });
  const namespace = environment.MESSAGING_NAMESPACE || 'jangteo';
  return brokerDefinitions(accountsOf(amqpUrls), { vhost: vhostOf(amqpUrls.gateway ?? ''), namespace });
}

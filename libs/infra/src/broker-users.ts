import { createHash, randomBytes } from 'node:crypto';
import { ANY_NAMESPACE, BROKER_USERS, nodesOf, permissionsOf, type BrokerUser } from '@jangteo/contracts';
import type { Rabbit } from './rabbit.js';

export interface BrokerAccount {
  readonly name: string;
  readonly password: string;
}

/** One account a service. */
export type BrokerAccounts = Readonly<Record<BrokerUser, BrokerAccount>>;

/** The scope of the accounts' permissions. */
export interface BrokerPlace {
  readonly vhost: string;
  readonly namespace: string | typeof ANY_NAMESPACE;
}

/** Input of `rabbitmqctl import_definitions`, `load_definitions` and the management plugin, as far as we need it. */
export interface BrokerDefinitions {
  readonly users: readonly object[];
  readonly vhosts: readonly object[];
  readonly exchanges: readonly object[];
  readonly permissions: readonly object[];
  readonly topic_permissions: readonly object[];
}

/** As RabbitMQ stores passwords: a salt of 32 bits before the SHA-256 of salt and password. */
function passwordHash(password: string): string {
  const salt = randomBytes(4);
  const hash = createHash('sha256').update(salt).update(password, 'utf8').digest();
  return Buffer.concat([salt, hash]).toString('base64');
}

/** Accounts named after the shop and the service. */
export function brokerAccounts(
  prefix: string,
  passwords: Readonly<Record<BrokerUser, string>>,
): BrokerAccounts {
  const accounts = BROKER_USERS.map((user) => [
    user,
    { name: `${prefix}_${user}`, password: passwords[user] },
  ]);
  return Object.fromEntries(accounts) as unknown as BrokerAccounts;
}

/** The services' accounts with the least permissions, as definitions that a broker imports; no password is in them. */
export function brokerDefinitions(
  accounts: BrokerAccounts,
  { vhost, namespace }: BrokerPlace,
): BrokerDefinitions {
  const all = BROKER_USERS.map((user) => ({
    ...accounts[user],
    permissions: permissionsOf(user, namespace),
  }));
  const exchanges = new Set(all.flatMap(({ permissions: { events } }) => events?.exchange ?? []));
  return {
    users: all.map(({ name, password }) => ({
      name,
      password_hash: passwordHash(password),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: [],
    })),
    vhosts: [{ name: vhost }],
    // As services declare it (topology.ts of messaging): another one of its name would be refused.
    exchanges: [...exchanges].map((name) => ({
      name,
      vhost,
      type: 'topic',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: {},
    })),
    permissions: all.map(({ name, permissions: { configure, write, read } }) => ({
      user: name,
      vhost,
      configure,
      write,
      read,
    })),
    topic_permissions: all.flatMap(({ name, permissions: { events } }) =>
      events === undefined ? [] : [{ user: name, vhost, ...events }],
    ),
  };
}

/**
 * The definitions in parts, for a broker to take one after the other. Permissions on events need their exchange:
 * RabbitMQ 4.3 refuses them while there is none, and not every version imports it first.
 */
export function importSteps(definitions: BrokerDefinitions): readonly Partial<BrokerDefinitions>[] {
  const { vhosts, exchanges, ...users } = definitions;
  return [{ vhosts, exchanges }, users];
}

/** The virtual host that AMQP_URL names: of a cluster, with its first node. */
export function vhostOf(amqpUrl: string): string {
  const { pathname } = new URL(nodesOf(amqpUrl)[0] ?? '');
  return pathname.length <= 1 ? '/' : decodeURIComponent(pathname.slice(1));
}

/**
 * Makes the services' accounts on a broker of ours, or gives those that exist these passwords and permissions.
 * @param ownerPlaysAll lets whoever owns the broker sign messages as any user, for tests that play the services
 * @returns the URL with which each service connects
 */
export async function createBrokerUsers(
  rabbit: Pick<Rabbit, 'ctl' | 'url'>,
  accounts: BrokerAccounts,
  namespace: BrokerPlace['namespace'],
  { ownerPlaysAll = false }: { readonly ownerPlaysAll?: boolean } = {},
): Promise<Record<BrokerUser, string>> {
  const definitions = brokerDefinitions(accounts, { vhost: vhostOf(rabbit.url), namespace });
  const imports = importSteps(definitions).map((step) => {
    const encoded = Buffer.from(JSON.stringify(step)).toString('base64');
    return `ok = rabbit_definitions:import_raw(base64:decode("${encoded}"))`;
  });
  // One call, because each takes about a second; as an argument, because a container does not see our files.
  const owner = `<<${JSON.stringify(decodeURIComponent(new URL(rabbit.url).username))}>>`;
  const tagged = `ok = rabbit_auth_backend_internal:set_tags(${owner}, [administrator, impersonator], <<"tests">>)`;
  const steps = ownerPlaysAll ? [...imports, tagged] : imports;
  const answer = await rabbit.ctl(['eval', `${steps.join(', ')}.`]);
  if (answer.trim() !== 'ok') throw new Error(`RabbitMQ did not take the users of the services: ${answer}`);
  return amqpUrlsOf(rabbit.url, accounts);
}

/** A broker's URL with the name and password of each service. */
export function amqpUrlsOf(amqpUrl: string, accounts: BrokerAccounts): Record<BrokerUser, string> {
  const urls = BROKER_USERS.map((user) => {
    const url = new URL(amqpUrl);
    url.username = encodeURIComponent(accounts[user].name);
    url.password = encodeURIComponent(accounts[user].password);
    return [user, url.href] as const;
  });
  return Object.fromEntries(urls) as Record<BrokerUser, string>;
}

import { parseEnv } from 'node:util';
import type { LocalSecrets } from './secrets.js';
import { services, type Service } from './services.js';
import type { Settings } from './settings.js';

/** Means the same without quotes to every reader of such files: shells, Compose, Docker and systemd. */
const BARE = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Means the same between single quotes to those that know quotes. */
const PLAIN = /^[^'$\n\r\0]*$/;

function line(name: string, value: string): string {
  if (BARE.test(value)) return `${name}=${value}`;
  if (PLAIN.test(value)) return `${name}='${value}'`;
  throw new Error(`${name} may hold no ', no $ and no line break in a file of variables`);
}

/** Variables of services on which docker-compose.yml decides itself; docs/operations.md says so. */
export const OWN_WAY = ['AMQP_URL', 'DATABASE_URL'] as const;

/** Those on which the images decide, the same for every service. */
export const SETTLED = ['HTTP_HOST', 'HTTP_PORT', 'NODE_ENV', 'OPS_HOST', 'OPS_PORT'] as const;

/** Is in a URL what it is: docker-compose.yml puts passwords into URLs as they stand. */
const IN_URL = /^[A-Za-z0-9._~-]+$/;

/** Of services at databases and broker, of the broker's owner, and of Redis. */
const STANDS_IN_URL = /_(DATABASE|BROKER)_PASSWORD$|^(RABBITMQ|REDIS)_PASSWORD$/;

/**
 * The variables that docker-compose.yml cannot do without.
 * @throws naming a password that would be another one in a URL
 */
export function composeVariables(
  { adminEmail, adminPassword }: Pick<Settings, 'adminEmail' | 'adminPassword'>,
  secrets: LocalSecrets,
): Record<string, string> {
  const passwords = services.flatMap((service) => [
    [`${service.toUpperCase()}_DATABASE_PASSWORD`, secrets.databasePasswords[service]],
    [`${service.toUpperCase()}_RUNTIME_DATABASE_PASSWORD`, secrets.runtimeDatabasePasswords[service]],
    [`${service.toUpperCase()}_BROKER_PASSWORD`, secrets.brokerPasswords[service]],
  ]);
  const variables = {
    POSTGRES_PASSWORD: secrets.serverPasswords.postgres,
    RABBITMQ_PASSWORD: secrets.serverPasswords.rabbitmq,
    RABBITMQ_ERLANG_COOKIE: secrets.serverPasswords.erlang,
    REDIS_PASSWORD: secrets.serverPasswords.redis,
    ...(Object.fromEntries(passwords) as Record<string, string>),
    // In the images nobody is charged for nothing unless somebody says so, as here: until a provider is chosen.
    ALLOW_SANDBOX: 'true',
    ADMIN_EMAIL: adminEmail,
    ADMIN_PASSWORD: adminPassword ?? secrets.adminPassword,
    // The gateway takes line ends that are written as `\n`: a file of variables has one line for each.
    TOKEN_PRIVATE_KEY: secrets.tokenPrivateKey.replaceAll('\n', String.raw`\n`),
  };
  const unfit = Object.entries(variables).filter(
    ([name, value]) => STANDS_IN_URL.test(name) && !IN_URL.test(value),
  );
  if (unfit.length === 0) return variables;
  const names = unfit.map(([name]) => name).join(', ');
  throw new Error(`${names}: may have letters, digits, ".", "_", "~" and "-" alone, since it stands in URLs`);
}

/** The secrets, but for those that a file of variables has: these as they are there. */
export function secretsFrom(text: string, secrets: LocalSecrets): LocalSecrets {
  const present = parseEnv(text);
  const passwords = (kind: string, others: Readonly<Record<Service, string>>): Record<Service, string> => {
    const password = (service: Service): string =>
      present[`${service.toUpperCase()}_${kind}_PASSWORD`] || others[service];
    return Object.fromEntries(services.map((service) => [service, password(service)])) as typeof others;
  };
  const { serverPasswords: servers } = secrets;
  return {
    databasePasswords: passwords('DATABASE', secrets.databasePasswords),
    runtimeDatabasePasswords: passwords('RUNTIME_DATABASE', secrets.runtimeDatabasePasswords),
    brokerPasswords: passwords('BROKER', secrets.brokerPasswords),
    serverPasswords: {
      postgres: present.POSTGRES_PASSWORD || servers.postgres,
      rabbitmq: present.RABBITMQ_PASSWORD || servers.rabbitmq,
      erlang: present.RABBITMQ_ERLANG_COOKIE || servers.erlang,
      redis: present.REDIS_PASSWORD || servers.redis,
    },
    adminPassword: present.ADMIN_PASSWORD || secrets.adminPassword,
    demoPasswords: secrets.demoPasswords,
    tokenPrivateKey: present.TOKEN_PRIVATE_KEY?.replaceAll(String.raw`\n`, '\n') || secrets.tokenPrivateKey,
  };
}

/**
 * A file of variables, as Docker Compose v2 and docker-compose 1.29 both read it.
 * @throws naming the variable whose value they would not read alike
 */
export function envFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${line(name, value)}\n`)
    .join('');
}

/** Names of what nobody else may know. */
export const SECRET = /_(PASSWORD|COOKIE|KEY)$/;

/**
 * Finds variables that a file lacks, as after an upgrade to a release that wants more of them. A variable that is there
 * and empty was meant so by whoever wrote it, unless it is a secret: nothing starts while one is empty.
 */
export function missingFrom(
  text: string,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const present = parseEnv(text);
  // Whoever takes payments has not meant to play.
  const chosen = present.PAYMENT_PROVIDER === 'stripe' ? { ...variables, ALLOW_SANDBOX: 'false' } : variables;
  return Object.fromEntries(
    Object.entries(chosen).filter(([name]) => {
      const isEmptySecret = SECRET.test(name) && present[name] === '';
      return name in variables && (present[name] === undefined || isEmptySecret);
    }),
  );
}

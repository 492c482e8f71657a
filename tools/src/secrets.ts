import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brokerAccounts, randomPassword, writePrivate, type InfrastructureOptions } from '@jangteo/infra';
import { localDir } from './paths.js';
import { services, type Service } from './services.js';

/** The roles beside the admin's that demo data has somebody for. */
export const DEMO_ROLES = ['operator', 'viewer'] as const;

export type DemoRole = (typeof DEMO_ROLES)[number];

/** Secrets that a shop on a developer's machine keeps between runs; made once, at its first start. */
export interface LocalSecrets {
  /** Of those who own the services' databases and migrate them. */
  readonly databasePasswords: Readonly<Record<Service, string>>;
  /** Of the users as which the services work with them. */
  readonly runtimeDatabasePasswords: Readonly<Record<Service, string>>;
  readonly brokerPasswords: Readonly<Record<Service, string>>;
  /** Of the users that rule the servers of docker-compose.yml, and what the brokers of a cluster know each other by. */
  readonly serverPasswords: Readonly<Record<'postgres' | 'rabbitmq' | 'redis' | 'erlang', string>>;
  readonly adminPassword: string;
  /** Of those who come with the demo data. */
  readonly demoPasswords: Readonly<Record<DemoRole, string>>;
  /** Ed25519, PKCS #8 in PEM. */
  readonly tokenPrivateKey: string;
}

/** The file of {@link readLocalSecrets}. */
export const localSecretsPath = join(localDir, 'secrets.json');

/** @param fresh what is kept from now on of what there was none of */
export async function readLocalSecrets(fresh = newSecrets()): Promise<LocalSecrets> {
  const kept = existsSync(localSecretsPath)
    ? (JSON.parse(await readFile(localSecretsPath, 'utf8')) as Partial<LocalSecrets>)
    : {};
  const secrets: LocalSecrets = {
    databasePasswords: { ...fresh.databasePasswords, ...kept.databasePasswords },
    runtimeDatabasePasswords: { ...fresh.runtimeDatabasePasswords, ...kept.runtimeDatabasePasswords },
    brokerPasswords: { ...fresh.brokerPasswords, ...kept.brokerPasswords },
    serverPasswords: { ...fresh.serverPasswords, ...kept.serverPasswords },
    adminPassword: kept.adminPassword ?? fresh.adminPassword,
    demoPasswords: { ...fresh.demoPasswords, ...kept.demoPasswords },
    tokenPrivateKey: kept.tokenPrivateKey ?? fresh.tokenPrivateKey,
  };
  await writePrivate(localSecretsPath, `${JSON.stringify(secrets, undefined, 2)}\n`);
  return secrets;
}

/** Secrets that nobody has had before. */
export function newSecrets(): LocalSecrets {
  return {
    databasePasswords: newPasswords(),
    runtimeDatabasePasswords: newPasswords(),
    brokerPasswords: newPasswords(),
    serverPasswords: {
      postgres: randomPassword(),
      rabbitmq: randomPassword(),
      redis: randomPassword(),
      erlang: randomPassword(),
    },
    adminPassword: typedPassword(),
    demoPasswords: { operator: typedPassword(), viewer: typedPassword() },
    tokenPrivateKey: newPrivateKey(),
  };
}

/** The services' accounts on a broker that is started for them. */
export function brokerUsersOf(
  { brokerPasswords }: LocalSecrets,
  environment: NodeJS.ProcessEnv = process.env,
): NonNullable<InfrastructureOptions['brokerUsers']> {
  const namespace = environment.MESSAGING_NAMESPACE || 'jangteo';
  return { accounts: brokerAccounts('jangteo', brokerPasswords), namespace };
}

/** One that people type. */
const typedPassword = (): string => randomPassword().slice(0, 16);

function newPasswords(): Record<Service, string> {
  const passwords = services.map((service) => [service, randomPassword()]);
  return Object.fromEntries(passwords) as Record<Service, string>;
}

function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

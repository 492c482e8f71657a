import { randomBytes } from 'node:crypto';
import type { BrokerUser } from '@jangteo/contracts';

/** The servers that tests work against. */
export interface TestServers {
  /** Connection of a PostgreSQL superuser. */
  readonly postgresUrl: string;
  readonly amqpUrl: string;
}

function required(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(
    `${name} is not set: run tests with \`npm test -- <path>\`, which provides the servers or says why it cannot`,
  );
}

/** @throws Error naming POSTGRES_URL or AMQP_URL when it is not set */
export function testServers(): TestServers {
  return { postgresUrl: required('POSTGRES_URL'), amqpUrl: required('AMQP_URL') };
}

/** The URL that a service under test connects with: as a user of its own where the test run made those. */
export function serviceAmqpUrl(service: BrokerUser): string {
  return process.env[`${service.toUpperCase()}_AMQP_URL`] || testServers().amqpUrl;
}

/**
 * The Redis that tests work against. It may be shared: whoever needs it gone puts a proxy in between.
 * @throws Error naming REDIS_URL when it is not set
 */
export function testRedisUrl(): string {
  return required('REDIS_URL');
}

/** A name that no other test has, fit for databases, users and namespaces. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(5).toString('hex')}`;
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { allInTurn } from './all-in-turn.js';
import { BROKER_USERS, nodesOf, type BrokerUser } from '@jangteo/contracts';
import { closeMaintenanceDatabases } from './databases.js';
import { createBrokerUsers, type BrokerAccounts, type BrokerPlace } from './broker-users.js';
import { answersAmqp } from './ports.js';
import { endLeftoverPostgres, startPostgres, type Postgres } from './postgres.js';
import { removeDockerRabbit } from './rabbit-docker.js';
import { endLeftoverNode } from './rabbit-node.js';
import { startRabbit } from './rabbit-start.js';
import type { Rabbit } from './rabbit.js';
import { endLeftoverRedis, startRedis, type Redis } from './redis.js';

export interface InfrastructureOptions {
  /** Folder for the data of what is started here. */
  readonly dataDir: string;
  /** A PostgreSQL to use instead of starting one: a user who may create databases and roles. */
  readonly postgresUrl?: string | undefined;
  /** A RabbitMQ to use instead of starting one. */
  readonly amqpUrl?: string | undefined;
  /** The services' accounts, made where the broker is started here; with a given one they are up to its owner. */
  readonly brokerUsers?: {
    readonly accounts: BrokerAccounts;
    readonly namespace: BrokerPlace['namespace'];
    /** Lets the owner of the broker sign messages as any of them: for tests. */
    readonly ownerPlaysAll?: boolean;
  };
  /** The source of what is not given: processes of this machine, or containers that vanish with their data. */
  readonly mode?: 'local' | 'testcontainers';
  readonly onProgress?: (step: string) => void;
  /** Begins work on PostgreSQL already while the broker, which takes longer, is starting. */
  readonly onPostgres?: (url: string) => Promise<void>;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

export interface Infrastructure {
  readonly postgresUrl: string;
  /** Of who may do anything on the broker. */
  readonly amqpUrl: string;
  /** The URL that each service connects with: as a user of its own, where those were asked for and could be made. */
  readonly amqpUrls: Readonly<Record<BrokerUser, string>>;
  /** The servers that were started here as processes or containers with handles; undefined otherwise. */
  readonly postgres?: Postgres;
  readonly rabbit?: Rabbit;
  /** Stops what was started here, the broker before the databases, and nothing else. */
  stop(): Promise<void>;
}

/** A server that was provided; `handle` where it was started here as a process. */
export interface Started<Handle> {
  readonly url: string;
  readonly handle?: Handle;
  readonly stop: () => Promise<void>;
}

/**
 * Provides PostgreSQL and RabbitMQ: the given ones where given, else it starts them.
 * @throws when one of them cannot be had; the other one is stopped by then.
 */
export async function startInfrastructure(options: InfrastructureOptions): Promise<Infrastructure> {
  const [postgres, rabbit] = await Promise.allSettled([preparePostgres(options), prepareRabbit(options)]);
  if (postgres.status === 'fulfilled' && rabbit.status === 'fulfilled') {
    return {
      postgresUrl: postgres.value.url,
      amqpUrl: rabbit.value.url,
      amqpUrls: rabbit.value.urls,
      ...(postgres.value.handle && { postgres: postgres.value.handle }),
      ...(rabbit.value.handle && { rabbit: rabbit.value.handle }),
      stop: () => allInTurn([rabbit.value.stop, postgres.value.stop]),
    };
  }
  const results = [postgres, rabbit];
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map((result) => result.reason as unknown);
  const started = results.filter((result) => result.status === 'fulfilled');
  await allInTurn(started.map(({ value }) => value.stop)).catch((error: unknown) => failures.push(error));
  throw failures.length === 1 ? failures[0] : new AggregateError(failures, failures.map(String).join('\n'));
}

/** Ends whatever still runs on the data in `dataDir` and removes that data. */
export async function removeInfrastructure(dataDir: string): Promise<void> {
  await endLeftoverNode(join(dataDir, 'rabbitmq'));
  await removeDockerRabbit(join(dataDir, 'rabbitmq'));
  await endLeftoverPostgres(join(dataDir, 'postgres'));
  await endLeftoverRedis(join(dataDir, 'redis'));
  await rm(dataDir, { recursive: true, force: true });
}

async function preparePostgres(options: InfrastructureOptions): Promise<Started<Postgres>> {
  const postgres = await providePostgres(options);
  try {
    if (postgres.handle !== undefined) await closeMaintenanceDatabases(postgres.url);
    await options.onPostgres?.(postgres.url);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres;
}

async function providePostgres(options: InfrastructureOptions): Promise<Started<Postgres>> {
  const { postgresUrl, mode, dataDir, onProgress, signal } = options;
  if (postgresUrl) return given('POSTGRES_URL', postgresUrl, () => canConnectToPostgres(postgresUrl));
  if (mode === 'testcontainers') return (await import('./containers.js')).startPostgresContainer(onProgress);
  const handle = await startPostgres({ dataDir: join(dataDir, 'postgres'), onProgress, signal });
  return { url: handle.url, handle, stop: () => handle.stop() };
}

/** A broker, with the program that rules it where it was started here, as a process or in a container. */
type StartedRabbit = Started<Rabbit> & Partial<Pick<Rabbit, 'ctl'>>;

interface PreparedRabbit extends Started<Rabbit> {
  readonly urls: Readonly<Record<BrokerUser, string>>;
}

async function prepareRabbit(options: InfrastructureOptions): Promise<PreparedRabbit> {
  const rabbit = await provideRabbit(options);
  const { ctl, url } = rabbit;
  const { brokerUsers } = options;
  if (ctl === undefined || brokerUsers === undefined) {
    const same = Object.fromEntries(BROKER_USERS.map((user) => [user, url]));
    return { ...rabbit, urls: same as Record<BrokerUser, string> };
  }
  try {
    return {
      ...rabbit,
      urls: await createBrokerUsers({ ctl, url }, brokerUsers.accounts, brokerUsers.namespace, brokerUsers),
    };
  } catch (error) {
    await rabbit.stop();
    throw error;
  }
}

async function provideRabbit(options: InfrastructureOptions): Promise<StartedRabbit> {
  const { amqpUrl, mode, dataDir, onProgress, signal } = options;
  if (amqpUrl) return given('AMQP_URL', amqpUrl, () => canReachAmqp(nodesOf(amqpUrl)));
  if (mode === 'testcontainers') return (await import('./containers.js')).startRabbitContainer(onProgress);
  const handle = await startRabbit({ dataDir: join(dataDir, 'rabbitmq'), onProgress, signal });
  return { url: handle.url, handle, ctl: (args) => handle.ctl(args), stop: () => handle.stop() };
}

/**
 * Provides a Redis, which the shop can do without: the given one, else it starts one.
 * @throws when it cannot be had
 */
export async function provideRedis(
  options: Pick<InfrastructureOptions, 'dataDir' | 'mode' | 'onProgress' | 'signal'>,
  redisUrl: string | undefined,
): Promise<Started<Redis>> {
  const { mode, dataDir, onProgress, signal } = options;
  if (redisUrl) return { url: redisUrl, stop: async () => {} };
  if (mode === 'testcontainers') {
    try {
      return await (await import('./containers.js')).startRedisContainer(onProgress);
    } catch (error) {
      // What is tested is the shop: any Redis will do where that image cannot be had.
      onProgress?.(`Redis: no container (${String(error)}); taking what this machine has`);
    }
  }
  const handle = await startRedis({ dataDir: join(dataDir, 'redis'), onProgress, signal });
  return { url: handle.url, handle, stop: () => handle.stop() };
}

/** Asks a given server once, because its absence is understood best before anything else was started. */
async function given(variable: string, url: string, check: () => Promise<void>): Promise<Started<never>> {
  await check().catch((cause: unknown) => {
    throw new Error(`${variable} is set, but nothing usable answers there: ${String(cause)}`, { cause });
  });
  return { url, stop: async () => {} };
}

async function canConnectToPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.end();
}

/** One node of a cluster is enough. */
async function canReachAmqp(nodes: readonly string[]): Promise<void> {
  await Promise.any(nodes.map(canReachNode)).catch((error: AggregateError) => {
    throw error.errors[0];
  });
}

async function canReachNode(url: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  // Behind TLS the broker's first words are not readable here; the services will tell.
  if (protocol === 'amqps:') return;
  const answered = await answersAmqp(Number(port || 5672), hostname.replace(/^\[|\]$/g, ''), 5_000);
  if (!answered) throw new Error(`no AMQP broker at ${hostname}:${port || 5672}`);
}

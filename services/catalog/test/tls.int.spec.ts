import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Database, databaseEnv } from '@jangteo/database';
import { Broker } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import {
  eventually,
  patientDatabase,
  SecureServers,
  startService,
  testServers,
  uniqueName,
} from '@jangteo/testkit';
import { catalogEnv, type CatalogConfig } from '../src/catalog.config.js';
import { SharedProducts } from '../src/shared-products.js';
import { someCachedProduct } from './fixture.js';

const REACHED = 'it was reached';

let servers: SecureServers;
let folder: string;
/** What was logged since the last try to connect began. */
let lines: string[] = [];
beforeAll(async () => {
  servers = await SecureServers.start();
  folder = await mkdtemp(join(tmpdir(), 'tls-'));
  const note = (line: unknown): number => lines.push(String(line));
  Logger.overrideLogger({ log: note, warn: note, error: note });
});
afterAll(async () => {
  Logger.overrideLogger(false);
  await servers?.stop();
  await rm(folder, { recursive: true });
});

/** The files of a connection; each is left out where it is undefined. */
interface Files {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

const ours = (): Files => ({ ca: servers.authority.certificate, ...servers.client });

/** By the names of settings, without what is left out. */
const given = (settings: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
const filesOf = (prefix: 'AMQP' | 'REDIS', { ca, certificate, key }: Files) =>
  given({
    [`${prefix}_CA_FILE`]: ca,
    [`${prefix}_CERTIFICATE_FILE`]: certificate,
    [`${prefix}_KEY_FILE`]: key,
  });
const parametersOf = ({ ca, certificate, key }: Files) =>
  given({ sslmode: 'verify-full', sslrootcert: ca, sslcert: certificate, sslkey: key });

function configOf(settings: Readonly<Record<string, string>>): CatalogConfig {
  const unused = { DATABASE_URL: 'postgres://not-used', AMQP_URL: 'amqp://not-used', HTTP_PORT: '0' };
  return readConfig(catalogEnv, { ...unused, MESSAGING_NAMESPACE: uniqueName('tls'), ...settings });
}

function withTls(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('sslmode', 'require');
  return url.href;
}

async function reachDatabase(url: string): Promise<string> {
  const database = new Database(readConfig(databaseEnv, patientDatabase(url)));
  try {
    return await database.look().then(
      () => REACHED,
      (error: unknown) => (error as Error).message,
    );
  } finally {
    await database.onApplicationShutdown();
  }
}

/** A line that was logged, false where there is none yet. */
const lineWith = (text: string): string | false => lines.find((line) => line.includes(text)) ?? false;

async function reachBroker(settings: Readonly<Record<string, string>>): Promise<string> {
  lines = [];
  const broker = new Broker({ service: 'catalog', config: configOf(settings) });
  broker.onModuleInit();
  try {
    return await eventually(() => (broker.health().connected ? REACHED : lineWith('cannot connect: ')));
  } finally {
    await broker.onApplicationShutdown();
  }
}

async function reachRedis(settings: Readonly<Record<string, string>>): Promise<string> {
  lines = [];
  const shared = new SharedProducts(configOf({ REDIS_DEADLINE_MS: '5000', ...settings }));
  const cached = someCachedProduct();
  shared.onModuleInit();
  try {
    return await eventually(async () => {
      await shared.write([cached]);
      const isThere = (await shared.read([cached.productId])).length === 1;
      return isThere ? REACHED : lineWith('Redis does not answer');
    });
  } finally {
    shared.onApplicationShutdown();
  }
}

/** Connects to a server over TLS. @returns that it was reached, or why not */
type Reach = (files: Files, host?: string) => Promise<string>;

const SERVERS: [string, string, Reach][] = [
  [
    'PostgreSQL',
    'sslrootcert in DATABASE_URL (or PGSSLROOTCERT)',
    (files, host) => reachDatabase(servers.databaseUrl(parametersOf(files), host)),
  ],
  [
    'RabbitMQ',
    'AMQP_CA_FILE',
    (files, host) => reachBroker({ AMQP_URL: servers.amqpUrl('amqps', host), ...filesOf('AMQP', files) }),
  ],
  [
    'Redis',
    'REDIS_CA_FILE',
    (files, host) => reachRedis({ REDIS_URL: servers.redisUrl('rediss', host), ...filesOf('REDIS', files) }),
  ],
];

describe.each(SERVERS)('TLS to %s', (_name, ca, reach) => {
  it('leads there with the right authority, host and certificate', async () => {
    // PostgreSQL takes its settings over in a moment.
    await eventually(async () => expect(await reach(ours())).toBe(REACHED));
  });

  it('is not trusted with another authority or with those that Node.js brings', async () => {
    for (const authority of [servers.stranger.certificate, undefined]) {
      const said = await reach({ ...ours(), ca: authority });
      expect(said).toContain(`certificate is not trusted: ${ca} must hold the authority that issued it (`);
    }
  });

  it('checks the name that the certificate is for', async () => {
    expect(await reach(ours(), '127.0.0.1')).toMatch(/certificate is for another name: .*127\.0\.0\.1/);
  });

  it('says that our own certificate is missing, or is a stranger’s', async () => {
    expect(await reach({ ca: servers.authority.certificate })).toContain('asks for a certificate: set ');
    const strange = await reach({ ...ours(), ...(await servers.stranger.issue('shop')) });
    expect(strange).toContain('does not trust the certificate of ');
  });
});

describe('a connection without TLS', () => {
  it.each<[string, () => Promise<string>, string]>([
    [
      'PostgreSQL',
      () => reachDatabase(servers.databaseUrl({})),
      'takes nobody without TLS, or not this user from here: set sslmode=verify-full in DATABASE_URL',
    ],
    [
      'RabbitMQ',
      () => reachBroker({ AMQP_URL: servers.amqpUrl('amqp') }),
      'it speaks TLS on this port, and AMQP_URL has amqp://',
    ],
    [
      'Redis',
      () => reachRedis({ REDIS_URL: servers.redisUrl('redis') }),
      'it speaks TLS on this port, and REDIS_URL has redis://',
    ],
  ])('is told from one with TLS: %s', async (_name, reach, meaning) => {
    expect(await reach()).toContain(meaning);
  });

  it.each<[string, () => Promise<string>, string]>([
    [
      'PostgreSQL',
      () => reachDatabase(withTls(testServers().postgresUrl)),
      'does not speak TLS, and DATABASE_URL asks for it',
    ],
    [
      'RabbitMQ',
      () => reachBroker({ AMQP_URL: servers.amqpUrl('amqps', undefined, servers.plainPorts.amqp) }),
      'does not speak TLS on this port, and AMQP_URL has amqps://',
    ],
    [
      'Redis',
      () => reachRedis({ REDIS_URL: servers.redisUrl('rediss', undefined, servers.plainPorts.redis) }),
      'does not speak TLS on this port, and REDIS_URL has rediss://',
    ],
  ])('is all that there is at a port, and that is said: %s', async (_name, reach, meaning) => {
    expect(await reach()).toContain(meaning);
  });
});

describe('a service whose servers it does not trust', () => {
  it('waits and says so, whatever NODE_TLS_REJECT_UNAUTHORIZED says, and goes on once it does', async () => {
    const file = join(folder, 'authority.crt');
    await copyFile(servers.stranger.certificate, file);
    const swapped = { ...ours(), ca: file };
    const runtime = new URL(servers.databaseUrl(parametersOf(swapped)));
    runtime.username += '_runtime';
    const service = await startService('catalog', {
      namespace: uniqueName('tls'),
      databaseUrl: servers.databaseUrl(parametersOf(ours())),
      until: 'live',
      env: {
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        DATABASE_URL: runtime.href,
        AMQP_URL: servers.amqpUrl('amqps'),
        REDIS_URL: servers.redisUrl('rediss'),
        ...filesOf('AMQP', swapped),
        ...filesOf('REDIS', swapped),
      },
    });
    try {
      await eventually(async () => {
        const logs = await service.logs();
        expect(logs).toContain('cannot start yet, trying on: database: the database server');
        for (const name of ['the database server', 'the broker', 'Redis']) {
          expect(logs).toContain(`${name}'s certificate is not trusted`);
        }
      });
      const unready = await fetch(`${service.opsUrl}/health/ready`);
      expect(unready.status).toBe(503);
      expect(await unready.json()).toMatchObject({
        details: { database: { status: 'down' }, broker: { status: 'down' } },
      });
      await copyFile(servers.authority.certificate, file);
      await eventually(async () => (await fetch(`${service.opsUrl}/health/ready`)).ok, { everyMs: 100 });
    } finally {
      await service.stop();
    }
  });
});

describe('a certificate that has expired', () => {
  it('is not taken, and said', async () => {
    await servers.letPostgresExpire();
    await eventually(async () => {
      const said = await reachDatabase(servers.databaseUrl(parametersOf(ours())));
      expect(said).toContain("the database server's certificate has expired, or is not valid yet");
    });
  });
});

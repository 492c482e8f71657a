import { chown, copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createServiceDatabaseWithRuntime,
  freePort,
  randomPassword,
  startPostgres,
  startRabbit,
  startRedis,
  type Postgres,
  type Rabbit,
  type Redis,
} from '@jangteo/infra';
import { allOrNone } from './all-or-none.js';
import { Authority, type Certificate } from './certificates.js';
import { withClient } from './test-database.js';

/** The host that the servers' certificates name; 127.0.0.1 leads there too, and is not in them. */
const HOST = 'localhost';

/** Over TLS, with a certificate, everybody gets in; the server's owner, who sets it up, without. */
const HBA = `hostnossl postgres all 127.0.0.1/32 scram-sha-256
hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca
`;

interface Parts {
  readonly folder: string;
  readonly postgres: Postgres;
  readonly rabbit: Rabbit;
  readonly redis: Redis;
  readonly tlsPorts: { readonly amqp: number; readonly redis: number };
  /** The owner's, of an empty database. */
  readonly databaseUrl: string;
  readonly authority: Authority;
}

/** PostgreSQL, RabbitMQ and Redis that speak TLS with whoever shows a certificate of their authority. */
export class SecureServers {
  private constructor(
    private readonly its: Parts,
    /** One who issued none of their certificates. */
    readonly stranger: Authority,
    /** A certificate that they take. */
    readonly client: Certificate,
  ) {}

  static async start(): Promise<SecureServers> {
    const folder = await mkdtemp(join(tmpdir(), 'secure-'));
    const authority = await Authority.make(folder, 'authority');
    const server = await authority.issue(HOST);
    const tlsPorts = { amqp: await freePort(), redis: await freePort() };
    const [postgres, rabbit, redis] = await allOrNone([
      startPostgres({ dataDir: join(folder, 'postgres') }),
      startRabbit({
        dataDir: join(folder, 'rabbitmq'),
        settings: [
          `listeners.ssl.local = 127.0.0.1:${tlsPorts.amqp}`,
          `ssl_options.cacertfile = ${authority.certificate}`,
          `ssl_options.certfile = ${server.certificate}`,
          `ssl_options.keyfile = ${server.key}`,
          'ssl_options.verify = verify_peer',
          'ssl_options.fail_if_no_peer_cert = true',
        ],
      }),
      startRedis({
        dataDir: join(folder, 'redis'),
        settings: [
          `tls-port ${tlsPorts.redis}`,
          `tls-ca-cert-file ${authority.certificate}`,
          `tls-cert-file ${server.certificate}`,
          `tls-key-file ${server.key}`,
        ],
      }),
    ]);
    const owner = { name: 'shop', user: 'shop', password: randomPassword() };
    const { ownerUrl } = await createServiceDatabaseWithRuntime(postgres.url, owner, owner.password);
    const its = { folder, postgres, rabbit, redis, tlsPorts, databaseUrl: ownerUrl, authority };
    const [stranger, client] = [await Authority.make(folder, 'stranger'), await authority.issue('shop')];
    const servers = new SecureServers(its, stranger, client);
    await servers.#encryptPostgres(server);
    return servers;
  }

  /** Who issued the servers' certificates, and whom they trust. */
  get authority(): Authority {
    return this.its.authority;
  }

  /** The ports without TLS. */
  get plainPorts(): { readonly amqp: number; readonly redis: number } {
    return { amqp: this.its.rabbit.port, redis: this.its.redis.port };
  }

  /** As the database's owner. @param parameters of libpq */
  databaseUrl(parameters: Readonly<Record<string, string>>, host = HOST): string {
    const url = new URL(this.its.databaseUrl);
    url.hostname = host;
    url.search = '';
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  amqpUrl(scheme: 'amqp' | 'amqps', host = HOST, port = this.its.tlsPorts.amqp): string {
    const { username, password } = new URL(this.its.rabbit.url);
    return `${scheme}://${username}:${password}@${host}:${port}`;
  }

  redisUrl(scheme: 'redis' | 'rediss', host = HOST, port = this.its.tlsPorts.redis): string {
    return `${scheme}://:${new URL(this.its.redis.url).password}@${host}:${port}`;
  }

  /** Gives PostgreSQL a certificate that is no longer good. */
  async letPostgresExpire(): Promise<void> {
    await this.#encryptPostgres(await this.authority.issue(HOST, -1));
  }

  async stop(): Promise<void> {
    const { postgres, rabbit, redis, folder } = this.its;
    await Promise.all([postgres.stop(), rabbit.kill(), redis.stop()]);
    await rm(folder, { recursive: true, force: true });
  }

  /** It takes that over in a moment: connections of before then are as they were. */
  async #encryptPostgres(server: Certificate): Promise<void> {
    const data = join(this.its.folder, 'postgres', 'data');
    const { uid, gid } = await stat(data);
    const files = {
      'server.crt': server.certificate,
      'server.key': server.key,
      'root.crt': this.authority.certificate,
    };
    for (const [name, source] of Object.entries(files)) {
      await copyFile(source, join(data, name));
      await chown(join(data, name), uid, gid);
    }
    await writeFile(join(data, 'pg_hba.conf'), HBA);
    await withClient(this.its.postgres.url, async (client) => {
      await client.query(`ALTER SYSTEM SET ssl_ca_file = 'root.crt'`);
      await client.query('ALTER SYSTEM SET ssl = on');
      await client.query('SELECT pg_reload_conf()');
    });
  }
}

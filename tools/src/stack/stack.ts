import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createServiceDatabaseWithRuntime,
  freePort,
  migrationEnvironment,
  ServiceProcess,
  startInfrastructure,
  type DatabaseUrls,
  type Infrastructure,
} from '@jangteo/infra';
import { connectToBroker, countQueues, readOnlyDatabase, type ReadOnlyDatabase } from '@jangteo/testkit';
import { brokerUsersOf, newSecrets, type LocalSecrets } from '../secrets.js';
import { complaintsIn } from './complaints.js';
import type { OpenShop } from './open-shop.js';
import { services, type Service } from '../services.js';
import { environmentOf, type ServiceSetting, type Settings } from '../settings.js';

const HOST = '127.0.0.1';
const ADMIN_EMAIL = 'admin@example.com';

/** Unless the user's environment says otherwise: as in production, and no limit before the machine's. */
const ENVIRONMENT = {
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  ALLOW_SANDBOX: 'true',
  RATE_LIMIT_PER_MINUTE: '100000000',
  LOGIN_ATTEMPTS_PER_MINUTE: '1000000',
  ACCOUNTS_PER_NETWORK_PER_HOUR: '0',
  CHARGES_PER_USER_PER_MINUTE: '1000000',
  DECLINED_CHARGES_PER_USER_PER_MINUTE: '1000000',
  ORDERS_PER_USER_PER_MINUTE: '1000000',
  COUPON_ISSUES_PER_USER_PER_MINUTE: '1000000',
  CHARGES_PENDING_PER_USER_MAX: '1000',
  ORDERS_IN_FLIGHT_PER_USER_MAX: '1000',
};

/** Addresses of a service's servers. */
export interface Servers {
  readonly databaseUrl: string;
  readonly amqpUrl: string;
}

export interface StackOptions {
  /** Folder of everything that it writes. */
  readonly dir: string;
  readonly replicas?: Readonly<Partial<Record<Service, number>>>;
  /** Services that write a CPU profile into `profileDir` when they end. */
  readonly profile?: readonly Service[];
  readonly profileDir?: string;
  /** For single services, unless the user's environment says otherwise. */
  readonly environment?: Readonly<Partial<Record<Service, Readonly<Record<string, string>>>>>;
  /** Leads a service to its servers by another way: through proxies. */
  readonly route?: (service: Service, servers: Servers) => Promise<Servers>;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

interface Part {
  readonly processes: readonly ServiceProcess[];
  readonly databaseUrl: string;
  readonly books: ReadOnlyDatabase;
}

/** A shop to be measured or harmed: compiled services as processes of their own, on a database and a broker of its own. */
export class Stack implements OpenShop {
  readonly #parts = new Map<Service, Part>();
  readonly secrets: LocalSecrets = newSecrets();
  readonly adminEmail = ADMIN_EMAIL;
  #infrastructure: Infrastructure | undefined;

  private constructor(private readonly options: StackOptions) {}

  /** @throws with the end of the log of the part that did not start; whatever was started is stopped by then */
  static async start(options: StackOptions): Promise<Stack> {
    const stack = new Stack(options);
    try {
      await stack.#start();
      return stack;
    } catch (error) {
      await stack.stop().catch(() => undefined);
      throw error;
    }
  }

  /** Addresses for customers, one a replica of the gateway. */
  get urls(): string[] {
    return this.processesOf('gateway').map(({ url }) => url);
  }

  /** Folder of everything that it writes. */
  get dir(): string {
    return this.options.dir;
  }

  /** File of the data platform's records. */
  get dataPlatformFile(): string {
    return join(this.options.dir, 'data-platform.ndjson');
  }

  get infrastructure(): Infrastructure {
    if (this.#infrastructure === undefined) throw new Error('The stack has no servers yet');
    return this.#infrastructure;
  }

  processesOf(service: Service): readonly ServiceProcess[] {
    return this.#part(service).processes;
  }

  /** Of the owner of a service's database, who the service is not. */
  databaseUrlOf(service: Service): string {
    return this.#part(service).databaseUrl;
  }

  /** Of the superuser, to a service's database. */
  superuserUrlOf(service: Service): string {
    const url = new URL(this.infrastructure.postgresUrl);
    url.pathname = new URL(this.databaseUrlOf(service)).pathname;
    return url.href;
  }

  async sql<R extends object>(service: Service, text: string): Promise<R[]> {
    return await this.#part(service).books.rows<R>(text, []);
  }

  async queueCounts(): Promise<Record<string, number>> {
    const connection = await connectToBroker(this.infrastructure.amqpUrl);
    try {
      return await countQueues(connection, process.env.MESSAGING_NAMESPACE || 'jangteo');
    } finally {
      await connection.close();
    }
  }

  /** The process ids of everything that works for the shop, by program. */
  programs(): Map<string, readonly number[]> {
    const { postgres, rabbit } = this.infrastructure;
    const running = services.map((service) => {
      const pids = this.processesOf(service).flatMap((process) => (process.isRunning ? [process.pid] : []));
      return [service as string, pids] as const;
    });
    return new Map<string, readonly number[]>([
      ...running,
      ['postgres', postgres === undefined ? [] : [postgres.pid]],
      ['rabbitmq', rabbit?.pid === undefined ? [] : [rabbit.pid]],
    ]);
  }

  /** The metrics of every process that runs, in Prometheus' text format. */
  async metrics(): Promise<string[]> {
    const running = services
      .flatMap((service) => this.processesOf(service))
      .filter(({ isRunning }) => isRunning);
    return await Promise.all(running.map(async ({ opsUrl }) => (await fetch(`${opsUrl}/metrics`)).text()));
  }

  /** The services that have ended although nobody told them to. */
  deadServices(): string[] {
    return services.filter((service) => this.processesOf(service).some(({ isRunning }) => !isRunning));
  }

  /** Complaints in the logs of services since the start, with their counts, the most frequent first. */
  async complaints(): Promise<string[]> {
    const logs = services.flatMap((service) =>
      this.processesOf(service).map(async (process) => complaintsIn(service, await process.logs())),
    );
    const counts = new Map<string, number>();
    for (const complaint of (await Promise.all(logs)).flat()) {
      counts.set(complaint, (counts.get(complaint) ?? 0) + 1);
    }
    const byCount = [...counts].toSorted(([, one], [, other]) => other - one);
    return byCount.map(([complaint, count]) => `${count} × ${complaint}`);
  }

  /** Ends everything, the gateway first. */
  async stop(): Promise<void> {
    const parts = [...this.#parts.entries()].toReversed();
    const ends = parts.flatMap(([, { processes }]) => processes.map((process) => process.dispose()));
    const results = await Promise.allSettled(ends);
    await Promise.allSettled(parts.map(([, { books }]) => books.close()));
    await this.#infrastructure?.stop();
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  async #start(): Promise<void> {
    const { dir, report, signal } = this.options;
    await mkdir(join(dir, 'tmp'), { recursive: true });
    // The services' own logs go there.
    process.env.TMPDIR = join(dir, 'tmp');
    this.#infrastructure = await startInfrastructure({
      dataDir: dir,
      brokerUsers: { ...brokerUsersOf(this.secrets), ownerPlaysAll: true },
      mode: 'local',
      onProgress: report,
      signal,
    });
    for (const service of services) this.#parts.set(service, await this.#makePart(service));
    await this.#each(async (process, isFirst) => {
      if (isFirst) await process.migrate();
    });
    signal.throwIfAborted();
    report('Starting the services');
    await this.#each((process) => process.start());
    signal.throwIfAborted();
  }

  async #each(work: (process: ServiceProcess, isFirst: boolean) => Promise<void>): Promise<void> {
    const works = [...this.#parts.values()].flatMap(({ processes }) =>
      processes.map((process, index) => work(process, index === 0)),
    );
    const results = await Promise.allSettled(works);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  async #makePart(service: Service): Promise<Part> {
    const name = `jangteo_${service}`;
    const password = this.secrets.databasePasswords[service];
    const access = await createServiceDatabaseWithRuntime(
      this.infrastructure.postgresUrl,
      { name, user: name, password },
      this.secrets.runtimeDatabasePasswords[service],
    );
    const databaseUrl = access.ownerUrl;
    const replicas = Array.from({ length: this.options.replicas?.[service] ?? 1 }, (_, index) => index + 1);
    const direct = { databaseUrl: access.runtimeUrl, amqpUrl: this.infrastructure.amqpUrls[service] };
    const servers = (await this.options.route?.(service, direct)) ?? direct;
    const processes = await Promise.all(
      replicas.map((replica) => this.#makeProcess(service, replica, { ...servers, ...access })),
    );
    return { processes, databaseUrl, books: readOnlyDatabase(databaseUrl) };
  }

  async #makeProcess(service: Service, replica: number, servers: Servers & DatabaseUrls) {
    const port = await freePort();
    const opsPort = service === 'gateway' ? await freePort() : undefined;
    const { profile = [], profileDir = '' } = this.options;
    const name = `${service}-${replica}.cpuprofile`;
    return await ServiceProcess.of({
      service,
      port,
      ...(opsPort === undefined ? {} : { opsPort }),
      env: this.#environmentOf(service, { port, opsPort }, servers),
      migrationEnv: migrationEnvironment(servers),
      nodeArguments: profile.includes(service)
        ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`, `--cpu-prof-name=${name}`]
        : [],
      until: 'ready',
    });
  }

  #environmentOf(
    service: Service,
    { port, opsPort }: Pick<ServiceSetting, 'port' | 'opsPort'>,
    servers: Servers,
  ): NodeJS.ProcessEnv {
    const settings: Settings = {
      port,
      opsHost: HOST,
      opsPort,
      host: HOST,
      adminEmail: ADMIN_EMAIL,
      adminPassword: this.secrets.adminPassword,
      postgresUrl: undefined,
      amqpUrl: undefined,
      amqpUrls: {},
    };
    const place: ServiceSetting = {
      service,
      host: HOST,
      port,
      opsPort,
      logPath: '',
      database: { name: '', user: '', password: '', runtimePassword: '' },
    };
    return environmentOf(place, servers, {
      environment: {
        ...ENVIRONMENT,
        DATA_PLATFORM_URL: `file:${this.dataPlatformFile}`,
        ...this.options.environment?.[service],
        ...process.env,
        TOKEN_PRIVATE_KEY: this.secrets.tokenPrivateKey,
      },
      settings,
      secrets: this.secrets,
    });
  }

  #part(service: Service): Part {
    const part = this.#parts.get(service);
    if (part === undefined) throw new Error(`The stack has no ${service}`);
    return part;
  }
}

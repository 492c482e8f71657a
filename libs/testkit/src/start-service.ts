import { declarationOf, type AnyService } from '@jangteo/contracts';
import { freePort, migrationEnvironment, ServiceProcess } from '@jangteo/infra';
import { serviceAmqpUrl, uniqueName } from './environment.js';
import { removeNamespace } from './namespace.js';
import { migratedDatabase } from './migrated-database.js';
import { databaseUrlsOf } from './test-database.js';
import { noteLog } from './test-process.js';

export interface StartServiceOptions {
  /** Prefix of its queues; one of its own where it is left out. */
  readonly namespace?: string;
  /** Of the owner of a migrated or empty test database; a fresh one, dropped by `stop`, where it is left out. */
  readonly databaseUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `live` for one whose servers are away or take nothing. */
  readonly until?: 'ready' | 'live';
}

/** A service that runs as in production, alone: its compiled programs, a database and queues of its own. */
export interface RunningService {
  readonly url: string;
  /** The base URL of its metrics and health. */
  readonly opsUrl: string;
  /** Of the database's owner, who it is not. */
  readonly databaseUrl: string;
  readonly namespace: string;
  /** Its process now; another one after each restart. */
  readonly pid: number;
  /** SIGTERM, waits for its end, and removes the database and the queues that were made for it. */
  stop(): Promise<void>;
  /** SIGKILL; {@link restart} brings it back. */
  kill(): Promise<void>;
  /** SIGTERM if it runs, then starts it again with everything as before, and waits until it is ready. */
  restart(): Promise<void>;
  /** Everything that it has written. */
  logs(): Promise<string>;
}

/** The environment of a service's process, where tests do not say otherwise. */
export function serviceEnvironment(its: {
  service: AnyService;
  port: number;
  opsPort?: number | undefined;
  databaseUrl: string;
  namespace: string;
}): Record<string, string> {
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    HTTP_HOST: '127.0.0.1',
    ...portVariables(its.port, its.opsPort),
    DATABASE_URL: its.databaseUrl,
    AMQP_URL: serviceAmqpUrl(its.service),
    MESSAGING_NAMESPACE: its.namespace,
    DATA_PLATFORM_URL: 'none',
    // What tests do to services is not to be told of by audits that nobody asked for.
    AUDIT_INTERVAL_SECONDS: '0',
  };
}

/** The variables that say where a service listens. */
export function portVariables(port: number, opsPort: number | undefined): Record<string, string> {
  return { HTTP_PORT: String(port), ...(opsPort === undefined ? {} : { OPS_PORT: String(opsPort) }) };
}

/** A port for operators, where a service has one apart from that of its clients. */
export async function opsPortOf(service: AnyService): Promise<number | undefined> {
  return declarationOf(service).opsPort === undefined ? undefined : await freePort();
}

/**
 * Starts a service on a migrated database.
 * @throws Error with the end of its log when it does not become ready
 */
export async function startService(
  service: AnyService,
  options: StartServiceOptions = {},
): Promise<RunningService> {
  const namespace = options.namespace ?? uniqueName('test');
  const database = options.databaseUrl === undefined ? await migratedDatabase(service) : undefined;
  const databaseUrl = options.databaseUrl ?? database?.url ?? '';
  const port = await freePort();
  const opsPort = await opsPortOf(service);
  const urls = databaseUrlsOf(databaseUrl);
  const its = { service, port, opsPort, databaseUrl: urls.runtimeUrl, namespace };
  const running = await ServiceProcess.of({
    service,
    port,
    opsPort,
    env: { ...serviceEnvironment(its), ...options.env },
    migrationEnv: migrationEnvironment(urls),
    until: options.until ?? 'ready',
  });
  const stop = async (): Promise<void> => {
    noteLog(service, await running.logs());
    try {
      await running.dispose();
    } finally {
      await database?.drop();
      if (options.namespace === undefined) await removeNamespace(namespace);
    }
  };
  try {
    if (database === undefined) await running.migrate();
    await running.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: running.url,
    opsUrl: running.opsUrl,
    databaseUrl,
    namespace,
    get pid() {
      return running.pid;
    },
    stop,
    kill: () => running.kill(),
    async restart() {
      await running.stop();
      await running.start();
    },
    logs: () => running.logs(),
  };
}

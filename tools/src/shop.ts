import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  allInTurn,
  createServiceDatabaseWithRuntime,
  migrationEnvironment,
  ServiceProcess,
  startInfrastructure,
  usersOf,
  type Infrastructure,
} from '@jangteo/infra';
import { KeptRunning } from './kept-running.js';
import { localDir } from './paths.js';
import type { RunFile } from './run-file.js';
import { brokerUsersOf, type LocalSecrets } from './secrets.js';
import type { Service } from './services.js';
import {
  environmentOf,
  localUrl,
  placeServices,
  type ServiceSetting,
  type Settings,
  type Sources,
} from './settings.js';

export interface ShopOptions {
  readonly settings: Settings;
  readonly secrets: LocalSecrets;
  readonly run: RunFile;
  readonly report: (line: string) => void;
  /** Gives the start up; `stop` then ends what was started by then. */
  readonly signal: AbortSignal;
}

const watchEveryMs = 1_000;

/** The whole shop: infrastructure, databases and the six services, started and stopped in their order. */
export class Shop {
  #infrastructure: Infrastructure | undefined;
  readonly #processes = new Map<Service, KeptRunning>();
  #stopping = false;
  #opsPort: number | undefined;
  readonly #failure = new AbortController();
  readonly #signal: AbortSignal;

  constructor(private readonly options: ShopOptions) {
    this.#signal = AbortSignal.any([options.signal, this.#failure.signal]);
  }

  /** The address for operators, once it is started. */
  get operatorsUrl(): string {
    return localUrl(this.options.settings.opsHost, this.#opsPort ?? 0);
  }

  get #sources(): Sources {
    return { environment: process.env, settings: this.options.settings, secrets: this.options.secrets };
  }

  /** Starts everything and returns once every service is ready. @throws when one part does not start. */
  async start(): Promise<void> {
    const { settings, secrets, report } = this.options;
    await mkdir(join(localDir, 'logs'), { recursive: true });
    const places = await placeServices(settings, secrets);
    this.#opsPort = places.find(({ opsPort }) => opsPort !== undefined)?.opsPort;
    const databaseUrls = new Map<Service, string>();
    this.#infrastructure = await startInfrastructure({
      dataDir: localDir,
      postgresUrl: settings.postgresUrl,
      amqpUrl: settings.amqpUrl,
      brokerUsers: brokerUsersOf(secrets),
      mode: 'local',
      onProgress: report,
      onPostgres: async (adminUrl) => {
        report('PostgreSQL is ready; bringing the databases up to date');
        await this.#allOf(places.map((place) => this.#prepareDatabase(place, adminUrl, databaseUrls)));
        report('The databases are up to date');
      },
      signal: this.#signal,
    });
    report('RabbitMQ is ready; starting the services');
    const amqpUrls = { ...this.#infrastructure.amqpUrls, ...settings.amqpUrls };
    const starts = places.map((place) => {
      const databaseUrl = databaseUrls.get(place.service) ?? '';
      const urls = { databaseUrl, amqpUrl: amqpUrls[place.service], amqpUsers: usersOf(amqpUrls) };
      return this.#startService(place, environmentOf(place, urls, this.#sources));
    });
    await this.#allOf(starts);
    void this.#watchInfrastructure();
  }

  /** The gateway first, so that no request arrives any more; then the others, the broker, the databases. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const { run, report } = this.options;
    // A full disk takes no note of it, and must not keep the shop running.
    await run.markStopping().catch((error: unknown) => report(String(error)));
    if (this.#processes.size > 0) report('Stopping the services');
    await allInTurn([
      async () => this.#processes.get('gateway')?.stop(),
      () => Promise.all([...this.#processes.values()].map((process) => process.stop())),
      async () => {
        if (this.#infrastructure) report('Stopping RabbitMQ and PostgreSQL');
        await this.#infrastructure?.stop();
      },
      () => run.remove(),
    ]);
  }

  async #prepareDatabase(
    place: ServiceSetting,
    adminUrl: string,
    databaseUrls: Map<Service, string>,
  ): Promise<void> {
    const { database } = place;
    const access = await createServiceDatabaseWithRuntime(adminUrl, database, database.runtimePassword);
    databaseUrls.set(place.service, access.runtimeUrl);
    const urls = { databaseUrl: access.runtimeUrl, amqpUrl: this.#sources.settings.amqpUrl ?? '' };
    const migrationEnv = migrationEnvironment(access);
    await this.#processOf(place, environmentOf(place, urls, this.#sources), migrationEnv).migrate();
  }

  #processOf(
    { service, host, port, opsPort, logPath }: ServiceSetting,
    env: NodeJS.ProcessEnv,
    migrationEnv: NodeJS.ProcessEnv = {},
  ): ServiceProcess {
    const url = localUrl(host, port);
    return ServiceProcess.daemon({
      service,
      env,
      migrationEnv,
      logPath,
      signal: this.#signal,
      url,
      opsUrl: opsPort === undefined ? url : localUrl(this.options.settings.opsHost, opsPort),
      // Whoever is told that the shop is there can use all of it.
      until: opsPort === undefined ? 'ready' : 'shop',
    });
  }

  async #startService(place: ServiceSetting, env: NodeJS.ProcessEnv): Promise<void> {
    const { run, report } = this.options;
    const { service } = place;
    const process = new KeptRunning(this.#processOf(place, env), {
      signal: this.#signal,
      report,
      onStart: (mark) => run.addService(service, mark),
    });
    this.#processes.set(service, process);
    await process.start();
    report(`${service} is ready`);
  }

  /** Waits for all; the first that fails makes the others give up, so that none is left half-started. */
  async #allOf(tasks: readonly Promise<void>[]): Promise<void> {
    let first: { readonly error: unknown } | undefined;
    const giveUp = (error: unknown) => {
      first ??= { error };
      this.#failure.abort();
    };
    await Promise.all(tasks.map((task) => task.catch(giveUp)));
    if (first) throw first.error;
  }

  /** Starts a database or a broker again that died under the services, which find it again by themselves. */
  async #watchInfrastructure(): Promise<void> {
    const { report } = this.options;
    const parts = [
      ['PostgreSQL', this.#infrastructure?.postgres],
      ['RabbitMQ', this.#infrastructure?.rabbit],
    ] as const;
    while (!this.#stopping) {
      await sleep(watchEveryMs);
      for (const [name, part] of parts) {
        if (this.#stopping || !part || part.isRunning()) continue;
        report(`${name} ended; starting it again`);
        await part.restart().then(
          () => report(`${name} is ready again`),
          (error: unknown) => report(`${name} did not start: ${String(error)}`),
        );
      }
    }
  }
}

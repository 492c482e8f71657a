import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { eventually, freePort, projectRoot, run, writePrivate } from '@jangteo/infra';
import {
  connectToBroker,
  containersOf,
  countQueues,
  PATIENT,
  readOnlyDatabase,
  withClient,
  type RunningShop,
} from '@jangteo/testkit';
import {
  composeVariables,
  engineVersion,
  envFile,
  newSecrets,
  report,
  serverVersions,
  services,
  type LocalSecrets,
  type OpenShop,
  type Service,
  type Versions,
} from '@jangteo/tools';
import { CLIENT_LOG } from '../traffic/client-log.js';
import type { Place } from './place.js';

const ADMIN_EMAIL = 'admin@jangteo.local';
/** On a busy machine. */
const READY_MS = 300_000;

/** Of a cluster; a shop that is none has the first. */
export const BROKERS = ['rabbitmq', 'rabbitmq-2', 'rabbitmq-3'];

/** Code that a shop can run: a folder with a docker-compose.yml, and how the images are named that are built of it. */
export interface Release {
  readonly root: string;
  readonly tag: string;
  /** The broker's, unless RABBITMQ_IMAGE or docker-compose.yml says which. */
  readonly rabbitImage?: string;
}

/** This code; its images stand beside those of a shop that somebody runs. */
export const thisRelease = (): Release => ({ root: projectRoot(), tag: 'test' });

/** Of the environment only what the programs need: what else is set must not get into the containers. */
const PASSED_ON = /^(PATH|HOME|USER|TMPDIR|DOCKER_\w+|\w+_IMAGE|(https?|no|all)_proxy)$/i;

/** The command for Compose here: a plugin of Docker, or the program before that. @throws where there is neither */
export async function composeProgram(): Promise<readonly [string, ...string[]]> {
  for (const program of [['docker', 'compose'], ['docker-compose']] as const) {
    const [command, ...args] = program;
    const answers = await run(command, [...args, 'version']).then(
      () => true,
      () => false,
    );
    if (answers) return program;
  }
  throw new Error('Neither `docker compose` nor `docker-compose` is here');
}

export interface ComposeOptions {
  /** Folder of everything that is written. */
  readonly dir: string;
  readonly name: string;
  /** The shop of docker-compose.cluster.yml. */
  readonly isCluster?: boolean;
  /** With the profile statistics, turned on as its users do. */
  readonly hasStatistics?: boolean;
  /** In its file of variables, beside what every shop has. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Kills what is under way. */
  readonly signal: AbortSignal;
}

/** A shop in the containers of docker-compose.yml, under a name, ports and secrets of its own: nobody else's is touched. */
export class ComposeProject implements Place, OpenShop {
  readonly #books;

  private constructor(
    private readonly options: ComposeOptions,
    private readonly program: readonly [string, ...string[]],
    private readonly ports: Readonly<
      Record<'gateway' | 'ops' | 'management' | 'postgres' | 'amqp' | 'balancer', number>
    >,
    readonly secrets: LocalSecrets,
    private readonly release: Release,
  ) {
    this.#books = new Map(services.map((one) => [one, readOnlyDatabase(this.databaseUrlOf(one))]));
  }

  static async make(options: ComposeOptions): Promise<ComposeProject> {
    const ports = {
      gateway: await freePort(),
      ops: await freePort(),
      management: await freePort(),
      postgres: await freePort(),
      amqp: await freePort(),
      balancer: await freePort(),
    };
    const project = new ComposeProject(options, await composeProgram(), ports, newSecrets(), thisRelease());
    await project.#writeFiles();
    return project;
  }

  /** The same shop: what is started from now on runs another release. */
  of(release: Release): ComposeProject {
    return new ComposeProject(this.options, this.program, this.ports, this.secrets, release);
  }

  get name(): string {
    return this.options.name;
  }

  get url(): string {
    return `http://localhost:${this.ports.gateway}`;
  }

  /** The address for operators; of a cluster, that of one of its gateways. */
  get opsUrl(): string {
    return `http://localhost:${this.ports.ops}`;
  }

  /** Asks both ports for the health of the whole shop: releases without a port for operators told it to everybody. */
  async isWhole(): Promise<boolean> {
    const asks = async (url: string): Promise<boolean> =>
      (await fetch(url).catch(() => undefined))?.ok ?? false;
    const looks = [this.opsUrl, this.url].map((url) => asks(`${url}/health/shop`));
    if ((await Promise.all(looks)).includes(true)) return true;
    // A gateway that does not know that path is ready when all of them are.
    const isKnown =
      this.release.root === projectRoot() || (await fetch(`${this.url}/health/shop`)).status !== 404;
    return !isKnown && (await asks(`${this.url}/health/ready`));
  }

  /** The address at which the load balancer of a cluster tells its state. */
  get balancerUrl(): string {
    return `http://localhost:${this.ports.balancer}`;
  }

  get urls(): readonly string[] {
    return [this.url];
  }

  get amqpUrl(): string {
    return `amqp://jangteo:${this.secrets.serverPasswords.rabbitmq}@127.0.0.1:${this.ports.amqp}`;
  }

  databaseUrlOf(service: Service): string {
    const login = `jangteo_${service}:${this.secrets.databasePasswords[service]}`;
    return `postgres://${login}@127.0.0.1:${this.ports.postgres}/jangteo_${service}`;
  }

  async sql<R extends object>(service: Service, text: string): Promise<R[]> {
    return (await this.#books.get(service)?.rows<R>(text, [])) ?? [];
  }

  /** Whether a container of a service runs, and is healthy where it has a check of that. */
  async isRunning(service: string): Promise<boolean> {
    const [id] = await containersOf(this.name, service, false);
    if (id === undefined) return false;
    const state = await run('docker', [
      'inspect',
      '--format',
      '{{if .State.Health}}{{.State.Health.Status}}{{end}}',
      id,
    ]);
    return ['', 'healthy'].includes(state.trim());
  }

  /** Reads the figures of the profile statistics. */
  async figures<R extends object>(text: string): Promise<R[]> {
    const { STATISTICS_DATABASE_PASSWORD: password } = parseEnv(await readFile(this.#envFile, 'utf8'));
    const url = `postgres://jangteo_statistics:${password}@127.0.0.1:${this.ports.postgres}/jangteo_statistics`;
    return await withClient(url, async (client) => (await client.query<R>(text)).rows);
  }

  async queueCounts(): Promise<Record<string, number>> {
    const connection = await connectToBroker(this.amqpUrl);
    try {
      return await countQueues(connection, 'jangteo');
    } finally {
      await connection.close();
    }
  }

  /** As tests find it. */
  get shop(): RunningShop {
    const { secrets, name, url, opsUrl, amqpUrl } = this;
    const databaseUrls = services.map((service) => [service, this.databaseUrlOf(service)]);
    return {
      project: name,
      url,
      opsUrl,
      admin: { email: ADMIN_EMAIL, password: secrets.adminPassword },
      databaseUrls: Object.fromEntries(databaseUrls) as Record<Service, string>,
      amqpUrl,
    };
  }

  /** Versions of the servers and programs that it runs on. */
  async versions(): Promise<Versions> {
    const { amqpUrl } = this;
    const [command, ...first] = this.program;
    const [gateway = ''] = await containersOf(this.name, 'gateway', false);
    return {
      ...(await serverVersions({ amqpUrl, postgresUrl: this.databaseUrlOf('order') })),
      Node: (await run('docker', ['exec', gateway, 'node', '--version'])).trim().replace(/^v/, ''),
      ...(await engineVersion()),
      Compose: (await run(command, [...first, 'version', '--short'])).trim().replace(/^v/, ''),
    };
  }

  /** Runs Compose on the project. @throws Error with its output when it fails */
  async compose(...args: string[]): Promise<string> {
    return await this.composeWith({}, ...args);
  }

  /** The same with variables that count more than those of its file. */
  async composeWith(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
    return await this.#run(args, { signal: this.options.signal, variables });
  }

  /** Builds its images, starts all of it, and waits until every part is ready. */
  async start(): Promise<void> {
    report('Building the images');
    await this.compose('build');
    await this.up();
  }

  /** Starts all of it, and waits until every part is ready. */
  async up(): Promise<void> {
    report('Starting the shop');
    await this.compose('up', '--detach');
    const isReady = async (): Promise<boolean> => {
      this.options.signal.throwIfAborted();
      return await this.isWhole();
    };
    await eventually(isReady, { deadlineMs: READY_MS, everyMs: 200 });
    report(`The shop is ready at ${this.url}`);
  }

  /** Removes containers, networks and volumes, also after an interruption. */
  async stop(): Promise<void> {
    const down = async (): Promise<unknown> =>
      await this.#run(['down', '--volumes', '--remove-orphans', '--timeout', '10']);
    // A busy engine says now and then of a container that it did not stop, or is being removed: it is gone a moment later.
    await down().catch(down).catch(down);
    for (const books of this.#books.values()) await books.close();
  }

  async logs(): Promise<Record<string, string>> {
    return {
      [CLIENT_LOG]: await readFile(join(this.options.dir, CLIENT_LOG), 'utf8').catch(() => ''),
      'containers.log': await this.#run(['logs', '--no-color', '--timestamps']),
    };
  }

  get #envFile(): string {
    return join(this.options.dir, 'env');
  }

  async #run(
    args: readonly string[],
    { signal, variables = {} }: Pick<Partial<ComposeOptions>, 'signal' | 'variables'> = {},
  ): Promise<string> {
    const [command, ...first] = this.program;
    const { dir, name } = this.options;
    const { root, tag, rabbitImage } = this.release;
    const names = ['docker-compose.yml', ...(this.options.isCluster ? ['docker-compose.cluster.yml'] : [])];
    const files = [...names.map((file) => join(root, file)), join(dir, 'override.json')];
    const own = ['--project-name', name, '--project-directory', root];
    const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => PASSED_ON.test(key)));
    return await run(
      command,
      [...first, ...own, '--env-file', this.#envFile, ...files.flatMap((file) => ['-f', file]), ...args],
      {
        env: {
          ...env,
          ...variables,
          COMPOSE_HTTP_TIMEOUT: '200',
          JANGTEO_TAG: tag,
          ...(rabbitImage === undefined ? {} : { RABBITMQ_IMAGE: rabbitImage }),
        },
        ...(signal === undefined ? {} : { signal }),
      },
    );
  }

  async #writeFiles(): Promise<void> {
    const { dir, isCluster = false, hasStatistics = false, variables = {} } = this.options;
    const admin = { adminEmail: ADMIN_EMAIL, adminPassword: undefined };
    const all = {
      ...composeVariables(admin, this.secrets),
      // Gateways behind a load balancer take any port.
      GATEWAY_PORT: isCluster ? '0' : String(this.ports.gateway),
      // The first of its gateways takes the first port.
      GATEWAY_OPS_PORT: isCluster ? `${this.ports.ops}-${this.ports.ops + 9}` : String(this.ports.ops),
      ...(isCluster ? { BALANCER_PORT: String(this.ports.gateway) } : {}),
      RABBITMQ_MANAGEMENT_PORT: String(this.ports.management),
      ...variables,
      // Tests are more people than live in one network.
      ACCOUNTS_PER_NETWORK_PER_HOUR: '0',
      ...PATIENT,
    };
    await writePrivate(this.#envFile, envFile(all));
    if (hasStatistics) {
      const program = join(projectRoot(), 'deploy', 'make-env.mjs');
      const lines = await run(process.execPath, [program, '--statistics', '--file', this.#envFile]);
      await appendFile(this.#envFile, lines);
    }
    // Where the walks of the documents look for the admin's password.
    await mkdir(join(dir, '.local'), { recursive: true });
    await writePrivate(join(dir, '.local', 'secrets.json'), JSON.stringify(this.secrets));
    // Tests read the books, and count what waits in queues.
    const open = {
      services: {
        // The network of databases has no way out of it, so that a port would be of no use.
        postgres: { ports: [`127.0.0.1:${this.ports.postgres}:5432`], networks: ['default'] },
        rabbitmq: { ports: [`127.0.0.1:${this.ports.amqp}:5672`] },
        ...(isCluster ? { balancer: { ports: [`127.0.0.1:${this.ports.balancer}:8404`] } } : {}),
      },
    };
    await writeFile(join(dir, 'override.json'), JSON.stringify(open));
  }
}

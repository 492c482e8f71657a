import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_SERVICES, type AnyService } from '@jangteo/contracts';
import { untilSettled } from './books.js';
import { ServiceContainers } from './containers.js';
import { DocumentedAnswers } from './documented-answers.js';
import { FailpointFile, FAILPOINTS_ARGUMENT, type Failpoint } from './failpoints.js';
import { ADMIN, gatewayEnvironment } from './gateway-environment.js';
import { connectToBroker, countQueues, removeNamespace } from './namespace.js';
import { freePort, ServiceProcess, signalProcess } from '@jangteo/infra';
import { uniqueName } from './environment.js';
import { migratedDatabase } from './migrated-database.js';
import type { RunningShop } from './running-shop.js';
import { readOnlyDatabase, type ReadOnlyDatabase } from './read-only-database.js';
import { shopClient, type ShopClient } from './shop-client.js';
import { opsPortOf, portVariables, serviceEnvironment } from './start-service.js';
import { dropDatabase, type TestDatabase } from './test-database.js';
import { noteLog, type LeftShop, type TestProcess } from './test-process.js';
import { waysFor, type Ways } from './ways.js';

export interface ShopOptions {
  /** For every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** For single services, on top. */
  readonly services?: Readonly<Partial<Record<AnyService, Record<string, string>>>>;
  /** Services can be armed to die at failpoints; see {@link Shop.arm}. */
  readonly failpoints?: boolean;
  /** Lets every service reach its database and the broker through proxies of its own: see {@link Shop.ways}. */
  readonly throughProxies?: boolean;
}

/** Milliseconds for which an armed service may go on before it dies. */
const HIT_DEADLINE_MS = 60_000;

/** The methods that a shop needs of a service's program, be it a process or containers. */
type Program = Pick<
  ServiceProcess,
  'dispose' | 'kill' | 'launch' | 'logs' | 'pid' | 'start' | 'opsUrl' | 'stop' | 'untilEnded' | 'url'
>;

type Settings = Readonly<Record<string, string>>;

interface Part {
  readonly process: Program;
  /** Of a shop that is left to the next test file: the process itself. */
  readonly own?: ServiceProcess;
  /** Whenever it is started, on top of the settings that it was made with. */
  readonly more: Settings;
  /** JSON of all that was on top when it was started last. */
  startedWith: string;
  readonly database: Pick<TestDatabase, 'url' | 'drop'>;
  readonly books: ReadOnlyDatabase;
  readonly failpoint: FailpointFile;
  readonly ways: Ways | undefined;
}

/** A shop that does not come to rest by itself within this time is not passed on. */
const REST_DEADLINE_MS = 30_000;

/** Milliseconds that a test may wait for its shop. */
export const START_DEADLINE_MS = 300_000;

/**
 * On a machine with much else to do a connection, an answer or a look may take seconds, and the start of a service that an order
 * waits for longer than an order may; only who tests deadlines wants to be told so. And a test has few customers, who
 * order much.
 */
export const PATIENT = {
  DATABASE_CONNECT_DEADLINE_MS: '10000',
  ORDER_LOOK_MS: '1000',
  ORDER_DEADLINE_MS: '120000',
  REQUEST_DEADLINE_MS: '15000',
  CHARGES_PENDING_PER_USER_MAX: '1000',
  ORDERS_IN_FLIGHT_PER_USER_MAX: '1000',
};

async function partOf(service: AnyService, namespace: string, options: ShopOptions): Promise<Part> {
  const database = await migratedDatabase(service);
  const [port, opsPort] = [await freePort(), await opsPortOf(service)];
  const env = serviceEnvironment({ service, port, opsPort, databaseUrl: database.runtimeUrl, namespace });
  const ways = options.throughProxies ? await waysFor(env) : undefined;
  const failpoint = new FailpointFile(join(tmpdir(), `${namespace}-${service}.failpoint`));
  const process = await ServiceProcess.of({
    service,
    port,
    opsPort,
    env: {
      ...env,
      ...(service === 'gateway' ? gatewayEnvironment() : {}),
      ...(ways?.env ?? PATIENT),
      ...options.env,
      ...options.services?.[service],
      ...(options.failpoints ? failpoint.environment : {}),
    },
    nodeArguments: options.failpoints ? [FAILPOINTS_ARGUMENT] : [],
    until: 'ready',
  });
  const books = readOnlyDatabase(database.url);
  return { process, own: process, more: {}, startedWith: '', database, books, failpoint, ways };
}

/** A shop as a test file leaves it to the next one, as JSON. */
interface KeptShop {
  readonly namespace: string;
  readonly parts: readonly {
    readonly service: AnyService;
    readonly settings: string;
    readonly mark: string;
    readonly startedWith: string;
    readonly databaseUrl: string;
  }[];
}

async function adoptedPart(
  { service, settings, mark, startedWith, databaseUrl }: KeptShop['parts'][number],
  child: ChildProcess | undefined,
  more: Settings,
): Promise<Part> {
  const process = await ServiceProcess.adopt({ settings, mark, child });
  return {
    process,
    own: process,
    more,
    startedWith,
    database: { url: databaseUrl, drop: () => dropDatabase(databaseUrl) },
    books: readOnlyDatabase(databaseUrl),
    failpoint: new FailpointFile(join(tmpdir(), `${service}.failpoint`)),
    ways: undefined,
  };
}

/** A part of a shop that runs already, in containers. */
function runningPart(service: AnyService, running: RunningShop): Part {
  const { project, databaseUrls } = running;
  const databaseUrl = databaseUrls[service];
  const at = service === 'gateway' ? running : undefined;
  return {
    process: new ServiceContainers(project, service, at, new Date()),
    more: {},
    startedWith: '',
    database: { url: databaseUrl, drop: () => Promise.resolve() },
    books: readOnlyDatabase(databaseUrl),
    failpoint: new FailpointFile(join(tmpdir(), `${project}-${service}.failpoint`)),
    ways: undefined,
  };
}

/** Settings for a service's next start, which are remembered. */
function startingWith(part: Part, env: Settings = {}): Settings {
  const settings = { ...part.more, ...env };
  part.startedWith = JSON.stringify(settings);
  return settings;
}

const start = (part: Part, env: Settings = {}): Promise<void> => part.process.start(startingWith(part, env));

/** Waits for all. @throws the first failure */
async function allDone(works: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** The whole shop: six services with a database each, on queues of their own, reached as customers do. */
export class Shop {
  readonly client: ShopClient;
  /** Asks on the operators' port of the gateway. */
  readonly operators: ShopClient;
  readonly #replicas: { readonly service: AnyService; readonly process: ServiceProcess }[] = [];

  private constructor(
    readonly namespace: string,
    private readonly parts: ReadonlyMap<AnyService, Part>,
    /** Undefined where it was started by tests. */
    private readonly running?: RunningShop,
    /** Takes it over for the next test file; undefined where it ends with this one. */
    private readonly heir?: TestProcess,
  ) {
    const { url, opsUrl } = this.#part('gateway').process;
    this.client = shopClient(url, running?.admin ?? ADMIN);
    this.operators = shopClient(opsUrl, running?.admin ?? ADMIN);
  }

  /** A shop that runs already, in containers, and goes on after {@link stop}; others may be in it. */
  static async attach(running: RunningShop): Promise<Shop> {
    const parts = ALL_SERVICES.map((service) => [service, runningPart(service, running)] as const);
    const shop = new Shop('jangteo', new Map(parts), running);
    shop.client.holdTo(await DocumentedAnswers.of(shop.url));
    return shop;
  }

  /** @throws Error with the end of the log of the service that did not become ready */
  static async open(options: ShopOptions): Promise<Shop> {
    const namespace = uniqueName('shop');
    const parts = await Promise.all(
      ALL_SERVICES.map(async (service) => [service, await partOf(service, namespace, options)] as const),
    );
    return await new Shop(namespace, new Map(parts)).#opened();
  }

  async #opened(): Promise<this> {
    try {
      await this.#all((part) => start(part));
      this.client.holdTo(await DocumentedAnswers.of(this.url));
    } catch (error) {
      await this.#remove().catch(() => undefined);
      throw error;
    }
    return this;
  }

  /**
   * The shop that the last test file of this process has left, or a new one, which this file leaves to the next in turn.
   * What that one did is in it, and has come to rest.
   * @param services settings of single services, which are started anew where they run with others
   */
  static async inherit(heir: TestProcess, services: NonNullable<ShopOptions['services']>): Promise<Shop> {
    const left = heir.takeShop();
    const inherited = left && (await Shop.#adopted(left, heir, services));
    if (inherited !== undefined) return inherited;
    const namespace = uniqueName('shop');
    const parts = await Promise.all(
      ALL_SERVICES.map(async (service) => {
        const part = await partOf(service, namespace, {});
        return [service, { ...part, more: services[service] ?? {} }] as const;
      }),
    );
    return await new Shop(namespace, new Map(parts), undefined, heir).#opened();
  }

  static async #adopted(
    { text, children }: LeftShop,
    heir: TestProcess,
    services: NonNullable<ShopOptions['services']>,
  ): Promise<Shop | undefined> {
    const kept = JSON.parse(text) as KeptShop;
    const parts = await Promise.all(
      kept.parts.map(async (part, index) => {
        const { service } = part;
        return [service, await adoptedPart(part, children[index], services[service] ?? {})] as const;
      }),
    );
    const shop = new Shop(kept.namespace, new Map(parts), undefined, heir);
    try {
      await shop.#all(async (part) => {
        if (part.startedWith === JSON.stringify(part.more) && (await part.own?.isReady())) return;
        await part.process.stop();
        await start(part);
      });
      await untilSettled(shop, REST_DEADLINE_MS);
      await shop.#all(async ({ own }) => await own?.forgetLogs());
      shop.client.holdTo(await DocumentedAnswers.of(shop.url));
      return shop;
    } catch {
      // Whatever a failed test has left of it: the next one gets a new shop.
      await shop.#remove().catch(() => undefined);
      return undefined;
    }
  }

  /** The base URL for customers. */
  get url(): string {
    return this.client.url;
  }

  /** SIGKILL. */
  async kill(service: AnyService): Promise<void> {
    await this.#part(service).process.kill();
  }

  /** SIGTERM, and waits until it has ended in order. */
  async terminate(service: AnyService): Promise<void> {
    await this.#part(service).process.stop();
  }

  /** Starts a service that was ended, and waits until it is ready. @param env on top of its own, this time */
  async start(service: AnyService, env: Settings = {}): Promise<void> {
    await start(this.#part(service), env);
  }

  /** Starts a service that was ended, and waits for nothing. */
  async launch(service: AnyService): Promise<void> {
    const part = this.#part(service);
    await part.process.launch(startingWith(part));
  }

  /**
   * Starts one more process of a service on the same database and queues, with the same settings but at ports of its
   * own, and waits until it is ready. It ends with the shop, where nobody has ended it before.
   *
   * @param env on top of these settings
   * @throws Error where the shop runs in containers
   */
  async startReplica(service: AnyService, env: Settings = {}): Promise<ServiceProcess> {
    const { own, more } = this.#part(service);
    if (own === undefined) throw new Error('A shop in containers has the replicas that it was started with');
    const [port, opsPort] = [await freePort(), await opsPortOf(service)];
    const process = await ServiceProcess.of({
      ...own.settings,
      port,
      opsPort,
      env: { ...own.settings.env, ...more, ...portVariables(port, opsPort), ...env },
    });
    this.#replicas.push({ service, process });
    await process.start();
    return process;
  }

  /** Has a service die at a failpoint, once; of a shop with `failpoints`. */
  async arm(service: AnyService, failpoint: Failpoint): Promise<void> {
    await this.#part(service).failpoint.arm(failpoint);
  }

  /** Takes back what {@link arm} has said. */
  async disarm(service: AnyService): Promise<void> {
    await this.#part(service).failpoint.disarm();
  }

  /** Waits until a service has died of what it was armed for. @throws Error when it did not in time */
  async untilHit(service: AnyService): Promise<void> {
    const { process, failpoint } = this.#part(service);
    await process.untilEnded(HIT_DEADLINE_MS);
    if (!failpoint.isHit) throw new Error(`${service} has ended, and not of its failpoint`);
  }

  /** SIGSTOP: it neither works nor ends. Goes on with {@link resume}. */
  pause(service: AnyService): void {
    signalProcess(this.#part(service).process.pid, 'SIGSTOP');
  }

  resume(service: AnyService): void {
    signalProcess(this.#part(service).process.pid, 'SIGCONT');
  }

  /**
   * The proxies between a service and its servers.
   * @throws Error when the shop was started without any
   */
  ways(service: AnyService): Ways {
    const { ways } = this.#part(service);
    if (ways === undefined) throw new Error('The shop was started without proxies');
    return ways;
  }

  /** The base URL of one service's health and metrics. */
  urlOf(service: AnyService): string {
    return this.#part(service).process.opsUrl;
  }

  /** The most memory that a service's process has held at a time since it was started, in bytes. */
  async memoryPeakOf(service: AnyService): Promise<number> {
    const status = await readFile(`/proc/${this.#part(service).process.pid}/status`, 'latin1');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  }

  /** Everything that a service has written, its replicas left out. */
  async logs(service: AnyService): Promise<string> {
    return this.#part(service).process.logs();
  }

  /** Finds what services have logged as an error: nothing that a customer does may lead to one. */
  async failures(): Promise<string[]> {
    const replicas = this.#replicas.map(({ process }) => process.logs());
    const logs = await Promise.all([...ALL_SERVICES.map((service) => this.logs(service)), ...replicas]);
    return logs.flatMap((log) => log.split('\n').filter((line) => /"level":"(error|fatal)"/.test(line)));
  }

  /** Of the owner of a service's database. */
  databaseUrlOf(service: AnyService): string {
    return this.#part(service).database.url;
  }

  /** Reads a service's database; a statement that writes fails. int8 and numeric come as numbers. */
  async sql<R extends object>(
    service: AnyService,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<R[]> {
    return await this.#part(service).books.rows<R>(text, values);
  }

  /** Counts the messages that wait in each queue of the shop. */
  async queueCounts(): Promise<Record<string, number>> {
    const connection = await connectToBroker(this.running?.amqpUrl);
    try {
      return await countQueues(connection, this.namespace);
    } finally {
      await connection.close();
    }
  }

  /** SIGTERM to every service that runs; databases and queues stay. */
  async terminateAll(): Promise<void> {
    await this.#all((part) => part.process.stop());
  }

  /**
   * Stops every service and removes everything that was made for the shop; or leaves it to the next test file, where it
   * was inherited.
   * @throws Error when a service did not stop in order
   */
  async stop(): Promise<void> {
    for (const [service, { own }] of this.parts) noteLog(service, (await own?.logs()) ?? '');
    for (const { service, process } of this.#replicas) noteLog(service, await process.logs());
    try {
      await allDone(this.#replicas.splice(0).map(({ process }) => process.dispose()));
    } finally {
      await (this.heir === undefined ? this.#remove() : this.#leaveTo(this.heir));
    }
  }

  async #leaveTo(heir: TestProcess): Promise<void> {
    await this.#all(({ books }) => books.close());
    const left = [...this.parts].map(([service, { own, startedWith, database }]) => {
      const { child, ...process } = own!.handOver();
      return { child, part: { service, ...process, startedWith, databaseUrl: database.url } };
    });
    const kept: KeptShop = { namespace: this.namespace, parts: left.map(({ part }) => part) };
    heir.leaveShop(
      JSON.stringify(kept),
      left.map(({ child }) => child),
    );
  }

  async #remove(): Promise<void> {
    try {
      await this.#all((part) => part.process.dispose());
    } finally {
      await this.#all(async ({ books, database, failpoint, ways }) => {
        await failpoint.disarm();
        await books.close();
        await database.drop();
        await ways?.close();
      });
      if (this.running === undefined) await removeNamespace(this.namespace);
    }
  }

  #part(service: AnyService): Part {
    const part = this.parts.get(service);
    if (part === undefined) throw new Error(`The shop has no ${service}`);
    return part;
  }

  /** Does something to all services at once; fails with the first failure, after all have been tried. */
  async #all(work: (part: Part) => Promise<void>): Promise<void> {
    await allDone([...this.parts.values()].map(work));
  }
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Infrastructure, ServiceProcess } from '@jangteo/infra';
import { report, services, SmallDisk, Stack, unmountBelow, type Service } from '@jangteo/tools';
import type { Dice } from '../dice.js';
import { CLIENT_LOG } from '../traffic/client-log.js';
import { Load } from '../traffic/load.js';
import { Links } from './links.js';
import type { Place } from './place.js';

/** As the folders of their data are called. */
const SERVER_NAMES = ['postgres', 'rabbitmq'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

type Servers = Required<Pick<Infrastructure, 'postgres' | 'rabbit'>>;

/** Messages that faults leave in the dead letters on purpose: message ids by queue. */
export type Poisons = Map<string, Set<string>>;

export interface ArenaOptions {
  /** Folder of everything that is written. */
  readonly dir: string;
  /** Gives each server a disk that can be full without harm to anybody else. */
  readonly hasDisks: boolean;
  /** Of single services. */
  readonly environment: Readonly<Partial<Record<Service, Readonly<Record<string, string>>>>>;
  /** Ends the pauses of faults, so that they heal at once. */
  readonly signal: AbortSignal;
}

const OTHER_LOGS = [CLIENT_LOG, 'data-platform.ndjson', 'postgres/postgres.log', 'rabbitmq/rabbitmq.log'];

/** A shop of processes under attack, and what can be done to it. */
export class Arena implements Place {
  readonly poisons: Poisons = new Map();
  /** Single harms by kind, where one fault does many. */
  readonly harms = new Map<string, number>();
  /** Findings of faults while they were at work. */
  readonly violations: string[] = [];
  readonly #held = new Set<Service>();
  readonly #served = new WeakSet<ServiceProcess>();
  readonly #disks: ReadonlyMap<ServerName, SmallDisk>;
  #load: Load | undefined;

  private constructor(
    readonly stack: Stack,
    readonly links: Links,
    disks: ReadonlyMap<ServerName, SmallDisk>,
    readonly signal: AbortSignal,
  ) {
    this.#disks = disks;
  }

  static async open({ dir, hasDisks, environment, signal }: ArenaOptions): Promise<Arena> {
    const links = new Links();
    const disks = new Map<ServerName, SmallDisk>();
    try {
      for (const server of hasDisks ? SERVER_NAMES : [])
        disks.set(server, await SmallDisk.mount(join(dir, server)));
      const route: Links['route'] = (service, servers) => links.route(service, servers);
      const stack = await Stack.start({ dir, environment, route, report, signal });
      return new Arena(stack, links, disks, signal);
    } catch (error) {
      await links.close();
      await unmountBelow(dir);
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.links.heal();
    try {
      await this.stack.stop();
    } finally {
      await this.links.close();
      await unmountBelow(this.stack.dir);
    }
  }

  async logs(): Promise<Record<string, string>> {
    const logs: Record<string, string> = {};
    for (const service of services) {
      const its = await Promise.all(this.stack.processesOf(service).map((process) => process.logs()));
      logs[`${service}.log`] = its.join('');
    }
    for (const name of OTHER_LOGS) {
      logs[name.replace(/.*\//, '')] = await readFile(join(this.stack.dir, name), 'utf8').catch(() => '');
    }
    return logs;
  }

  /** Lets customers in, once. */
  async letIn(clients: number, dice: Dice): Promise<void> {
    this.#load = await Load.start(this.stack, clients, dice, this.stack.dir);
  }

  /** @throws Error where nobody was let in */
  get load(): Load {
    if (this.#load === undefined) throw new Error('Nobody shops here yet');
    return this.#load;
  }

  /** The servers as processes of ours. @throws Error where they are containers */
  get servers(): Servers {
    const { postgres, rabbit } = this.stack.infrastructure;
    if (postgres === undefined || rabbit === undefined) throw new Error('The servers are not ours to kill');
    return { postgres, rabbit };
  }

  /** @throws Error where the server writes to a disk of everybody's */
  diskOf(server: ServerName): SmallDisk {
    const disk = this.#disks.get(server);
    if (disk === undefined) throw new Error(`${server} has no disk of its own`);
    return disk;
  }

  countHarm(kind: string, times = 1): void {
    this.harms.set(kind, (this.harms.get(kind) ?? 0) + times);
  }

  /** Lets a fault last; shorter when the run is ended. */
  async last(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.signal }).catch(() => undefined);
  }

  processOf(service: Service): ServiceProcess {
    const [process] = this.stack.processesOf(service);
    if (process === undefined) throw new Error(`There is no ${service}`);
    return process;
  }

  /** SIGKILL. */
  async kill(service: Service): Promise<void> {
    this.#held.add(service);
    await this.processOf(service).kill();
  }

  /** SIGTERM. It is a violation when it does not end in order. */
  async terminate(service: Service): Promise<void> {
    this.#held.add(service);
    await this.processOf(service)
      .stop()
      .catch((error: unknown) => this.violations.push(String(error)));
  }

  /** Starts a service that was ended; does not wait. @param env on top of its own, this time */
  async start(service: Service, env: Readonly<NodeJS.ProcessEnv> = {}): Promise<void> {
    const process = this.processOf(service);
    this.#served.delete(process);
    if (!process.isRunning) await process.launch(env);
    this.#held.delete(service);
  }

  /** SIGKILL, and start with other variables; whoever ends it by itself then has to start it again. */
  async restart(service: Service, env?: Readonly<NodeJS.ProcessEnv>): Promise<void> {
    await this.kill(service);
    await this.start(service, env);
    if (env !== undefined) this.#held.add(service);
  }

  signalTo(service: Service, signal: 'SIGSTOP' | 'SIGCONT'): void {
    const process_ = this.processOf(service);
    if (process_.isRunning) process.kill(process_.pid, signal);
  }

  /**
   * Starts whoever has ended by itself, as an operating system does. That is a violation, unless it was just
   * starting: a service that finds no database does not begin to serve.
   */
  async watchOver(): Promise<void> {
    for (const service of services) {
      // An interruption reaches the services as well.
      if (this.signal.aborted || this.#held.has(service)) continue;
      const process = this.processOf(service);
      if (process.isRunning) {
        if (!this.#served.has(process) && (await isReady(process))) this.#served.add(process);
        continue;
      }
      const [last = ''] = (await process.logs()).trimEnd().split('\n').slice(-1);
      const complaint = `${service} ended by itself: ${last.slice(0, 500)}`;
      if (this.#served.has(process)) this.violations.push(complaint);
      this.countHarm('starts that failed and were tried again', this.#served.has(process) ? 0 : 1);
      report(complaint);
      await this.start(service);
    }
  }

  /** Everything runs and every service says that it is ready. */
  async isWhole(): Promise<boolean> {
    const { postgres, rabbit } = this.servers;
    if (!postgres.isRunning() || !rabbit.isRunning()) return false;
    const ready = await Promise.all(
      services.map(async (service) => this.processOf(service).isRunning && isReady(this.processOf(service))),
    );
    return ready.every(Boolean);
  }
}

async function isReady({ url }: ServiceProcess): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

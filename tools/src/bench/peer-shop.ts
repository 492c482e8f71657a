import { spawn, type ChildProcess } from 'node:child_process';
import { createSecretKey, randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import {
  createServiceDatabase,
  END_WITH_STARTER,
  endProcess,
  eventually,
  freePort,
  lastLines,
  markOf,
  projectRoot,
  randomPassword,
  untilReady,
  type Infrastructure,
} from '@jangteo/infra';
import { forEach, shopAs, type Customer } from '../stack/customers.js';
import type { OrderPlan } from './load/plan.js';
import type { Measured } from './measure.js';
import type { Peer } from './peer-names.js';
import { BALANCE, PRICE, STOCK } from './world.js';

/** Services with a database each; the gateway has none. */
const SERVICES = ['catalog', 'coupon', 'wallet', 'order'] as const;
const READY_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 10_000;
/** Until orders that were on their way when a load ended have ended too. */
const REST = { deadlineMs: 60_000, everyMs: 500 };

export interface PeerOptions {
  readonly peer: Peer;
  /** Folder of its logs. */
  readonly dir: string;
  readonly infrastructure: Infrastructure;
  readonly signal: AbortSignal;
}

interface Books {
  readonly placed: number;
  readonly faults: readonly string[];
}

/** Another shop beside the one that is measured: its services as processes, on the same database server and broker. */
export class PeerShop implements Measured {
  readonly #children = new Map<string, ChildProcess>();
  readonly #secret = randomPassword();
  #url = '';

  private constructor(private readonly options: PeerOptions) {}

  /** @throws with the end of the log of the part that did not start; whatever was started is stopped by then */
  static async start(options: PeerOptions): Promise<PeerShop> {
    const shop = new PeerShop(options);
    try {
      await shop.#start();
      return shop;
    } catch (error) {
      await shop.stop();
      throw error;
    }
  }

  get name(): Peer {
    return this.options.peer;
  }

  /** Addresses for customers. */
  get urls(): string[] {
    return [this.#url];
  }

  programs(): Map<string, readonly number[]> {
    const { postgres, rabbit } = this.options.infrastructure;
    const servers = [
      ['postgres', postgres?.pid],
      ['rabbitmq', rabbit?.pid],
    ] as const;
    const own = [...this.#children].map(([name, { pid }]) => [name, pid] as const);
    return new Map<string, readonly number[]>(
      [...own, ...servers].map(([name, pid]) => [name, pid === undefined ? [] : [pid]]),
    );
  }

  /** Tells none. */
  async metrics(): Promise<string[]> {
    return [];
  }

  deadServices(): string[] {
    const dead = [...this.#children].filter(
      ([, { exitCode, signalCode }]) => exitCode !== null || signalCode !== null,
    );
    return dead.map(([name]) => `${this.options.peer}'s ${name}`);
  }

  /** Where its services do not agree once no order is on its way and none comes any more. */
  async bookFaults(): Promise<string[]> {
    const token = await this.#tokenOf(randomUUIDv7(), 'admin');
    let last: Books = { placed: -1, faults: [] };
    const isExact = async (): Promise<boolean> => {
      const books = await shopAs(this.#url, token).request<Books>('GET', '/books');
      const isAtRest = books.placed === last.placed;
      last = books;
      return isAtRest && books.faults.length === 0;
    };
    try {
      await eventually(isExact, REST);
      return [];
    } catch (error) {
      return last.faults.length > 0 ? [...last.faults] : [(error as Error).message];
    }
  }

  /** Fills the fresh shop: customers with money and goods in stock, and the orders of those. */
  async makeOrders({ users, products }: { users: number; products: number }): Promise<OrderPlan> {
    const userIds = Array.from({ length: users }, () => randomUUIDv7());
    const customers: Customer[] = await Promise.all(
      userIds.map(async (userId) => ({ userId, token: await this.#tokenOf(userId) })),
    );
    await forEach(customers, async ({ token }) => {
      await shopAs(this.#url, token).balance.charge({ amount: BALANCE });
    });
    const admin = await this.#tokenOf(randomUUIDv7(), 'admin');
    const goods: { productId: string }[] = [];
    await forEach(Array.from({ length: products }), async (_, index) => {
      const draft = { name: `Tea cup ${index + 1}`, price: PRICE, stock: STOCK };
      const { productId } = await shopAs(this.#url, admin).products.create(draft);
      goods.push({ productId });
    });
    return { kind: 'order', tokens: customers.map(({ token }) => token), goods };
  }

  /** Ends everything, the gateway first. */
  async stop(): Promise<void> {
    for (const { pid = 0 } of [...this.#children.values()].toReversed()) {
      const mark = markOf(pid);
      if (mark !== undefined) await endProcess(mark, 'SIGTERM', STOP_DEADLINE_MS);
    }
  }

  async #start(): Promise<void> {
    const { peer, infrastructure } = this.options;
    const environment = { AMQP_URL: infrastructure.amqpUrl, QUEUE_PREFIX: peer };
    await Promise.all(
      SERVICES.map(async (service) => {
        const name = `${peer.replaceAll('-', '_')}_${service}`;
        const database = { name, user: name, password: randomPassword() };
        const DATABASE_URL = await createServiceDatabase(infrastructure.postgresUrl, database);
        await this.#run(service, { ...environment, DATABASE_URL });
      }),
    );
    const port = await freePort();
    await this.#run('gateway', { ...environment, PORT: String(port), JWT_SECRET: this.#secret });
    this.#url = `http://127.0.0.1:${port}`;
  }

  /** Starts one of its programs and waits until Nest says that it has started. */
  async #run(name: string, env: NodeJS.ProcessEnv): Promise<void> {
    const { peer, dir, signal } = this.options;
    await mkdir(join(dir, peer), { recursive: true });
    const logPath = join(dir, peer, `${name}.log`);
    const log = await open(logPath, 'a');
    const program = join(projectRoot(), 'verify', 'peers', peer, 'dist', 'src', 'main.js');
    const child = spawn(process.execPath, ['--import', END_WITH_STARTER, program, name], {
      stdio: ['pipe', log.fd, log.fd],
      env: { PATH: process.env.PATH, NODE_ENV: 'production', NO_COLOR: '1', ...env },
    });
    await once(child, 'spawn').finally(() => void log.close());
    this.#children.set(name, child);
    const { pid = 0 } = child;
    await untilReady({
      name: `${peer}'s ${name}`,
      mark: markOf(pid) ?? { pid, startedAt: '' },
      isReady: async () => (await readFile(logPath, 'utf8')).includes('successfully started'),
      limitMs: READY_DEADLINE_MS,
      signal,
      log: () => lastLines(logPath),
    });
  }

  async #tokenOf(userId: string, role = 'customer'): Promise<string> {
    const jwt = new SignJWT({ role }).setProtectedHeader({ alg: 'HS256' }).setSubject(userId);
    return await jwt.setExpirationTime('24h').sign(createSecretKey(this.#secret, 'utf8'));
  }
}

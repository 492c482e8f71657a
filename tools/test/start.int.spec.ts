import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BROKER_USERS } from '@jangteo/contracts';
import {
  eventually,
  freePort,
  isRunning,
  markOf,
  projectRoot,
  removeInfrastructure,
  type ProcessMark,
} from '@jangteo/infra';
import { demoGoods } from '../src/demo-goods.js';

const program = join(projectRoot(), 'tools', 'dist', 'src', 'start.js');

const noAmqpUrls = Object.fromEntries(BROKER_USERS.map((user) => [`${user.toUpperCase()}_AMQP_URL`, '']));

class Command {
  output = '';
  readonly #child: ChildProcess;

  constructor(
    localDir: string,
    port: number,
    args: readonly string[] = [],
    more: Readonly<Record<string, string>> = {},
  ) {
    // Empty is as good as not set: this shop is to provide its own servers.
    const own = { POSTGRES_URL: '', AMQP_URL: '', ...noAmqpUrls };
    const env = { ...process.env, ...own, JANGTEO_LOCAL_DIR: localDir, PORT: String(port), ...more };
    this.#child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async ended(): Promise<number | null> {
    if (!this.hasEnded) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  async ready(): Promise<void> {
    await eventually(() => /Ready/.test(this.output) || this.#child.exitCode !== null, {
      deadlineMs: 90_000,
    });
    if (this.#child.exitCode !== null) throw new Error(this.output);
  }
}

async function productsAt(port: number): Promise<{ name: string; stock: number }[]> {
  const answer = await fetch(`http://localhost:${port}/products`);
  return (await answer.json()) as { name: string; stock: number }[];
}

async function json<T>(...path: string[]): Promise<T> {
  return JSON.parse(await readFile(join(...path), 'utf8')) as T;
}

/** Every process of a running shop, its servers included, so that we can see them gone. */
async function processesOf(localDir: string): Promise<ProcessMark[]> {
  const run = await json<{ services: Record<string, ProcessMark> }>(localDir, 'run.json');
  const rabbit = await json<{ server: ProcessMark; epmd: ProcessMark }>(
    localDir,
    'rabbitmq',
    'processes.json',
  );
  const postmaster = await readFile(join(localDir, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  const postgres = markOf(Number.parseInt(postmaster, 10));
  return [...Object.values(run.services), rabbit.server, rabbit.epmd, ...(postgres ? [postgres] : [])];
}

describe('npm start', () => {
  let localDir: string;
  let site: string;
  let port: number;
  let shop: Command;

  beforeAll(async () => {
    localDir = await mkdtemp(join(tmpdir(), 'jangteo-start-'));
    site = await mkdtemp(join(tmpdir(), 'jangteo-console-'));
    await writeFile(join(site, 'index.html'), '<!doctype html>');
    port = await freePort();
    shop = new Command(localDir, port, [], { CONSOLE_SITE: site });
    await shop.ready();
  });

  afterAll(async () => {
    shop.signal('SIGTERM');
    await shop.ended();
    await removeInfrastructure(localDir);
    await rm(site, { recursive: true });
  });

  /** The address that it prints for the shop's health. */
  const healthUrl = (): string => /http:\S+\/health\/shop/.exec(shop.output)?.[0] ?? '';

  it('makes the shop ready where it says', async () => {
    expect(shop.output).toContain(`http://localhost:${port}`);
    expect((await fetch(healthUrl())).status).toBe(200);
    expect((await fetch(`http://localhost:${port}/health/shop`)).status).toBe(404);
  });

  it('connects each service to the broker as a user of its own', async () => {
    const { brokerPasswords } = await json<{ brokerPasswords: Record<string, string> }>(
      localDir,
      'secrets.json',
    );
    expect(Object.keys(brokerPasswords).toSorted()).toEqual(BROKER_USERS.toSorted());
    const log = await readFile(join(localDir, 'rabbitmq', 'rabbitmq.log'), 'utf8');
    const users = [...log.matchAll(/user '([^']+)' authenticated and granted access to vhost/g)];
    const connected = new Set(users.map(([, user]) => user));
    expect(connected).toEqual(new Set(BROKER_USERS.map((user) => `jangteo_${user}`)));
  });

  it('has something to sell and a coupon worth racing for', async () => {
    expect(shop.output).toContain('demo products');
    const products = await productsAt(port);
    const goods = demoGoods('ko');
    expect(products.map(({ name }) => name)).toEqual(goods.products.map(({ name }) => name));
    for (const { stock } of products) expect(stock).toBeGreaterThan(0);
    const coupons = (await (await fetch(`http://localhost:${port}/coupons`)).json()) as { name: string }[];
    expect(coupons.map(({ name }) => name).toSorted()).toEqual(
      goods.coupons.map(({ name }) => name).toSorted(),
    );
  });

  it.each(['admin', 'operator', 'viewer'])('prints how to log in as the %s', async (role) => {
    const [, email, password] = new RegExp(`^  ${role} +(\\S+) +(\\S+)$`, 'im').exec(shop.output) ?? [];
    const login = await fetch(`http://localhost:${port}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const { accessToken } = (await login.json()) as { accessToken?: string };
    const me = await fetch(`http://localhost:${port}/auth/me`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(await me.json()).toMatchObject({ email, role });
  });

  it('prints a link that logs the admin in to the console, once', async () => {
    const link = /^ {2}Console +(\S+) {2}\(good once, for five minutes/m.exec(shop.output)?.[1] ?? '';
    expect(link).toMatch(new RegExp(`^http://127.0.0.1:${port}/console/#login=[\\w-]{43}$`));
    const login = (): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/auth/console/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ loginToken: link.split('=')[1] }),
      });
    const { accessToken } = (await (await login()).json()) as { accessToken?: string };
    const me = await fetch(`http://127.0.0.1:${port}/auth/me`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(await me.json()).toMatchObject({ role: 'admin' });
    expect((await login()).status).toBe(401);
  });

  it('says that it runs already when it is started twice, and changes nothing', async () => {
    const second = new Command(localDir, port);
    expect(await second.ended()).toBe(1);
    expect(second.output).toContain('runs already');
    expect((await fetch(healthUrl())).status).toBe(200);
  });

  it('names the port that is in use before it starts anything', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'jangteo-start-'));
    const other = new Command(elsewhere, port);
    expect(await other.ended()).toBe(1);
    expect(other.output).toContain(`Port ${port} is in use`);
    expect(other.output).not.toContain('PostgreSQL');
    await removeInfrastructure(elsewhere);
  });

  it('starts again after a kill -9 that left everything it had started running', async () => {
    const before = await processesOf(localDir);
    expect(before).toHaveLength(9);
    const goods = await productsAt(port);
    shop.signal('SIGKILL');
    await shop.ended();
    shop = new Command(localDir, port);
    await shop.ready();
    expect(before.filter(isRunning)).toEqual([]);
    expect(await productsAt(port)).toEqual(goods);
    expect(shop.output).not.toContain('demo products');
    expect(shop.output).toContain('operator@jangteo.local');
  });

  it('ends everything that it started in order at SIGTERM, however often it is told', async () => {
    const before = await processesOf(localDir);
    expect(before.filter(isRunning)).toHaveLength(9);
    for (let time = 0; time < 3; time += 1) shop.signal('SIGTERM');
    expect(await shop.ended()).toBe(0);
    expect(before.filter(isRunning)).toEqual([]);
    const order = ['Stopping the services', 'Stopping RabbitMQ and PostgreSQL', 'Stopped'];
    expect(order.map((line) => shop.output.indexOf(line))).toEqual(
      order.map((line) => shop.output.indexOf(line)).toSorted((a, b) => a - b),
    );
    expect(order.every((line) => shop.output.includes(line))).toBe(true);
  });
});

describe('npm start -- --empty', () => {
  it('begins with an empty shop, which no later start fills', async () => {
    const localDir = await mkdtemp(join(tmpdir(), 'jangteo-start-'));
    const port = await freePort();
    for (const args of [['--empty'], []]) {
      const shop = new Command(localDir, port, args);
      await shop.ready();
      expect(await productsAt(port)).toEqual([]);
      expect(shop.output).not.toContain('operator@jangteo.local');
      shop.signal('SIGTERM');
      expect(await shop.ended()).toBe(0);
    }
    await removeInfrastructure(localDir);
  });

  it('is the only option, and a misspelt one starts nothing', async () => {
    const wrong = new Command(tmpdir(), await freePort(), ['--emtpy']);
    expect(await wrong.ended()).toBe(1);
    expect(wrong.output).toContain('--emtpy');
  });
});

describe('DEMO_LANG', () => {
  it('starts nothing in a language that demo data is not there in', async () => {
    const wrong = new Command(tmpdir(), await freePort(), [], { DEMO_LANG: 'kr' });
    expect(await wrong.ended()).toBe(1);
    expect(wrong.output).toContain('DEMO_LANG must be ko or en, not "kr"');
  });
});

it('stops when it is told to while it still puts goods into a new shop', async () => {
  const localDir = await mkdtemp(join(tmpdir(), 'jangteo-start-'));
  const port = await freePort();
  const shop = new Command(localDir, port);
  try {
    await eventually(() => productsAt(port).then(Array.isArray, () => false), {
      deadlineMs: 90_000,
      everyMs: 20,
    });
    shop.signal('SIGINT');
    await eventually(() => shop.hasEnded, { deadlineMs: 60_000 });
    expect(await shop.ended()).toBe(0);
    expect(shop.output).toContain('Stopped.');
  } finally {
    shop.signal('SIGKILL');
    await shop.ended();
    await removeInfrastructure(localDir);
  }
});

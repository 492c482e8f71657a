import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Arena, SERVER_NAMES } from '../places/arena.js';
import { Dice } from '../dice.js';
import { Links } from '../places/links.js';
import { Load } from '../traffic/load.js';
import { DISK_FULL_TEST } from '../failpoint/nemeses/disks.js';
import { NEMESES } from '../failpoint/nemeses/index.js';
import type { Nemesis } from '../failpoint/nemesis.js';
import { help, readChaosOptions, type ChaosOptions } from './chaos-options.js';
import { Run } from './chaos-run.js';
import { figuresOf, tableOf } from '../report/table.js';
import {
  interruptible,
  localDir,
  makeTestDir,
  removeTestDir,
  report,
  runToEnd,
  serverVersions,
  services,
  SmallDisk,
  Stack,
  unmountBelow,
  versionsLine,
} from '@jangteo/tools';

/** Short enough that faults of seconds reach every deadline and every repeat. */
const QUICK = {
  HEARTBEAT_SECONDS: '3',
  PUBLISH_DEADLINE_MS: '5000',
};
const ENVIRONMENT = {
  gateway: QUICK,
  catalog: QUICK,
  coupon: QUICK,
  wallet: { ...QUICK, PAYMENT_RETRY_MS: '500', PAYMENT_RETRY_MS_MAX: '4000', SWEEP_INTERVAL_MS: '200' },
  order: {
    ...QUICK,
    ORDER_DEADLINE_MS: '20000',
    // A crowd is one customer here.
    ORDERS_IN_FLIGHT_PER_USER_MAX: '1000',
    SAGA_RETRY_MS: '1000',
    SAGA_RETRY_MS_MAX: '4000',
    SWEEP_INTERVAL_MS: '200',
    DATA_PLATFORM_INTERVAL_MS: '100',
    DATA_PLATFORM_RETRY_MS_MAX: '2000',
  },
  ranking: { ...QUICK, RANKING_REFRESH_SECONDS: '1' },
};

const startedAt = new Date().toISOString();
const interruption = interruptible();

/** Those that were asked for and can be done here; says which cannot. */
function nemesesFor({ only }: ChaosOptions): Nemesis[] {
  return NEMESES.filter(({ test, name, hindrance }) => {
    if (!only.includes(test)) return false;
    const problem = hindrance?.();
    if (problem !== undefined) report(`[${test}] ${name} is left out: ${problem}`);
    return problem === undefined;
  });
}

/** @returns where the logs are now */
async function keepLogs(stack: Stack, dir: string, seed: number): Promise<string> {
  const kept = join(localDir, 'chaos-logs', `${new Date().toISOString().replaceAll(':', '-')}-seed-${seed}`);
  await mkdir(kept, { recursive: true });
  for (const service of services) {
    const logs = await Promise.all(stack.processesOf(service).map((process) => process.logs()));
    await writeFile(join(kept, `${service}.log`), logs.join(''));
  }
  const others = ['clients.log', 'data-platform.ndjson', 'postgres/postgres.log', 'rabbitmq/rabbitmq.log'];
  for (const name of others) {
    await cp(join(dir, name), join(kept, name.replace(/.*\//, ''))).catch(() => undefined);
  }
  return kept;
}

/** Gives each server a disk that can be full without harm to anybody else, where a fault needs it. */
async function mountDisks(dir: string, nemeses: readonly Nemesis[]): Promise<Arena['disks']> {
  const disks: Arena['disks'] = {};
  if (!nemeses.some(({ test }) => test === DISK_FULL_TEST)) return disks;
  for (const server of SERVER_NAMES) disks[server] = await SmallDisk.mount(join(dir, server));
  return disks;
}

interface Attack {
  readonly options: ChaosOptions;
  readonly dir: string;
  readonly nemeses: readonly Nemesis[];
  readonly disks: Arena['disks'];
}

async function attack(stack: Stack, links: Links, setting: Attack): Promise<boolean> {
  const { options, dir, nemeses, disks } = setting;
  const { seed, minutes, clients, only } = options;
  const load = await Load.start(stack, clients, new Dice(seed + 1), join(dir, 'clients.log'));
  report(`Seed ${seed}: faults for ${minutes} minutes, ${clients} clients`);
  const arena = new Arena({ stack, links, load, disks }, { report, signal: interruption });
  const run = new Run(arena);
  try {
    const outcome = await run.go(seed, nemeses, minutes);
    interruption.throwIfAborted();
    await load.log.close();
    const figures = figuresOf(outcome, arena);
    console.log(`\n${tableOf(outcome, figures)}\n`);
    const written = {
      ...options,
      startedAt,
      ...figures,
    };
    if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(written, undefined, 2)}\n`);
    if (figures.isHeld) console.log(`Every invariant held (seed ${seed}).`);
    else {
      const again = `npm run chaos -- --seed ${seed} --minutes ${minutes} --clients ${clients} --only ${only.join()}`;
      console.log(`BROKEN. Logs: ${await keepLogs(stack, dir, seed)}\nThe same again: ${again}`);
    }
    return figures.isHeld;
  } catch (error) {
    if (!interruption.aborted) report(`Logs: ${await keepLogs(stack, dir, seed)}`);
    throw error;
  }
}

async function chaos(options: ChaosOptions): Promise<boolean> {
  const dir = await makeTestDir('chaos-');
  const links = new Links();
  const nemeses = nemesesFor(options);
  let stack: Stack | undefined;
  try {
    const disks = await mountDisks(dir, nemeses);
    stack = await Stack.start({
      dir,
      environment: ENVIRONMENT,
      route: (service, servers) => links.route(service, servers),
      report,
      signal: interruption,
    });
    const servers = await serverVersions(stack.infrastructure);
    console.log(versionsLine({ ...servers, Node: process.versions.node }));
    return await attack(stack, links, { options, dir, nemeses, disks });
  } finally {
    report('Stopping');
    links.heal();
    await stack?.stop();
    await links.close();
    await unmountBelow(dir);
    await removeTestDir(dir);
  }
}

async function main(): Promise<boolean> {
  const options = readChaosOptions(process.argv.slice(2));
  if (!options.help) return await chaos(options);
  console.log(help);
  return true;
}

await runToEnd('chaos', interruption, main);

import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './ports.js';
import { postgresAccount, type Account } from './postgres-account.js';
import { postgresBinaries } from './postgres-binaries.js';
import { launchServer } from './postgres-launch.js';
import { commandLineOf, endProcess, isRunning, markOf, run, type ProcessMark } from './processes.js';
import { secretFile } from './secrets.js';
import type { StartOptions } from './startup.js';

type Launch = (port: number) => Promise<ProcessMark>;

/** A PostgreSQL server that belongs to us alone. */
export interface Postgres {
  /** Connection URL of the superuser. */
  readonly url: string;
  readonly port: number;
  /** Of the server as it runs now; it changes with a restart. */
  readonly pid: number;
  isRunning(): boolean;
  /** Ends it in order (sessions are cut, data is flushed) and keeps the data. */
  stop(): Promise<void>;
  /** Ends it as a power cut would: SIGKILL to the server, whose sessions die with it. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data, after `stop` or `kill`. */
  restart(): Promise<void>;
}

const superuser = 'jangteo';
const portTaken = /could not create any TCP\/IP sockets|could not bind/;

/**
 * Starts PostgreSQL 18 on the loopback address with its data in `dataDir`, making the data at the first
 * start. A server that a killed run left on the same data is ended first; data after a crash is recovered.
 * @throws with the last lines of its log when it does not come up within a minute.
 */
export async function startPostgres(options: StartOptions): Promise<Postgres> {
  const { dataDir, onProgress, signal } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const { initdb, postgres } = postgresBinaries();
  const pgData = join(dataDir, 'data');
  const account = await postgresAccount(dataDir, pgData, postgres);
  const passwordFile = join(dataDir, 'password');
  const password = await secretFile(passwordFile);

  await endLeftoverPostgres(dataDir);
  if (!existsSync(pgData)) {
    onProgress?.('PostgreSQL: creating its data');
    await createCluster(initdb, account, pgData, passwordFile);
  }

  const logPath = join(dataDir, 'postgres.log');
  const launch: Launch = (port) =>
    launchServer({ postgres, account, pgData, port, url: urlOf(port, password), logPath, signal });
  onProgress?.('PostgreSQL: starting');
  const first = await launchOnSomePort(launch, options.port);
  return handle(first, urlOf(first.port, password), launch);
}

function urlOf(port: number, password: string): string {
  // On this machine and without TLS, whatever libpq's variables of a shell say of other servers.
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;
}

function handle(first: { mark: ProcessMark; port: number }, url: string, launch: Launch): Postgres {
  const { port } = first;
  let mark = first.mark;
  return {
    url,
    port,
    get pid() {
      return mark.pid;
    },
    isRunning: () => isRunning(mark),
    // SIGINT is PostgreSQL's "fast" shutdown; SIGTERM would wait for every session to leave by itself.
    stop: () => endProcess(mark, 'SIGINT', 20_000),
    kill: () => endProcess(mark, 'SIGKILL', 0),
    restart: async () => {
      mark = await launch(port);
    },
  };
}

async function launchOnSomePort(
  launch: Launch,
  wanted: number | undefined,
): Promise<{ mark: ProcessMark; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort());
    try {
      return { mark: await launch(port), port };
    } catch (error) {
      const lostTheRace = wanted === undefined && attempt < 3 && portTaken.test(String(error));
      if (!lostTheRace) throw error;
    }
  }
}

/** Makes the data in a folder beside its place, so that a killed first start leaves nothing half-made. */
async function createCluster(
  initdb: string,
  account: Account,
  pgData: string,
  passwordFile: string,
): Promise<void> {
  const unfinished = `${pgData}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await account.own(passwordFile);
  const { program, args, identity } = account.command(initdb, [
    `--pgdata=${unfinished}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The built-in provider sorts the same on every machine, whatever locales that has installed.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]);
  await run(program, args, { ...identity, cwd: '/' });
  await rename(unfinished, pgData);
}

/**
 * Ends the server that a killed run may have left on the data in `dataDir`, and drops a lock file whose pid belongs
 * to some other program by now (PostgreSQL itself would refuse to start beside that one).
 */
export async function endLeftoverPostgres(dataDir: string): Promise<void> {
  const pgData = join(dataDir, 'data');
  const lockFile = join(pgData, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(lockFile, 'utf8').catch(() => ''), 10);
  const mark = Number.isInteger(pid) ? markOf(pid) : undefined;
  if (!mark) return;
  if (commandLineOf(pid).includes(pgData)) await endProcess(mark, 'SIGINT', 20_000);
  else await rm(lockFile, { force: true });
}

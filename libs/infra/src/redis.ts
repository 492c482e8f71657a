import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { canInstallPackages, installPackage, type DebianPackage } from './debian-package.js';
import { lastLines, openLog } from './log-files.js';
import { answersRedis, freePort } from './ports.js';
import { endProcess, isRunning, markOf, startDaemon, type ProcessMark } from './processes.js';
import { secretFile, writePrivate } from './secrets.js';
import { untilReady, type ConfiguredStart } from './startup.js';

/** A Redis that belongs to us alone. It keeps nothing: a cache may always be empty. */
export interface Redis {
  readonly url: string;
  readonly port: number;
  /** Of the server as it runs now; it changes with a restart. */
  readonly pid: number;
  isRunning(): boolean;
  stop(): Promise<void>;
  /** Starts it again, empty, on the same port with the same password; one that still runs is stopped first. */
  restart(): Promise<void>;
}

const startLimitMs = 20_000;
const stopLimitMs = 5_000;
/** Valkey speaks the same, under the same settings. */
const programs = ['redis-server', 'valkey-server'];
const redisPackage: DebianPackage = { name: 'redis-server', units: ['redis-server'] };

const choices = `There is no Redis to test the shared cache with. Any of these will do:
  - set REDIS_URL to a server whose data may be lost, e.g. REDIS_URL=redis://:password@host:6379
  - install Redis 6 or later, or Valkey, e.g. sudo apt-get install redis-server (it need not be started)
  - run this command as root, or as an account with passwordless sudo, on Debian or Ubuntu: it then installs Redis itself`;

/**
 * Starts a private Redis on the loopback address, with the program of this machine, or of Debian's package
 * where that may be installed. A Redis that the machine already runs is never touched.
 * @throws with the choices that are left where there is no program, with the end of its log where it fails
 */
export async function startRedis(options: ConfiguredStart): Promise<Redis> {
  const { dataDir, onProgress, signal, settings = [] } = options;
  const program = await findRedis(onProgress, signal);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await endLeftoverRedis(dataDir);
  const password = await secretFile(join(dataDir, 'password'));
  const port = options.port ?? (await freePort());
  await writePrivate(join(dataDir, 'redis.conf'), settingsOf({ dataDir, port, password }, settings));
  onProgress?.('Redis: starting');
  const start = (giveUp?: AbortSignal) => launch(program, { dataDir, port, password, signal: giveUp });
  let mark = await start(signal);
  const stop = async (): Promise<void> => {
    await endProcess(mark, 'SIGTERM', stopLimitMs);
    await rm(markFile(dataDir), { force: true });
  };
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    port,
    get pid() {
      return mark.pid;
    },
    isRunning: () => isRunning(mark),
    stop,
    restart: async () => {
      await stop();
      mark = await start();
    },
  };
}

/** Ends the server that a killed run may have left in `dataDir`. */
export async function endLeftoverRedis(dataDir: string): Promise<void> {
  const text = await readFile(markFile(dataDir), 'utf8').catch(() => undefined);
  if (text !== undefined) await endProcess(JSON.parse(text) as ProcessMark, 'SIGTERM', stopLimitMs);
}

function markFile(dataDir: string): string {
  return join(dataDir, 'process.json');
}

async function findRedis(
  onProgress: ((step: string) => void) | undefined,
  interruption: AbortSignal | undefined,
): Promise<string> {
  const installed = machineProgram();
  if (installed !== undefined) return installed;
  if (await canInstallPackages()) {
    onProgress?.("Redis: installing Debian's package");
    await installPackage(redisPackage, interruption);
    const program = machineProgram();
    if (program !== undefined) return program;
  }
  throw new Error(choices);
}

function machineProgram(path = process.env.PATH ?? ''): string | undefined {
  const folders = [...path.split(delimiter).filter(Boolean), '/usr/bin', '/usr/local/bin'];
  return folders
    .flatMap((folder) => programs.map((program) => join(folder, program)))
    .find((file) => existsSync(file));
}

function settingsOf(its: Omit<RedisLaunch, 'signal'>, more: readonly string[]): string {
  const settings = [
    'bind 127.0.0.1',
    `port ${its.port}`,
    `dir "${its.dataDir}"`,
    `requirepass ${its.password}`,
    'daemonize no',
    'save ""',
    'appendonly no',
    'maxmemory 64mb',
    'maxmemory-policy allkeys-lru',
    ...more,
  ];
  return `${settings.join('\n')}\n`;
}

interface RedisLaunch {
  readonly dataDir: string;
  readonly port: number;
  readonly password: string;
  readonly signal: AbortSignal | undefined;
}

async function launch(
  program: string,
  { dataDir, port, password, signal }: RedisLaunch,
): Promise<ProcessMark> {
  const logPath = join(dataDir, 'redis.log');
  const log = await openLog(logPath);
  const { size: logStart } = await log.stat();
  let mark: ProcessMark;
  try {
    const { pid } = await startDaemon(program, [join(dataDir, 'redis.conf')], {
      cwd: dataDir,
      output: log.fd,
    });
    mark = markOf(pid) ?? { pid, startedAt: '' };
    await writePrivate(markFile(dataDir), JSON.stringify(mark)).catch(async (error: unknown) => {
      await endProcess(mark, 'SIGTERM', stopLimitMs);
      throw error;
    });
  } finally {
    await log.close();
  }
  await untilReady({
    name: 'Redis',
    mark,
    isReady: () => answersRedis(port, password),
    limitMs: startLimitMs,
    signal,
    log: () => lastLines(logPath, { fromByte: logStart }),
  });
  return mark;
}

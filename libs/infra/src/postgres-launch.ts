import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lastLines, openLog } from './log-files.js';
import type { Account } from './postgres-account.js';
import { markOf, startDaemon, type ProcessMark } from './processes.js';
import { untilReady } from './startup.js';

export interface ServerLaunch {
  readonly postgres: string;
  readonly account: Account;
  readonly pgData: string;
  readonly port: number;
  readonly url: string;
  readonly logPath: string;
  readonly signal?: AbortSignal;
}

const startLimitMs = 60_000;
/** Refused while the last sessions of a killed server are still ending: a moment later it may start. */
const stillEnding = /pre-existing shared memory block|another postmaster .* running/;

const settings = {
  listen_addresses: '127.0.0.1',
  // No socket files in shared folders: they would be one more thing to collide with and to leave behind.
  unix_socket_directories: '',
  max_connections: '500',
  shared_buffers: '256MB',
  // After each checkpoint every page is written to the log whole once: the fewer checkpoints, the less of that.
  max_wal_size: '4GB',
  // The promises to customers rest on these three; they are written down so that nobody wonders.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
};

/** Starts the server on data that exists and waits until it takes connections (after recovery, if any). */
export async function launchServer(launch: ServerLaunch): Promise<ProcessMark> {
  const giveUpAt = Date.now() + startLimitMs;
  for (;;) {
    try {
      return await launchOnce(launch);
    } catch (error) {
      const retry = stillEnding.test(String(error)) && Date.now() < giveUpAt && !launch.signal?.aborted;
      if (!retry) throw error;
      await sleep(200);
    }
  }
}

async function launchOnce({
  postgres,
  account,
  pgData,
  port,
  url,
  logPath,
  signal,
}: ServerLaunch): Promise<ProcessMark> {
  const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const { program, args, identity } = account.command(postgres, ['-D', pgData, ...flags]);
  const log = await openLog(logPath);
  const { size: logStart } = await log.stat();
  const daemon = startDaemon(program, args, { ...identity, cwd: '/', output: log.fd });
  const server = await daemon.finally(() => void log.close());
  // A process that ended before it could be marked is reported as ended, with its log.
  const mark = markOf(server.pid) ?? { pid: server.pid, startedAt: '' };
  await untilReady({
    name: 'PostgreSQL',
    mark,
    isReady: () => takesConnections(url),
    limitMs: startLimitMs,
    signal,
    log: () => lastLines(logPath, { fromByte: logStart }),
  });
  return mark;
}

async function takesConnections(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  endProcess,
  isRunning,
  lastLines,
  markOf,
  openLog,
  provideKafka,
  run,
  startDaemon,
  untilReady,
} from '@jangteo/infra';

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;
const CLUSTER_ID = '5L6g3nShT-eMCtK--X86sw';
/** Quick to start, for a broker that lives for minutes. */
const JVM = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** A broker of Apache's own Kafka, as a program of this machine. */
export interface RealBroker {
  /** Stops it in order: it hands on what it leads. */
  stop(): Promise<void>;
  /** Ends it at once, for one whose data nobody wants any more. */
  kill(): Promise<void>;
}

export interface RealBrokerOptions {
  /** Folder of its own. */
  readonly folder: string;
  /** The port that is ready last. */
  readonly port: number;
  readonly properties: Readonly<Record<string, string | number>>;
  /** Passwords by user, for every mechanism of SCRAM; kept in the cluster's first storage. */
  readonly users?: Readonly<Record<string, string>>;
  /** That of whoever starts it where it is left out. */
  readonly env?: NodeJS.ProcessEnv;
}

async function jarsOfKafka(): Promise<string> {
  const kafka = await provideKafka();
  if ('problem' in kafka) throw new Error(kafka.problem);
  return kafka.jars;
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost');
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

/** Starts a broker with these properties, or again with what it has stored; ready when it listens. */
export async function startRealBroker(options: RealBrokerOptions): Promise<RealBroker> {
  const { folder, port, properties, users = {}, env = process.env } = options;
  const java = ['-cp', join(await jarsOfKafka(), '*')];
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'server.properties');
  const all = { 'log.dirs': join(folder, 'data'), ...properties };
  await writeFile(
    file,
    Object.entries(all)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  const scram = Object.entries(users).flatMap(([user, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${user},password=${password}]`,
    ]),
  );
  const format = ['format', '--ignore-formatted', '-t', CLUSTER_ID, '-c', file, ...scram];
  await run('java', [...java, 'kafka.tools.StorageTool', ...format]);
  const logPath = join(folder, 'output.log');
  const log = await openLog(logPath);
  const { fd } = log;
  const started = startDaemon('java', [...JVM, ...java, 'kafka.Kafka', file], {
    cwd: folder,
    env,
    output: fd,
  });
  const pid = await started.then((child) => child.pid).finally(() => void log.close());
  const mark = markOf(pid) ?? { pid, startedAt: '' };
  await untilReady({
    name: 'Kafka',
    mark,
    isReady: async () => isRunning(mark) && (await listens(port)),
    limitMs: START_LIMIT_MS,
    log: () => lastLines(logPath),
  });
  return {
    stop: () => endProcess(mark, 'SIGTERM', STOP_LIMIT_MS),
    kill: () => endProcess(mark, 'SIGKILL', 0),
  };
}

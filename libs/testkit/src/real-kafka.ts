import { existsSync } from 'node:fs';
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

const START_LIMIT_MS = 240_000;
const STOP_LIMIT_MS = 30_000;
const CLUSTER_ID = '5L6g3nShT-eMCtK--X86sw';
/** Quick to start, for a broker that lives for minutes. */
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const HEAP_MB = 384;

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
  /** Heap at most. */
  readonly heapMb?: number;
  /** That of whoever starts it where it is left out. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Settings of a listener that takes logins by every mechanism, those of PLAIN of these users. */
export function kafkaLogins(
  listener: string,
  users: Readonly<Record<string, string>>,
): Record<string, string> {
  const prefix = `listener.name.${listener.toLowerCase()}`;
  const jaas = 'org.apache.kafka.common.security';
  const passwords = Object.entries(users).map(([user, password]) => ` user_${user}="${password}"`);
  const scram = `${jaas}.scram.ScramLoginModule required;`;
  return {
    [`${prefix}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`${prefix}.plain.sasl.jaas.config`]: `${jaas}.plain.PlainLoginModule required${passwords.join('')};`,
    [`${prefix}.scram-sha-256.sasl.jaas.config`]: scram,
    [`${prefix}.scram-sha-512.sasl.jaas.config`]: scram,
  };
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

async function format(
  java: readonly string[],
  file: string,
  users: Readonly<Record<string, string>>,
): Promise<void> {
  const scram = Object.entries(users).flatMap(([user, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${user},password=${password}]`,
    ]),
  );
  await run('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', file, ...scram]);
}

/** Starts a broker with these properties, or again with what it has stored; ready when it listens. */
export async function startRealBroker(options: RealBrokerOptions): Promise<RealBroker> {
  const { folder, port, properties, users = {}, heapMb = HEAP_MB, env = process.env } = options;
  const java = [`-Xmx${heapMb}m`, ...JVM, '-cp', join(await jarsOfKafka(), '*')];
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'server.properties');
  const all = { 'log.dirs': join(folder, 'data'), ...properties };
  await writeFile(
    file,
    Object.entries(all)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  // Formatting takes a Java of its own, which only the first start needs.
  if (!existsSync(join(folder, 'data', 'meta.properties'))) await format(java, file, users);
  const logPath = join(folder, 'output.log');
  const log = await openLog(logPath);
  const { fd } = log;
  const started = startDaemon('java', [...java, 'kafka.Kafka', file], {
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

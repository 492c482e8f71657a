import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, openLog } from './log-files.js';
import { answersAmqp, endEpmd, freePort } from './ports.js';
import {
  endProcess,
  isRunning,
  markOf,
  run,
  signalProcess,
  startDaemon,
  type ProcessMark,
} from './processes.js';
import type { Rabbit } from './rabbit.js';
import { nodeEnvironment, nodeName, type NodePorts } from './rabbit-environment.js';
import type { RabbitPrograms } from './rabbit-sources.js';
import { secretFile, writePrivate } from './secrets.js';
import { untilReady, type ConfiguredStart } from './startup.js';

const user = 'jangteo';
const startLimitMs = 90_000;
const stopLimitMs = 30_000;

/**
 * Runs the machine's RabbitMQ programs as a node of our own: own name server (epmd), ports, data,
 * plugins and settings, so that neither it nor a RabbitMQ of the machine notices the other.
 */
export async function startRabbitNode(programs: RabbitPrograms, options: ConfiguredStart): Promise<Rabbit> {
  const { dataDir, onProgress, signal, settings } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await endLeftoverNode(dataDir);
  const password = await secretFile(join(dataDir, 'password'));
  const [amqp, dist, epmd] = [options.port ?? (await freePort()), await freePort(), await freePort()];
  const env = nodeEnvironment(dataDir, { amqp, dist, epmd });
  await writeSettings(dataDir, { amqp, dist, epmd }, password, settings);

  const node = new RabbitNode(programs, dataDir, env, { amqp, dist, epmd });
  onProgress?.('RabbitMQ: starting');
  await node.start(signal);
  return {
    url: `amqp://${user}:${password}@127.0.0.1:${amqp}`,
    port: amqp,
    get pid() {
      return node.pid;
    },
    isRunning: () => node.isRunning(),
    stop: () => node.stop('SIGTERM'),
    kill: () => node.stop('SIGKILL'),
    restart: async () => {
      await node.stop('SIGTERM');
      await node.start();
    },
    ctl: (args) => run(programs.ctl, ['-q', '-n', nodeName, ...args], { env, cwd: dataDir }),
  };
}

class RabbitNode {
  #server: ProcessMark | undefined;
  #epmd: ProcessMark | undefined;

  constructor(
    private readonly programs: RabbitPrograms,
    private readonly dataDir: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly ports: NodePorts,
  ) {}

  get pid(): number | undefined {
    return this.#server?.pid;
  }

  isRunning(): boolean {
    return this.#server !== undefined && isRunning(this.#server);
  }

  /** @throws when it does not become ready, or cannot be written down; nothing of it runs then */
  async start(signal?: AbortSignal): Promise<void> {
    try {
      await this.#launch(signal);
    } catch (error) {
      await this.stop('SIGKILL');
      throw error;
    }
  }

  async #launch(signal: AbortSignal | undefined): Promise<void> {
    const logPath = join(this.dataDir, 'rabbitmq.log');
    const log = await openLog(logPath);
    const { size: logStart } = await log.stat();
    const daemon = { env: this.env, cwd: this.dataDir, output: log.fd };
    try {
      // In the foreground, so that its pid is known: the broker would start one that outlives everybody.
      const epmd = await startDaemon(
        this.programs.epmd,
        ['-port', String(this.ports.epmd), '-address', '127.0.0.1'],
        daemon,
      );
      this.#epmd = markOf(epmd.pid);
      await this.#remember();
      const server = await startDaemon(this.programs.server, [], daemon);
      this.#server = markOf(server.pid) ?? { pid: server.pid, startedAt: '' };
      await this.#remember();
    } finally {
      await log.close();
    }
    await untilReady({
      name: 'RabbitMQ',
      mark: this.#server,
      isReady: () => answersAmqp(this.ports.amqp),
      limitMs: startLimitMs,
      signal,
      log: () => lastLines(logPath, { fromByte: logStart }),
    });
  }

  async stop(how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await endNode(this.#processes, how);
    await rm(processFile(this.dataDir), { force: true });
  }

  get #processes(): NodeProcesses {
    return { server: this.#server, epmd: this.#epmd, epmdPort: this.ports.epmd };
  }

  async #remember(): Promise<void> {
    await writePrivate(processFile(this.dataDir), JSON.stringify(this.#processes));
  }
}

interface NodeProcesses {
  readonly server?: ProcessMark | undefined;
  readonly epmd?: ProcessMark | undefined;
  readonly epmdPort?: number;
}

async function endNode({ server, epmd, epmdPort }: NodeProcesses, how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  // SIGKILL goes to the whole group, because the broker's start script may be the process that we know.
  if (server && how === 'SIGKILL' && isRunning(server)) signalProcess(-server.pid, 'SIGKILL');
  if (server) await endProcess(server, how, stopLimitMs);
  if (epmd) await endProcess(epmd, 'SIGTERM', 2_000);
  // Where ours was killed, any Erlang program has started another one in the background, unknown to us.
  if (epmdPort !== undefined) await endEpmd(epmdPort);
}

function processFile(dataDir: string): string {
  return join(dataDir, 'processes.json');
}

/** Ends the node that a killed run may have left on the data in `dataDir`. */
export async function endLeftoverNode(dataDir: string): Promise<void> {
  const text = await readFile(processFile(dataDir), 'utf8').catch(() => '{}');
  await endNode(JSON.parse(text) as NodeProcesses, 'SIGTERM');
}

async function writeSettings(
  dataDir: string,
  ports: NodePorts,
  password: string,
  more: readonly string[] = [],
): Promise<void> {
  const settings = [
    `listeners.tcp.local = 127.0.0.1:${ports.amqp}`,
    `default_user = ${user}`,
    `default_pass = ${password}`,
    'disk_free_limit.absolute = 200MB',
    'vm_memory_high_watermark.relative = 0.4',
    'log.console = true',
    'log.console.level = info',
    'log.file = false',
    ...more,
  ];
  await writePrivate(join(dataDir, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
  await writeFile(join(dataDir, 'enabled_plugins'), '[].\n');
}

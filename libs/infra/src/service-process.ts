import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventually } from './eventually.js';
import { lastLines, openLog } from './log-files.js';
import { markOf, type ProcessMark } from './processes.js';
import { programOf, serviceEnvironment, serviceFlags } from './project.js';
import { untilReady } from './startup.js';

const READY_DEADLINE_MS = 120_000;
const HEALTH_DEADLINE_MS = 10_000;
/** Longer than a service may take to finish its batches, so that a slow but orderly end passes. */
const STOP_DEADLINE_MS = 30_000;
const LOG_LINES = 40;

/**
 * A module for Node's `--import`: ends a process that was given a pipe as its standard input when its starter is gone.
 * Beside this file, whether that runs compiled or as it is.
 */
export const END_WITH_STARTER = import.meta.url.replace('service-process', 'end-with-starter');

/** The programs of a service, and the settings that they are run with. */
export interface Programs {
  readonly service: string;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** For its migrations, on top of that. */
  readonly migrationEnv?: Readonly<NodeJS.ProcessEnv>;
  /** For Node itself, before the program: a profiler, a heap size. */
  readonly nodeArguments?: readonly string[];
  /** The health check that says that it has started. */
  readonly until: 'ready' | 'live' | 'shop';
  /** Gives a start up. */
  readonly signal?: AbortSignal;
}

/** Programs that end with the process that started them, with a log in a folder of its own. */
export interface ProcessSettings extends Programs {
  readonly port: number;
  /** The port for operators, if that is another one. */
  readonly opsPort?: number | undefined;
}

/** Programs in a process group of their own, which Ctrl-C does not reach; who started them has to end them. */
export interface DaemonSettings extends Programs {
  readonly url: string;
  readonly opsUrl: string;
  readonly logPath: string;
}

/** A process without the object that started it: nothing here belongs to a test file that has ended. */
export interface HandedOver {
  /** JSON of what it was made of. */
  readonly settings: string;
  /** JSON of its {@link ProcessMark}. */
  readonly mark: string;
  readonly child: ChildProcess | undefined;
}

/** One service as a child process that can be stopped, killed and started again on the same port. */
export class ServiceProcess {
  readonly url: string;
  /** The base URL of its metrics and health. */
  readonly opsUrl: string;
  readonly #logPath: string;
  #child: ChildProcess | undefined;
  #mark: ProcessMark = { pid: 0, startedAt: '' };
  /** The byte of the log file at which the latest program's log begins. */
  #logStart = 0;
  /** The byte of the log file at which what {@link logs} tells begins. */
  #logsFrom = 0;

  private constructor(
    readonly settings: Programs,
    { url, opsUrl, logPath }: Omit<DaemonSettings, keyof Programs>,
    private readonly isDaemon: boolean,
  ) {
    [this.url, this.opsUrl, this.#logPath] = [url, opsUrl, logPath];
  }

  static async of({ port, opsPort = port, ...programs }: ProcessSettings): Promise<ServiceProcess> {
    const folder = await mkdtemp(join(tmpdir(), `jangteo-${programs.service}-`));
    const [url, opsUrl] = [port, opsPort].map((at) => `http://127.0.0.1:${at}`) as [string, string];
    return new ServiceProcess(programs, { url, opsUrl, logPath: join(folder, 'log') }, false);
  }

  static daemon(settings: DaemonSettings): ServiceProcess {
    return new ServiceProcess(settings, settings, true);
  }

  /** Takes over a process that another test file has left, with its log from now on. */
  static async adopt({ settings, mark, child }: HandedOver): Promise<ServiceProcess> {
    const made = JSON.parse(settings) as DaemonSettings;
    const adopted = new ServiceProcess(made, made, false);
    adopted.#child = child;
    adopted.#mark = JSON.parse(mark) as ProcessMark;
    await adopted.forgetLogs();
    return adopted;
  }

  /** Leaves the process to whoever adopts it; it keeps nobody from ending, and ends with the one that started it. */
  handOver(): HandedOver {
    this.#child?.unref();
    (this.#child?.stdin as Socket | null | undefined)?.unref();
    const made: DaemonSettings = {
      ...this.settings,
      url: this.url,
      opsUrl: this.opsUrl,
      logPath: this.#logPath,
    };
    return { settings: JSON.stringify(made), mark: JSON.stringify(this.#mark), child: this.#child };
  }

  /** Whatever was logged until now is not told any more. */
  async forgetLogs(): Promise<void> {
    this.#logsFrom = await stat(this.#logPath).then(
      ({ size }) => size,
      () => 0,
    );
  }

  /** @throws Error when it does not run now */
  get pid(): number {
    const pid = this.isRunning ? this.#child?.pid : undefined;
    if (pid === undefined) throw new Error(`${this.settings.service} does not run`);
    return pid;
  }

  /** Of its latest start. */
  get mark(): ProcessMark {
    return this.#mark;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Everything that it has written since the first start, or since it was adopted. */
  async logs(): Promise<string> {
    const log = await readFile(this.#logPath).catch(() => Buffer.alloc(0));
    return log.subarray(this.#logsFrom).toString('utf8');
  }

  /** @throws Error with the end of its log when it fails */
  async migrate(): Promise<void> {
    const child = await this.#run('migrate', this.settings.migrationEnv);
    const giveUp = (): boolean => child.kill('SIGTERM');
    this.settings.signal?.addEventListener('abort', giveUp);
    const [code] = (await once(child, 'exit')) as [number | null];
    this.settings.signal?.removeEventListener('abort', giveUp);
    if (code !== 0) throw await this.#failure(`its migrations ended with ${code}`);
  }

  /** Starts it and waits until it is ready. @param env on top of its settings, this time */
  async start(env: Readonly<NodeJS.ProcessEnv> = {}): Promise<void> {
    await this.launch(env);
    await this.untilReady();
  }

  /** Starts it without waiting. @param env on top of its settings, this time */
  async launch(env: Readonly<NodeJS.ProcessEnv> = {}): Promise<void> {
    if (this.isRunning) throw new Error(`${this.settings.service} runs already`);
    const child = await this.#run('main', env);
    const { pid = 0 } = child;
    this.#child = child;
    this.#mark = markOf(pid) ?? { pid, startedAt: '' };
  }

  /** Asks it once. */
  async isReady(): Promise<boolean> {
    return this.isRunning && (await isHealthy(`${this.opsUrl}/health/${this.settings.until}`));
  }

  /** @throws Error with the end of its log when it ends or is not ready in time; it does not run any more then */
  async untilReady(): Promise<void> {
    const { service, until, signal } = this.settings;
    await untilReady({
      name: service,
      mark: this.#mark,
      isReady: () => isHealthy(`${this.opsUrl}/health/${until}`),
      limitMs: READY_DEADLINE_MS,
      ...(signal && { signal }),
      log: () => this.#endOfLog(),
    });
  }

  /**
   * SIGTERM, and waits until it has ended.
   * @throws Error when it did not end in time; it was killed then
   */
  async stop(): Promise<void> {
    if (await this.#end('SIGTERM', STOP_DEADLINE_MS)) return;
    await this.kill();
    throw await this.#failure(`it did not end within ${STOP_DEADLINE_MS} ms of SIGTERM`);
  }

  /** Waits until it has ended, by itself or not, and says how: `exit code 1`, `SIGKILL`. */
  async ended(): Promise<string> {
    const child = this.#child;
    if (child !== undefined && this.isRunning) await once(child, 'exit');
    return child?.signalCode ?? `exit code ${child?.exitCode}`;
  }

  /** Waits until it has ended by itself, however. @throws Error when it still runs after that time */
  async untilEnded(deadlineMs: number): Promise<void> {
    if (await this.#hasEndedWithin(deadlineMs)) return;
    throw new Error(`${this.settings.service} still runs after ${deadlineMs} ms`);
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL', STOP_DEADLINE_MS);
  }

  /** Ends it if it runs, and removes the folder of its log. */
  async dispose(): Promise<void> {
    try {
      await this.stop();
    } finally {
      await rm(dirname(this.#logPath), { recursive: true, force: true });
    }
  }

  async #run(program: 'main' | 'migrate', env: Readonly<NodeJS.ProcessEnv> = {}): Promise<ChildProcess> {
    const { service, nodeArguments = [], env: own } = this.settings;
    const script = programOf(service, program);
    if (!existsSync(script)) throw new Error(`${script} is missing: build it first`);
    const log = await (this.isDaemon ? openLog(this.#logPath) : open(this.#logPath, 'a'));
    try {
      this.#logStart = (await log.stat()).size;
      const args = [
        ...serviceFlags(service),
        ...(program === 'main' ? nodeArguments : []),
        ...(this.isDaemon ? [] : ['--import', END_WITH_STARTER]),
        script,
      ];
      const child = spawn(process.execPath, args, {
        detached: this.isDaemon,
        stdio: [this.isDaemon ? 'ignore' : 'pipe', log.fd, log.fd],
        env: { PATH: process.env.PATH, ...compileCache(), ...serviceEnvironment(service), ...own, ...env },
      });
      await once(child, 'spawn');
      return child;
    } finally {
      await log.close();
    }
  }

  async #end(signal: NodeJS.Signals, deadlineMs: number): Promise<boolean> {
    const ended = this.#hasEndedWithin(deadlineMs);
    if (this.isRunning) this.#child?.kill(signal);
    return await ended;
  }

  async #hasEndedWithin(deadlineMs: number): Promise<boolean> {
    return await eventually(() => !this.isRunning, { deadlineMs }).then(
      () => true,
      () => false,
    );
  }

  async #endOfLog(): Promise<string> {
    return await lastLines(this.#logPath, { count: LOG_LINES, fromByte: this.#logStart });
  }

  async #failure(reason: string): Promise<Error> {
    return new Error(`${this.settings.service}: ${reason}. The end of its log:\n${await this.#endOfLog()}`);
  }
}

/** A run of tests starts the same programs hundreds of times, and has Node keep what it has compiled. */
function compileCache(): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(HEALTH_DEADLINE_MS) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

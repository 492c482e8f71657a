import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, lastLines, programOf, serviceEnvironment, serviceFlags } from '@jangteo/infra';

const READY_DEADLINE_MS = 120_000;
const READY_LOOK_EVERY_MS = 50;
const MIGRATE_DEADLINE_MS = 120_000;
/** Longer than a service may take to finish its batches, so that a slow but orderly end passes. */
const STOP_DEADLINE_MS = 30_000;
const LOG_LINES = 40;

/** Beside this file, whether that runs compiled or as it is. */
const END_WITH_TEST = import.meta.url.replace('service-process', 'end-with-test');

/** How a service's programs are run. */
export interface ProcessSettings {
  readonly service: string;
  readonly port: number;
  /** Where operators ask, if that is another port. */
  readonly opsPort?: number | undefined;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** For its migrations, on top of that. */
  readonly migrationEnv?: Readonly<NodeJS.ProcessEnv>;
  /** For Node itself, before the program: a profiler, a heap size. */
  readonly nodeArguments?: readonly string[];
  /** Which of its health checks says that it has started. */
  readonly until: 'ready' | 'live';
}

/** One service as a child process that can be stopped, killed and started again on the same port. */
export class ServiceProcess {
  readonly url: string;
  /** Where its metrics and health are. */
  readonly opsUrl: string;
  #child: ChildProcess | undefined;

  private constructor(
    readonly settings: ProcessSettings,
    private readonly logFolder: string,
  ) {
    this.url = `http://127.0.0.1:${settings.port}`;
    this.opsUrl = `http://127.0.0.1:${settings.opsPort ?? settings.port}`;
  }

  static async of(settings: ProcessSettings): Promise<ServiceProcess> {
    const logFolder = await mkdtemp(join(tmpdir(), `jangteo-${settings.service}-`));
    return new ServiceProcess(settings, logFolder);
  }

  /** @throws Error when it does not run now */
  get pid(): number {
    const pid = this.isRunning ? this.#child?.pid : undefined;
    if (pid === undefined) throw new Error(`${this.settings.service} does not run`);
    return pid;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Everything that it has written since the first start. */
  async logs(): Promise<string> {
    return readFile(this.#logFile, 'utf8').catch(() => '');
  }

  /** @throws Error with the end of its log when it fails */
  async migrate(): Promise<void> {
    const child = await this.#run('migrate', this.settings.migrationEnv);
    const timer = setTimeout(() => child.kill('SIGKILL'), MIGRATE_DEADLINE_MS);
    const [code] = (await once(child, 'exit')) as [number | null];
    clearTimeout(timer);
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
    this.#child = await this.#run('main', env);
  }

  /** @throws Error with the end of its log when it ends or is not ready in time */
  async untilReady(): Promise<void> {
    const { until } = this.settings;
    const isReady = async (): Promise<boolean> => {
      if (!this.isRunning) return true;
      const response = await fetch(`${this.opsUrl}/health/${until}`).catch(() => undefined);
      await response?.arrayBuffer();
      return response?.ok ?? false;
    };
    await eventually(isReady, { deadlineMs: READY_DEADLINE_MS, everyMs: READY_LOOK_EVERY_MS }).catch(
      async () => {
        throw await this.#failure(`it was not ${until} after ${READY_DEADLINE_MS} ms`);
      },
    );
    if (!this.isRunning) throw await this.#failure('it ended while it was starting');
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

  /** Waits until it has ended by itself, however. @throws Error when it still runs after that time */
  async untilEnded(deadlineMs: number): Promise<void> {
    if (await this.#hasEndedWithin(deadlineMs)) return;
    throw new Error(`${this.settings.service} still runs after ${deadlineMs} ms`);
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL', STOP_DEADLINE_MS);
  }

  /** Ends it if it runs, and removes its log. */
  async dispose(): Promise<void> {
    try {
      await this.stop();
    } finally {
      await rm(this.logFolder, { recursive: true, force: true });
    }
  }

  get #logFile(): string {
    return join(this.logFolder, 'log');
  }

  async #run(program: 'main' | 'migrate', env: Readonly<NodeJS.ProcessEnv> = {}): Promise<ChildProcess> {
    const script = programOf(this.settings.service, program);
    if (!existsSync(script)) throw new Error(`${script} is missing: build it first`);
    const log = await open(this.#logFile, 'a');
    try {
      const own = program === 'main' ? (this.settings.nodeArguments ?? []) : [];
      const args = [...serviceFlags(this.settings.service), ...own, '--import', END_WITH_TEST, script];
      const child = spawn(process.execPath, args, {
        stdio: ['pipe', log.fd, log.fd],
        env: {
          PATH: process.env.PATH,
          ...serviceEnvironment(this.settings.service),
          ...this.settings.env,
          ...env,
        },
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
    const child = this.#child;
    if (child === undefined || !this.isRunning) return true;
    const ended = once(child, 'exit').then(() => true);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), deadlineMs);
    });
    const inTime = await Promise.race([ended, late]);
    clearTimeout(timer);
    return inTime;
  }

  async #failure(reason: string): Promise<Error> {
    const tail = await lastLines(this.#logFile, { count: LOG_LINES });
    return new Error(`${this.settings.service}: ${reason}. The end of its log:\n${tail}`);
  }
}

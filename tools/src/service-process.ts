import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  endProcess,
  lastLines,
  markOf,
  openLog,
  programOf,
  serviceEnvironment,
  serviceFlags,
  startDaemon,
  untilReady,
  type ProcessMark,
} from '@jangteo/infra';
import type { Service } from './services.js';

export interface ServiceOptions {
  readonly service: Service;
  readonly env: NodeJS.ProcessEnv;
  readonly healthUrl: string;
  readonly logPath: string;
  readonly signal: AbortSignal;
  readonly onStart: (mark: ProcessMark) => Promise<void>;
  readonly report: (line: string) => void;
}

const readyLimitMs = 60_000;
const stopLimitMs = 15_000;
const restartPauseMs = { first: 500, most: 15_000 };
/** A service that served this long was well: the next restart is immediate again. */
const wellAfterMs = 60_000;

/** Brings a service's database up to date. @throws with the end of the log when that fails. */
export async function migrate(
  options: Pick<ServiceOptions, 'service' | 'env' | 'logPath' | 'signal'>,
): Promise<void> {
  const { service, env, logPath, signal } = options;
  const { child, logStart } = await launch(service, 'migrate', env, logPath);
  const abort = () => child.kill('SIGTERM');
  signal.addEventListener('abort', abort);
  const { code } = await endOf(child);
  signal.removeEventListener('abort', abort);
  if (code === 0) return;
  const log = await lastLines(logPath, { fromByte: logStart });
  throw new Error(`The migrations of ${service} failed (exit code ${code}). The end of its log:\n${log}`);
}

/** A service that is kept running: when it dies, it is started again. */
export class ServiceProcess {
  private mark: ProcessMark | undefined;
  private stopping = false;
  private pauseMs = restartPauseMs.first;
  private revival: Promise<void> | undefined;

  constructor(private readonly options: ServiceOptions) {}

  /** Starts it and waits until it is ready. @throws with the end of its log when it does not become ready. */
  async start(): Promise<void> {
    const { service, env, healthUrl, logPath, signal, onStart } = this.options;
    const { child, logStart } = await launch(service, 'main', env, logPath);
    const mark = markOf(child.pid) ?? { pid: child.pid, startedAt: '' };
    this.mark = mark;
    await onStart(mark);
    await untilReady({
      name: service,
      mark,
      isReady: () => isHealthy(healthUrl),
      limitMs: readyLimitMs,
      signal,
      log: () => lastLines(logPath, { fromByte: logStart }),
    });
    const readySince = Date.now();
    void endOf(child).then((end) => {
      this.revival = this.revive(end, readySince);
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const end = async () => this.mark && endProcess(this.mark, 'SIGTERM', stopLimitMs);
    await end();
    // A restart that was under way may have started another one meanwhile.
    await this.revival;
    await end();
  }

  private async revive(end: ProcessEnd, readySince: number): Promise<void> {
    const { service, report, signal } = this.options;
    if (Date.now() - readySince > wellAfterMs) this.pauseMs = restartPauseMs.first;
    let reason = `ended (${end.killer ?? `exit code ${end.code}`})`;
    while (!this.stopping) {
      report(`${service} ${reason}; starting it again in ${this.pauseMs / 1_000} s`);
      await sleep(this.pauseMs, undefined, { signal }).catch(() => {});
      this.pauseMs = Math.min(this.pauseMs * 2, restartPauseMs.most);
      if (this.stopping) return;
      try {
        await this.start();
        report(`${service} is ready again`);
        return;
      } catch (error) {
        reason = `did not start: ${String(error)}`;
      }
    }
  }
}

interface ProcessEnd {
  readonly code: number | null;
  readonly killer: NodeJS.Signals | null;
}

async function endOf(child: ChildProcess): Promise<ProcessEnd> {
  if (child.exitCode !== null || child.signalCode !== null)
    return { code: child.exitCode, killer: child.signalCode };
  return new Promise((resolve) => child.once('exit', (code, killer) => resolve({ code, killer })));
}

async function launch(service: string, program: 'main' | 'migrate', env: NodeJS.ProcessEnv, logPath: string) {
  const log = await openLog(logPath);
  try {
    const { size: logStart } = await log.stat();
    const child = await startDaemon(
      process.execPath,
      [...serviceFlags(service), programOf(service, program)],
      {
        env: { ...serviceEnvironment(service), ...env },
        output: log.fd,
      },
    );
    return { child, logStart };
  } finally {
    await log.close();
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

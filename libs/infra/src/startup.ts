import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, isRunning, type ProcessMark } from './processes.js';

export interface StartOptions {
  /** Folder of its own for data, password and logs; made where it is missing. */
  readonly dataDir: string;
  /** Loopback port to listen on; a free one is taken where it is left out. */
  readonly port?: number;
  readonly onProgress?: (step: string) => void;
  /** Gives the start up: what was started by then is ended, and the start rejects. */
  readonly signal?: AbortSignal;
}

/** Of a server that reads a configuration file. */
export interface ConfiguredStart extends StartOptions {
  /** Lines of that file besides ours. */
  readonly settings?: readonly string[];
}

export interface Readiness {
  readonly name: string;
  readonly mark: ProcessMark;
  readonly isReady: () => Promise<boolean>;
  readonly limitMs: number;
  readonly signal?: AbortSignal;
  /** The end of its log, for the message of a failure. */
  readonly log: () => Promise<string>;
}

/**
 * Waits until a process that was just started answers.
 * @throws when it ends by itself, is too late or the start is given up; it does not run any more then.
 */
export async function untilReady(start: Readiness): Promise<void> {
  const { name, mark, isReady, limitMs, signal, log } = start;
  const deadline = Date.now() + limitMs;
  const problem = (): string | undefined => {
    if (signal?.aborted) return `the start of ${name} was given up`;
    if (!isRunning(mark)) return `${name} ended while it was starting`;
    return Date.now() > deadline ? `${name} was not ready after ${limitMs / 1_000} s` : undefined;
  };
  while (!(await isReady())) {
    const found = problem();
    if (found !== undefined) {
      await endProcess(mark, 'SIGTERM', 2_000);
      throw new Error(signal?.aborted ? found : `${found}. The end of its log:\n${await log()}`);
    }
    await sleep(50);
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import type { LoadMessage, LoadPlan, LoadResult } from './plan.js';

/** Beside this file, whether that runs compiled or as it is. */
const PROGRAM = new URL('main.js', import.meta.url);

export interface LoadWatch {
  /** Answers count from now on; the generator runs as this process. */
  onBegin(pid: number): Promise<void>;
  /** They have just ended to count; the generator still runs. */
  onEnd(pid: number): Promise<void>;
  readonly signal: AbortSignal;
}

function messagesOf(child: ChildProcess, watch: LoadWatch): Promise<LoadResult> {
  const pid = child.pid ?? 0;
  return new Promise((resolve, reject) => {
    let begun = Promise.resolve();
    child.once('error', reject);
    child.once('exit', (code, killer) =>
      reject(new Error(`The load generator ended early (${killer ?? `exit code ${code}`})`)),
    );
    child.on('message', (message: LoadMessage) => {
      switch (message.type) {
        case 'begun':
          begun = watch.onBegin(pid);
          begun.catch(reject);
          return;
        case 'ended':
          begun.then(() => watch.onEnd(pid)).then(() => resolve(message.result), reject);
          return;
        case 'failed':
          reject(new Error(message.reason));
      }
    });
  });
}

/**
 * Runs the load generator to its end.
 * @throws Error when it cannot go on, or when it is told to stop
 */
export async function runLoad(plan: LoadPlan, watch: LoadWatch): Promise<LoadResult> {
  const child = fork(PROGRAM, { execPath: process.execPath, execArgv: ['--enable-source-maps'] });
  const stop = (): void => void child.kill('SIGKILL');
  watch.signal.addEventListener('abort', stop);
  try {
    const result = messagesOf(child, watch);
    child.send(plan);
    return await result;
  } finally {
    watch.signal.removeEventListener('abort', stop);
    stop();
  }
}

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process as it can be recognised later: a pid alone may belong to another program by then. */
export interface ProcessMark {
  readonly pid: number;
  /** The process's start time, as text in whatever unit the system counts; only ever compared. */
  readonly startedAt: string;
}

/** The mark of a running process, or undefined where there is none (a zombie counts as ended). */
export function markOf(pid: number): ProcessMark | undefined {
  const startedAt = process.platform === 'linux' ? linuxStart(pid) : psField(pid, 'lstart');
  return startedAt ? { pid, startedAt } : undefined;
}

function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${bootId()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

let knownBootId: string | undefined;

/** Start times count from boot, so a mark from before a reboot must not match a process after it. */
function bootId(): string {
  knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return knownBootId;
}

function psField(pid: number, field: string): string | undefined {
  try {
    // Times in the same words in every shell: tools/bootstrap.mjs compares them too.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    return (
      execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8', env }).trim() ||
      undefined
    );
  } catch {
    return undefined;
  }
}

/** The command line of a running process, its arguments joined by spaces; empty where there is none. */
export function commandLineOf(pid: number): string {
  if (process.platform !== 'linux') return psField(pid, 'command') ?? '';
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/**
 * The running processes whose environment has this variable with this value, which every process inherits
 * from the one that started it: so they are found even when whoever started them is gone. Linux only.
 */
export function processesWith(variable: string, value: string): ProcessMark[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const marked = pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${variable}=${value}`);
    } catch {
      return false;
    }
  });
  return marked.map((pid) => markOf(Number(pid))).filter((mark) => mark !== undefined);
}

/** Checks that exactly this process still runs, and not another one with its pid. */
export function isRunning(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.startedAt === mark.startedAt;
}

/** Sends a signal to a process or, with a negative pid, to its whole group; one already gone is fine. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Ends a process: the polite signal first, then after `patienceMs` SIGKILL. Resolves once it is gone.
 * Works for processes of an earlier run too, which are nobody's children any more.
 */
export async function endProcess(
  mark: ProcessMark,
  signal: NodeJS.Signals,
  patienceMs: number,
): Promise<void> {
  if (!isRunning(mark)) return;
  signalProcess(mark.pid, signal);
  if (await isGoneWithin(mark, patienceMs)) return;
  signalProcess(mark.pid, 'SIGKILL');
  await isGoneWithin(mark, 10_000);
}

/** Waits until a process has ended; false when it still runs after `limitMs`. */
export async function isGoneWithin(mark: ProcessMark, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (isRunning(mark)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

export interface DaemonOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd?: string;
  /** File descriptor for its output. A pipe would end the daemon with us, and in the wrong order. */
  readonly output: number;
}

/**
 * Starts a program in a process group of its own, so that a Ctrl-C in the terminal reaches only us and
 * everything is stopped in our order. Throws when the program cannot be started at all.
 */
export async function startDaemon(
  program: string,
  args: readonly string[],
  { output, ...options }: DaemonOptions,
): Promise<ChildProcess & { pid: number }> {
  const child = spawn(program, args, { ...options, detached: true, stdio: ['ignore', output, output] });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return child as ChildProcess & { pid: number };
}

/**
 * Runs a program to its end and returns its output; throws with that output when it fails.
 * @param options.interruption passed on as Ctrl-C to the program and all that it has started; its end is waited for
 * @param options.withTerminal leaves it in the group of processes that the terminal's Ctrl-C reaches, as whoever has become
 *   root by sudo must be: nobody else can tell them anything
 */
export async function run(
  program: string,
  args: readonly string[],
  options: {
    env?: NodeJS.ProcessEnv;
    uid?: number;
    gid?: number;
    cwd?: string;
    timeoutMs?: number;
    signal?: AbortSignal;
    interruption?: AbortSignal | undefined;
    withTerminal?: boolean;
  } = {},
): Promise<string> {
  const { timeoutMs, interruption, withTerminal = false, ...spawnOptions } = options;
  interruption?.throwIfAborted();
  const child = spawn(program, args, {
    ...spawnOptions,
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !withTerminal,
  });
  const interrupt = (): void => {
    if (child.pid !== undefined && !withTerminal) signalProcess(-child.pid, 'SIGINT');
  };
  interruption?.addEventListener('abort', interrupt, { once: true });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      interruption?.removeEventListener('abort', interrupt);
      if (code === 0) return resolve(output);
      reject(new Error(`${program} ended with ${signal ?? code}: ${`${output}\n${errors}`.trim()}`));
    });
  });
}

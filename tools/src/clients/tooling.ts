import { spawn } from 'node:child_process';

/** The result of a command of another language's tools. */
export interface Ended {
  readonly ok: boolean;
  /** All that it printed. */
  readonly output: string;
}

const DEADLINE_MS = 30 * 60_000;

/** Runs a program to its end; one that is not there has failed, too. */
export async function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return await new Promise((resolve) => {
    child.once('error', (error) => resolve({ ok: false, output: String(error) }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** The tools of a language are not to be had here; nothing is known of what would have been tested. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}

/** Messages of package managers that cannot reach their registry. */
const UNREACHABLE =
  /ENOENT|EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Could not (transfer|resolve)|[Tt]emporary failure|dial tcp|[Cc]onnection refused|[Nn]etwork is unreachable|No matching distribution|failed to (download|fetch)|spurious network/;

const failure = (program: readonly string[], output: string): Error =>
  new Error(`${program.join(' ')} failed:\n${output.trimEnd().split('\n').slice(-40).join('\n')}`);

/** Runs a program that is here, and needs nothing else. @throws Error with the end of the output of one that failed */
export async function runHere(
  program: readonly [string, ...string[]],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { ok, output } = await runProgram(program, cwd, environment);
  if (!ok) throw failure(program, output);
}

/**
 * Runs programs one after the other, the first of which may need what only the registries have.
 *
 * @throws NotHere where a program or its registry is not there
 * @throws Error with the end of the output of one that failed
 */
export async function runAll(
  programs: readonly (readonly [string, ...string[]])[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const program of programs) {
    const { ok, output } = await runProgram(program, cwd, environment);
    if (ok) continue;
    const line = output.split('\n').find((one) => UNREACHABLE.test(one));
    if (line !== undefined) throw new NotHere(`${program[0]}: ${line.trim().slice(0, 300)}`);
    throw failure(program, output);
  }
}

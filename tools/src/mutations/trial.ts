import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jestCommand } from '../test-run.js';
import { applyPatch, type Mutation, type Witness } from './patches.js';

/** A place to try mutations: a copy of the project, and servers for its tests. */
export interface Bench {
  readonly copy: string;
  /** A folder for reports. */
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** The end of a test that must notice; `missing` when it did not run at all. */
export interface Testimony extends Witness {
  readonly end: 'passed' | 'failed' | 'missing';
  /** The gist of its first failure; empty where there was none. */
  readonly said: string;
}

export interface Trial {
  readonly mutation: Mutation;
  /** The reason why it could not be tried: the patch does not apply, or what it makes does not compile. */
  readonly obstacle?: string;
  readonly testimonies: readonly Testimony[];
  readonly seconds: number;
}

export function isDetected({ obstacle, testimonies }: Trial): boolean {
  return obstacle === undefined && testimonies.every(({ end }) => end === 'failed');
}

interface AssertionResult {
  readonly title: string;
  readonly status: string;
  readonly failureMessages?: readonly string[];
}

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly AssertionResult[];
  }[];
}

/** A mutated program may hang instead of failing; then its time is over. */
const TRIAL_DEADLINE_MS = 600_000;
const TEST_DEADLINE_MS = 60_000;
const GIST_CHARACTERS_MAX = 160;

/** Runs a program below the copy; its exit code and all that it wrote. */
async function run(
  { copy, env, signal }: Bench,
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TRIAL_DEADLINE_MS)]);
  const child = spawn(program, args, { cwd: copy, env, signal: deadline, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  return { code, output };
}

/** @returns what the compiler complains of; undefined when it compiles */
async function compile(bench: Bench): Promise<string | undefined> {
  const tsc = join(bench.copy, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await run(bench, process.execPath, [tsc, '-b']);
  return code === 0 ? undefined : output.trim();
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** The first line of a failure, and the first with what came instead of what was expected. */
function gistOf(message: string): string {
  const plain = message.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '');
  const lines = plain.split('\n');
  const received = lines.find((line) => /^\s*(Received|- )/.test(line));
  return [lines[0], received].map((line) => line?.trim().slice(0, GIST_CHARACTERS_MAX)).join('  ');
}

function testimonyOf(witness: Witness, { testResults }: JestReport): Testimony {
  const results = testResults.find(({ name }) => name.endsWith(`/${witness.file}`))?.assertionResults ?? [];
  const result = results.find(({ title }) => title === witness.title);
  const end = result?.status === 'passed' || result?.status === 'failed' ? result.status : 'missing';
  return { ...witness, end, said: gistOf(result?.failureMessages?.[0] ?? '') };
}

/** Compiles the copy as it is now, and runs tests in it. @throws Error when it does not compile */
export async function testify(bench: Bench, witnesses: readonly Witness[]): Promise<Testimony[]> {
  const complaint = await compile(bench);
  if (complaint !== undefined) throw new Error(`it does not compile:\n${complaint}`);
  const report = join(bench.dir, 'mutation.json');
  await rm(report, { force: true });
  const files = [...new Set(witnesses.map(({ file }) => file))];
  const titles = witnesses.map(({ title }) => `${escaped(title)}$`).join('|');
  const args = ['-t', titles, `--testTimeout=${TEST_DEADLINE_MS}`, '--runTestsByPath', ...files];
  const { output } = await run(bench, process.execPath, jestCommand(bench.copy, report, args));
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`the tests did not come to an end:\n${output.slice(-2_000)}`);
  return witnesses.map((witness) => testimonyOf(witness, JSON.parse(text) as JestReport));
}

/** Applies a mutation to the copy, lets its witnesses run, and takes it back. */
export async function tryMutation(bench: Bench, mutation: Mutation): Promise<Trial> {
  const began = performance.now();
  const ended = (rest: Pick<Trial, 'obstacle' | 'testimonies'>): Trial => {
    return { mutation, seconds: (performance.now() - began) / 1_000, ...rest };
  };
  const objection = applyPatch(mutation, bench.copy);
  if (objection !== undefined) {
    return ended({ obstacle: `the patch does not apply: ${objection}`, testimonies: [] });
  }
  try {
    return ended({ testimonies: await testify(bench, mutation.witnesses) });
  } catch (error) {
    return ended({ obstacle: error instanceof Error ? error.message : String(error), testimonies: [] });
  } finally {
    applyPatch(mutation, bench.copy, 'take back');
  }
}

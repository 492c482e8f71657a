import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { parse } from 'yaml';
import { isLoopback, type Phase } from './options.js';

export const LOAD_DIR = join(projectRoot(), 'load');

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}

/** @param inFolder `node_modules/.package-lock.json` is what npm has installed */
async function versionIn(inFolder: string): Promise<string | undefined> {
  const text = await readFile(join(LOAD_DIR, inFolder), 'utf8').catch(() => undefined);
  return text === undefined
    ? undefined
    : (JSON.parse(text) as Lock).packages['node_modules/artillery']?.version;
}

async function ends(command: string, args: readonly string[], options: object): Promise<number> {
  const child = spawn(command, args, { cwd: LOAD_DIR, stdio: 'inherit', ...options });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Fetches Artillery by its own lock file, once, and again when that names another version.
 * @throws Error where the registry does not give it
 */
export async function provideArtillery(signal: AbortSignal, say: (line: string) => void): Promise<void> {
  const wanted = await versionIn('package-lock.json');
  if (wanted === (await versionIn(join('node_modules', '.package-lock.json')))) return;
  say(`Fetching Artillery ${wanted} into load/node_modules (once; some 300 MB) ...`);
  // None of its packages needs a script of its own to be installed.
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await ends('npm', flags, { signal });
  if (code !== 0) throw new Error(`npm ci in load/ failed (${code})`);
}

/** The environment of a run: nobody is told of it, and a proxy is not asked for what is on this machine. */
export function artilleryEnvironment(url: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { HTTP_PROXY, HTTPS_PROXY, ...others } = environment;
  return {
    // With more, each would begin with the first customer.
    WORKERS: '1',
    ...(isLoopback(url) ? others : environment),
    ARTILLERY_DISABLE_TELEMETRY: 'true',
  };
}

/** The phases that a scenario's file has. */
export async function phasesOf(scenario: string): Promise<readonly Phase[]> {
  const text = await readFile(join(LOAD_DIR, `${scenario}.yml`), 'utf8');
  return (parse(text) as { config: { phases: readonly Phase[] } }).config.phases;
}

export interface Run {
  readonly scenario: string;
  readonly url: string;
  readonly output: string;
  readonly overrides: object | undefined;
  readonly signal: AbortSignal;
}

/** Runs a scenario, whose report goes to the standard output. @returns whether its thresholds held */
export async function runArtillery({ scenario, url, output, overrides, signal }: Run): Promise<boolean> {
  const program = join(LOAD_DIR, 'node_modules', 'artillery', 'bin', 'run');
  const more = overrides === undefined ? [] : ['--overrides', JSON.stringify(overrides)];
  const args = [program, 'run', '--target', url, '--output', output, ...more, `${scenario}.yml`];
  const env = artilleryEnvironment(url, process.env);
  return (await ends(process.execPath, args, { env, signal })) === 0;
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { localDir } from '../paths.js';

const run = promisify(execFile);

/** Of Debian's package, taken apart and not installed: it would start a server. */
async function fromDebian(): Promise<string> {
  const folder = join(localDir, 'promtool');
  const program = join(folder, 'usr', 'bin', 'promtool');
  if (existsSync(program)) return program;
  await mkdir(localDir, { recursive: true });
  const work = await mkdtemp(join(localDir, 'promtool-'));
  try {
    await run('apt-get', ['download', '-q', 'prometheus'], { cwd: work });
    const [archive = ''] = (await readdir(work)).filter((name) => name.endsWith('.deb'));
    await run('dpkg', ['-x', join(work, archive), join(work, 'package')]);
    await rm(folder, { recursive: true, force: true });
    await rename(join(work, 'package'), folder);
    return program;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Prometheus' own checker of configurations, rules and queries: the one on the PATH, else that of Debian's package.
 * @returns undefined where neither is to be had
 */
export async function findPromtool(): Promise<string | undefined> {
  for (const find of [async () => run('promtool', ['--version']).then(() => 'promtool'), fromDebian]) {
    const program = await find().catch(() => undefined);
    if (program !== undefined) return program;
  }
  return undefined;
}

interface Failed {
  readonly stdout: string;
  readonly stderr: string;
}

/** Findings of promtool; empty where all is well. @throws when it cannot be run */
export async function findingsOf(promtool: string, ...args: readonly string[]): Promise<string> {
  try {
    await run(promtool, args);
    return '';
  } catch (error) {
    if (!(error instanceof Error) || !('stdout' in error)) throw error;
    const { stdout, stderr } = error as Error & Failed;
    return stdout + stderr;
  }
}

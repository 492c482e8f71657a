import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  endProcess,
  isRunning,
  markOf,
  processesWith,
  removeInfrastructure,
  type ProcessMark,
} from '@jangteo/infra';
import { localDir } from './paths.js';
import { unmountBelow } from './stack/small-disk.js';

const ownerFile = 'owner.json';
const marker = 'JANGTEO_TEST_RUN';

/**
 * Makes the folder for one run of tests or measurements, after removing those of runs that were killed,
 * together with the servers that they left. Runs at the same time do not see each other.
 */
export async function makeTestDir(
  prefix: 'test-' | 'bench-' | 'chaos-' | 'matrix-' | 'compose-' = 'test-',
): Promise<string> {
  await mkdir(localDir, { recursive: true });
  await removeAbandoned(prefix);
  const dir = await mkdtemp(join(localDir, prefix));
  await mkdir(join(dir, 'tmp'));
  await writeFile(join(dir, ownerFile), JSON.stringify(markOf(process.pid)));
  return dir;
}

/** What tests are started with, so that whatever they start in turn can be told from everything else. */
export function testEnvironment(dir: string): NodeJS.ProcessEnv {
  return { ...process.env, NODE_ENV: 'test', TMPDIR: join(dir, 'tmp'), [marker]: dir };
}

/**
 * Removes the folder of a test run and ends what its tests left running: those that were interrupted had
 * no chance to clear up, and their data is worth nothing.
 */
export async function removeTestDir(dir: string): Promise<void> {
  await Promise.all(processesWith(marker, dir).map((mark) => endProcess(mark, 'SIGKILL', 0)));
  await removeInfrastructure(dir).catch(async (error: unknown) => {
    if (!(await unmountBelow(dir))) throw error;
    await removeInfrastructure(dir);
  });
}

async function removeAbandoned(prefix: string): Promise<void> {
  for (const name of await readdir(localDir)) {
    const owner = join(localDir, name, ownerFile);
    if (!name.startsWith(prefix) || !existsSync(owner)) continue;
    const mark = JSON.parse(await readFile(owner, 'utf8')) as ProcessMark;
    if (!isRunning(mark)) await removeTestDir(join(localDir, name));
  }
}

/** The arguments with which Node runs the tests of a project's folder, and leaves a report. */
export function jestCommand(root: string, report: string, args: readonly string[]): string[] {
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  return [...node, jest, '--json', `--outputFile=${report}`, ...args];
}

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** Counts what jest reported; a suite that could not run is one failure, a missing report is another. */
export async function countTests(reportPath: string): Promise<TestCount> {
  const text = await readFile(reportPath, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1 };
  const report = JSON.parse(text) as JestResult;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
  };
}

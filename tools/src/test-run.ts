import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, markOf, removeInfrastructure, type ProcessMark } from '@jangteo/infra';
import { localDir } from './paths.js';

const prefix = 'test-';
const ownerFile = 'owner.json';

/**
 * Makes the folder for one test run, after removing those of runs that were killed, together with the
 * servers that they left. Runs at the same time do not see each other.
 */
export async function makeTestDir(): Promise<string> {
  await mkdir(localDir, { recursive: true });
  await removeAbandoned();
  const dir = await mkdtemp(join(localDir, prefix));
  await writeFile(join(dir, ownerFile), JSON.stringify(markOf(process.pid)));
  return dir;
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(localDir)) {
    const owner = join(localDir, name, ownerFile);
    if (!name.startsWith(prefix) || !existsSync(owner)) continue;
    const mark = JSON.parse(await readFile(owner, 'utf8')) as ProcessMark;
    if (!isRunning(mark)) await removeInfrastructure(join(localDir, name));
  }
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

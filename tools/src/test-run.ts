import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import {
  endProcess,
  isRunning,
  markOf,
  processesWith,
  projectRoot,
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
  prefix: 'test-' | 'bench-' | 'chaos-' | 'matrix-' | 'compose-' | 'statistics-' = 'test-',
): Promise<string> {
  await mkdir(localDir, { recursive: true });
  await removeAbandoned(prefix);
  const dir = await mkdtemp(join(localDir, prefix));
  await mkdir(join(dir, 'tmp'));
  await writeFile(join(dir, ownerFile), JSON.stringify(markOf(process.pid)));
  return dir;
}

/**
 * The environment of tests: with a mark that tells whatever they start in turn from everything else, and a name for
 * the sample that they try of what takes long, another one each time.
 */
export function testEnvironment(dir: string): NodeJS.ProcessEnv {
  return {
    TEST_SEED: String(Date.now()),
    NODE_COMPILE_CACHE: join(projectRoot(), 'node_modules', '.cache', 'node'),
    ...process.env,
    NODE_ENV: 'test',
    TMPDIR: join(dir, 'tmp'),
    [marker]: dir,
  };
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

/** Of jest's JSON report what is read here. */
interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    /** The file, as an absolute path. */
    readonly name: string;
    /** The reason why the file could not be run, or all failures as text. */
    readonly message: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

async function readReport(path: string): Promise<JestReport | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as JestReport);
}

/** Counts what jest reported; a suite that could not run is one failure, a missing report is another. */
export async function countTests(reportPath: string): Promise<TestCount> {
  const report = await readReport(reportPath);
  if (report === undefined) return { passed: 0, failed: 1 };
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
  };
}

/**
 * Failures in jest's report, a line each: `FAILED file › title: how its message begins`. A long run
 * prints them at its end, where they are found, since each failure's own text lies far above.
 */
export async function failureLines(reportPath: string): Promise<string[]> {
  const report = await readReport(reportPath);
  return (report?.testResults ?? []).flatMap(({ name, message, status, assertionResults }) => {
    const file = relative(projectRoot(), name);
    const failed = assertionResults.filter((result) => result.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [`FAILED ${file}: ${beginning(message)}`] : [];
    return failed.map(
      ({ fullName, failureMessages }) =>
        `FAILED ${file} › ${fullName}: ${beginning(failureMessages?.[0] ?? '')}`,
    );
  });
}

/**
 * Tests of jest's report that were left out, a line each: `######## NOT TESTED: file › title`. So nothing is left out in
 * silence, such as what needs a program that this machine has not.
 */
export async function untestedLines(reportPath: string): Promise<string[]> {
  const report = await readReport(reportPath);
  return (report?.testResults ?? []).flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'pending' || status === 'todo')
      .map(({ fullName }) => `######## NOT TESTED: ${relative(projectRoot(), name)} › ${fullName}`),
  );
}

const BEGINNING_CHARS = 240;

/** A message without colours on one line, cut short. */
function beginning(message: string): string {
  const line = stripVTControlCharacters(message).replace(/\s+/g, ' ').trim();
  return line.length > BEGINNING_CHARS ? `${line.slice(0, BEGINNING_CHARS)} ...` : line;
}

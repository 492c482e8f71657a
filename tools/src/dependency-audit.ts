import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { judge, unaskedFailures, unneeded, type Allowance, type Severity } from './advisories.js';

const LIMIT_MS = 60_000;

interface Audited {
  readonly what: string;
  readonly args: readonly string[];
  /** The lowest severity at which an advisory fails. */
  readonly bar: Severity;
}

/** Packages that run in a shop are held to more than those that build and test it. */
const AUDITED: readonly Audited[] = [
  { what: 'packages of the shop', args: ['--omit=dev'], bar: 'high' },
  { what: 'packages of the shop and its development', args: [], bar: 'critical' },
];

/** The output of `npm audit`, whatever its exit code: it fails for findings and for want of an answer alike. */
async function audit(args: readonly string[]): Promise<string> {
  const flags = ['audit', '--json', '--fetch-retries=0', `--fetch-timeout=${LIMIT_MS / 2}`, ...args];
  const child = spawn('npm', flags, {
    cwd: projectRoot(),
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: LIMIT_MS,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => {
    child.once('error', resolve);
    child.once('close', resolve);
  });
  return output;
}

async function allowList(): Promise<readonly Allowance[]> {
  const path = join(projectRoot(), 'tools', 'allowed-advisories.json');
  return JSON.parse(await readFile(path, 'utf8')) as Allowance[];
}

/**
 * Asks the registry what is known of the packages in use, and says what it answers.
 *
 * @param isRequired whether it fails where the registry cannot be asked, which is said anyway
 * @returns how many advisories fail
 */
export async function auditDependencies(isRequired: boolean): Promise<number> {
  const allowed = await allowList();
  const today = new Date().toISOString().slice(0, 10);
  const outputs = await Promise.all(AUDITED.map(({ args }) => audit(args)));
  const failures = new Set<string>();
  for (const [index, { what, bar }] of AUDITED.entries()) {
    const verdict = judge(outputs[index] ?? '', bar, allowed, today);
    if (verdict.kind === 'unasked') {
      console.log(`Dependency audit: NOT DONE for ${what}: ${verdict.reason}`);
      for (const failure of unaskedFailures(what, isRequired)) failures.add(failure);
      continue;
    }
    for (const note of verdict.notes) console.log(`Dependency audit: ${note}`);
    for (const failure of verdict.failures) failures.add(failure);
    const bad = verdict.failures.length;
    console.log(`Dependency audit: ${what}: ${bad} of severity ${bar} or worse that are not allowed`);
  }
  for (const failure of failures) console.log(`FAILED dependency audit: ${failure}`);
  for (const { advisory, package: name } of unneeded(outputs, allowed)) {
    console.log(`Dependency audit: ${advisory} of ${name} need not be allowed any more`);
  }
  return failures.size;
}

import { cpus, release, totalmem } from 'node:os';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, run } from '@jangteo/infra';
import { chartOf } from './chart.js';
import type { BenchResult, BenchSetting } from './bench-result.js';
import type { Stack } from '../stack/stack.js';
import { serverVersions } from '../versions.js';
import { shareOfLimit } from './targets.js';

export const resultsDir = join(projectRoot(), 'bench', 'results');

/** Variables that a user may have set for the services, without any that could be a secret. */
const TUNING =
  /^(BATCH|PREFETCH|DATABASE_POOL|DATABASE_STATEMENT|LOG_LEVEL|NODE_ENV|UV_|NODE_OPTIONS|RANKING|CACHE_[ET]|SAGA|SWEEP|ORDER_DEADLINE|.*_MAX$|.*_MS$)/;

async function commitOf(): Promise<string> {
  const git = (args: string[]): Promise<string> => run('git', ['-C', projectRoot(), ...args]);
  try {
    const [commit, changes] = await Promise.all([git(['rev-parse', 'HEAD']), git(['status', '--porcelain'])]);
    return `${commit.trim()}${changes.trim() === '' ? '' : ' modified'}`;
  } catch {
    return 'unknown';
  }
}

async function versionsOf(stack: Stack): Promise<Record<string, string>> {
  const { PostgreSQL, RabbitMQ } = await serverVersions(stack.infrastructure);
  const { version: jangteo } = JSON.parse(await readFile(join(projectRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return {
    jangteo,
    node: process.versions.node,
    postgres: PostgreSQL,
    rabbitmq: RabbitMQ,
  };
}

/** Looks around while the stack runs. */
export async function settingOf(stack: Stack): Promise<BenchSetting> {
  const [processor] = cpus();
  return {
    machine: {
      processor: processor?.model ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      system: `${process.platform} ${release()} ${process.arch}`,
    },
    versions: await versionsOf(stack),
    commit: await commitOf(),
  };
}

/** Variables of the environment that may have changed the figures. */
export function tuningIn(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(([name]) => TUNING.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}

/**
 * Writes a run's figures as JSON and, where there is something to draw, as a chart.
 * @returns the paths of the files
 */
export async function writeResults(
  run: Omit<BenchResult, 'shareOfLimit' | 'environment'>,
  dir: string,
): Promise<string[]> {
  const { measurements, startedAt } = run;
  const result: BenchResult = {
    ...run,
    environment: tuningIn(process.env),
    shareOfLimit: shareOfLimit(measurements),
  };
  await mkdir(dir, { recursive: true });
  const base = join(dir, startedAt.replaceAll(':', '-').replace(/[.]\d+Z$/, ''));
  const chart = chartOf(result);
  await writeFile(`${base}.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  if (chart !== undefined) await writeFile(`${base}.svg`, chart);
  return [`${base}.json`, ...(chart === undefined ? [] : [`${base}.svg`])];
}

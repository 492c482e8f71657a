import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { processesWith, projectRoot } from '@jangteo/infra';
import type { BenchResult } from '../src/bench/bench-result.js';

const PROGRAM = join(projectRoot(), 'tools', 'dist', 'src', 'bench.js');
const MARK = 'JANGTEO_BENCH_TEST';

export interface BenchRun {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** `npm run bench` in a folder of the test file's own, which ends with it. */
export function benchProgram() {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bench-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  return {
    /** A path in its folder. */
    path: (...names: readonly string[]): string => join(dir, ...names),

    start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
      const child: ChildProcess = spawn(
        process.execPath,
        [PROGRAM, '--out', dir, '--run-in', '0.5', ...args],
        {
          env: { ...process.env, NODE_ENV: 'production', JANGTEO_LOCAL_DIR: dir, [MARK]: dir, ...env },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      let output = '';
      let errors = '';
      child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      const ended = new Promise<BenchRun>((resolve) =>
        child.once('close', (code) => resolve({ code, output, errors })),
      );
      return { child, ended, errors: () => errors };
    },

    /** With what it said on the way, so that a failure shows why. */
    expectEnd({ code, errors, output }: BenchRun, wanted: number): void {
      if (code !== wanted) throw new Error(`ended with ${code} instead of ${wanted}:\n${errors}\n${output}`);
    },

    /** Nothing that a run started is left, and none of its data. */
    expectNothingLeft(): void {
      expect(processesWith(MARK, dir)).toEqual([]);
      expect(readdirSync(dir).filter((name) => name.startsWith('bench-'))).toEqual([]);
    },

    /** The figures that a run has written into a folder, and the path of their file. */
    async written(folder = dir): Promise<{ result: BenchResult; path: string }> {
      const path = join(folder, readdirSync(folder).find((name) => name.endsWith('.json')) ?? '');
      return { result: JSON.parse(await readFile(path, 'utf8')) as BenchResult, path };
    },
  };
}

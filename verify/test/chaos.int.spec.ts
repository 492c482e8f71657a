import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { processesWith, projectRoot } from '@jangteo/infra';

const PROGRAM = join(projectRoot(), 'verify', 'dist', 'src', 'main.js');
const MARK = 'JANGTEO_CHAOS_TEST';
const RUN_MS = 300_000;

describe('npm run chaos', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'chaos-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it(
    'does harm by a seed, and finds every promise kept',
    async () => {
      const out = join(dir, 'result.json');
      const args = ['chaos', '--seed', '1', '--minutes', '0.7', '--clients', '8', '--out', out];
      const child = spawn(process.execPath, [PROGRAM, ...args], {
        env: { ...process.env, NODE_ENV: 'production', JANGTEO_LOCAL_DIR: dir, [MARK]: dir },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      }
      const code = await new Promise((resolve) => child.once('close', resolve));
      // With all that it said, so that a failure shows what was done to whom.
      if (code !== 0) throw new Error(`ended with ${String(code)}:\n${output}`);
      expect(output).toContain('Every invariant held (seed 1)');
      const result = JSON.parse(await readFile(out, 'utf8')) as Record<string, object>;
      expect(result).toMatchObject({ seed: 1, isHeld: true });
      expect(Object.keys(result.faults ?? {}).length).toBeGreaterThan(2);
      expect(processesWith(MARK, dir)).toEqual([]);
      expect((await readdir(dir)).filter((name) => name.startsWith('chaos-'))).toEqual([]);
    },
    RUN_MS,
  );
});

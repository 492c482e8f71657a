import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, processesWith, projectRoot } from '@jangteo/infra';
import type { BenchResult } from '../src/bench/bench-result.js';

const PROGRAM = join(projectRoot(), 'tools', 'dist', 'src', 'bench.js');
const MARK = 'JANGTEO_BENCH_TEST';

interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

describe('npm run bench', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bench-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child: ChildProcess = spawn(process.execPath, [PROGRAM, '--out', dir, '--run-in', '0.5', ...args], {
      env: { ...process.env, NODE_ENV: 'production', JANGTEO_LOCAL_DIR: dir, [MARK]: dir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const ended = new Promise<Run>((resolve) =>
      child.once('close', (code) => resolve({ code, output, errors })),
    );
    return { child, ended, errors: () => errors };
  }

  /** With what it said on the way, so that a failure shows why. */
  function expectEnd({ code, errors, output }: Run, wanted: number): void {
    if (code !== wanted) throw new Error(`ended with ${code} instead of ${wanted}:\n${errors}\n${output}`);
  }

  /** Nothing that a run started is left, and none of its data. */
  function expectNothingLeft(): void {
    expect(processesWith(MARK, dir)).toEqual([]);
    expect(readdirSync(dir).filter((name) => name.startsWith('bench-'))).toEqual([]);
  }

  it('measures, finds the books exact, and writes what it found', async () => {
    const scenarios = ['orders', 'coupon', 'hot', 'balance', 'overload', 'limit', 'stored', 'long'];
    const size = [
      '--users',
      '30',
      '--products',
      '5',
      '--clients',
      '8',
      '--seconds',
      '0.5',
      '--warm-up',
      '0.5',
    ];
    const lengths = ['--overload', '40', '--orders', '3000', '--minutes', '0.03'];
    const run = await start(['--only', scenarios.join(), ...size, ...lengths]).ended;
    expectEnd(run, 0);
    for (const name of scenarios) expect(run.output).toMatch(new RegExp(`^${name}\\b.* exact$`, 'm'));
    expect(run.output).not.toContain('NOT EXACT');
    expect(run.output).toMatch(/^Limit: [\d,]+ orders a second/m);

    const json = readdirSync(dir).find((name) => name.endsWith('.json')) ?? '';
    const result = JSON.parse(await readFile(join(dir, json), 'utf8')) as BenchResult;
    expect(new Set(result.measurements.map(({ scenario }) => scenario))).toEqual(new Set(scenarios));
    expect(result.versions).toMatchObject({ node: process.versions.node, postgres: expect.any(String) });
    expect(result.targets.length).toBeGreaterThan(10);
    expect(await readFile(join(dir, json.replace('.json', '.svg')), 'utf8')).toContain('<svg');
    expectNothingLeft();
  });

  it('places the same orders in another shop by turns, with exact books in both, and compares', async () => {
    const size = ['--users', '10', '--products', '5', '--clients', '8', '--seconds', '3', '--warm-up', '0.5'];
    const out = join(dir, 'beside-a-peer');
    const run = await start(['--peer', 'stock-nest', '--rounds', '2', '--out', out, ...size]).ended;
    expectEnd(run, 0);
    for (const name of ['jangteo', 'stock-nest']) {
      expect(run.output.match(new RegExp(`^orders: ${name} .* exact$`, 'gm'))).toHaveLength(2);
    }
    const json = readdirSync(out).find((name) => name.endsWith('.json')) ?? '';
    const { comparison, measurements } = JSON.parse(await readFile(join(out, json), 'utf8')) as BenchResult;
    expect(comparison).toMatchObject([{ clients: 8, rounds: 2 }]);
    for (const { ratio } of comparison ?? []) expect(ratio.median).toBeGreaterThan(0);
    expect(measurements.every(({ processes }) => processes.idle !== undefined)).toBe(
      process.platform === 'linux',
    );
    expectNothingLeft();
  });

  it('places the same orders with streams open and with none by turns, and compares', async () => {
    const size = ['--users', '10', '--products', '5', '--clients', '8', '--seconds', '3', '--warm-up', '0.5'];
    const out = join(dir, 'beside-streams');
    const run = await start(['--streams', '20', '--rounds', '1', '--out', out, ...size]).ended;
    expectEnd(run, 0);
    for (const name of ['streams', 'none']) {
      expect(run.output).toMatch(new RegExp(`^orders: ${name} .* exact$`, 'm'));
    }
    const json = readdirSync(out).find((name) => name.endsWith('.json')) ?? '';
    const { comparison } = JSON.parse(await readFile(join(out, json), 'utf8')) as BenchResult;
    expect(comparison).toMatchObject([{ clients: 8, rounds: 1 }]);
    expectNothingLeft();
  });

  it('keeps to a rate, and profiles several processes of a service', async () => {
    const size = ['--users', '10', '--products', '2', '--seconds', '1', '--warm-up', '0.5'];
    const how = ['--rate', '40', '--replicas', 'order=2,gateway=2', '--profile', 'order'];
    const run = await start(['--only', 'orders', ...size, ...how]).ended;
    expectEnd(run, 0);
    expect(run.output).toMatch(/^orders +40\/s +40 /m);
    for (const replica of [1, 2]) {
      expect(existsSync(join(dir, 'profiles', `order-${replica}.cpuprofile`))).toBe(true);
    }
  });

  it('fails a run in which the shop did not answer as it should, and says what it answered', async () => {
    const args = ['--only', 'orders', '--users', '5', '--products', '2', '--clients', '8', '--seconds', '1'];
    const run = await start(args, { RATE_LIMIT_PER_MINUTE: '60' }).ended;
    expectEnd(run, 1);
    expect(run.errors).toMatch(/\d+ × 429 RATE_LIMITED/);
    expect(run.output).toMatch(/^orders .* NOT EXACT$/m);
  });

  it('ends all that it started when it is interrupted', async () => {
    const { child, ended, errors } = start(['--only', 'orders', '--users', '5', '--products', '2']);
    const isMeasuring = (): boolean => errors().includes('orders: POST');
    await eventually(() => isMeasuring() || child.exitCode !== null, { deadlineMs: 90_000 });
    if (!isMeasuring()) throw new Error(errors());
    child.kill('SIGINT');
    expectEnd(await ended, 130);
    expectNothingLeft();
  });

  it('says what is wrong with an option', async () => {
    const run = await start(['--only', 'oders']).ended;
    expect(run).toMatchObject({ code: 1, errors: expect.stringContaining('--only does not know "oders"') });
  });
});

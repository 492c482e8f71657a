import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { benchProgram } from './bench-program.js';

const SIZE = ['--users', '10', '--products', '5', '--clients', '8', '--seconds', '2', '--warm-up', '0.5'];

describe('npm run bench', () => {
  const { path, start, expectEnd, expectNothingLeft, written } = benchProgram();

  it('places the same orders in another shop by turns, with exact books in both, and compares', async () => {
    const out = path('beside-a-peer');
    const run = await start(['--peer', 'stock-nest', '--rounds', '2', '--out', out, ...SIZE]).ended;
    expectEnd(run, 0);
    for (const name of ['jangteo', 'stock-nest']) {
      expect(run.output.match(new RegExp(`^orders: ${name} .* exact$`, 'gm'))).toHaveLength(2);
    }
    const { comparison, measurements } = (await written(out)).result;
    expect(comparison).toMatchObject([{ clients: 8, rounds: 2 }]);
    for (const { ratio } of comparison ?? []) expect(ratio.median).toBeGreaterThan(0);
    expect(measurements.every(({ processes }) => processes.idle !== undefined)).toBe(
      process.platform === 'linux',
    );
    expectNothingLeft();
  });

  it('places the same orders with streams open and with none by turns, and compares', async () => {
    const out = path('beside-streams');
    const run = await start(['--streams', '20', '--rounds', '1', '--out', out, ...SIZE]).ended;
    expectEnd(run, 0);
    for (const name of ['streams', 'none']) {
      expect(run.output).toMatch(new RegExp(`^orders: ${name} .* exact$`, 'm'));
    }
    expect((await written(out)).result.comparison).toMatchObject([{ clients: 8, rounds: 1 }]);
    expectNothingLeft();
  });

  it('keeps to a rate, and profiles several processes of a service', async () => {
    const size = ['--users', '10', '--products', '2', '--seconds', '1', '--warm-up', '0.5'];
    const how = ['--rate', '40', '--replicas', 'order=2,gateway=2', '--profile', 'order'];
    const run = await start(['--only', 'orders', ...size, ...how]).ended;
    expectEnd(run, 0);
    expect(run.output).toMatch(/^orders +40\/s +40 /m);
    for (const replica of [1, 2]) {
      expect(existsSync(path('profiles', `order-${replica}.cpuprofile`))).toBe(true);
    }
  });
});

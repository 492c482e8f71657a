import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@jangteo/infra';
import { sampled } from '@jangteo/testkit';
import { benchProgram } from './bench-program.js';

/** Orders are what the chart shows, and what the limit is compared with. */
const SCENARIOS = [
  'orders',
  ...sampled(
    'scenarios',
    [['limit'], ['coupon', 'hot'], ['balance', 'overload'], ['stored'], ['long']],
    2,
  ).flat(),
];

describe('npm run bench', () => {
  const { start, expectEnd, expectNothingLeft, written } = benchProgram();

  it('measures, finds the books exact, and writes what it found', async () => {
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
    const run = await start(['--only', SCENARIOS.join(), ...size, ...lengths]).ended;
    expectEnd(run, 0);
    for (const name of SCENARIOS) expect(run.output).toMatch(new RegExp(`^${name}\\b.* exact$`, 'm'));
    expect(run.output).not.toContain('NOT EXACT');
    expect(/^Limit: [\d,]+ orders a second/m.test(run.output)).toBe(SCENARIOS.includes('limit'));

    const { result, path } = await written();
    expect(new Set(result.measurements.map(({ scenario }) => scenario))).toEqual(new Set(SCENARIOS));
    expect(result.versions).toMatchObject({ node: process.versions.node, postgres: expect.any(String) });
    expect(result.targets.length).toBeGreaterThan(10);
    expect(await readFile(path.replace('.json', '.svg'), 'utf8')).toContain('<svg');
    expectNothingLeft();
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

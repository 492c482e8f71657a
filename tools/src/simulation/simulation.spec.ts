import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { PromiseName } from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import { BROKEN, type BrokenName } from './broken.js';
import { PRODUCT } from './product.js';
import { search, textOf } from './report.js';
import { runSeed } from './run.js';

const HISTORIES = 5_000;
/** Within so many, each broken rule is found. */
const SOON = 2_000;
/** Fewest orders to be tried: a rule that is never tried is not proven. */
const ORDERS_MIN = 200;
const MANY_STEPS = 10;

const program = join(projectRoot(), 'tools', 'dist', 'src', 'simulate.js');

/** Runs the command, as compiled: a process of its own does many times what the test's does in the same time. */
function simulate(...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}

/** The promise that breaks, with each rule. */
const SEEN_AS: Record<BrokenName, PromiseName> = {
  'no-tombstone': 'stock',
  'decided-again': 'repeats',
  'undo-not-owed': 'money',
  'ack-first': 'readers',
  'batch-blind': 'money',
  'released-as-named': 'stock',
  'undone-once': 'orders',
  'key-is-order-id': 'repeats',
  'carts-emptied-by-failures': 'carts',
};

describe('the simulation', () => {
  it('finds every promise kept, whatever is lost, doubled, late, in another order, or dies', () => {
    const { stdout, status } = simulate('--seed', '1', '--seeds', String(HISTORIES));
    expect(/breaks a promise: .*/.exec(stdout)?.[0]).toBe(undefined);
    expect(stdout).toContain(`${HISTORIES.toLocaleString('en')} histories from seed 1`);
    expect(stdout).toContain('Every promise was kept.');
    expect(status).toBe(0);
    for (const end of ['SUCCESS', 'CANCELLED', 'FAILED, ORDER_TIMED_OUT', 'FAILED, INSUFFICIENT_BALANCE']) {
      const [, orders = '0'] = new RegExp(`([\\d,]+) orders ${end}$`, 'm').exec(stdout) ?? [];
      expect(Number(orders.replace(',', ''))).toBeGreaterThan(ORDERS_MIN);
    }
  });

  it('ends with 1 when a promise is broken, and with 2 when it was not understood', () => {
    const { stdout, status } = simulate('--seed', '1', '--broken', 'undo-not-owed');
    expect(stdout).toContain('breaks a promise');
    expect(status).toBe(1);
    expect(simulate('--seeds', 'many')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('"many"'),
    });
    expect(simulate('--broken', 'it')).toMatchObject({ status: 2, stderr: expect.stringContaining('"it"') });
  });

  it('brings the same history for the same seed', () => {
    expect(runSeed(7, PRODUCT).history).toEqual(runSeed(7, PRODUCT).history);
    expect(runSeed(7, PRODUCT).history).not.toEqual(runSeed(8, PRODUCT).history);
  });

  it.each(Object.keys(BROKEN) as BrokenName[])('finds %s, and shows it in a few steps', (name) => {
    const { finding } = search(1, SOON, BROKEN[name].of(PRODUCT));
    expect(finding?.violation.promise).toBe(SEEN_AS[name]);
    expect(finding?.steps).toBeLessThan(MANY_STEPS);
    const text = finding === undefined ? '' : textOf(finding);
    expect(text).toContain(`Seed ${finding?.seed} breaks a promise: ${SEEN_AS[name]}`);
    expect(text).toContain('order/0 takes order.place');
  });

  it('shows how a debit that comes after its refund takes money for ever without a tombstone', () => {
    const { finding } = search(225, 1, BROKEN['no-tombstone'].of(PRODUCT));
    const told = finding?.lines.join('\n') ?? '';
    expect(told).toMatch(
      /wallet\.debit (\w+) is lost[^]*refund \1: commits \1 refunded 0[^]*debit \1: commits/,
    );
  });
});

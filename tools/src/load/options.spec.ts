import { describe, expect, it } from '@jest/globals';
import { artilleryEnvironment } from './artillery.js';
import { isLoopback, loadOptions, overridesOf, tokensFault } from './options.js';
import { pairsOf } from './world.js';

const optionsOf = (...args: string[]) => loadOptions(args)!;

describe('npm run load', () => {
  it.each([
    ['http://localhost:3000', true],
    ['http://127.0.0.1:3000', true],
    ['http://[::1]:3000', true],
    ['http://2130706433', true],
    ['https://shop.example', false],
    ['http://localhost.shop.example', false],
    ['http://127.0.0.1@shop.example', false],
    ['http://127.shop.example', false],
    ['http://10.0.0.1', false],
    ['http://0.0.0.0:3000', false],
  ])('takes %s for this machine: %s', (url, isHere) => {
    expect(isLoopback(url)).toBe(isHere);
  });

  it.each([
    [['orders'], /charge, order, coupon, mixed/],
    [[], /Name one/],
    [['order', 'mixed'], /Name one/],
    [['order', '--rate', '0'], /--rate/],
    [['order', '--rate', '1.5'], /--rate/],
    [['order', '--seconds', '601'], /--seconds/],
    [['order', '--users', '1e9'], /--users/],
    [['coupon', '--rate', '10'], /--users/],
    [['order', '--target', 'http://localhost'], /target/],
  ])('refuses %j', (args, problem) => {
    expect(() => loadOptions(args)).toThrow(problem);
  });

  it('leaves the phases to the file, unless it is told others', () => {
    expect(overridesOf(optionsOf('order'))).toBeUndefined();
    expect(overridesOf(optionsOf('coupon'))).toBeUndefined();
    const phases = (...args: string[]) => overridesOf(optionsOf(...args));
    expect(phases('order', '--rate', '7')).toEqual({
      config: { phases: [{ duration: 30, arrivalRate: 7 }] },
    });
    expect(phases('mixed', '--seconds', '5')).toEqual({
      config: { phases: [{ duration: 5, arrivalRate: 20 }] },
    });
    expect(phases('coupon', '--users', '9')).toEqual({
      config: { phases: [{ duration: 2, arrivalCount: 9 }] },
    });
    expect(phases('coupon', '--seconds', '9')).toEqual({
      config: { phases: [{ duration: 9, arrivalCount: 210 }] },
    });
  });

  it('refuses a load that the tokens of its customers do not outlast', () => {
    expect(tokensFault(660, 600)).toBeUndefined();
    expect(tokensFault(659.9, 600)).toMatch(/in 659 s, .* for 660: .*--users.*ACCESS_TOKEN_SECONDS/);
  });

  it('tells nobody of a run, and asks a proxy for others only', () => {
    const environment = { HTTP_PROXY: 'http://proxy', PATH: '/bin' };
    expect(artilleryEnvironment('http://localhost', environment)).toEqual({
      PATH: '/bin',
      WORKERS: '1',
      ARTILLERY_DISABLE_TELEMETRY: 'true',
    });
    expect(artilleryEnvironment('http://shop.example', environment)).toHaveProperty('HTTP_PROXY');
  });

  it('never orders a product twice in one order', () => {
    expect(pairsOf(['a', 'b', 'c'])).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { readChaosOptions } from './chaos-options.js';

describe('the options of npm run chaos', () => {
  it('are all faults for three minutes where nothing is said, by a seed of their own', () => {
    const options = readChaosOptions([]);
    expect(options).toMatchObject({ minutes: 3, clients: 16, out: undefined });
    expect(options.only).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(Number.isInteger(options.seed)).toBe(true);
  });

  it('choose faults by the numbers of their tests', () => {
    expect(readChaosOptions(['--only', '9, 3', '--seed', '5'])).toMatchObject({ only: [3, 9], seed: 5 });
  });

  it.each([
    [['--only', '23'], '--only does not know "23"'],
    [['--only', '21'], 'fuzz.e2e.spec.ts'],
    [['--seed', '1.5'], '--seed takes a whole number'],
    [['--clients', '0'], '--clients takes a whole number from 1'],
    [['--minutes', 'ten'], '--minutes takes a number'],
    [['--hours', '1'], '--hours'],
  ])('%j are refused by name', (args, problem) => {
    expect(() => readChaosOptions(args)).toThrow(problem);
  });
});

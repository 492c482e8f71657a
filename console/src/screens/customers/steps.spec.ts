import { describe, expect, it } from '@jest/globals';
import { stepsOf } from './steps.js';

describe('the steps of a balance', () => {
  it('are level until the moment of a change', () => {
    const balances = [
      { at: 0, amount: 100 },
      { at: 50, amount: 25 },
      { at: 100, amount: 50 },
    ];
    expect(stepsOf(balances, 200, 80)).toEqual({ path: 'M0 0H100V60H200V40H200', max: 100 });
  });

  it('are a line for one balance, and for a wallet that is empty', () => {
    expect(stepsOf([{ at: 5, amount: 7 }], 200, 80).path).toBe('M0 0H200');
    expect(stepsOf([{ at: 5, amount: 0 }], 200, 80).path).toBe('M0 80H200');
    expect(stepsOf([], 200, 80).path).toBe('');
  });
});

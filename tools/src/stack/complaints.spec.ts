import { describe, expect, it } from '@jest/globals';
import { complaintsIn } from './complaints.js';

describe('complaintsIn', () => {
  it('takes warnings and errors, without what is particular to each', () => {
    const lines = [
      { level: 'warn', msg: 'batch 17 took 900 ms', context: 'Batcher' },
      { level: 'info', msg: 'ready' },
      { level: 'error', msg: 'order 01a1fc6d-fb90-79e9-82d3-f52ca92570d9 is lost' },
    ].map((line) => JSON.stringify(line));
    expect(complaintsIn('order', [...lines, 'not JSON', ''].join('\n'))).toEqual([
      'warn of order, Batcher: batch … took … ms',
      'error of order: order … is lost',
    ]);
  });
});

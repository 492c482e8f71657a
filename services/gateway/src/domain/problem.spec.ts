import { describe, expect, it } from '@jest/globals';
import { REFUSAL_CODES, REFUSALS } from '@jangteo/contracts';
import { problemOf } from './problem.js';

describe('problemOf', () => {
  it.each(REFUSAL_CODES.map((code) => [code]))('gives %s its status, its title and a stable type', (code) => {
    expect(problemOf({ code })).toEqual({
      type: `urn:jangteo:problem:${code}`,
      ...REFUSALS[code],
      detail: REFUSALS[code].title,
      code,
    });
  });

  it('carries what the refusal says beyond its code', () => {
    const shortages = [{ productId: 'p', optionId: 'o', requested: 2, available: 1 }];
    expect(problemOf({ code: 'OUT_OF_STOCK', detail: 'one left', shortages, orderId: 'x' })).toMatchObject({
      detail: 'one left',
      shortages,
      orderId: 'x',
    });
  });
});

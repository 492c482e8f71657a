import { describe, expect, it } from '@jest/globals';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { chain, checksOf, type Fault } from './checks.js';

interface Asked {
  readonly isThere: boolean;
  readonly isOnSale: boolean;
}

function decide({ isThere, isOnSale }: Asked): Outcome {
  if (!isThere) return refuse('PRODUCT_NOT_FOUND');
  return isOnSale ? done({}) : refuse('PRODUCT_NOT_SELLABLE');
}

const WRONG: Asked = { isThere: false, isOnSale: false };
const SUSPENDED: Fault<Asked> = { question: 'suspended?', right: (asked) => ({ ...asked, isOnSale: true }) };
const UNKNOWN: Fault<Asked> = { question: 'unknown?', right: (asked) => ({ ...asked, isThere: true }) };

describe('the checks of a decision', () => {
  it('are found in the order in which it makes them', () => {
    expect(checksOf(WRONG, [SUSPENDED, UNKNOWN], decide)).toEqual([
      { question: 'unknown?', code: 'PRODUCT_NOT_FOUND' },
      { question: 'suspended?', code: 'PRODUCT_NOT_SELLABLE' },
    ]);
  });

  it('are all named: a refusal that nothing puts right is an error', () => {
    expect(() => checksOf(WRONG, [UNKNOWN], decide)).toThrow('PRODUCT_NOT_SELLABLE');
  });

  it('are all made: a fault for which nothing is refused is an error', () => {
    const other: Fault<Asked> = { question: 'too late?', right: (asked) => asked };
    expect(() => checksOf(WRONG, [SUSPENDED, UNKNOWN, other], decide)).toThrow('too late?');
  });

  it('are drawn one after the other', () => {
    const checks = checksOf(WRONG, [SUSPENDED, UNKNOWN], decide);
    expect(chain(checks, 'start', 'end')).toEqual([
      'start --> start1{{"unknown?"}}',
      'start1 -- yes --> start1r["PRODUCT_NOT_FOUND"]:::refused',
      'start1 -- no --> start2{{"suspended?"}}',
      'start2 -- yes --> start2r["PRODUCT_NOT_SELLABLE"]:::refused',
      'start2 -- no --> end',
    ]);
  });
});

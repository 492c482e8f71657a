import { describe, expect, it } from '@jest/globals';
import { windowOf } from './windows.js';

const [from, to] = ['2026-03-01T10:00:00.000Z', '2026-03-01T11:00:00.000Z'];
const at = (time: string): number => Date.parse(`2026-03-01T${time}.000Z`);

describe('the window in which a coupon is issued', () => {
  it.each([
    ['09:59:59', 'before'],
    ['10:00:00', 'open'],
    ['10:59:59', 'open'],
    ['11:00:00', 'after'],
  ])('at %s is %s', (time, window) => {
    expect(windowOf({ issueStartsAt: from, issueEndsAt: to, remainingQuantity: 1 }, at(time))).toBe(window);
  });

  it('is open at any time where there are no bounds, until the last place is taken', () => {
    expect(windowOf({ remainingQuantity: 1 }, 0)).toBe('open');
    expect(windowOf({ remainingQuantity: 0 }, 0)).toBe('soldOut');
    expect(windowOf({ remainingQuantity: 0, issueEndsAt: to }, at('11:00:00'))).toBe('after');
  });
});

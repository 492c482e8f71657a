import { describe, expect, it } from '@jest/globals';
import { ceilingOf, pathOf, ticksOf } from './lines.js';

describe('a line over time', () => {
  it('goes through what is known, and is broken where nothing is', () => {
    const path = pathOf([100, 150, 160, 170, 200], [0, 50, null, 100, 25], { from: 100, to: 200 }, 100);
    expect(path).toBe('M0 100h0L500 50M700 0h0L1000 75');
  });

  it('is a dot for one value, and nothing for none', () => {
    expect(pathOf([150], [50], { from: 100, to: 200 }, 100)).toBe('M500 50h0');
    expect(pathOf([150], [null], { from: 100, to: 200 }, 100)).toBe('');
  });
});

describe('its axes', () => {
  it.each([
    [0, 4],
    [4.1, 5],
    [11, 20],
    [20, 20],
    [51, 100],
    [1_999, 2_000],
  ])('reach for %d up to %d', (value, ceiling) => expect(ceilingOf(value)).toBe(ceiling));

  it('are marked at whole steps', () => {
    expect(ticksOf({ from: 130, to: 610 }, 120)).toEqual([240, 360, 480, 600]);
    expect(ticksOf({ from: 120, to: 130 }, 120)).toEqual([120]);
    expect(ticksOf({ from: 121, to: 130 }, 120)).toEqual([]);
  });
});

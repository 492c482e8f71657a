import { describe, expect, it } from '@jest/globals';
import { leastPauseMs, pauseAfter } from './pauses.js';

const pauses = { leastMs: 200, mostMs: 1_000 };

describe('pauses between looks', () => {
  it('grow up to the most while nothing changes, and are the least after a change', () => {
    const seen = [200];
    for (let look = 0; look < 5; look += 1) seen.push(pauseAfter(seen.at(-1)!, false, pauses));
    expect(seen).toEqual([200, 300, 450, 675, 1_000, 1_000]);
    expect(pauseAfter(1_000, true, pauses)).toBe(200);
  });

  it('are longer where each change goes to many', () => {
    expect(leastPauseMs(100, 1)).toBe(100);
    expect(leastPauseMs(100, 1_000)).toBe(500);
    expect(pauseAfter(100, false, { leastMs: 2_000, mostMs: 1_000 })).toBe(2_000);
  });
});

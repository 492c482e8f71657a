import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Pauses } from './pauses.js';

describe('pauses', () => {
  it('are the longest time without a success, the one that still lasts too', async () => {
    let succeed: () => void = () => undefined;
    const nextSuccess = () => new Promise<void>((resolve) => (succeed = resolve));
    const pauses = new Pauses({ nextSuccess });
    const began = performance.now();
    await wait(120);
    succeed();
    await wait(10);
    expect(pauses.longestSince(began)).toBeGreaterThanOrEqual(115);
    // What was before is of no interest.
    const later = performance.now();
    succeed();
    await wait(30);
    const longest = pauses.longestSince(later);
    expect(longest).toBeGreaterThanOrEqual(25);
    expect(longest).toBeLessThan(110);
    pauses.end();
  });
});

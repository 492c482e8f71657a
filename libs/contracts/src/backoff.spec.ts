import { expect, it } from '@jest/globals';
import { backoffMs } from './backoff.js';

it('doubles pauses up to a bound, however often', () => {
  const pauses = [0, 1, 2, 5, 6, 10_000].map((doublings) =>
    backoffMs({ retryMs: 1_000, retryMsMax: 60_000 }, doublings),
  );
  expect(pauses).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
});

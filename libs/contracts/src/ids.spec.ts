import { describe, expect, it } from '@jest/globals';
import { firstIdAt, madeAtMs } from './ids.js';

describe('the first id of an instant', () => {
  const lastMadeAtMs = madeAtMs('ffffffff-ffff-7fff-bfff-ffffffffffff')!;

  it.each([
    ['of the present', Date.parse('2026-01-01T00:00:00Z'), '019b76da-a800-0000-0000-000000000000'],
    ['before all ids', -1, '00000000-0000-0000-0000-000000000000'],
    ['of the last ids', lastMadeAtMs, 'ffffffff-ffff-0000-0000-000000000000'],
    ['after all ids', lastMadeAtMs + 2_000, 'ffffffff-ffff-0000-0000-000000000000'],
  ])('is well-formed for one %s', (_, instantMs, first) => {
    expect(firstIdAt(instantMs)).toBe(first);
  });
});

import { describe, expect, it } from '@jest/globals';
import { Tally } from './tally.js';

const good = { kind: 'good', name: '201' } as const;

describe('Tally', () => {
  it('tells percentiles of the good answers in milliseconds, to a thousandth part', () => {
    const tally = new Tally();
    for (let ms = 1; ms <= 1_000; ms += 1) tally.answered(good, ms);
    const { p50, p95, p99, max, perSecond } = tally.result(10);
    const within = (found: number, wanted: number): number => Math.abs(found / wanted - 1);
    expect(within(p50, 500)).toBeLessThan(0.002);
    expect(within(p95, 950)).toBeLessThan(0.002);
    expect(within(p99, 990)).toBeLessThan(0.002);
    expect(within(max, 1_000)).toBeLessThan(0.002);
    expect(perSecond).toBe(100);
  });

  it('counts what was refused or went wrong by name, apart from the figures', () => {
    const tally = new Tally();
    tally.answered(good, 1);
    tally.answered({ kind: 'refused', name: '503 SERVICE_UNAVAILABLE' }, 500);
    tally.answered({ kind: 'bad', name: '500 INTERNAL' }, 500);
    tally.failed('ECONNRESET');
    tally.failed('ECONNRESET');
    expect(tally.result(1)).toMatchObject({
      good: 1,
      perSecond: 1,
      answers: { '201': 1 },
      refused: { '503 SERVICE_UNAVAILABLE': 1 },
      errors: { '500 INTERNAL': 1, ECONNRESET: 2 },
    });
    expect(tally.result(1).max).toBeLessThan(1.1);
  });

  it('has figures of 0 when nothing was answered', () => {
    expect(new Tally().result(1)).toMatchObject({ good: 0, perSecond: 0, p50: 0, p99: 0, max: 0 });
  });
});

import { describe, expect, it } from '@jest/globals';
import { NEMESES } from './nemeses/index.js';
import { roundsOf, type Round } from './schedule.js';

const MINUTE_MS = 60_000;

function first(count: number, seed: number): Round[] {
  const rounds: Round[] = [];
  for (const round of roundsOf(seed, NEMESES, MINUTE_MS)) {
    rounds.push(round);
    if (rounds.length === count) break;
  }
  return rounds;
}

const said = (rounds: readonly Round[]): unknown =>
  rounds.map(({ attacks, calmMs }) => [calmMs, attacks.map(({ what }) => what)]);

describe('the schedule of faults', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(said(first(100, 7))).toEqual(said(first(100, 7)));
    expect(said(first(100, 7))).not.toEqual(said(first(100, 8)));
  });

  it('lets no two faults work on the same thing at once', () => {
    for (const { attacks } of first(500, 9)) {
      const claims = attacks.flatMap((attack) => attack.claims);
      expect(claims).toHaveLength(new Set(claims).size);
    }
    expect(first(500, 9).some(({ attacks }) => attacks.length === 2)).toBe(true);
  });

  it('gives every kind of fault its turn before any has its second', () => {
    const names = first(NEMESES.length, 10).flatMap(({ attacks }) => attacks.map(({ name }) => name));
    expect(new Set(names.slice(0, NEMESES.length)).size).toBe(NEMESES.length);
  });
});

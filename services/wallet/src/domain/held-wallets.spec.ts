import { beforeEach, expect, it } from '@jest/globals';
import { HeldWallets } from './held-wallets.js';
import type { Verdict } from './settlement.js';

const verdict = (userId: string, chargeId = `${userId}1`, kind: Verdict['kind'] = 'paid'): Verdict => ({
  chargeId,
  userId,
  kind,
});

let held: HeldWallets;
beforeEach(() => {
  held = new HeldWallets();
});

it('a wallet is tried at once, and with growing pauses for as long as it is held', () => {
  held.keep(verdict('a'));
  const dues: number[] = [];
  for (let nowMs = 0; dues.length < 8; nowMs = held.dueAtMs) {
    const taken = held.take(nowMs);
    expect(taken).toEqual({ userId: 'a', verdicts: [verdict('a')] });
    expect(held.take(Infinity)).toBeUndefined();
    expect(held.put('a', taken?.verdicts ?? [], nowMs)).toBe(dues.length + 1);
    dues.push(held.dueAtMs - nowMs);
    expect(held.take(held.dueAtMs - 1)).toBeUndefined();
  }
  expect(dues).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
});

it('one that was not tried yet comes before those that were found held', () => {
  held.keep(verdict('a'));
  held.put('a', held.take(0)?.verdicts ?? [], 0);
  held.keep(verdict('b'));
  expect(held.take(1_000)?.userId).toBe('b');
  expect(held.take(1_000)?.userId).toBe('a');
});

it('what comes while its wallet is tried waits with what is left, and alone once nothing is', () => {
  held.keep(verdict('a'));
  const first = held.take(0);
  held.keep(verdict('a', 'a2'));
  held.put('a', first?.verdicts ?? [], 0);
  const both = held.take(50);
  expect(both?.verdicts).toEqual([verdict('a'), verdict('a', 'a2')]);
  held.keep(verdict('a', 'a3'));
  held.put('a', [], 60);
  expect(held.take(60)?.verdicts).toEqual([verdict('a', 'a3')]);
  held.put('a', [], 70);
  expect([held.size, held.has('a'), held.dueAtMs]).toEqual([0, false, Infinity]);
});

it('what is said again of a charge takes no room, and there is room for so many', () => {
  const all = Array.from({ length: 10_001 }, (_, n) => verdict(`user ${n}`));
  expect(all.map((one) => held.keep(one)).indexOf(false)).toBe(10_000);
  expect(held.keep(all[0]!)).toBe(true);
  expect(held.keep({ ...all[0]!, kind: 'late' })).toBe(false);
  held.put('user 0', held.take(0)?.verdicts ?? [], 0);
  expect(held.keep(all[10_000]!)).toBe(false);
  held.take(0);
  held.put('user 1', [], 0);
  expect(held.keep(all[10_000]!)).toBe(true);
});

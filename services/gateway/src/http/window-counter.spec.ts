import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { networksOf, sharesOf } from '../domain/network.js';
import { WindowCounter } from './window-counter.js';

describe('WindowCounter', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('counts each key from its first event on, for a minute', () => {
    const counter = new WindowCounter(10);
    expect(counter.look('a')).toEqual({ count: 0, leftMs: 0 });
    expect(counter.count('a')).toEqual({ count: 1, leftMs: 60_000 });
    jest.advanceTimersByTime(59_000);
    expect(counter.count('a')).toEqual({ count: 2, leftMs: 1_000 });
    expect(counter.count('b')).toEqual({ count: 1, leftMs: 60_000 });
    expect(counter.look('a')).toEqual({ count: 2, leftMs: 1_000 });
    jest.advanceTimersByTime(1_000);
    expect(counter.look('a')).toEqual({ count: 0, leftMs: 0 });
    expect(counter.count('a')).toEqual({ count: 1, leftMs: 60_000 });
  });

  it('begins anew for who came least recently, beyond so many keys', () => {
    const counter = new WindowCounter(2);
    counter.count('a');
    counter.count('b');
    counter.look('a');
    counter.count('c');
    expect(['a', 'b', 'c'].map((key) => counter.look(key).count)).toEqual([1, 0, 1]);
  });

  it('counts the networks of one home and of one provider together, each by its share', () => {
    const counter = new WindowCounter(100);
    const left = (address: string) => counter.countWithin(sharesOf(networksOf(address)), 2).left;
    expect([1, 2, 3].map(() => left('2001:db8:1:100::1'))).toEqual([1, 0, -1]);
    // The third was refused where it came from, and is nothing that the home has to pay for.
    expect([1, 2].map(() => left('2001:db8:1:101::1'))).toEqual([1, 0]);
    expect(left('2001:db8:1:102::1')).toBe(-1);
    const homes = Array.from({ length: 9 }, (_, home) => `2001:db8:1:${(home + 2).toString(16)}00::1`);
    expect(homes.map((address) => left(address))).toEqual(homes.map(() => 1));
    expect([1, 2, 3].map(() => left('192.0.2.1'))).toEqual([1, 0, -1]);
    expect(left('192.0.2.2')).toBe(1);
  });
});

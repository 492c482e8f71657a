import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
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
});

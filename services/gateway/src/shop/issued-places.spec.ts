import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Call } from '../http/request-context.js';
import { Upstream } from '../http/upstream.js';
import { IssuedPlaces } from './issued-places.js';

describe('the places of a coupon', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    // What begins at 0 is without an end to the cache.
    jest.advanceTimersByTime(1);
  });
  afterEach(() => void jest.useRealTimers());

  /** Answers with how often it was asked; while it is told to, not at all. */
  function reads() {
    const asked: string[] = [];
    let failure: Error | undefined;
    let isHeld = Promise.resolve();
    const upstream = Object.assign(Object.create(Upstream.prototype) as Upstream, {
      ask: async (_: unknown, { couponId }: { couponId: string }) => {
        asked.push(couponId);
        const issuedQuantity = asked.length;
        await isHeld;
        if (failure !== undefined) throw failure;
        return { couponId, issuedQuantity };
      },
    });
    const places = new IssuedPlaces(upstream);
    const of = async (couponId = 'a') => (await places.of(couponId, {} as Call)).issuedQuantity;
    const fail = (error?: Error) => (failure = error);
    const hold = () => {
      let letGo = (): void => undefined;
      isHeld = new Promise((resolve) => (letGo = resolve));
      return letGo;
    };
    return { asked, of, fail, hold };
  }

  it('are read once for all who ask meanwhile, and those of each coupon on their own', async () => {
    const { asked, of, hold } = reads();
    const letGo = hold();
    const answers = Promise.all([of(), of(), of('b'), of()]);
    expect(asked).toEqual(['a', 'b']);
    letGo();
    expect(await answers).toEqual([1, 1, 2, 1]);
  });

  it('are read once a second', async () => {
    const { of } = reads();
    expect([await of(), await of()]).toEqual([1, 1]);
    jest.advanceTimersByTime(1_000);
    expect(await of()).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await of()).toBe(2);
  });

  it('are read again where they were not read', async () => {
    const { asked, of, fail } = reads();
    fail(new Error('away'));
    const failed = await Promise.allSettled([of(), of()]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asked).toHaveLength(1);
    fail();
    expect(await of()).toBe(2);
  });

  it('are told to whoever waits, and kept of so many coupons only', async () => {
    const { asked, of, hold } = reads();
    const letGo = hold();
    const many = Array.from({ length: 1_500 }, (_, index) => `${index}`);
    const answers = Promise.all(many.map((couponId) => of(couponId)));
    letGo();
    expect(await answers).toEqual(many.map((_, index) => index + 1));
    await of('0');
    await of('1499');
    expect(asked.length).toBe(1_501);
  });
});

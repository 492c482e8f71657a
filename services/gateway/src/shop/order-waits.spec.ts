import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { UpstreamTimeout } from '@jangteo/messaging';
import { OrderWaits } from './order-waits.js';

describe('OrderWaits', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('passes on the answer, and the failure to get one', async () => {
    const waits = new OrderWaits();
    await expect(waits.until(Promise.resolve('ended'))).resolves.toBe('ended');
    await expect(waits.until(Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  });

  it('lets orders end for a while after the signal to stop, and then gives up on the rest', async () => {
    const waits = new OrderWaits();
    const slow = waits.until(new Promise(() => undefined));
    const quick = waits.until(new Promise((resolve) => setTimeout(resolve, 4_000, 'ended')));
    waits.beforeApplicationShutdown();
    const late = waits.until(new Promise(() => undefined));
    const results = Promise.allSettled([slow, quick, late]);
    await jest.advanceTimersByTimeAsync(5_000);
    const timedOut = { status: 'rejected', reason: expect.any(UpstreamTimeout) };
    expect(await results).toEqual([timedOut, { status: 'fulfilled', value: 'ended' }, timedOut]);
  });
});

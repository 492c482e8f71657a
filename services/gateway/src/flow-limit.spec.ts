import { describe, expect, it } from '@jest/globals';
import type { LoggedIn } from './domain/caller.js';
import { FlowLimits } from './flow-limit.js';
import { Refused } from './refused.js';

const LIMITS = {
  CHARGES_PER_USER_PER_MINUTE: 3,
  DECLINED_CHARGES_PER_USER_PER_MINUTE: 1,
  ORDERS_PER_USER_PER_MINUTE: 2,
  COUPON_ISSUES_PER_USER_PER_MINUTE: 1,
};

const somebody = (userId: string, role: LoggedIn['role'] = 'customer'): LoggedIn => ({
  userId,
  role,
  sessionId: undefined,
  createdAt: new Date(),
});

/** How many are let through of ten. */
function passed(limits: FlowLimits, flow: Parameters<FlowLimits['take']>[0], caller: LoggedIn): number {
  let count = 0;
  for (let n = 0; n < 10; n += 1) {
    try {
      limits.take(flow, caller);
      count += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(Refused);
      expect((error as Refused).refusal.code).toBe('RATE_LIMITED');
      expect((error as Refused).retryAfterSeconds).toBeGreaterThan(0);
      expect((error as Refused).retryAfterSeconds).toBeLessThanOrEqual(60);
    }
  }
  return count;
}

describe('FlowLimits', () => {
  it('lets each user through so often in each flow, and an admin always', () => {
    const limits = new FlowLimits(LIMITS);
    expect(passed(limits, 'charges', somebody('ann'))).toBe(3);
    expect(passed(limits, 'charges', somebody('bob'))).toBe(3);
    expect(passed(limits, 'orders', somebody('ann'))).toBe(2);
    expect(passed(limits, 'coupon issues', somebody('ann'))).toBe(1);
    expect(passed(limits, 'orders', somebody('root', 'admin'))).toBe(10);
  });

  it('refuses once so many have gone wrong, and counts no look', () => {
    const limits = new FlowLimits(LIMITS);
    for (let n = 0; n < 5; n += 1) limits.look('declined charges', somebody('ann'));
    limits.count('declined charges', somebody('ann'));
    expect(() => limits.look('declined charges', somebody('ann'))).toThrow(Refused);
    limits.look('declined charges', somebody('bob'));
  });
});

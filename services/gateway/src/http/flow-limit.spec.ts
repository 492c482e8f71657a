import { describe, expect, it } from '@jest/globals';
import type { LoggedIn } from '../domain/caller.js';
import { FlowLimits, type Flow } from './flow-limit.js';
import { Refused } from './refusal-error.js';

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

/** Results of ten calls. */
function outcomes(limits: FlowLimits, flow: Flow, caller: LoggedIn): (Refused | 'passed')[] {
  return Array.from({ length: 10 }, () => {
    try {
      limits.take(flow, caller);
      return 'passed';
    } catch (error) {
      if (error instanceof Refused) return error;
      throw error;
    }
  });
}

/** Counts those let through of ten. */
function passed(limits: FlowLimits, flow: Flow, caller: LoggedIn): number {
  return outcomes(limits, flow, caller).filter((outcome) => outcome === 'passed').length;
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

  it('tells whom it refuses when to come back', () => {
    const refused = outcomes(new FlowLimits(LIMITS), 'charges', somebody('ann')).slice(3) as Refused[];
    for (const { refusal, retryAfterSeconds } of refused) {
      expect(refusal.code).toBe('RATE_LIMITED');
      expect(retryAfterSeconds).toBeGreaterThan(0);
      expect(retryAfterSeconds).toBeLessThanOrEqual(60);
    }
    expect(refused).toHaveLength(7);
  });

  it('refuses once so many have gone wrong, and counts no look', () => {
    const limits = new FlowLimits(LIMITS);
    for (let n = 0; n < 5; n += 1) limits.look('declined charges', somebody('ann'));
    limits.count('declined charges', somebody('ann'));
    expect(() => limits.look('declined charges', somebody('ann'))).toThrow(Refused);
    limits.look('declined charges', somebody('bob'));
  });
});

import { describe, expect, it } from '@jest/globals';
import { MONEY_MAX, type chargeWallet, type PayloadOf } from '@jangteo/contracts';
import { BalanceController, chargeBody } from './balance.controller.js';
import type { ActingUser } from '../http/acting-user.js';
import { FlowLimits } from '../http/flow-limit.js';
import { Refused } from '../http/refusal-error.js';
import type { Call } from '../http/request-context.js';
import type { Upstream } from '../http/upstream.js';
import { userPageQuery, userQuery } from '../openapi/schemas.js';

const userId = '01920000-0000-7000-8000-000000000001';

describe('the body of a charge', () => {
  it.each([-1, -50_000, 0, -0.5])('R37: negative charge: refuses an amount of %p', (amount) => {
    const { success, error } = chargeBody.safeParse({ userId, amount });
    expect(success).toBe(false);
    expect(new Set(error?.issues.map(({ path }) => path.join('.')))).toEqual(new Set(['amount']));
  });

  it.each([1, 50_000, MONEY_MAX])('takes an amount of %p', (amount) => {
    expect(chargeBody.parse({ userId, amount })).toEqual({ userId, amount });
  });

  it.each(['', 'kim', 7, null, '01920000-0000-7000-8000'])('invalid user id: refuses %p', (wrong) => {
    const { success, error } = chargeBody.safeParse({ userId: wrong, amount: 1 });
    expect(success).toBe(false);
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['userId']);
  });
});

describe('charges whose outcome nobody knows yet', () => {
  const limits = {
    CHARGES_PER_USER_PER_MINUTE: 100,
    DECLINED_CHARGES_PER_USER_PER_MINUTE: 3,
    ORDERS_PER_USER_PER_MINUTE: 100,
    COUPON_ISSUES_PER_USER_PER_MINUTE: 100,
  };
  const call = {
    caller: { userId, role: 'customer' },
    operation: () => ({}),
    tell: () => undefined,
    status: () => undefined,
  } as unknown as Call;

  /** Charges, where the provider is slow; those of a repeat are all the first one. */
  function charging(isRepeat: boolean): () => Promise<unknown> {
    let first: string | undefined;
    const ask = (_contract: unknown, { chargeId }: PayloadOf<typeof chargeWallet>) => {
      first ??= chargeId;
      return Promise.resolve({ chargeId: isRepeat ? first : chargeId, status: 'PENDING' });
    };
    const controller = new BalanceController(
      { ask } as unknown as Upstream,
      { of: () => Promise.resolve(userId) } as unknown as ActingUser,
      new FlowLimits(limits),
    );
    return () => controller.charge(call, { amount: 1 });
  }

  it('count as declined, so that no more cards can be tried while the provider is slow', async () => {
    const charge = charging(false);
    for (let n = 0; n < 3; n += 1) expect(await charge()).toMatchObject({ status: 'PENDING' });
    await expect(charge()).rejects.toMatchObject({ refusal: { code: 'RATE_LIMITED' } });
  });

  it('and those that are declined count once, too, however often they are repeated', async () => {
    let isReplay = false;
    const declining = { ask: () => Promise.reject(new Refused({ code: 'PAYMENT_DECLINED' })) };
    const controller = new BalanceController(
      declining as unknown as Upstream,
      { of: () => Promise.resolve(userId) } as unknown as ActingUser,
      new FlowLimits(limits),
    );
    const asked = Object.create(call, { isReplay: { get: () => isReplay } }) as Call;
    const codeOf = async () =>
      await controller.charge(asked, { amount: 1 }).catch((error: Refused) => error.refusal.code);
    expect(await codeOf()).toBe('PAYMENT_DECLINED');
    isReplay = true;
    for (let n = 0; n < 9; n += 1) expect(await codeOf()).toBe('PAYMENT_DECLINED');
    isReplay = false;
    for (let n = 0; n < 2; n += 1) expect(await codeOf()).toBe('PAYMENT_DECLINED');
    expect(await codeOf()).toBe('RATE_LIMITED');
  });

  it('count once, however often they are repeated', async () => {
    const charge = charging(true);
    for (let n = 0; n < 9; n += 1) expect(await charge()).toMatchObject({ status: 'PENDING' });
  });
});

describe.each([
  ['of a balance', userQuery],
  ['of a list', userPageQuery],
])('the query %s', (_title, query) => {
  it.each(['', 'kim', '7', '01920000-0000-7000-8000'])('invalid user id: refuses %p', (wrong) => {
    expect(query.safeParse({ userId: wrong }).success).toBe(false);
    expect(query.safeParse({ userId }).success).toBe(true);
  });
});

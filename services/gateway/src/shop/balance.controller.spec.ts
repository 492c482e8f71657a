import { describe, expect, it } from '@jest/globals';
import { MONEY_MAX } from '@jangteo/contracts';
import { chargeBody } from './balance.controller.js';
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

describe.each([
  ['of a balance', userQuery],
  ['of a list', userPageQuery],
])('the query %s', (_title, query) => {
  it.each(['', 'kim', '7', '01920000-0000-7000-8000'])('invalid user id: refuses %p', (wrong) => {
    expect(query.safeParse({ userId: wrong }).success).toBe(false);
    expect(query.safeParse({ userId }).success).toBe(true);
  });
});

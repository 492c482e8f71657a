import { describe, expect, it } from '@jest/globals';
import { done } from '@jangteo/contracts';
import { decideDeletion, decidePassword, decideStanding, erasedEmail, type Standing } from './account.js';

const nothing = { currentBalance: 0, pendingCharges: 0, ordersOnTheWay: 0 };

describe('decideDeletion', () => {
  it('lets go who has nothing left', () => {
    expect(decideDeletion(nothing)).toEqual(done(undefined));
  });

  it.each([
    ['currentBalance', 'a balance of 7'],
    ['pendingCharges', 'charges of 7 whose outcome is open'],
    ['ordersOnTheWay', 'orders on their way (7)'],
  ])('keeps whoever has %s, and says so', (field, told) => {
    expect(decideDeletion({ ...nothing, [field]: 7 })).toEqual({
      ok: false,
      refusal: { code: 'ACCOUNT_NOT_EMPTY', detail: `the account has ${told}` },
    });
  });
});

describe('decidePassword', () => {
  const owner = { email: 'mina@example.com', name: 'Mina Kim' };

  it.each(['mina@example.com', 'Mina Kim', 'MINAKIM'])('refuses %s', (password) => {
    expect(decidePassword(password, owner)).toMatchObject({ refusal: { code: 'VALIDATION_FAILED' } });
  });

  it('takes any other', () => {
    expect(decidePassword('correct horse', owner)).toEqual(done(undefined));
  });
});

describe('decideStanding', () => {
  const admin = { userId: 'a', role: 'admin', state: 'ACTIVE' } as const;
  const away: Partial<Standing>[] = [
    { role: 'operator' },
    { role: 'customer' },
    { state: 'SUSPENDED' },
    { state: 'DELETED' },
    { role: 'viewer', state: 'SUSPENDED' },
  ];

  it.each(away)('lets the last admin not become %j, and one of two', (change) => {
    expect(decideStanding(admin, change, ['a'])).toMatchObject({ refusal: { code: 'LAST_ADMIN' } });
    expect(decideStanding(admin, change, ['a', 'b'])).toEqual(
      done({ role: 'admin', state: 'ACTIVE', ...change }),
    );
  });

  it('lets the last admin stay one, and anybody else become anything', () => {
    expect(decideStanding(admin, { role: 'admin' }, ['a'])).toEqual(done({ role: 'admin', state: 'ACTIVE' }));
    const kim = { userId: 'k', role: 'customer', state: 'SUSPENDED' } as const;
    expect(decideStanding(kim, { state: 'ACTIVE' }, ['a'])).toEqual(
      done({ role: 'customer', state: 'ACTIVE' }),
    );
    expect(decideStanding(kim, { role: 'admin' }, ['a'])).toEqual(
      done({ role: 'admin', state: 'SUSPENDED' }),
    );
  });
});

it('what stands in place of an erased e-mail is none that anybody can give', () => {
  expect(erasedEmail('01920000-0000-7000-8000-000000000001')).not.toContain('@');
});

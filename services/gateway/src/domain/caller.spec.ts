import { describe, expect, it } from '@jest/globals';
import { actingUserOf, effectiveRole, isAtLeast, ownedBy, ROLES, type Caller, type Role } from './caller.js';

const customer: Caller = { userId: 'kim', role: 'customer' };
const admin: Caller = { userId: 'root', role: 'admin' };

describe('actingUserOf', () => {
  it.each([
    [customer, undefined, 'kim'],
    [customer, 'kim', 'kim'],
    [admin, undefined, 'root'],
    [admin, 'kim', 'kim'],
  ])('lets %j who names %p act for %p', (caller, wanted, userId) => {
    expect(actingUserOf(caller, wanted)).toEqual({ ok: true, value: userId });
  });

  it.each(['customer', 'viewer', 'operator'] as const)('lets no %s act for somebody else', (role) => {
    const caller = { userId: 'kim', role };
    expect(actingUserOf(caller, 'lee')).toMatchObject({ ok: false, refusal: { code: 'FORBIDDEN' } });
  });
});

describe('effectiveRole', () => {
  const cases: [Role, Role, Role][] = [
    ['admin', 'admin', 'admin'],
    ['customer', 'admin', 'customer'],
    ['admin', 'customer', 'customer'],
    ['customer', 'customer', 'customer'],
    ['viewer', 'admin', 'viewer'],
    ['admin', 'operator', 'operator'],
  ];
  it.each(cases)('of a token of %s and a user who is %s is %s', (token, user, role) => {
    expect(effectiveRole(token, user)).toBe(role);
  });
});

describe('isAtLeast', () => {
  it.each(ROLES)('lets %s do what is for it and for those below, and nothing above', (role) => {
    const place = ROLES.indexOf(role);
    expect(ROLES.map((needed) => isAtLeast(role, needed))).toEqual(ROLES.map((_, index) => index <= place));
  });
});

describe('ownedBy', () => {
  it('restricts a customer to their own, and an admin to nothing', () => {
    expect(ownedBy(customer)).toEqual({ userId: 'kim' });
    expect(ownedBy(admin)).toEqual({});
  });
});

import { describe, expect, it } from '@jest/globals';
import { actingUserOf, effectiveRole, ownedBy, type Caller, type Role } from './caller.js';

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

  it('lets no customer act for somebody else', () => {
    expect(actingUserOf(customer, 'lee')).toMatchObject({ ok: false, refusal: { code: 'FORBIDDEN' } });
  });
});

describe('effectiveRole', () => {
  const cases: [Role, Role, Role][] = [
    ['admin', 'admin', 'admin'],
    ['customer', 'admin', 'customer'],
    ['admin', 'customer', 'customer'],
    ['customer', 'customer', 'customer'],
  ];
  it.each(cases)('of a token of %s and a user who is %s is %s', (token, user, role) => {
    expect(effectiveRole(token, user)).toBe(role);
  });
});

describe('ownedBy', () => {
  it('restricts a customer to their own, and an admin to nothing', () => {
    expect(ownedBy(customer)).toEqual({ userId: 'kim' });
    expect(ownedBy(admin)).toEqual({});
  });
});

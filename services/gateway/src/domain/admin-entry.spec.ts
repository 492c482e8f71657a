import { describe, expect, it } from '@jest/globals';
import { endingOf, isAdminAction, kept, subjectOfRequest } from './admin-entry.js';

const productId = '01920000-0000-7000-8000-0000000000b1';
const userId = '01920000-0000-7000-8000-000000000001';
const other = '01920000-0000-7000-8000-0000000000ff';

describe('isAdminAction', () => {
  it.each([
    ['admin', 'POST', true],
    ['admin', 'PATCH', true],
    ['admin', 'DELETE', true],
    ['admin', 'PUT', true],
    ['admin', 'GET', false],
    ['admin', 'HEAD', false],
    ['customer', 'POST', false],
  ] as const)('of %s with %s is %s', (role, method, expected) => {
    expect(isAdminAction({ userId, role }, method)).toBe(expected);
  });
});

describe('kept', () => {
  it('leaves out secrets at any depth', () => {
    const fields = {
      name: 'Tea',
      password: 'a',
      newPassword: 'b',
      inside: { accessToken: 'c', list: [{ key: 'd', apiKey: 'e', clientSecret: 'f' }] },
      paymentMethod: 'tok_ok',
      path: '/console/#login=g',
    };
    expect(JSON.parse(kept(fields)!)).toEqual({
      name: 'Tea',
      password: '***',
      newPassword: '***',
      inside: { accessToken: '***', list: [{ key: '***', apiKey: '***', clientSecret: '***' }] },
      paymentMethod: '***',
      path: '***',
    });
  });

  it('leaves out who a user is, who may be erased before the log', () => {
    const user = {
      userId,
      name: 'Mina',
      email: 'mina@example.com',
      newEmail: 'm@example.com',
      role: 'viewer',
    };
    const others = { email: '***', newEmail: '***' };
    expect(JSON.parse(kept(user)!)).toEqual({ ...user, ...others });
    expect(JSON.parse(kept(user, true)!)).toEqual({ ...user, ...others, name: '***' });
  });

  it.each([
    ['nothing', {}, undefined],
    ['what is as large as may be', { a: 'x'.repeat(4_088) }, `{"a":"${'x'.repeat(4_088)}"}`],
    ['how much there was of what is too large', { a: 'x'.repeat(4_089) }, '{"omittedBytes":4097}'],
    ['bytes, not characters', { a: '한'.repeat(1_363) }, '{"omittedBytes":4097}'],
    ['what the database cannot store as it is', { a: '\0' }, String.raw`{"a":"\u0000"}`],
  ])('keeps %s', (_title, fields, expected) => {
    expect(kept(fields)).toBe(expected);
  });

  it('passes over what is nested too deep to be written down', () => {
    const nested = JSON.parse(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`) as object;
    expect(() => kept(nested)).not.toThrow();
  });
});

describe('subjectOfRequest', () => {
  it.each([
    ['nothing', {}, undefined, undefined],
    ['an id', { productId }, 'product', productId],
    ['an id in upper case', { productId: productId.toUpperCase() }, 'product', productId],
    ['the narrowest of several', { service: 'wallet', deadLetterId: productId }, 'deadLetter', productId],
    ['a name', { service: 'wallet' }, 'service', 'wallet'],
    ['what is no id', { productId: 'a\0b' }, undefined, undefined],
    ['what is too long', { productId: 'a'.repeat(101) }, undefined, undefined],
  ])('finds %s in the path', (_title, path, targetType, target) => {
    expect(subjectOfRequest(path, {})).toEqual({ targetType, target, userId: undefined });
  });

  it.each([
    [userId, userId],
    ['nobody', undefined],
    [7, undefined],
  ])('takes the user %s for %s', (given, expected) => {
    expect(subjectOfRequest({}, { userId: given }).userId).toBe(expected);
  });
});

describe('endingOf', () => {
  const UNKNOWN = { target: undefined, targetType: undefined, userId: undefined };
  const problem = (code: string, more: object = {}) => JSON.stringify({ title: 'no', code, ...more });

  it.each([
    ['done', 200, '{}', 'DONE', undefined],
    ['done without an answer', 204, undefined, 'DONE', undefined],
    ['under way', 202, '{}', 'DONE', undefined],
    ['refused', 409, problem('OUT_OF_STOCK'), 'REFUSED', 'OUT_OF_STOCK'],
    ['not done', 503, problem('SERVICE_UNAVAILABLE'), 'REFUSED', 'SERVICE_UNAVAILABLE'],
    ['perhaps done', 504, problem('UPSTREAM_TIMEOUT'), 'UNKNOWN', 'UPSTREAM_TIMEOUT'],
    ['a failure', 500, problem('INTERNAL'), 'UNKNOWN', 'INTERNAL'],
    ['no JSON', 400, '<html>', 'REFUSED', undefined],
  ])('of what is %s', (_title, status, body, result, code) => {
    expect(endingOf(UNKNOWN, status, body)).toMatchObject({ result, status, code });
  });

  it('tells what came to be, and for whom', () => {
    const chargeId = '01920000-0000-7000-8000-0000000000c1';
    expect(endingOf(UNKNOWN, 200, JSON.stringify({ userId, currentBalance: 7, chargeId }))).toMatchObject({
      targetType: 'charge',
      target: chargeId,
      userId,
      after: JSON.stringify({ userId, currentBalance: 7, chargeId }),
    });
  });

  it('tells which order has failed, and nothing that came of it', () => {
    const orderId = '01920000-0000-7000-8000-0000000000a1';
    const ending = endingOf(UNKNOWN, 409, problem('OUT_OF_STOCK', { orderId }));
    expect(ending).toMatchObject({ targetType: 'order', target: orderId, after: undefined });
  });

  it('is about what the request named', () => {
    const asked = { targetType: 'product', target: productId, userId };
    const answered = JSON.stringify({ optionId: other, userId: other });
    expect(endingOf(asked, 200, answered)).toMatchObject(asked);
  });

  it('takes the user where nothing else came to be', () => {
    expect(endingOf(UNKNOWN, 200, JSON.stringify({ userId, name: 'Kim' }))).toMatchObject({
      targetType: 'user',
      target: userId,
      userId,
      after: JSON.stringify({ userId, name: '***' }),
    });
  });
});

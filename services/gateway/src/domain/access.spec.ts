import { describe, expect, it } from '@jest/globals';
import { accessByKey, accessTo } from './access.js';

describe('an API key', () => {
  it.each([
    'readMe',
    'listUsers',
    'listAdminLog',
    'createProduct',
    'sendDeadLetters',
    'redriveOrders',
    'endApiKey',
  ])('calls %s', (operation) => {
    expect(accessByKey(operation)).toBe(accessTo(operation));
  });

  it.each(['readTimeline', 'watchOrder'])('calls %s where its role reads those of everybody', (operation) => {
    expect(accessTo(operation)).toBe('customer');
    expect(accessByKey(operation)).toBe('viewer');
  });

  it.each(['changeUser', 'makePasswordReset', 'createApiKey'])('does not call %s', (operation) => {
    expect(accessTo(operation)).toBe('admin');
    expect(accessByKey(operation)).toBeUndefined();
  });

  it.each([
    'changeMe',
    'deleteMe',
    'changePassword',
    'listSessions',
    'chargeBalance',
    'readCart',
    'placeOrder',
  ])('does not call %s, which is a customer’s own', (operation) => {
    expect(accessTo(operation)).toBe('customer');
    expect(accessByKey(operation)).toBeUndefined();
  });
});

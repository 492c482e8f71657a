import { describe, expect, it } from '@jest/globals';
import { accessTo, isForKeys } from './access.js';

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
    expect(isForKeys(operation)).toBe(true);
  });

  it.each(['changeUser', 'makePasswordReset', 'createApiKey'])('does not call %s', (operation) => {
    expect(accessTo(operation)).toBe('admin');
    expect(isForKeys(operation)).toBe(false);
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
    expect(isForKeys(operation)).toBe(false);
  });
});

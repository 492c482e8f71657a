import { describe, expect, it } from '@jest/globals';
import { ACCESS, accessByKey, accessTo } from './access.js';

/**
 * What is not for everybody, by the lowest role that it is for, written a second time: every document and every other
 * test reads the table itself.
 */
const FOR = {
  admin: [
    'adjustBalance',
    'changeUser',
    'endSessionsOfUser',
    'makePasswordReset',
    'listApiKeys',
    'readApiKey',
    'createApiKey',
    'endApiKey',
    'createWebhook',
    'changeWebhook',
    'deleteWebhook',
    'rotateWebhookSecret',
    'testWebhook',
    'resendToWebhook',
    'redriveOrders',
  ],
  operator: [
    'createProduct',
    'changeProduct',
    'restock',
    'addOption',
    'changeOption',
    'createCoupon',
    'giveCoupon',
    'takeBackCoupon',
    'changeCoupon',
    'changeDeadLetterGroup',
    'sendDeadLetters',
    'sendDeadLetter',
    'dropDeadLetter',
    'nudgeSagas',
    'nudgeSaga',
  ],
  viewer: [
    'createConsoleLink',
    'listAllProducts',
    'listMovements',
    'listAllCoupons',
    'listIssues',
    'watchShop',
    'listAllOrders',
    'readEvents',
    'listUsers',
    'readUser',
    'find',
    'readSales',
    'readProductSales',
    'readCategorySales',
    'listWebhooks',
    'readWebhook',
    'listDeliveries',
    'auditShop',
    'proveAudit',
    'listAudits',
    'readAudit',
    'listAdminLog',
    'listDeadLetters',
    'listDeadLetterGroups',
    'readDeadLetter',
    'readOperation',
    'listStuckSagas',
  ],
  customer: [
    'readMe',
    'changeMe',
    'deleteMe',
    'changePassword',
    'listSessions',
    'endSession',
    'endOtherSessions',
    'chargeBalance',
    'readCharge',
    'listCharges',
    'readBalance',
    'listTransactions',
    'issueCoupon',
    'listMyCoupons',
    'readCart',
    'addToCart',
    'setCartItem',
    'clearCart',
    'removeFromCart',
    'placeOrder',
    'listOrders',
    'readOrder',
    'cancelOrder',
    'readTimeline',
    'watchOrder',
  ],
};

describe('the table of who may call what', () => {
  it.each(Object.entries(FOR))(
    'has for %s and up what is meant for them, and no more',
    (role, operations) => {
      const theirs = Object.entries(ACCESS).filter(([, access]) => access === role);
      expect(theirs.map(([operation]) => operation).toSorted()).toEqual(operations.toSorted());
    },
  );
});

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

  it.each([
    'changeUser',
    'changeWebhook',
    'createApiKey',
    'createConsoleLink',
    'createWebhook',
    'makePasswordReset',
    'rotateWebhookSecret',
  ])('does not call %s', (operation) => {
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

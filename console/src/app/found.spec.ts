import { expect, it } from '@jest/globals';
import { pageOf } from './found.js';

it.each([
  ['order', '/orders/7/timeline', '/orders/7'],
  ['user', '/admin/users/7', '/customers/7'],
  ['product', '/products/7', '/products/7'],
  ['option', '/products/3', '/products/3'],
  ['coupon', '/coupons/7', '/coupons/7'],
  ['userCoupon', '/admin/coupons/3/issues', '/coupons/3'],
  ['charge', '/admin/users/3', '/customers/3'],
  ['deadLetter', '/admin/dead-letters/wallet/7', '/failed?letter=7'],
  ['operation', '/admin/operations/7', '/failed?operation=7'],
  ['audit', '/admin/audits/7', '/books?audit=7'],
  [
    'logEntry',
    '/admin/log?actorId=3&from=2026-03-01T12%3A00%3A00.000Z&to=2026-03-01T12%3A00%3A00.001Z',
    '/log?actorId=3&from=2026-03-01T12%3A00%3A00.000Z&to=2026-03-01T12%3A00%3A00.001Z&entry=7',
  ],
  ['of a later release', '/admin/things/7', undefined],
])('shows a found %s, which is read at %s, at %s', (kind, href, page) => {
  expect(pageOf({ kind, id: '7', href })).toBe(page);
});

import { randomUUIDv7 } from 'node:crypto';
import type { ApiDocument, ShopClient } from '@jangteo/testkit';

/** The caller that a route requires. */
export type Role = 'anyone' | 'customer' | 'admin';

/** One call that would change something or answer, were it not for the mistake that a test puts in. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly role: Role;
  /** A valid body, where the route takes one. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Fields of the body that may be left out. */
  readonly optional?: readonly string[];
}

/** Things that exist, so that a bad call fails by its mistake alone. */
export interface Things {
  readonly productId: string;
  readonly optionId: string;
  readonly couponId: string;
  readonly userCouponId: string;
  readonly orderId: string;
  readonly userId: string;
}

/** Every route that takes a body. */
export function routesWithBody(things: Things): Route[] {
  const { productId, optionId, couponId, userId, userCouponId } = things;
  const email = `${randomUUIDv7()}@example.com`;
  return [
    {
      method: 'POST',
      path: '/auth/register',
      role: 'anyone',
      body: { email, password: 'password 1', name: 'Kim' },
    },
    { method: 'POST', path: '/auth/login', role: 'anyone', body: { email, password: 'password 1' } },
    {
      method: 'POST',
      path: '/auth/console/sessions',
      role: 'anyone',
      body: { email, password: 'password 1' },
    },
    { method: 'POST', path: '/auth/refresh', role: 'anyone', body: { refreshToken: 'x'.repeat(43) } },
    { method: 'POST', path: '/auth/logout', role: 'anyone', body: { refreshToken: 'x'.repeat(43) } },
    {
      method: 'POST',
      path: '/balance/charge',
      role: 'customer',
      body: { userId, amount: 100, paymentMethod: 'tok_ok' },
      optional: ['userId', 'paymentMethod'],
    },
    {
      method: 'POST',
      path: '/products',
      role: 'admin',
      body: { name: 'Cup', price: 100, stock: 5 },
      optional: ['stock'],
    },
    {
      method: 'PATCH',
      path: `/products/${productId}`,
      role: 'admin',
      body: { name: 'Cup', price: 100, status: 'SELLABLE' },
      optional: ['name', 'price', 'status'],
    },
    {
      method: 'POST',
      path: `/products/${productId}/stock`,
      role: 'admin',
      body: { optionId, quantity: 3 },
      optional: ['optionId'],
    },
    {
      method: 'POST',
      path: '/coupons',
      role: 'admin',
      body: {
        name: 'Week',
        discountType: 'PERCENT',
        discountValue: 5,
        maxDiscount: 9,
        minOrderAmount: 1,
        totalQuantity: 10,
        issueStartsAt: '2026-01-01T00:00:00.000Z',
        issueEndsAt: '2046-01-01T00:00:00.000Z',
        validDays: 3,
        usableUntil: '2046-06-01T00:00:00.000Z',
      },
      optional: ['maxDiscount', 'minOrderAmount', 'issueStartsAt', 'issueEndsAt', 'validDays', 'usableUntil'],
    },
    { method: 'PATCH', path: `/coupons/${couponId}`, role: 'admin', body: { status: 'SUSPENDED' } },
    {
      method: 'POST',
      path: '/cart/add',
      role: 'customer',
      body: { productId, optionId, quantity: 1 },
      optional: ['optionId'],
    },
    {
      method: 'POST',
      path: '/orders',
      role: 'customer',
      body: { userId, items: [{ productId, optionId, quantity: 1 }], userCouponId, expectedTotal: 1 },
      optional: ['userId', 'userCouponId', 'expectedTotal'],
    },
    {
      method: 'POST',
      path: '/admin/dead-letters/wallet/01920000-0000-7000-8000-0000000000d1/drop',
      role: 'admin',
      body: { reason: 'sent by a test' },
    },
    {
      method: 'POST',
      path: '/admin/orders/redrive',
      role: 'admin',
      body: { since: '2026-01-01T00:00:00.000Z', until: '2026-01-01T00:00:00.000Z' },
      optional: ['until'],
    },
  ];
}

/** Every route with an id in its path, `*` where the id goes. */
export const ROUTES_WITH_ID: readonly Route[] = [
  { method: 'GET', path: '/products/*', role: 'anyone' },
  { method: 'PATCH', path: '/products/*', role: 'admin', body: { price: 1 } },
  { method: 'POST', path: '/products/*/stock', role: 'admin', body: { quantity: 1 } },
  { method: 'PATCH', path: '/coupons/*', role: 'admin', body: { status: 'SUSPENDED' } },
  { method: 'POST', path: '/coupons/*/issue', role: 'customer' },
  { method: 'GET', path: '/balance/charges/*', role: 'customer' },
  { method: 'GET', path: '/orders/*', role: 'customer' },
  { method: 'GET', path: '/orders/*/timeline', role: 'customer' },
  { method: 'POST', path: '/orders/*/cancel', role: 'customer' },
  { method: 'GET', path: '/admin/dead-letters/wallet/*', role: 'admin' },
  { method: 'POST', path: '/admin/dead-letters/wallet/*/send', role: 'admin' },
  { method: 'POST', path: '/admin/dead-letters/wallet/*/drop', role: 'admin', body: { reason: 'x' } },
  { method: 'POST', path: '/admin/sagas/*/nudge', role: 'admin' },
];

/** Every list, and what its query may say. */
export const LISTS: readonly Route[] = [
  { method: 'GET', path: '/products', role: 'anyone' },
  { method: 'GET', path: '/coupons', role: 'anyone' },
  { method: 'GET', path: '/coupons/mine', role: 'customer' },
  { method: 'GET', path: '/orders', role: 'customer' },
  { method: 'GET', path: '/balance/history', role: 'customer' },
  { method: 'GET', path: '/admin/dead-letters', role: 'admin' },
  { method: 'GET', path: '/admin/sagas', role: 'admin' },
  { method: 'GET', path: '/admin/orders', role: 'admin' },
];

/** Every path at which a customer reads, and an admin may name whose it is: `?userId=`. */
export function pathsOfOneUser({ paths, components }: ApiDocument): string[] {
  const names = (part: object): boolean => {
    const [, , kind = '', name = ''] = '$ref' in part ? String(part.$ref).split('/') : [];
    const { in: where, name: called } = (components[kind]?.[name] ?? part) as { in?: string; name?: string };
    return where === 'query' && called === 'userId';
  };
  return Object.entries(paths).flatMap(([path, { get }]) =>
    get?.parameters.some(names) === true && !path.startsWith('/admin/') ? [path] : [],
  );
}

/** Sends a body of any kind on a route. */
export function callRoute(
  client: ShopClient,
  { method, path }: Pick<Route, 'method' | 'path'>,
  body: unknown,
  token: string | undefined,
) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return client.send(method, path, text, { token });
}

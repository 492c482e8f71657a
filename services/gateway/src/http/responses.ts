import {
  cancelOrder,
  cartLine,
  id,
  instant,
  money,
  named,
  orderItem,
  placeOrder,
  previewCancel,
  product,
  readOrderFigures,
  readRecords,
  readWallet,
  readCart,
  readTopProducts,
  reserveStock,
  stockLeft,
} from '@jangteo/contracts';
import { z } from 'zod';
import { USER_STATES } from '../domain/account.js';
import { ROLES } from '../domain/caller.js';

/* What the gateway answers with where it is not just what a service said. */

const { orderId, userId, items: exampleItems, orderDate } = placeOrder.example.value;

export const account = named(
  'Account',
  z.object({ userId: id, email: z.string(), name: z.string(), role: z.enum(ROLES) }),
  { userId, email: 'mina@example.com', name: 'Mina', role: 'customer' },
);

export const granted = named(
  'Granted',
  z.object({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    /** Seconds. */
    expiresIn: z.int().min(1),
    refreshToken: z.string(),
  }),
  {
    accessToken: 'eyJhbGciOiJFZERTQSJ9.e30.c2ln',
    tokenType: 'Bearer',
    expiresIn: 900,
    refreshToken: 'cmVmcmVzaA',
  },
  'An access token, good for `expiresIn` seconds, and the refresh token that gets the next one.',
);

export const consoleSession = named(
  'ConsoleSession',
  granted.omit({ refreshToken: true }),
  { accessToken: 'eyJhbGciOiJFZERTQSJ9.e30.c2ln', tokenType: 'Bearer', expiresIn: 900 },
  'An access token, good for `expiresIn` seconds; what gets the next one is in the cookie.',
);

export const consoleLink = named(
  'ConsoleLink',
  z.object({
    loginToken: z.string().describe('For `POST /auth/console/sessions`, once.'),
    expiresAt: instant.describe('When it is good no more.'),
    path: z
      .string()
      .describe('The page of the console, behind the address of the shop, that logs in with it.'),
  }),
  { loginToken: 'bG9naW4', expiresAt: '2026-01-01T00:05:00.000Z', path: '/console/#login=bG9naW4' },
  'A link that logs in to the console, once.',
);

export const session = named(
  'Session',
  z.object({
    sessionId: id.describe("The session's id."),
    isCurrent: z.boolean().describe('Whether it is the one that asks.'),
    begunAt: instant.describe('When somebody logged in.'),
    refreshedAt: instant.describe('When it last got a new access token.'),
    expiresAt: instant.describe('When it ends unless it is refreshed before.'),
    userAgent: z
      .string()
      .optional()
      .describe('The program that logged in, as it calls itself; absent where it did not say.'),
  }),
  {
    sessionId: '01920000-0000-7000-8000-000000000011',
    isCurrent: true,
    begunAt: orderDate,
    refreshedAt: orderDate,
    expiresAt: '2026-01-31T00:00:00.000Z',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
  },
  'A login, and all that was refreshed from it.',
);

const knownUser = z.object({
  userId: id,
  email: z.string().optional().describe('The e-mail address; absent once the account was deleted.'),
  name: z.string().optional().describe("The user's display name; absent once the account was deleted."),
  role: z.enum(ROLES),
  state: z
    .enum(USER_STATES)
    .describe('`SUSPENDED` can do nothing, `DELETED` has been erased but for its id, which the books name.'),
  createdAt: instant,
  updatedAt: instant.optional().describe('When it was last changed; absent where that was long ago.'),
});

const exampleUser = {
  userId,
  email: 'mina@example.com',
  name: 'Mina',
  role: 'customer' as const,
  state: 'ACTIVE' as const,
  createdAt: orderDate,
  updatedAt: orderDate,
};

export const listedUser = named(
  'User',
  knownUser,
  exampleUser,
  'Somebody with an account, for those who run the shop.',
);

export const userDetails = named(
  'UserDetails',
  knownUser.extend({
    sessions: z.int().min(0).max(10_000).describe('How many sessions they are logged in with.'),
    ...readWallet.value.shape,
    ordersOnTheWay: readOrderFigures.value.shape.onTheWay,
    orders: readOrderFigures.value.shape.placed,
    lastOrderAt: readOrderFigures.value.shape.lastOrderAt,
  }),
  {
    ...exampleUser,
    sessions: 1,
    ...readWallet.example.value,
    ordersOnTheWay: 0,
    orders: 1,
    lastOrderAt: orderDate,
  },
  'A user, with what their wallet holds and how much they order.',
);

export const resetToken = named(
  'ResetToken',
  z.object({
    token: z.string().describe('Goes to the user, and from there to `POST /auth/password/reset`.'),
    expiresAt: instant.describe('When it is good no more.'),
  }),
  { token: 'cmVzZXQ', expiresAt: '2026-01-01T01:00:00.000Z' },
  'A token to set a password anew.',
);

const knownKey = z.object({
  keyId: id.describe('The id of an API key.'),
  name: z.string().describe('What the key is called.'),
  role: z.enum(ROLES).describe('What it may do, and never more than who made it.'),
  makerId: id.describe('Who made it, and in whose name it acts.'),
  createdAt: instant,
  expiresAt: instant.optional().describe('When it is good no more; absent where it has no end.'),
});

const exampleKey = {
  keyId: '01920000-0000-7000-8000-000000000021',
  name: 'Nightly report',
  role: 'viewer' as const,
  makerId: '01920000-0000-7000-8000-000000000009',
  createdAt: orderDate,
};

export const apiKey = named('ApiKey', knownKey, exampleKey, 'A key of a program.');

export const createdApiKey = named(
  'CreatedApiKey',
  knownKey.extend({ key: z.string().describe('The key itself, which is not shown again.') }),
  { ...exampleKey, key: 'jk_bm90IGEga2V5IHRoYXQgYW55IHNob3AgaGFzIG1hZGU' },
  'A key that was made just now.',
);

export const keySet = named(
  'KeySet',
  z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string() })).min(1) }),
  { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'MCowBQ', kid: 'k1', alg: 'EdDSA', use: 'sig' }] },
  'A JSON Web Key Set (RFC 7517).',
);

export const topProduct = named(
  'TopProduct',
  z.object({
    ...product.pick({ productId: true, name: true, price: true }).shape,
    ...readTopProducts.value.shape.products.element.pick({ totalSales: true }).shape,
  }),
  { productId: '01920000-0000-7000-8000-0000000000b1', name: 'Tea cup', price: 12_000, totalSales: 2 },
);

const [exampleLine] = readCart.example.value.lines;
const exampleCartItem = { ...exampleLine!, name: 'Tea cup', price: 12_000, stock: 40, orderable: true };

const cartItem = named(
  'CartItem',
  cartLine.extend({ name: z.string(), price: money, stock: stockLeft, orderable: z.boolean() }),
  exampleCartItem,
  'A line of a cart at the name, price and stock of the moment; `orderable` is what stock covers.',
);

export const shownCart = named(
  'Cart',
  z.object({ items: z.array(cartItem), totalPrice: money }),
  { items: [exampleCartItem], totalPrice: 24_000 },
  '`totalPrice` is of the lines that are orderable.',
);

const { userCouponId, ...asked } = placeOrder.value.pick({
  orderId: true,
  userId: true,
  userCouponId: true,
  orderDate: true,
}).shape;

const { category: _, ...exampleItem } = reserveStock.example.value.items[0]!;

const placedItem = named(
  'PlacedOrderItem',
  orderItem.extend({ optionId: id, name: z.string(), price: money }),
  exampleItem,
);

export const placedOrder = named(
  'PlacedOrder',
  z.object({
    ...asked,
    orderStatus: z.literal('SUCCESS'),
    subtotal: money,
    discount: money,
    totalPrice: money,
    userCouponId,
    items: z.array(placedItem).min(1),
  }),
  {
    orderId,
    userId,
    orderStatus: 'SUCCESS',
    subtotal: 24_000,
    discount: 0,
    totalPrice: 24_000,
    items: [exampleItem],
    orderDate,
  },
);

export const pendingOrder = named(
  'PendingOrder',
  placeOrder.value
    .omit({
      completedAt: true,
      cancelledAt: true,
      updatedAt: true,
      failureCode: true,
      failureDetail: true,
      shortages: true,
      failureFacts: true,
    })
    .extend({
      orderStatus: z.literal('PENDING'),
    }),
  {
    orderId,
    userId,
    orderStatus: 'PENDING',
    items: exampleItems.map(({ productId, optionId, quantity }) => ({ productId, optionId, quantity })),
    orderDate,
  },
  'An order that goes on by itself, as it was asked for; its `Location` tells what becomes of it.',
);

export const cancelledOrder = named(
  'CancelledOrder',
  cancelOrder.value.extend({
    givesBack: previewCancel.value.shape.givesBack
      .optional()
      .describe('What a cancellation would give back; in the answer to a `dryRun` alone.'),
  }),
  cancelOrder.example.value,
);

export const orderRecords = named(
  'OrderRecords',
  z.object({
    events: readRecords.value.shape.records,
    next: readRecords.value.shape.next,
    oldest: readRecords.value.shape.oldest,
    newest: readRecords.value.shape.newest,
  }),
  { events: readRecords.example.value.records, next: 12, oldest: 1, newest: 12 },
  'Records of orders in the order of their numbers, which have no gap: where the first is not `after` + 1, those before ' +
    '`oldest` were deleted.',
);

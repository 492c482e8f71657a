import {
  cartLine,
  id,
  money,
  named,
  orderItem,
  placeOrder,
  product,
  readCart,
  readTopProducts,
  reserveStock,
  stockLeft,
} from '@jangteo/contracts';
import { z } from 'zod';
import { ROLES } from './domain/caller.js';

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

export const shownCart = named('Cart', z.object({ items: z.array(cartItem), totalPrice: money }), {
  items: [exampleCartItem],
  totalPrice: 24_000,
});

const { userCouponId, ...asked } = placeOrder.value.pick({
  orderId: true,
  userId: true,
  userCouponId: true,
  orderDate: true,
}).shape;

const placedItem = named(
  'PlacedOrderItem',
  orderItem.extend({ optionId: id, name: z.string(), price: money }),
  reserveStock.example.value.items[0]!,
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
    items: reserveStock.example.value.items,
    orderDate,
  },
);

export const pendingOrder = named(
  'PendingOrder',
  placeOrder.value.omit({ failureCode: true, failureDetail: true, shortages: true }).extend({
    orderStatus: z.literal('PENDING'),
  }),
  { orderId, userId, orderStatus: 'PENDING', items: exampleItems, orderDate },
  'An order that goes on by itself, as it was asked for; its `Location` tells what becomes of it.',
);

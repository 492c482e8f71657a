import { z } from 'zod';
import { LINE_QUANTITY_MAX, LINES_MAX, orderLine, stockLeft } from './catalog.js';
import { id, operation } from './ids.js';
import { outcomeSchema, request } from './message.js';

const userId = '01920000-0000-7000-8000-000000000001';
const productId = '01920000-0000-7000-8000-0000000000b1';
const optionId = '01920000-0000-7000-8000-0000000000b2';

/** A line of a cart. What it is called and costs is the catalog's, and read when the cart is shown. */
export const cartLine = z.object({ productId: id, optionId: id, quantity: orderLine.shape.quantity });

/** A cart: one line an option, in the order in which they were first put in. */
export const cart = z.object({ lines: z.array(cartLine).max(LINES_MAX) });

/** What a line is set to: 0 for none. */
export const cartQuantity = z.int().min(0).max(LINE_QUANTITY_MAX);

const OFFER_REFUSALS = [
  'PRODUCT_NOT_FOUND',
  'OPTION_REQUIRED',
  'OPTION_NOT_FOUND',
  'PRODUCT_NOT_SELLABLE',
] as const;

/**
 * A cart after a change. Whoever shows it puts prices of the moment beside its lines: under the id of the change they
 * keep what they showed first, because a repeat gets the same id and the lines as they are by then.
 */
export const changedCart = cart.extend({ changeId: id.optional() });

/** The catalog's answer about what is to be put into a cart: the option and the stock left of it, or a refusal. */
export const offer = outcomeSchema(z.object({ optionId: id, available: stockLeft }), OFFER_REFUSALS);

const exampleLine = { productId, optionId, quantity: 2 };
const exampleOperation = { key: productId, fingerprint: '' };

export const readCart = request({
  type: 'cart.read',
  service: 'order',
  summary: "Reads a user's cart.",
  payload: z.object({ userId: id }),
  value: cart,
  refusals: [],
  example: { payload: { userId }, value: { lines: [exampleLine] } },
});

export const addToCart = request({
  type: 'cart.add',
  service: 'order',
  summary:
    'Puts units of an option into a cart, on top of those that are in it, as far as the stock of the moment ' +
    'covers the line. The stock is asked before the cart, so that a refusal of the catalog is kept under the ' +
    'operation key too.',
  payload: z.object({ operation, userId: id, productId: id, quantity: orderLine.shape.quantity, offer }),
  value: changedCart,
  refusals: [...OFFER_REFUSALS, 'OUT_OF_STOCK', 'VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: {
      operation: exampleOperation,
      userId,
      productId,
      quantity: 2,
      offer: { ok: true, value: { optionId, available: 40 } },
    },
    value: { lines: [exampleLine], changeId: userId },
  },
});

export const setCartItem = request({
  type: 'cart.set',
  service: 'order',
  summary:
    'Sets the quantity of an option in a cart, as far as the stock of the moment covers it. 0 takes the line out, ' +
    'whatever the catalog says, and is done where there is none; any other needs the offer of the catalog.',
  payload: z
    .object({
      operation,
      userId: id,
      productId: id,
      optionId: id.optional(),
      quantity: cartQuantity,
      offer: offer.optional(),
    })
    .refine((asked) => asked.quantity === 0 || asked.offer !== undefined, {
      path: ['offer'],
      message: 'is needed',
    }),
  value: changedCart,
  refusals: [...OFFER_REFUSALS, 'OUT_OF_STOCK', 'VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: {
      operation: exampleOperation,
      userId,
      productId,
      optionId,
      quantity: 2,
      offer: { ok: true, value: { optionId, available: 40 } },
    },
    value: { lines: [exampleLine], changeId: userId },
  },
});

export const clearCart = request({
  type: 'cart.clear',
  service: 'order',
  summary: 'Takes all lines out of a cart.',
  payload: z.object({ operation, userId: id }),
  value: changedCart,
  refusals: ['IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: { operation: exampleOperation, userId },
    value: { lines: [], changeId: userId },
  },
});

export const removeFromCart = request({
  type: 'cart.remove',
  service: 'order',
  summary: 'Takes a line out of a cart; the option may be left out where the cart has one of the product.',
  payload: z.object({ operation, userId: id, productId: id, optionId: id.optional() }),
  value: changedCart,
  refusals: ['CART_ITEM_NOT_FOUND', 'OPTION_REQUIRED', 'IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: { operation: exampleOperation, userId, productId, optionId },
    value: { lines: [], changeId: userId },
  },
});

export type Cart = z.infer<typeof cart>;
export type ChangedCart = z.infer<typeof changedCart>;
export type CartLine = z.infer<typeof cartLine>;
export type Offer = z.infer<typeof offer>;

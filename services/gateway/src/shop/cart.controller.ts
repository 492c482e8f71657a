/*
 * GET    /cart          user   200
 * POST   /cart/add      user   200
 * PUT    /cart/items    user   200
 * DELETE /cart/remove   user   200
 * DELETE /cart          user   200
 */
import { Body, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import {
  addToCart,
  clearCart,
  id,
  readCart,
  readProducts,
  removeFromCart,
  setCartItem,
  type CartLine,
  type ChangedCart,
  type Product,
} from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { TransientFailure, UpstreamTimeout, UpstreamUnavailable } from '@jangteo/messaging';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { shownCart } from '../http/responses.js';
import { Call, FromCall } from '../http/request-context.js';
import { cartOf, offerOf, type ShownCart } from '../domain/cart.js';
import { keepFirstAnswer, readFirstAnswer } from '../http/first-answers.queries.js';
import { cartItemDraft, draftLine } from '../openapi/schemas.js';
import { Upstream } from '../http/upstream.js';

export const addToCartBody = draftLine;
export const setCartItemBody = cartItemDraft;
export const removeFromCartQuery = z.object({ productId: id, optionId: id.optional() });

/** A user's own cart: nobody, an admin neither, reaches somebody else's. */
@Api()
export class CartController {
  constructor(
    private readonly upstream: Upstream,
    private readonly database: Database,
  ) {}

  @Get('cart')
  @Documented({
    id: 'readCart',
    summary: 'Reads the cart, with names, prices and stock of the moment',
    asks: [readCart, readProducts],
    answer: shownCart,
  })
  async read(@FromCall() call: Call) {
    const { userId } = call.caller;
    const { lines } = await this.upstream.ask(readCart, { userId }, call);
    return await this.#shown(lines, call);
  }

  @Post('cart/add')
  @HttpCode(200)
  @Documented({
    id: 'addToCart',
    summary: 'Puts a product into the cart, or more of it into its line',
    description: 'As far as stock covers the line; a line has at most 1,000 units, and a cart 100 lines.',
    asks: [readProducts, addToCart],
    answer: shownCart,
  })
  async add(@FromCall() call: Call, @Body({ schema: addToCartBody }) body: z.infer<typeof addToCartBody>) {
    const operation = call.operation(addToCart, body);
    const { userId } = call.caller;
    const { productId, quantity } = body;
    const payload = { operation, userId, productId, quantity, offer: await this.#offer(body, call) };
    return await this.#shownChanged(await this.upstream.ask(addToCart, payload, call), call);
  }

  @Put('cart/items')
  @Documented({
    id: 'setCartItem',
    summary: 'Sets how many of a product are in the cart',
    description:
      'As far as stock covers it. 0 takes the line out, and does nothing where there is none: `optionId` may then be ' +
      'left out where the cart has one option of the product.',
    asks: [readProducts, setCartItem],
    answer: shownCart,
  })
  async set(
    @FromCall() call: Call,
    @Body({ schema: setCartItemBody }) body: z.infer<typeof setCartItemBody>,
  ) {
    const operation = call.operation(setCartItem, body);
    const { userId } = call.caller;
    const offer = body.quantity === 0 ? {} : { offer: await this.#offer(body, call) };
    const payload = { operation, userId, ...body, ...offer };
    return await this.#shownChanged(await this.upstream.ask(setCartItem, payload, call), call);
  }

  @Delete('cart')
  @Documented({
    id: 'clearCart',
    summary: 'Takes everything out of the cart',
    description: 'What is being ordered from it already is ordered all the same.',
    asks: [clearCart, readProducts],
    answer: shownCart,
  })
  async clear(@FromCall() call: Call) {
    const operation = call.operation(clearCart, {});
    const { userId } = call.caller;
    return await this.#shownChanged(await this.upstream.ask(clearCart, { operation, userId }, call), call);
  }

  @Delete('cart/remove')
  @Documented({
    id: 'removeFromCart',
    summary: 'Takes a line out of the cart, whatever its quantity',
    description: '`optionId` may be left out where the cart has one option of the product.',
    asks: [removeFromCart, readProducts],
    answer: shownCart,
  })
  async remove(
    @FromCall() call: Call,
    @Query({ schema: removeFromCartQuery }) query: z.infer<typeof removeFromCartQuery>,
  ) {
    const operation = call.operation(removeFromCart, query);
    const { userId } = call.caller;
    const changed = await this.upstream.ask(removeFromCart, { operation, userId, ...query }, call);
    return await this.#shownChanged(changed, call);
  }

  /** What the catalog refuses goes to the cart too: under one key, a repeat is answered as the first time. */
  async #offer(named: { productId: string; optionId?: string | undefined }, call: Call) {
    const optionIds = named.optionId === undefined ? [] : [named.optionId];
    const [product] = await this.#products([named.productId], optionIds, call);
    return offerOf(product, named);
  }

  async #shownChanged(changed: ChangedCart, call: Call): Promise<ShownCart> {
    try {
      return await this.#shownFirst(changed, call);
    } catch (error) {
      // That it cannot be shown now does not undo the change: who takes it for refused would make it twice.
      const isAway = error instanceof UpstreamUnavailable || error instanceof TransientFailure;
      if (isAway) throw new UpstreamTimeout(error.message);
      throw error;
    }
  }

  /** Prices and stock change, and a repeat is to be answered as the first time: so what was shown then is kept. */
  async #shownFirst({ lines, changeId }: ChangedCart, call: Call): Promise<ShownCart> {
    const isRepeatable = call.idempotencyKey() !== undefined && changeId !== undefined;
    if (!isRepeatable) return await this.#shown(lines, call);
    const first = await readFirstAnswer<ShownCart>(this.database, changeId);
    return first ?? (await keepFirstAnswer(this.database, changeId, await this.#shown(lines, call)));
  }

  async #shown(lines: readonly CartLine[], call: Call): Promise<ShownCart> {
    const productIds = [...new Set(lines.map(({ productId }) => productId))];
    const optionIds = lines.map(({ optionId }) => optionId);
    return cartOf(lines, await this.#products(productIds, optionIds, call));
  }

  /** Products with what is wanted of their options, and whether there is a choice. */
  async #products(productIds: string[], optionIds: string[], call: Call): Promise<Product[]> {
    if (productIds.length === 0) return [];
    const { products } = await this.upstream.ask(readProducts, { productIds, optionIds }, call);
    return products;
  }
}

import type { Cart as Contents, CartItemDraft, OrderDraftLine } from '../api.js';
import type { CallOptions, QueryOf } from '../transport.js';
import { Namespace } from './namespace.js';

export class Cart extends Namespace {
  read(options?: CallOptions): Promise<Contents> {
    return this.call('readCart', {}, options);
  }

  /** Adds to a line that exists. */
  add(line: OrderDraftLine, options?: CallOptions): Promise<Contents> {
    return this.call('addToCart', { body: line }, options);
  }

  /** Sets a line, whatever was in it; 0 takes it out. */
  set(line: CartItemDraft, options?: CallOptions): Promise<Contents> {
    return this.call('setCartItem', { body: line }, options);
  }

  remove(line: QueryOf<'removeFromCart'>, options?: CallOptions): Promise<Contents> {
    return this.call('removeFromCart', { query: line }, options);
  }

  clear(options?: CallOptions): Promise<Contents> {
    return this.call('clearCart', {}, options);
  }
}

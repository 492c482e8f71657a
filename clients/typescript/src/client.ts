import type { Operations } from './api.js';
import type { Retry } from './retry.js';
import { Admin } from './shop/admin.js';
import { Auth } from './shop/auth.js';
import { Balance } from './shop/balance.js';
import { Cart } from './shop/cart.js';
import { Coupons } from './shop/coupons.js';
import { Events } from './shop/events.js';
import { Orders } from './shop/orders.js';
import { Products } from './shop/products.js';
import { tokensInMemory, type Tokens, type TokenStore } from './tokens.js';
import { Transport, type AnswerOf, type ArgumentsOf, type CallOptions, type Query } from './transport.js';

export interface JangteoOptions {
  /** Where the shop is, such as `https://shop.example`. */
  readonly url: string | URL;
  /** `jk_…`, for programs: instead of a session. */
  readonly apiKey?: string;
  /** A session that was begun earlier; or where tokens are kept, which is in memory unless told. */
  readonly tokens?: Tokens | TokenStore;
  /** In which problems are told. */
  readonly language?: 'en' | 'ko';
  /** Bounds of what is sent again by itself; false for nothing. Single calls may say otherwise. */
  readonly retry?: Partial<Retry> | false;
  /** Milliseconds for which one try waits for its answer (45,000). */
  readonly deadlineMs?: number;
  /** Instead of the global one. */
  readonly fetch?: typeof fetch;
}

/** A shop, as somebody who is logged in, a program with its key, or a stranger sees it. */
export class Jangteo {
  /** Where the shop is, without a slash at the end. */
  readonly url: string;
  readonly auth: Auth;
  readonly balance: Balance;
  readonly products: Products;
  readonly cart: Cart;
  readonly coupons: Coupons;
  readonly orders: Orders;
  readonly admin: Admin;
  readonly events: Events;
  readonly #transport: Transport;

  constructor({ url, apiKey, tokens, language, retry, deadlineMs, ...options }: JangteoOptions) {
    const store = tokens !== undefined && 'read' in tokens ? tokens : tokensInMemory(tokens);
    // Called as a function of nobody: a browser's own takes no other `this`.
    const send: typeof fetch = options.fetch ?? ((...args) => fetch(...args));
    this.url = String(url).replace(/\/+$/, '');
    const transport = new Transport({
      url: this.url,
      tokens: store,
      apiKey,
      language,
      retry,
      deadlineMs,
      fetch: send,
    });
    this.#transport = transport;
    this.auth = new Auth(transport);
    this.balance = new Balance(transport);
    this.products = new Products(transport);
    this.cart = new Cart(transport);
    this.coupons = new Coupons(transport);
    this.orders = new Orders(transport);
    this.admin = new Admin(transport);
    this.events = new Events(transport);
  }

  /**
   * Calls an operation by its id in the API's document, whether or not the client has a method for it.
   * @throws JangteoError
   */
  call<O extends keyof Operations>(
    id: O,
    given: ArgumentsOf<O>,
    options?: CallOptions,
  ): Promise<AnswerOf<O>> {
    return this.#transport.call(id, given, options);
  }

  /**
   * Asks for what this release of the client does not know of.
   * @param path with its query, or with it beside; it begins with `/`
   * @throws JangteoError, or TypeError for another path
   */
  async request<B = unknown>(
    method: string,
    path: string,
    { query, body }: { readonly query?: Query; readonly body?: unknown } = {},
    options?: CallOptions,
  ): Promise<B> {
    if (!path.startsWith('/')) throw new TypeError(`${path} does not begin with /`);
    const isKeyed = method !== 'GET' && options?.idempotencyKey !== undefined;
    return (await this.#transport.send<B>({ method, path, query, body, isKeyed }, options)).body;
  }
}

import { randomUUID } from 'node:crypto';
import type {
  Coupon,
  CouponDraft,
  OrderWithHistory,
  Product,
  ProductDraft,
  UserCoupon,
} from '@jangteo/contracts';
import { eventually } from '@jangteo/infra';
import type { DocumentedAnswers } from './documented-answers.js';

/** An answer of the gateway; `body` is undefined where there is none. */
export interface Answer<B> {
  readonly status: number;
  readonly body: B;
  readonly headers: Headers;
}

/** RFC 9457, with the shop's additions. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly orderId?: string;
  readonly shortages?: readonly Record<string, unknown>[];
}

export interface CallOptions {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody who can log in. */
export interface Customer {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export type OrderBody = Readonly<Record<string, unknown>>;

const ENDED_DEADLINE_MS = 150_000;
const ENDED_LOOK_EVERY_MS = 100;

/** Calls the gateway as a customer's program would: nothing but HTTP. */
export class ShopClient {
  #admin: Promise<string> | undefined;
  #documented: DocumentedAnswers | undefined;

  constructor(
    readonly url: string,
    /** Of the admin that the shop was started with. */
    readonly adminCredentials: Credentials,
  ) {}

  /** From now on every answer must be one that the API's document has. */
  holdTo(documented: DocumentedAnswers): void {
    this.#documented = documented;
  }

  get<B>(path: string, options: CallOptions = {}): Promise<Answer<B>> {
    return this.send<B>('GET', path, undefined, options);
  }

  post<B>(path: string, body?: unknown, options: CallOptions = {}): Promise<Answer<B>> {
    return this.send<B>('POST', path, body === undefined ? undefined : JSON.stringify(body), options);
  }

  patch<B>(path: string, body: unknown, options: CallOptions = {}): Promise<Answer<B>> {
    return this.send<B>('PATCH', path, JSON.stringify(body), options);
  }

  /**
   * Sends a body as it is, JSON or not. Of an answer that goes on, the head alone is awaited.
   * @throws TypeError when the gateway cannot be reached or the connection is lost
   * @throws Error when the answer is not as documented
   */
  async send<B>(
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | undefined,
    { token, headers = {} }: CallOptions = {},
  ): Promise<Answer<B>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const goesOn = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (goesOn) await response.body?.cancel();
    const text = goesOn ? '' : await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    const parsed: unknown = isJson ? JSON.parse(text) : text === '' && !goesOn ? undefined : text;
    const answer = { status: response.status, body: parsed as B, headers: response.headers };
    const fault = this.#documented?.fault(method, path, answer);
    if (fault !== undefined) throw new Error(`${method} ${path} is not answered as documented: ${fault}`);
    return answer;
  }

  /** @throws Error when the login is refused */
  async login(credentials: Credentials): Promise<string> {
    const { email, password } = credentials;
    const answer = await this.post<{ accessToken: string }>('/auth/login', { email, password });
    return expected(200, answer).accessToken;
  }

  /** The admin's access token. */
  admin(): Promise<string> {
    this.#admin ??= this.login(this.adminCredentials);
    return this.#admin;
  }

  /** Registers somebody new, logs them in, and charges their balance where an amount is given. */
  async register(balance = 0): Promise<Customer> {
    const email = `${randomUUID()}@example.com`;
    const password = `password ${email}`;
    const answer = await this.post<{ userId: string }>('/auth/register', { email, password, name: 'Kim' });
    const { userId } = expected(201, answer);
    const customer = { userId, email, password, token: await this.login({ email, password }) };
    if (balance > 0) await this.charge(customer, balance);
    return customer;
  }

  /** Registers many, all at once. */
  registerMany(count: number, balance = 0): Promise<Customer[]> {
    return Promise.all(Array.from({ length: count }, () => this.register(balance)));
  }

  async charge({ token }: Customer, amount: number): Promise<void> {
    expected(200, await this.post('/balance/charge', { amount }, { token }));
  }

  async balanceOf({ token }: Customer): Promise<number> {
    return expected(200, await this.get<{ currentBalance: number }>('/balance', { token })).currentBalance;
  }

  /** Makes a product, as the admin; a tea cup of 1,000 with a stock of 100 unless told. */
  async createProduct(draft: Partial<ProductDraft> = {}): Promise<Product> {
    const stock = draft.options === undefined ? { stock: 100 } : {};
    const body = { name: 'Tea cup', price: 1_000, ...stock, ...draft };
    return expected(201, await this.post<Product>('/products', body, { token: await this.admin() }));
  }

  async readProduct(productId: string): Promise<Product> {
    return expected(200, await this.get<Product>(`/products/${productId}`));
  }

  /** Makes a coupon, as the admin; 300 off, 100 of them, unless told. */
  async createCoupon(draft: Partial<CouponDraft> = {}): Promise<Coupon> {
    const body = {
      name: 'Opening week',
      discountType: 'FIXED',
      discountValue: 300,
      totalQuantity: 100,
      ...draft,
    };
    return expected(201, await this.post<Coupon>('/coupons', body, { token: await this.admin() }));
  }

  async issue({ token }: Customer, couponId: string): Promise<UserCoupon> {
    return expected(201, await this.post<UserCoupon>(`/coupons/${couponId}/issue`, undefined, { token }));
  }

  /**
   * Places an order; what is answered may be an order or a problem.
   * @param headers without any the client is patient, as tests are that do not look at time
   */
  order<B = OrderWithHistory & Problem>(
    { token }: Customer,
    body: OrderBody,
    headers: Readonly<Record<string, string>> = { prefer: 'wait=30' },
  ): Promise<Answer<B>> {
    return this.post<B>('/orders', body, { token, headers });
  }

  async readOrder({ token }: Pick<Customer, 'token'>, orderId: string): Promise<OrderWithHistory> {
    return expected(200, await this.get<OrderWithHistory>(`/orders/${orderId}`, { token }));
  }

  /** Waits until an order has ended by itself, through restarts of whatever is down meanwhile. */
  async untilEnded(customer: Pick<Customer, 'token'>, orderId: string): Promise<OrderWithHistory> {
    return await eventually(
      async () => {
        const order = await this.readOrder(customer, orderId);
        return order.orderStatus !== 'PENDING' && order;
      },
      { deadlineMs: ENDED_DEADLINE_MS, everyMs: ENDED_LOOK_EVERY_MS },
    );
  }
}

/**
 * The body of an answer that has this status.
 * @throws Error with the whole answer when it has another one
 */
export function expected<B>(status: number, answer: Answer<B>): B {
  if (answer.status === status) return answer.body;
  throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
}

/** A client of the gateway at this address, whose admin is the one that it was started with. */
export function shopClient(url: string, admin: Credentials): ShopClient {
  return new ShopClient(url, admin);
}

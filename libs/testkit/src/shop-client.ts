import { randomUUID } from 'node:crypto';
import { Jangteo, JangteoError, type OrderDraft } from '@jangteo/client';
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

/** A call by the client: it may give more than one header another value, or none. */
interface ClientCall extends Omit<CallOptions, 'headers'> {
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** Tests say where they repeat under a key; who gives none has none. */
const NO_KEY = { 'idempotency-key': undefined };
/** Tests of time look at it themselves. */
const ANSWER_DEADLINE_MS = 300_000;

const ENDED_DEADLINE_MS = 150_000;
const ENDED_LOOK_EVERY_MS = 100;

async function answerIn(response: Response): Promise<Answer<unknown>> {
  const { status, headers } = response;
  const goesOn = headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (goesOn) await response.body?.cancel();
  const text = goesOn ? '' : await response.text();
  const isJson = /[/+]json/.test(headers.get('content-type') ?? '');
  const body: unknown = isJson ? JSON.parse(text) : text === '' && !goesOn ? undefined : text;
  return { status, body, headers };
}

/**
 * Calls the gateway as a customer's program would: by the client, or, where a test needs a request as no client sends
 * it, by nothing but HTTP.
 */
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
    const answer = await answerIn(response);
    this.#holdToDocument(method, path, answer);
    return answer as Answer<B>;
  }

  /**
   * Asks by the client, once, and answers with what came, a refusal too.
   * @throws TypeError when the gateway cannot be reached or the connection is lost
   * @throws Error when the answer is not as documented, or the client tells of another one
   */
  async by<B>(
    ask: (shop: Jangteo) => Promise<unknown>,
    { token, headers = {} }: ClientCall = {},
  ): Promise<Answer<B>> {
    let answer: Answer<unknown> | undefined;
    const asked = { method: '', path: '' };
    const shop = new Jangteo({
      url: this.url,
      ...(token === undefined ? {} : { tokens: { accessToken: token } }),
      retry: false,
      deadlineMs: ANSWER_DEADLINE_MS,
      fetch: async (url, init) => {
        const sent = new Headers(init?.headers);
        for (const [name, value] of Object.entries(headers)) {
          if (value === undefined) sent.delete(name);
          else sent.set(name, value);
        }
        Object.assign(asked, { method: init?.method, path: (url as string).slice(this.url.length) });
        const response = await fetch(url, { ...init, headers: sent });
        answer = await answerIn(response.clone());
        return response;
      },
    });
    const refusal = await ask(shop).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (answer === undefined) throw refusal instanceof JangteoError ? refusal.cause : refusal;
    const { status } = answer;
    this.#holdToDocument(asked.method, asked.path, answer);
    const isTold =
      status < 400 ? refusal === undefined : (refusal as JangteoError | undefined)?.status === status;
    if (!isTold) throw new Error(`the client makes something else of ${status}`, { cause: refusal });
    return answer as Answer<B>;
  }

  /** @throws Error when the login is refused */
  async login(credentials: Credentials): Promise<string> {
    const { email, password } = credentials;
    const answer = await this.by<{ accessToken: string }>((shop) => shop.auth.login({ email, password }));
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
    const registration = { email, password, name: 'Kim' };
    const answer = await this.by<{ userId: string }>((shop) => shop.auth.register(registration), {
      headers: NO_KEY,
    });
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
    expected(200, await this.by((shop) => shop.balance.charge({ amount }), { token, headers: NO_KEY }));
  }

  async balanceOf({ token }: Customer): Promise<number> {
    const answer = await this.by<{ currentBalance: number }>((shop) => shop.balance.read(), { token });
    return expected(200, answer).currentBalance;
  }

  /** Makes a product, as the admin; a tea cup of 1,000 with a stock of 100 unless told. */
  async createProduct(draft: Partial<ProductDraft> = {}): Promise<Product> {
    const stock = draft.options === undefined ? { stock: 100 } : {};
    const its = { name: 'Tea cup', price: 1_000, ...stock, ...draft };
    const made = { token: await this.admin(), headers: NO_KEY };
    return expected(201, await this.by<Product>((shop) => shop.products.create(its), made));
  }

  async readProduct(productId: string): Promise<Product> {
    return expected(200, await this.by<Product>((shop) => shop.products.read(productId)));
  }

  /** Makes a coupon, as the admin; 300 off, 100 of them, unless told. */
  async createCoupon(draft: Partial<CouponDraft> = {}): Promise<Coupon> {
    const its = {
      name: 'Opening week',
      discountType: 'FIXED' as const,
      discountValue: 300,
      totalQuantity: 100,
      ...draft,
    };
    const made = { token: await this.admin(), headers: NO_KEY };
    return expected(201, await this.by<Coupon>((shop) => shop.coupons.create(its), made));
  }

  async issue({ token }: Customer, couponId: string): Promise<UserCoupon> {
    const its = { token, headers: NO_KEY };
    return expected(201, await this.by<UserCoupon>((shop) => shop.coupons.issue(couponId), its));
  }

  /**
   * Places an order; what is answered may be an order or a problem. The client is patient, as tests are that do not look
   * at time.
   * @param headers `prefer: undefined` to wait as long as the shop does by itself
   */
  order<B = OrderWithHistory & Problem>(
    { token }: Customer,
    body: OrderBody,
    headers: Readonly<Record<string, string | undefined>> = {},
  ): Promise<Answer<B>> {
    // Of any shape: what is refused is placed too.
    const draft = body as unknown as OrderDraft;
    const patient = { ...NO_KEY, prefer: 'wait=30', ...headers };
    return this.by<B>((shop) => shop.orders.place(draft), { token, headers: patient });
  }

  async readOrder({ token }: Pick<Customer, 'token'>, orderId: string): Promise<OrderWithHistory> {
    return expected(200, await this.by<OrderWithHistory>((shop) => shop.orders.read(orderId), { token }));
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

  /** @throws Error */
  #holdToDocument(method: string, path: string, answer: Answer<unknown>): void {
    const fault = this.#documented?.fault(method, path, answer);
    if (fault !== undefined) throw new Error(`${method} ${path} is not answered as documented: ${fault}`);
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

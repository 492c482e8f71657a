/** What is asked, as data: the load generator is a process of its own. */
export type RequestPlan =
  | {
      readonly kind: 'order';
      /** Access tokens; customers take turns. */
      readonly tokens: readonly string[];
      /** What can be ordered: each order takes two of these, another pair each time. */
      readonly goods: readonly Good[];
      /** Per customer the coupons to use up, one an order; none where left out. */
      readonly userCoupons?: readonly (readonly string[])[];
    }
  | { readonly kind: 'read'; readonly paths: readonly string[]; readonly tokens: readonly string[] }
  | { readonly kind: 'issue'; readonly tokens: readonly string[]; readonly couponId: string };

export interface Good {
  readonly productId: string;
  readonly optionId?: string;
}

/** One run of the load generator. */
export interface LoadPlan {
  /** Addresses of the gateway's replicas; clients are spread over them. */
  readonly urls: readonly string[];
  readonly clients: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** So many requests in all instead of a time; nothing warms up then. */
  readonly amount?: number;
  readonly requests: RequestPlan;
}

/** What came of it. Times are in milliseconds. */
export interface LoadResult {
  readonly seconds: number;
  /** Answers that were as they should be. */
  readonly good: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Of the good ones, by status and code, e.g. `409 COUPON_SOLD_OUT`. */
  readonly answers: Readonly<Record<string, number>>;
  /** All others: `<status> <code>`, or what went wrong with the connection. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What the load generator tells while it works. */
export type LoadMessage =
  | { readonly type: 'begun' }
  | { readonly type: 'ended'; readonly result: LoadResult }
  | { readonly type: 'failed'; readonly reason: string };

/** Requests as data: the load generator is a process of its own. */
export type RequestPlan = OrderPlan | ReadPlan | IssuePlan;

export interface OrderPlan {
  readonly kind: 'order';
  /** Access tokens; customers take turns. */
  readonly tokens: readonly string[];
  /** Goods on offer: each order takes two of these, another pair each time. */
  readonly goods: readonly Good[];
  /** Per customer the coupons to use up, one an order; none where left out. */
  readonly userCoupons?: readonly (readonly string[])[];
}

export interface ReadPlan {
  readonly kind: 'read';
  readonly paths: readonly string[];
  readonly tokens: readonly string[];
}

export interface IssuePlan {
  readonly kind: 'issue';
  readonly tokens: readonly string[];
  readonly couponId: string;
}

export interface Good {
  readonly productId: string;
  readonly optionId?: string;
}

interface Timing {
  readonly clients: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

interface Target extends Timing {
  /** Addresses of the gateway's replicas; clients are spread over them. */
  readonly urls: readonly string[];
  readonly requests: RequestPlan;
  /** The shop may send clients away with 429 or 503 and a time to wait; that is no error then. */
  readonly mayRefuse?: boolean;
}

/** Clients that each send, wait for the answer, and send again. */
export interface ClosedLoop extends Target {
  readonly loop: 'closed';
  /** So many requests in all instead of a time; nothing warms up then. */
  readonly amount?: number | undefined;
}

/** The same, but whoever is sent away waits as long as they were told before they ask again. */
export interface PatientLoop extends Target {
  readonly loop: 'patient';
}

/**
 * Requests at a fixed rate, whether or not those before were answered. Latency counts from when a request was
 * due: one that could not even be sent in time because the shop was slow is as late as its customer finds it.
 */
export interface OpenLoop extends Target {
  readonly loop: 'open';
  readonly ratePerSecond: number;
}

/** Connections to a database that each call one function after the other. */
export interface CallLoop extends Timing {
  readonly loop: 'calls';
  readonly databaseUrl: string;
  readonly statement: string;
  /** Parameters of a call; calls take turns with them. */
  readonly parameters: readonly (readonly unknown[])[];
}

/** One run of the load generator. */
export type LoadPlan = ClosedLoop | PatientLoop | OpenLoop | CallLoop;

/** Figures of a run. Times are in milliseconds. */
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
  /** Those that were sent away, or told to come back, where that is allowed. */
  readonly refused: Readonly<Record<string, number>>;
  /** All others: `<status> <code>`, or what went wrong with the connection. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Messages of the load generator while it works. */
export type LoadMessage =
  | { readonly type: 'begun' }
  | { readonly type: 'ended'; readonly result: LoadResult }
  | { readonly type: 'failed'; readonly reason: string };

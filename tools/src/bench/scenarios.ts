import { limitTrials } from './limit.js';
import type { ClosedLoop, Good, LoadPlan, OrderPlan, RequestPlan } from './load/plan.js';
import type { Trial } from './measure.js';
import type { BenchOptions } from './options.js';
import { EMPTY, FULL, type READ_WITH_STORED, type ScenarioName } from './scenario-names.js';
import { auditBy, makeCustomers, shopAs } from '../stack/customers.js';
import type { Stack } from '../stack/stack.js';
import { TROUBLES } from './neighbours.js';
import { storeOrders, sumStored } from './stored-orders.js';
import { adminToken, issueCoupons, makeCoupon, type World } from './world.js';

/** More than a machine of any size can use up, for as long as it is measured. */
const COUPON_ORDERS_A_SECOND_MAX = 4_000;
const RACE = { users: 10_000, coupons: 1_000, clientsMin: 64 };
/** The number of clients at which one figure is compared with another. */
const USUAL_CLIENTS = 128;
const MINUTE = 60;
/** As many times the usual length as it takes until whatever waits for what is in trouble has gathered. */
const TROUBLE_TIMES = 4;
const AUDITS = 3;
/** Enough to keep two cores busy. */
const RUN_IN_CLIENTS = 64;
/** First look at memory in a long run, at no more than this share of it: caches and code are warm by then. */
const EARLY = { seconds: 2 * MINUTE, shareMax: 0.2 };

export interface Bench {
  readonly stack: Stack;
  readonly world: World;
  readonly options: BenchOptions;
  readonly report: (line: string) => void;
}

/** Measurements of a scenario, each made ready just before it is asked for. */
export type Scenario = (bench: Bench) => AsyncGenerator<Trial> | Generator<Trial>;

function tokensOf({ customers }: World): string[] {
  return customers.map(({ token }) => token);
}

/** As most clients name what they order: a product with one option needs no option named. */
function spreadGoods({ goods }: World): Good[] {
  return goods.map(({ productId }) => ({ productId }));
}

export function spreadOrders(world: World): OrderPlan {
  return { kind: 'order', tokens: tokensOf(world), goods: spreadGoods(world) };
}

/** The usual number of clients, or the nearest to it that is wanted. */
export function usualClients(wanted: readonly number[]): number {
  const below = wanted.filter((clients) => clients <= USUAL_CLIENTS);
  return below.length > 0 ? Math.max(...below) : Math.min(...wanted);
}

/** At each number of clients; or at one rate, where that is what is wanted. */
function plansOf({ stack, options }: Bench): ((requests: RequestPlan) => LoadPlan)[] {
  const { seconds, warmUpSeconds, ratePerSecond } = options;
  const common = { urls: stack.urls, seconds, warmUpSeconds };
  if (ratePerSecond !== undefined) {
    return [(requests) => ({ ...common, loop: 'open', ratePerSecond, clients: 0, requests })];
  }
  return options.clients.map((clients) => (requests) => ({ ...common, loop: 'closed', clients, requests }));
}

function each(title: string, requestsOf: (bench: Bench) => RequestPlan | Promise<RequestPlan>): Scenario {
  return async function* (bench) {
    for (const planOf of plansOf(bench)) yield { title, plan: planOf(await requestsOf(bench)) };
  };
}

async function couponOrders({ stack, world, options }: Bench): Promise<RequestPlan> {
  const { seconds, warmUpSeconds } = options;
  const orders = COUPON_ORDERS_A_SECOND_MAX * (seconds + warmUpSeconds) + Math.max(...options.clients);
  const userCoupons = await issueCoupons(stack, world.customers, Math.ceil(orders / world.customers.length));
  return { ...spreadOrders(world), userCoupons };
}

/** One client would need a minute for ten thousand requests, and would race nobody. */
function racers(wanted: readonly number[]): readonly number[] {
  const many = wanted.filter((clients) => clients >= RACE.clientsMin);
  return many.length > 0 ? many : [Math.max(...wanted)];
}

const race: Scenario = async function* ({ stack, options }) {
  for (const clients of racers(options.clients)) {
    const tokens = (await makeCustomers(stack, RACE.users)).map(({ token }) => token);
    const couponId = await makeCoupon(stack, RACE.coupons);
    yield {
      title: `${RACE.users} customers, ${RACE.coupons} coupons`,
      plan: {
        loop: 'closed',
        urls: stack.urls,
        clients,
        seconds: 0,
        warmUpSeconds: 0,
        amount: RACE.users,
        requests: { kind: 'issue', tokens, couponId },
      },
      answerFaults: (answers) =>
        answers['201'] === RACE.coupons
          ? []
          : [`${answers['201'] ?? 0} of ${RACE.coupons} coupons were issued`],
    };
  }
};

/** Far more clients than the shop can serve at a time. */
function tooMany(loop: 'patient' | 'closed', title: string): Scenario {
  return function* ({ stack, world, options: { seconds, warmUpSeconds, overloadClients } }) {
    const common = { urls: stack.urls, clients: overloadClients, seconds, warmUpSeconds };
    yield { title, plan: { ...common, loop, mayRefuse: true, requests: spreadOrders(world) } };
  };
}

/** Orders with the usual clients, for a time of its own. */
function usualOrders({ stack, world, options }: Bench, seconds = options.seconds): ClosedLoop {
  const clients = usualClients(options.clients);
  const { warmUpSeconds } = options;
  return { loop: 'closed', urls: stack.urls, clients, seconds, warmUpSeconds, requests: spreadOrders(world) };
}

/**
 * Orders placed before anything is measured: a program that has just started still compiles what it does often, and
 * that is a twelfth of its work at first.
 */
export function runInPlan({ stack, world, options }: Bench): ClosedLoop {
  return {
    loop: 'closed',
    urls: stack.urls,
    clients: RUN_IN_CLIENTS,
    seconds: options.runInSeconds,
    warmUpSeconds: 0,
    requests: spreadOrders(world),
  };
}

interface StoredRead {
  readonly detail: (typeof READ_WITH_STORED)[number];
  readonly plan: LoadPlan;
}

/** Reads while orders are stored: all that could cost more for each of them. */
function readTrials({ stack, world, options }: Bench, adminsToken: string): StoredRead[] {
  const clients = usualClients(options.clients);
  const { seconds, warmUpSeconds } = options;
  const plan = (path: string, tokens: readonly string[]): LoadPlan => ({
    loop: 'closed',
    urls: stack.urls,
    clients,
    seconds,
    warmUpSeconds,
    requests: { kind: 'read', paths: [path], tokens },
  });
  return [
    { detail: 'orders of a customer', plan: plan('/orders', tokensOf(world)) },
    { detail: 'products', plan: plan('/products', []) },
    { detail: 'top', plan: plan('/products/top', []) },
    { detail: 'sagas', plan: plan('/admin/sagas', [adminsToken]) },
  ];
}

/** The same before and after so many orders are stored, in one shop. */
const stored: Scenario = async function* (bench) {
  const { stack, world, options, report } = bench;
  const { storedOrders } = options;
  if (storedOrders === 0) return;
  const token = await adminToken(stack);
  // With nothing to do for minutes the shop may have forgotten what it had compiled.
  const warmUpSeconds = Math.max(options.warmUpSeconds, options.runInSeconds);
  const trials = (when: string): Trial[] => [
    { title: `POST /orders, ${when}`, detail: when, plan: { ...usualOrders(bench), warmUpSeconds } },
    ...readTrials(bench, token).map(({ detail, plan }) => ({
      title: `GET ${detail}, ${when}`,
      detail: `${detail}, ${when}`,
      plan,
    })),
    { title: `GET /admin/audit, ${when}`, detail: `audit, ${when}`, plan: audits(stack, token) },
  ];
  yield* trials(EMPTY);
  report(`Storing ${storedOrders} orders of the past`);
  await storeOrders(stack, world, storedOrders, report);
  report('Summing them for audits');
  await sumStored(stack);
  yield* trials(FULL);
};

/** So many audits by one admin alone: one may take longer than any other measurement, so they are counted. */
function audits(stack: Stack, token: string): LoadPlan {
  return {
    loop: 'closed',
    urls: stack.urls,
    clients: 1,
    seconds: 0,
    warmUpSeconds: 0,
    amount: AUDITS,
    requests: { kind: 'read', paths: ['/admin/audit'], tokens: [token] },
  };
}

/** Measures the usual customers while somebody else is in trouble. */
const neighbours: Scenario = async function* (bench) {
  const { stack, world, options } = bench;
  for (const { title, begin } of TROUBLES) {
    const faults: string[] = [];
    const end = await begin(stack, world, faults);
    const plan = { ...usualOrders(bench, options.seconds * TROUBLE_TIMES), mayRefuse: true };
    // It ends before the books are looked at: what waits for it has to come to rest.
    const answerFaults = (): string[] => [...new Set(faults)];
    yield { title: `POST /orders while ${title}`, detail: title, plan, answerFaults, afterLoad: end };
  }
};

/** Audits the shop over and over until it is told to stop, and gathers what was not sound. */
function auditing(stack: Stack, token: string): { readonly faults: string[]; stop(): Promise<void> } {
  const faults: string[] = [];
  let isOver = false;
  const audits = (async () => {
    while (!isOver) {
      const report = await auditBy(shopAs(stack.urls[0] ?? '', token));
      if (!report.isSound) faults.push(`an audit found: ${JSON.stringify(report)}`);
    }
  })().catch((error: unknown) => void faults.push(String(error)));
  return {
    faults,
    async stop() {
      isOver = true;
      await audits;
    },
  };
}

/** With as much stored as there is by then: one admin alone, and then customers beside one. */
const audit: Scenario = async function* (bench) {
  const { stack } = bench;
  await sumStored(stack);
  const token = await adminToken(stack);
  yield { title: 'GET /admin/audit', plan: audits(stack, token) };
  const { faults, stop } = auditing(stack, token);
  try {
    const title = 'POST /orders, with one audit after the other';
    yield { title, plan: usualOrders(bench), answerFaults: () => faults };
  } finally {
    await stop();
  }
};

const long: Scenario = function* (bench) {
  const { minutes } = bench.options;
  if (minutes === 0) return;
  const seconds = minutes * MINUTE;
  const earlySeconds = Math.min(EARLY.seconds, seconds * EARLY.shareMax);
  yield { title: `POST /orders for ${minutes} minutes`, plan: usualOrders(bench, seconds), earlySeconds };
};

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  orders: each('POST /orders, two lines', ({ world }) => spreadOrders(world)),
  coupon: each('POST /orders, with a coupon', couponOrders),
  hot: each('POST /orders, one hot product', ({ world }) => ({
    kind: 'order',
    tokens: tokensOf(world),
    goods: world.hotGoods,
  })),
  products: each('GET /products', () => ({ kind: 'read', paths: ['/products'], tokens: [] })),
  product: each('GET /products/{id}', ({ world }) => ({
    kind: 'read',
    paths: world.goods.map(({ productId }) => `/products/${productId}`),
    tokens: [],
  })),
  top: each('GET /products/top', () => ({ kind: 'read', paths: ['/products/top'], tokens: [] })),
  balance: each('GET /balance', ({ world }) => ({
    kind: 'read',
    paths: ['/balance'],
    tokens: tokensOf(world),
  })),
  race,
  overload: tooMany('patient', 'POST /orders, too many clients'),
  flood: tooMany('closed', 'POST /orders, too many clients that never wait'),
  neighbours,
  limit: ({ stack, options }) => limitTrials(stack, options),
  stored,
  audit,
  long,
};

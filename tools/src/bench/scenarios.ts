import type { RequestPlan } from './load/plan.js';
import type { ScenarioName } from './scenario-names.js';
import type { Stack } from './stack.js';
import { issueCoupons, makeCoupon, makeCustomers, type World } from './world.js';

/** More than a machine of any size can use up, for as long as it is measured. */
const COUPON_ORDERS_A_SECOND_MAX = 4_000;
const RACE = { users: 10_000, coupons: 1_000, clientsMin: 64 };

/** For how long and with how many clients something is about to be measured. */
export interface Occasion {
  readonly stack: Stack;
  readonly world: World;
  readonly clients: number;
  /** Warm-up included. */
  readonly seconds: number;
}

/** Requests, and what must be true of the answers besides each being good. */
export interface Prepared {
  readonly requests: RequestPlan;
  /** So many in all, where the scenario is not one of time. */
  readonly amount?: number;
  /** What is wrong with the answers, counted by status; nothing when all is well. */
  faults?(answers: Readonly<Record<string, number>>): string[];
}

export interface Scenario {
  readonly name: ScenarioName;
  readonly title: string;
  prepare(occasion: Occasion): Promise<Prepared> | Prepared;
  /** With which of the wanted numbers of clients it makes sense; all where left out. */
  clients?(wanted: readonly number[]): readonly number[];
}

function tokensOf({ customers }: World): string[] {
  return customers.map(({ token }) => token);
}

function read(name: ScenarioName, title: string, pathsOf: (world: World) => string[], asWhom?: 'customers') {
  return {
    name,
    title,
    prepare: ({ world }: Occasion): Prepared => ({
      requests: { kind: 'read', paths: pathsOf(world), tokens: asWhom === undefined ? [] : tokensOf(world) },
    }),
  };
}

/** One client would need a minute for ten thousand requests, and would race nobody. */
function racers(wanted: readonly number[]): readonly number[] {
  const many = wanted.filter((clients) => clients >= RACE.clientsMin);
  return many.length > 0 ? many : [Math.max(...wanted)];
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'orders',
    title: 'POST /orders, two lines',
    prepare: ({ world }) => ({ requests: { kind: 'order', tokens: tokensOf(world), goods: world.goods } }),
  },
  {
    name: 'coupon',
    title: 'POST /orders, with a coupon',
    async prepare({ stack, world, seconds, clients }) {
      const orders = COUPON_ORDERS_A_SECOND_MAX * seconds + clients;
      const each = Math.ceil(orders / world.customers.length);
      const userCoupons = await issueCoupons(stack, world.customers, each);
      return { requests: { kind: 'order', tokens: tokensOf(world), goods: world.goods, userCoupons } };
    },
  },
  {
    name: 'hot',
    title: 'POST /orders, one hot product',
    prepare: ({ world }) => ({ requests: { kind: 'order', tokens: tokensOf(world), goods: world.hotGoods } }),
  },
  read('products', 'GET /products', () => ['/products']),
  read('product', 'GET /products/{id}', ({ goods }) =>
    goods.map(({ productId }) => `/products/${productId}`),
  ),
  read('top', 'GET /products/top', () => ['/products/top']),
  read('balance', 'GET /balance', () => ['/balance'], 'customers'),
  {
    name: 'race',
    title: `${RACE.users} customers, ${RACE.coupons} coupons`,
    clients: racers,
    async prepare({ stack }) {
      const racing = await makeCustomers(stack, RACE.users);
      const couponId = await makeCoupon(stack, RACE.coupons);
      const requests = { kind: 'issue' as const, tokens: racing.map(({ token }) => token), couponId };
      const faults = (answers: Readonly<Record<string, number>>): string[] =>
        answers['201'] === RACE.coupons
          ? []
          : [`${answers['201'] ?? 0} of ${RACE.coupons} coupons were issued`];
      return { requests, amount: RACE.users, faults };
    },
  },
];

import { disagreements, PROMISES, type BookComparison, type PromiseName } from '@jangteo/contracts';
import { COLUMNS, RULES, type ModelColumn, type ModelRule } from './model-books.js';
import { demand, Violation } from './violation.js';
import type { World } from './world.js';

type Check = (world: World) => void;

/** Each key has one answer, for whoever asks and however often. */
const answersStay: Check = ({ clients, order }) => {
  for (const { key, answers } of clients.all()) {
    const [first, second] = answers;
    demand(second === undefined, 'repeats', () => `${key} was answered ${first}, then ${second}`);
    if (first === undefined) continue;
    const answer = JSON.parse(first) as { ok: boolean; value?: { orderId: string } };
    if (!answer.ok) continue;
    const state = order.sagas.get(answer.value?.orderId ?? '')?.state;
    demand(state !== undefined, 'repeats', () => `${key} was answered with an order that is not there`);
    const isKept = !key.startsWith('cancel') || state === 'CANCELLED';
    demand(isKept, 'repeats', () => `${key} was answered with yes, and the order is ${state}`);
  }
};

const everyClientIsAnswered: Check = ({ clients }) => {
  for (const { key, answers } of clients.all()) {
    const isAnswered = answers.size > 0 || !key.startsWith('place');
    demand(isAnswered, 'orders', () => `${key} was never answered`);
  }
};

/** Two requests under one key are one order. */
const keysPlaceOnce: Check = ({ order, scenario }) => {
  for (const { name } of scenario.orders) {
    const placed = [...order.sagas.keys()].filter((orderId) => orderId.startsWith(name));
    demand(placed.length < 2, 'repeats', () => `one request has placed ${placed.join(' and ')}`);
  }
};

/** By promise: what only the model can tell, beside the books. */
const TOLD: Readonly<Record<PromiseName, readonly Check[]>> = {
  orders: [everyClientIsAnswered],
  money: [],
  stock: [],
  prices: [],
  coupons: [],
  carts: [],
  repeats: [keysPlaceOnce, answersStay],
  readers: [],
};

/**
 * Wherever an undo was decided, its action was decided or is barred for ever.
 * @throws Violation where it may yet come late and take effect
 */
export function checkTombstones({ order, catalog, coupon, wallet }: World): void {
  for (const orderId of order.sagas.keys()) {
    const pairs = [
      [catalog.outcomes, 'release-stock', 'reserve-stock'],
      [coupon.outcomes, 'release', 'use'],
      [wallet.outcomes, 'refund', 'debit'],
    ] as const;
    for (const [outcomes, undo, action] of pairs) {
      const isBarred =
        outcomes.of(`${orderId}/${undo}`) === undefined || outcomes.of(`${orderId}/${action}`) !== undefined;
      demand(isBarred, 'repeats', () => `${undo} of ${orderId} left no word for a late ${action}`);
    }
  }
}

const columnOf = ({ service, column }: BookComparison['sides'][number]): ModelColumn =>
  (COLUMNS[service] as Readonly<Record<string, ModelColumn>>)[column]!;

function* problemsOf(world: World, promise: (typeof PROMISES)[number]): Generator<string, void> {
  for (const { service, name } of [...promise.rules, ...promise.atRest]) {
    yield* (RULES[service] as Readonly<Record<string, ModelRule>>)[name]!(world);
  }
  for (const { about, sides } of promise.comparisons as readonly BookComparison[]) {
    const [one, other] = sides;
    for (const [key, [due, is]] of disagreements(columnOf(one)(world), columnOf(other)(world))) {
      yield `${about}; but ${key} is ${is} in the books of ${other.service}, ${due} in those of ${one.service}`;
    }
  }
}

/** Those that customers notice come first. */
const NOTICED: readonly PromiseName[] = ['money', 'stock', 'coupons', 'prices', 'carts'];

const IN_ORDER = PROMISES.toSorted(
  (one, other) => Number(NOTICED.includes(other.name)) - Number(NOTICED.includes(one.name)),
);

/**
 * Checks every promise in a world that has come to rest.
 * @throws Violation for the first one that is broken
 */
export function checkPromises(world: World): void {
  for (const promise of IN_ORDER) {
    const [problem] = problemsOf(world, promise);
    if (problem !== undefined) throw new Violation(promise.name, problem);
    for (const check of TOLD[promise.name]) check(world);
  }
}

import type { Product } from './product.js';
import { replay, runSeed } from './run.js';
import { shrunk } from './shrink.js';
import type { Scenario } from './scenario.js';
import type { Violation } from './violation.js';

/** A promise that a seed breaks, and the smallest history that was found in which it breaks. */
export interface Finding {
  readonly seed: number;
  readonly violation: Violation;
  /** Steps of the history as the seed brought it; `steps` are those that are left. */
  readonly stepsBefore: number;
  readonly steps: number;
  readonly lines: readonly string[];
}

/** The result of a search. */
export interface Search {
  readonly histories: number;
  readonly steps: number;
  /** Numbers of orders by the way in which they ended. */
  readonly ends: ReadonlyMap<string, number>;
  readonly finding: Finding | undefined;
}

function beginningOf({ balances, options, cart, coupons, clockSkewMs }: Scenario): string {
  const money = Object.entries(balances).map(([userId, balance]) => `${userId} has ${balance}`);
  const stock = options.map(({ optionId, stock: units, basePrice, status }) => {
    return `${units} ${optionId} at ${basePrice}${status === 'SELLABLE' ? '' : ' (suspended)'}`;
  });
  const lines = cart.map(({ userId, quantity, optionId }) => `${quantity} ${optionId} in ${userId}'s cart`);
  const terms = coupons.map(({ userCouponId, discountType, discountValue }) => {
    return `${userCouponId} takes off ${discountValue}${discountType === 'PERCENT' ? '%' : ''}`;
  });
  const skew = clockSkewMs === 0 ? [] : [`the participants' clocks are ${clockSkewMs} ms ahead`];
  return [...money, ...stock, ...terms, ...lines, ...skew].join(', ');
}

/** The smallest history in which a seed's promise breaks. */
function findingOf(seed: number, product: Product): Finding {
  const { history, violation } = runSeed(seed, product);
  if (violation === undefined) throw new Error(`seed ${seed} keeps every promise`);
  const smallest = shrunk(history, violation, product);
  const lines: string[] = [];
  replay(smallest.history, product, (line) => lines.push(line));
  const told = lines.filter((line, index) => line !== lines[index - 1]);
  return {
    seed,
    violation: smallest.violation,
    stepsBefore: history.steps.length,
    steps: smallest.history.steps.length,
    lines: [`there: ${beginningOf(smallest.history.scenario)}`, ...told],
  };
}

/** Tries seeds one after the other, up to the first that breaks a promise. */
export function search(firstSeed: number, seeds: number, product: Product): Search {
  const ends = new Map<string, number>();
  let steps = 0;
  for (let tried = 0; tried < seeds; tried += 1) {
    const seed = firstSeed + tried;
    const { world, history, violation } = runSeed(seed, product);
    steps += history.steps.length;
    if (violation !== undefined) {
      return { histories: tried + 1, steps, ends, finding: findingOf(seed, product) };
    }
    for (const { state, order } of world.order.sagas.values()) {
      const end = order.failure === null ? state : `${state}, ${order.failure.code}`;
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
  }
  return { histories: seeds, steps, ends, finding: undefined };
}

/** A finding for people. */
export function textOf({ seed, violation, stepsBefore, steps, lines }: Finding): string {
  return [
    `Seed ${seed} breaks a promise: ${violation.message}`,
    `The smallest history in which it does (${steps} of ${stepsBefore} steps):`,
    ...lines.map((line) => `  ${line}`),
  ].join('\n');
}

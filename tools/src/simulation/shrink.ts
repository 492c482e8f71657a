import type { Product } from './product.js';
import { replay, type History } from './run.js';
import type { Step } from './steps.js';
import type { Violation } from './violation.js';

/** Steps that do less than this one. */
function simplerThan(step: Step): Step[] {
  const simpler: Step[] = [];
  if ('effectsMax' in step && step.effectsMax !== undefined) {
    const { effectsMax: _interrupted, ...whole } = step;
    simpler.push(whole as Step);
  }
  if (step.do === 'place' && step.wait) simpler.push({ ...step, wait: false });
  if (step.do === 'place' && step.isNew) simpler.push({ ...step, isNew: false });
  if ('from' in step && step.from > 0) simpler.push({ ...step, from: 0 });
  if ('count' in step && step.count > 1) simpler.push({ ...step, count: 1 });
  if ('replica' in step && step.replica > 0) simpler.push({ ...step, replica: 0 });
  return simpler;
}

/** Histories with less in them: first without many steps at once, then without single ones, then simpler ones. */
function* smallerThan({ scenario, steps }: History): Generator<History> {
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < steps.length; from += size) {
      yield { scenario, steps: steps.toSpliced(from, size) };
    }
  }
  for (let index = 0; index < scenario.orders.length; index += 1) {
    const { items, userCouponId, expectedTotal, ...rest } = scenario.orders[index] ?? {
      name: '',
      userId: '',
    };
    const firstItem = items?.slice(0, 1);
    const lesser = [
      { ...rest, items, expectedTotal },
      { ...rest, items, userCouponId },
      { ...rest, items: firstItem, userCouponId, expectedTotal },
      { ...rest, items: firstItem?.map((item) => ({ ...item, quantity: 1 })), userCouponId, expectedTotal },
    ];
    for (const wanted of lesser) {
      if (JSON.stringify(wanted) === JSON.stringify(scenario.orders[index])) continue;
      yield { scenario: { ...scenario, orders: scenario.orders.with(index, wanted) }, steps };
    }
  }
  for (const [index, step] of steps.entries()) {
    for (const simpler of simplerThan(step)) yield { scenario, steps: steps.with(index, simpler) };
  }
}

/**
 * Makes a history as small as it can be for the same promise to be broken.
 *
 * @returns the history, and how the promise is broken in it
 */
export function shrunk(
  history: History,
  violation: Violation,
  product: Product,
): { readonly history: History; readonly violation: Violation } {
  let smallest = { history, violation };
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const candidate of smallerThan(smallest.history)) {
      const found = replay(candidate, product);
      if (found?.promise !== violation.promise) continue;
      smallest = { history: candidate, violation: found };
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

import { PROMISES, type PromiseName } from '@jangteo/contracts';
import { checkBooks, untilSettled } from '@jangteo/testkit';
import type { OpenShop } from '@jangteo/tools';
import type { Invariant } from '../report/invariants.js';
import type { Load } from '../traffic/load.js';
import { auditProblems } from './audit.js';
import { cancelProblems, chargeProblems, issueProblems, orderProblems, stockProblems } from './told.js';

/** By promise: whether what customers were told is what the shop has, beside what its books say. */
const TOLD: Readonly<Record<PromiseName, readonly ((shop: OpenShop, load: Load) => Promise<string[]>)[]>> = {
  orders: [orderProblems, cancelProblems],
  money: [chargeProblems],
  stock: [stockProblems],
  prices: [],
  coupons: [issueProblems],
  carts: [],
  // That a repeat tells the same is seen as it comes: the invariant `answers`.
  repeats: [],
  readers: [],
};

/** The shop's promises, by its books and by the answers that customers got. */
async function promises(shop: OpenShop, load: Load): Promise<Invariant[]> {
  const books = await checkBooks(shop);
  const orders = load.log.operations.filter(({ kind }) => kind === 'order').length;
  const invariants: Invariant[] = [];
  for (const { name, says } of PROMISES) {
    const told: string[] = [];
    for (const problemsOf of TOLD[name]) told.push(...(await problemsOf(shop, load)));
    const its = books.filter(({ promise }) => promise === name).flatMap(({ problems }) => problems);
    const looked = name === 'orders' ? { looked: `${orders} orders` } : {};
    invariants.push({ name, says, problems: [...its, ...told], ...looked });
  }
  return invariants;
}

/** Rules for all answers. */
function answers({ log }: Load, unknown: number): Invariant {
  const open = unknown === 0 ? [] : [`${unknown} outcomes are still not known`];
  return {
    name: 'answers',
    says: 'all known in the end, never 500, no hang, a repeat tells the same',
    problems: [...open, ...log.violations],
    looked: `${log.calls.ok + log.calls.fail + log.calls.unknown} calls`,
  };
}

/**
 * What must hold wherever customers have shopped and whatever was done meanwhile; each thing is looked at although
 * another one is broken.
 *
 * @param unknown operations whose outcome nobody knows although all is healed
 */
export async function validate(shop: OpenShop, load: Load, unknown: number): Promise<Invariant[]> {
  const settling = await untilSettled(shop).then(
    () => [],
    (error: unknown) => [String(error)],
  );
  return [
    { name: 'settled', says: 'all came to an end', problems: settling },
    ...(await promises(shop, load)),
    answers(load, unknown),
    { name: 'audit', says: 'GET /admin/audit finds nothing', problems: await auditProblems(shop) },
  ];
}

import { PROMISES, type PromiseName } from '@jangteo/contracts';
import { checkBooks, untilSettled } from '@jangteo/testkit';
import type { OpenShop } from '@jangteo/tools';
import type { Arena } from '../places/arena.js';
import type { Load } from '../traffic/load.js';
import { auditProblems } from './audit.js';
import { platformProblems } from './platform.js';
import type { Invariant } from '../report/invariant.js';
import type { LedgerWatch } from './ledger.js';
import { memoryOf, memoryProblems, type Memory } from './memory.js';
import { deadLetterProblems, unackedProblems } from './queues.js';
import { cancelProblems, chargeProblems, issueProblems, orderProblems, stockProblems } from './told.js';

/** Observations while the faults were at work. */
export interface Watched {
  readonly ledger: LedgerWatch;
  readonly memoryAtFirst: Memory;
  /** Operations whose outcome nobody knows although all is healed. */
  readonly unknown: number;
  /** Heals after which orders took too long to go on: the times, and the fault, in words. */
  readonly slow: readonly string[];
}

/** Work that has not come to its end a minute after the last customer. */
export async function settleProblems(stack: OpenShop): Promise<string[]> {
  return await untilSettled(stack).then(
    () => [],
    (error: unknown) => [String(error)],
  );
}

/** A shop, and those who have shopped there. */
export interface Shopping {
  readonly stack: OpenShop;
  readonly load: Load;
}

/** By promise: whether what customers were told is what the shop has, beside what its books say. */
const TOLD: Readonly<Record<PromiseName, readonly ((stack: OpenShop, load: Load) => Promise<string[]>)[]>> = {
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

/** The shop's promises, checked by its books and by the answers that customers got. */
export async function bookInvariants({ stack, load }: Shopping): Promise<Invariant[]> {
  const books = await checkBooks(stack);
  const orders = load.log.operations.filter(({ kind }) => kind === 'order').length;
  const invariants: Invariant[] = [];
  for (const { name, says } of PROMISES) {
    const told: string[] = [];
    for (const problemsOf of TOLD[name]) told.push(...(await problemsOf(stack, load)));
    const its = books.filter(({ promise }) => promise === name).flatMap(({ problems }) => problems);
    const looked = name === 'orders' ? { looked: `${orders} orders` } : {};
    invariants.push({ name, says, problems: [...its, ...told], ...looked });
  }
  return invariants;
}

/** Rules for all answers. @param unknown operations whose outcome nobody knows although all is healed */
export function answersInvariant({ log }: Load, unknown: number): Invariant {
  const open = unknown === 0 ? [] : [`${unknown} outcomes are still not known`];
  return {
    name: 'answers',
    says: 'all known in the end, never 500, no hang, a repeat tells the same',
    problems: [...open, ...log.violations],
    looked: `${log.calls.ok + log.calls.fail + log.calls.unknown} calls`,
  };
}

/** Rules while the faults are at work, and for the machinery. */
function runInvariants(arena: Arena, watched: Watched): Invariant[] {
  return [
    answersInvariant(arena.load, watched.unknown),
    { name: 'services', says: 'none ended by itself, each ended in order', problems: arena.violations },
    {
      name: 'recovery',
      says: 'orders go on within 10 s of the last part that is ready again, 30 s in all',
      problems: watched.slow,
    },
  ];
}

/** Looks at everything, each thing although another one is broken. */
export async function verify(arena: Arena, watched: Watched): Promise<Invariant[]> {
  const { stack } = arena;
  // Poison is taken out first: what else is in the dead letters after that is found by the count of queues.
  const dead = await deadLetterProblems(arena);
  const settling = await settleProblems(stack);
  const books = await bookInvariants(arena);
  const platform = await platformProblems(stack);
  const memory = memoryProblems(watched.memoryAtFirst, memoryOf(stack));
  return [
    { name: 'settled', says: 'all came to an end', problems: settling },
    ...books,
    {
      name: 'ledger',
      says: 'the ledger only grows',
      problems: await watched.ledger.problems(),
      looked: `${watched.ledger.prefixes} prefixes`,
    },
    {
      name: 'queues',
      says: 'queues empty, dead letters exactly the poison',
      problems: [...dead.problems, ...(await unackedProblems(arena))],
      looked: `${dead.found} poisons`,
    },
    {
      name: 'platform',
      says: 'every success and cancellation sent on',
      problems: platform.problems,
      looked: `${platform.records} records`,
    },
    { name: 'audit', says: 'GET /admin/audit finds nothing', problems: await auditProblems(stack) },
    ...runInvariants(arena, watched),
    { name: 'memory', says: 'no service grows', problems: memory },
  ];
}

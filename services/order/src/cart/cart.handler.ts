import {
  done,
  type addToCart,
  type CartLine,
  type clearCart,
  type OutcomeOf,
  type PayloadOf,
  type readCart,
  type removeFromCart,
  type setCartItem,
} from '@jangteo/contracts';
import { decideOnce, type Database, type Statement, type Statements } from '@jangteo/database';
import { newId, type BatchResult } from '@jangteo/messaging';
import {
  createCarts,
  deleteCartOrders,
  lockCarts,
  readCartOrders,
  readLines,
  saveCarts,
} from './cart.queries.js';
import {
  cartOf,
  decideAdditions,
  decideClearings,
  decideRemovals,
  decideSettings,
  decideSettling,
  type CartChanges,
  type FoundCarts,
} from '../domain/cart.js';
import type { Order } from '../domain/order.js';

const usersOf = (messages: readonly { readonly userId: string }[]): string[] => [
  ...new Set(messages.map(({ userId }) => userId)),
];

/** Carts as they are once they are locked. */
async function lockedCarts(tx: Statements, userIds: readonly string[]): Promise<FoundCarts> {
  const [, lines, underway] = await Promise.all([
    lockCarts(tx, userIds),
    readLines(tx, userIds),
    readCartOrders(tx, userIds),
  ]);
  return { lines, underway };
}

/** The carts, locked, of those who place these orders from them, or placed them. */
export async function lockForOrders(
  tx: Statements,
  orders: readonly { readonly userId: string }[],
): Promise<FoundCarts> {
  return orders.length === 0 ? { lines: [], underway: [] } : await lockedCarts(tx, usersOf(orders));
}

/** Writes what becomes of carts whose orders end in this transaction. */
export function settleCarts(found: FoundCarts, ended: readonly Order[]): Statement[] {
  const { settled, changes } = decideSettling(found, ended);
  return settled.length === 0 ? [] : [...saveCarts(changes), ...deleteCartOrders(settled)];
}

type Adding = PayloadOf<typeof addToCart>;
type Setting = PayloadOf<typeof setCartItem>;
type Clearing = PayloadOf<typeof clearCart>;
type Removal = PayloadOf<typeof removeFromCart>;
type ChangeOutcome = OutcomeOf<
  typeof addToCart | typeof setCartItem | typeof clearCart | typeof removeFromCart
>;

/** One kind of change. */
interface Change<M, O> {
  /** Locks and reads the carts. */
  load(tx: Statements, messages: readonly M[]): Promise<FoundCarts>;
  decide(found: FoundCarts, messages: readonly M[]): { outcomes: O[]; changes: CartChanges };
  /** Tells whether a line is what the message changed. */
  isOf(line: CartLine, message: M): boolean;
}

export async function readCarts(
  requests: readonly PayloadOf<typeof readCart>[],
  database: Database,
): Promise<OutcomeOf<typeof readCart>[]> {
  const lines = await readLines(database, usersOf(requests));
  const carts = Map.groupBy(lines, ({ userId }) => userId);
  return requests.map(({ userId }) => done(cartOf(carts.get(userId) ?? [])));
}

export async function addToCarts(
  requests: readonly Adding[],
  database: Database,
): Promise<BatchResult<OutcomeOf<typeof addToCart>>> {
  return await changeCarts<Adding, OutcomeOf<typeof addToCart>>(requests, database, {
    load: madeAndLocked,
    decide: decideAdditions,
    isOf: (line, { offer }) => offer.ok && offer.value.optionId === line.optionId,
  });
}

async function madeAndLocked(
  tx: Statements,
  batch: readonly { readonly userId: string }[],
): Promise<FoundCarts> {
  const userIds = usersOf(batch);
  const [, carts] = await Promise.all([createCarts(tx, userIds), lockedCarts(tx, userIds)]);
  return carts;
}

export async function setCartItems(
  requests: readonly Setting[],
  database: Database,
): Promise<BatchResult<OutcomeOf<typeof setCartItem>>> {
  return await changeCarts<Setting, OutcomeOf<typeof setCartItem>>(requests, database, {
    load: madeAndLocked,
    decide: decideSettings,
    isOf: (line, { offer }) => offer?.ok === true && offer.value.optionId === line.optionId,
  });
}

export async function clearCarts(
  requests: readonly Clearing[],
  database: Database,
): Promise<BatchResult<OutcomeOf<typeof clearCart>>> {
  return await changeCarts<Clearing, OutcomeOf<typeof clearCart>>(requests, database, {
    load: (tx, batch) => lockedCarts(tx, usersOf(batch)),
    decide: decideClearings,
    isOf: () => false,
  });
}

export async function removeFromCarts(
  requests: readonly Removal[],
  database: Database,
): Promise<BatchResult<OutcomeOf<typeof removeFromCart>>> {
  return await changeCarts<Removal, OutcomeOf<typeof removeFromCart>>(requests, database, {
    load: (tx, batch) => lockedCarts(tx, usersOf(batch)),
    decide: decideRemovals,
    isOf: () => false,
  });
}

/**
 * Changes carts, each once a key. Of a cart of a hundred lines the outcome keeps the one that changed, and the
 * change's id: a repeat is shown what was shown first by whoever shows it, or else the cart as it is.
 */
async function changeCarts<M extends Adding | Setting | Clearing | Removal, O extends ChangeOutcome>(
  requests: readonly M[],
  database: Database,
  { load, decide, isOf }: Change<M, O>,
): Promise<BatchResult<O>> {
  const { outcomes, replayed, fresh } = await decideOnce(database, requests, {
    keyOf: ({ operation }: M) => operation,
    load,
    decide(found: FoundCarts, messages: readonly M[]) {
      const decided = decide(found, messages);
      const kept = decided.outcomes.map((outcome, index) => {
        if (!outcome.ok) return outcome;
        const changed = outcome.value.lines.filter((line) => isOf(line, messages[index] as M));
        return done({ lines: changed, changeId: newId() }) as O;
      });
      return { outcomes: kept, changes: { ...decided.changes, whole: decided.outcomes } };
    },
    save: (changes: CartChanges & { readonly whole: readonly O[] }) => saveCarts(changes),
  });
  const whole = new Map(fresh?.positions.map((position, index) => [position, fresh.changes.whole[index]]));
  const repeated = requests.filter((_, index) => outcomes[index]?.ok && !whole.has(index));
  const now = repeated.length === 0 ? [] : await readLines(database, usersOf(repeated));
  const shown = outcomes.map((outcome, index) => {
    // Without an id it was kept by the release before, which kept the cart.
    if (!outcome.ok || outcome.value.changeId === undefined) return outcome;
    const mine = now.filter(({ userId }) => userId === requests[index]?.userId);
    const decided = whole.get(index);
    const { lines } = decided?.ok ? decided.value : cartOf(mine);
    return done({ lines, changeId: outcome.value.changeId }) as O;
  });
  return { outcomes: shown, replayed };
}

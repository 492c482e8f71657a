import {
  done,
  LINE_QUANTITY_MAX,
  LINES_MAX,
  refuse,
  type addToCart,
  type Cart,
  type clearCart,
  type OutcomeOf,
  type OrderLine,
  type PayloadOf,
  type removeFromCart,
  type setCartItem,
} from '@jangteo/contracts';
import type { Order } from './order.js';

/** One option in somebody's cart. Lines show in order of `position`: that in which they were first put in. */
export interface Line {
  readonly userId: string;
  readonly productId: string;
  readonly optionId: string;
  readonly quantity: number;
  readonly position: number;
}

/** The lines that are not as they were found. */
export interface CartChanges {
  /** New ones, and those with another quantity. */
  readonly kept: readonly Line[];
  readonly gone: readonly Pick<Line, 'userId' | 'optionId'>[];
}

type Adding = PayloadOf<typeof addToCart>;
type AddOutcome = OutcomeOf<typeof addToCart>;
type Setting = PayloadOf<typeof setCartItem>;
type Clearing = PayloadOf<typeof clearCart>;
type ClearOutcome = OutcomeOf<typeof clearCart>;
type Removal = PayloadOf<typeof removeFromCart>;
type RemovalOutcome = OutcomeOf<typeof removeFromCart>;

/** A cart as its owner gets it. */
export function cartOf(lines: readonly Line[]): Cart {
  const inOrder = lines.toSorted((a, b) => a.position - b.position);
  return { lines: inOrder.map(({ productId, optionId, quantity }) => ({ productId, optionId, quantity })) };
}

/** The carts of one batch while it is decided: each message finds what those before it left. */
class Carts {
  /** By user, then by option. */
  readonly #carts = new Map<string, Map<string, Line>>();

  constructor(private readonly found: readonly Line[]) {
    for (const line of found) this.put(line);
  }

  of(userId: string): Line[] {
    return [...(this.#carts.get(userId)?.values() ?? [])];
  }

  line(userId: string, optionId: string): Line | undefined {
    return this.#carts.get(userId)?.get(optionId);
  }

  put(line: Line): void {
    const cart = this.#carts.get(line.userId) ?? new Map<string, Line>();
    this.#carts.set(line.userId, cart.set(line.optionId, line));
  }

  remove({ userId, optionId }: Line): void {
    this.#carts.get(userId)?.delete(optionId);
  }

  clear(userId: string): void {
    this.#carts.delete(userId);
  }

  changes(): CartChanges {
    const before = new Set(this.found);
    const now = [...this.#carts.keys()].flatMap((userId) => this.of(userId));
    return {
      kept: now.filter((line) => !before.has(line)),
      gone: this.found.filter(({ userId, optionId }) => this.line(userId, optionId) === undefined),
    };
  }
}

function invalid(message: string): AddOutcome {
  return refuse('VALIDATION_FAILED', undefined, { errors: [{ path: 'quantity', message }] });
}

function added(carts: Carts, { userId, productId, quantity, offer }: Adding): AddOutcome {
  if (!offer.ok) return offer;
  const before = carts.line(userId, offer.value.optionId);
  return put(carts, { userId, productId, requested: (before?.quantity ?? 0) + quantity, ...offer.value });
}

/** A line as it is to be, and the units of its option that there are. */
interface WantedLine extends Pick<Line, 'userId' | 'productId' | 'optionId'> {
  readonly requested: number;
  readonly available: number;
}

function put(carts: Carts, { userId, productId, optionId, requested, available }: WantedLine): AddOutcome {
  const mine = carts.of(userId);
  const before = carts.line(userId, optionId);
  // What the stock does not bear goes before our own bound, which no stock mends.
  if (requested > available) {
    const shortages = [{ productId, optionId, requested, available }];
    return refuse('OUT_OF_STOCK', undefined, { shortages });
  }
  if (requested > LINE_QUANTITY_MAX) return invalid(`a line must not pass ${LINE_QUANTITY_MAX} units in all`);
  if (before === undefined && mine.length >= LINES_MAX)
    return invalid(`a cart has at most ${LINES_MAX} lines`);
  const last = Math.max(0, ...mine.map(({ position }) => position));
  const position = before?.position ?? last + 1;
  carts.put({ userId, productId, optionId, quantity: requested, position });
  return done(cartOf(carts.of(userId)));
}

/**
 * Puts units into carts.
 *
 * @param lines of all carts that the messages name, locked
 */
export function decideAdditions(
  lines: readonly Line[],
  messages: readonly Adding[],
): { outcomes: AddOutcome[]; changes: CartChanges } {
  const carts = new Carts(lines);
  const outcomes = messages.map((message) => added(carts, message));
  return { outcomes, changes: carts.changes() };
}

function isSet(carts: Carts, setting: Setting): OutcomeOf<typeof setCartItem> {
  const { userId, productId, quantity, offer } = setting;
  if (quantity === 0) {
    const left = removed(carts, setting);
    // It is out already, as it is to be.
    if (!left.ok && left.refusal.code === 'CART_ITEM_NOT_FOUND') return done(cartOf(carts.of(userId)));
    return left as OutcomeOf<typeof setCartItem>;
  }
  if (offer === undefined) return invalid('the catalog was not asked');
  if (!offer.ok) return offer;
  return put(carts, { userId, productId, requested: quantity, ...offer.value });
}

/**
 * Sets lines of carts; what is set twice is as if it were set once.
 *
 * @param lines of all carts that the messages name, locked
 */
export function decideSettings(
  lines: readonly Line[],
  messages: readonly Setting[],
): { outcomes: OutcomeOf<typeof setCartItem>[]; changes: CartChanges } {
  const carts = new Carts(lines);
  const outcomes = messages.map((message) => isSet(carts, message));
  return { outcomes, changes: carts.changes() };
}

/**
 * Empties carts.
 *
 * @param lines of all carts that the messages name, locked
 */
export function decideClearings(
  lines: readonly Line[],
  messages: readonly Clearing[],
): { outcomes: ClearOutcome[]; changes: CartChanges } {
  const carts = new Carts(lines);
  const outcomes = messages.map(({ userId }): ClearOutcome => {
    carts.clear(userId);
    return done(cartOf([]));
  });
  return { outcomes, changes: carts.changes() };
}

/** Takes a line out; the option may be left out where the cart has one of the product. */
function removed(
  carts: Carts,
  { userId, productId, optionId }: Pick<Removal, 'userId' | 'productId' | 'optionId'>,
): RemovalOutcome {
  const meant = carts
    .of(userId)
    .filter((line) => line.productId === productId && (optionId ?? line.optionId) === line.optionId);
  const [line, ...others] = meant;
  if (line === undefined) return refuse('CART_ITEM_NOT_FOUND');
  if (others.length > 0) {
    return refuse('OPTION_REQUIRED', `the cart has several options of ${productId}`, { productId });
  }
  carts.remove(line);
  return done(cartOf(carts.of(userId)));
}

/**
 * Takes lines out of carts, whatever their quantity.
 *
 * @param lines of all carts that the messages name, locked
 */
export function decideRemovals(
  lines: readonly Line[],
  messages: readonly Removal[],
): { outcomes: RemovalOutcome[]; changes: CartChanges } {
  const carts = new Carts(lines);
  const outcomes = messages.map((message) => removed(carts, message));
  return { outcomes, changes: carts.changes() };
}

/** An order from a cart that has not ended, and what it took there. */
export type CartOrder = Pick<Order, 'orderId' | 'userId' | 'lines'>;

function unitsOf(lines: readonly OrderLine[]): Map<string | undefined, number> {
  const units = new Map<string | undefined, number>();
  for (const { optionId, quantity } of lines) units.set(optionId, (units.get(optionId) ?? 0) + quantity);
  return units;
}

/**
 * Works out what an order from a cart is of: all that is in it and not in another order that has not ended, so that two
 * clicks on one button do not buy twice.
 *
 * @param lines of one cart
 * @param underway orders from this cart that have not ended
 */
export function orderableOf(lines: readonly Line[], underway: readonly CartOrder[]): OrderLine[] {
  const ordered = unitsOf(underway.flatMap((order) => order.lines));
  return cartOf(lines)
    .lines.map((line) => ({ ...line, quantity: line.quantity - (ordered.get(line.optionId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

/**
 * Lets go of carts whose orders end in this transaction; those that succeeded take what they bought along.
 * That a saga leaves PENDING once, under its lock, is what makes this happen once.
 *
 * @returns the orders from carts that are not under way any more, and the lines that they change
 */
export function decideSettling(
  lines: readonly Line[],
  ended: readonly Order[],
): { settled: readonly Order[]; changes: CartChanges } {
  const settled = ended.filter(({ fromCart }) => fromCart);
  const bought = settled.filter(({ completedAt }) => completedAt !== null);
  return { settled, changes: decidePurchases(lines, bought) };
}

/**
 * Takes what was bought out of carts. What came in meanwhile stays, and what went out meanwhile is not missed.
 *
 * @param lines of all carts that the orders are from, locked
 * @param bought orders that succeeded just now
 */
export function decidePurchases(lines: readonly Line[], bought: readonly CartOrder[]): CartChanges {
  const carts = new Carts(lines);
  for (const { userId, lines: taken } of bought) {
    for (const [optionId, units] of unitsOf(taken)) {
      const line = optionId === undefined ? undefined : carts.line(userId, optionId);
      if (line === undefined) continue;
      if (line.quantity > units) carts.put({ ...line, quantity: line.quantity - units });
      else carts.remove(line);
    }
  }
  return carts.changes();
}

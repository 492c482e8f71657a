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

/** An order from a cart that has not ended, and what of it is in the cart still. */
export type CartOrder = Pick<Order, 'orderId' | 'userId' | 'lines'>;

/** Carts, locked. */
export interface FoundCarts {
  readonly lines: readonly Line[];
  /** The orders from these carts that have not ended. */
  readonly underway: readonly CartOrder[];
}

/** What is not as it was found. */
export interface CartChanges {
  /** New lines, and those with another quantity. */
  readonly kept: readonly Line[];
  readonly gone: readonly Pick<Line, 'userId' | 'optionId'>[];
  /** Orders of which less is in the cart than was found. */
  readonly reduced: readonly CartOrder[];
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

/** The order without what is more than so many units of an option, and how many units the next one may have. */
function keptOf(order: CartOrder, optionId: string, units: number): { order: CartOrder; left: number } {
  let left = units;
  const lines = order.lines.map((line) => {
    if (line.optionId !== optionId) return line;
    const quantity = Math.min(line.quantity, left);
    left -= quantity;
    return quantity === line.quantity ? line : { ...line, quantity };
  });
  const isAsBefore = lines.every((line, index) => line === order.lines[index]);
  return {
    order: isAsBefore ? order : { ...order, lines: lines.filter(({ quantity }) => quantity > 0) },
    left,
  };
}

/**
 * The carts of one batch while it is decided: each message finds what those before it left. Of an order is what was in
 * the cart when it was placed and stayed there: a line that gets shorter loses first what no order is of, then what was
 * ordered last, and what comes in later is of none of them.
 */
class Carts {
  /** By user, then by option. */
  readonly #carts = new Map<string, Map<string, Line>>();
  /** By user, the first one first: ids are made in order of time. */
  readonly #underway: Map<string, CartOrder[]>;

  constructor(private readonly found: FoundCarts) {
    const inOrder = found.underway.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1));
    this.#underway = Map.groupBy(inOrder, ({ userId }) => userId);
    for (const line of found.lines) this.#set(line);
  }

  of(userId: string): Line[] {
    return [...(this.#carts.get(userId)?.values() ?? [])];
  }

  line(userId: string, optionId: string): Line | undefined {
    return this.#carts.get(userId)?.get(optionId);
  }

  /** Units of a line that orders are of. */
  underway(userId: string, optionId: string): number {
    const orders = this.#underway.get(userId) ?? [];
    return unitsOf(orders.flatMap(({ lines }) => lines)).get(optionId) ?? 0;
  }

  put(line: Line): void {
    this.#set(line);
    this.#reduce(line.userId, line.optionId, line.quantity);
  }

  remove({ userId, optionId }: Line): void {
    this.#carts.get(userId)?.delete(optionId);
    this.#reduce(userId, optionId, 0);
  }

  clear(userId: string): void {
    for (const line of this.of(userId)) this.remove(line);
  }

  changes(): CartChanges {
    const { lines, underway } = this.found;
    const before = new Set<object>([...lines, ...underway]);
    const now = [...this.#carts.keys()].flatMap((userId) => this.of(userId));
    return {
      kept: now.filter((line) => !before.has(line)),
      gone: lines.filter(({ userId, optionId }) => this.line(userId, optionId) === undefined),
      reduced: [...this.#underway.values()].flat().filter((order) => !before.has(order)),
    };
  }

  #set(line: Line): void {
    const cart = this.#carts.get(line.userId) ?? new Map<string, Line>();
    this.#carts.set(line.userId, cart.set(line.optionId, line));
  }

  #reduce(userId: string, optionId: string, quantity: number): void {
    let left = quantity;
    const orders = this.#underway.get(userId) ?? [];
    orders.forEach((order, index) => {
      const kept = keptOf(order, optionId, left);
      orders[index] = kept.order;
      left = kept.left;
    });
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
  // What an order under way is of has left the stock, or will, and the line keeps its place.
  const more = requested - Math.min(requested, carts.underway(userId, optionId));
  // What the stock does not bear goes before our own bound, which no stock mends.
  if (more > available) {
    const shortages = [{ productId, optionId, requested: more, available }];
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
 * @param found all carts that the messages name
 */
export function decideAdditions(
  found: FoundCarts,
  messages: readonly Adding[],
): { outcomes: AddOutcome[]; changes: CartChanges } {
  const carts = new Carts(found);
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
 * @param found all carts that the messages name
 */
export function decideSettings(
  found: FoundCarts,
  messages: readonly Setting[],
): { outcomes: OutcomeOf<typeof setCartItem>[]; changes: CartChanges } {
  const carts = new Carts(found);
  const outcomes = messages.map((message) => isSet(carts, message));
  return { outcomes, changes: carts.changes() };
}

/**
 * Empties carts.
 *
 * @param found all carts that the messages name
 */
export function decideClearings(
  found: FoundCarts,
  messages: readonly Clearing[],
): { outcomes: ClearOutcome[]; changes: CartChanges } {
  const carts = new Carts(found);
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
 * @param found all carts that the messages name
 */
export function decideRemovals(
  found: FoundCarts,
  messages: readonly Removal[],
): { outcomes: RemovalOutcome[]; changes: CartChanges } {
  const carts = new Carts(found);
  const outcomes = messages.map((message) => removed(carts, message));
  return { outcomes, changes: carts.changes() };
}

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
 * @param found all carts that the orders are from
 * @returns the orders from carts that are not under way any more, and the lines that they change
 */
export function decideSettling(
  { lines, underway }: FoundCarts,
  ended: readonly Order[],
): { settled: readonly Order[]; changes: CartChanges } {
  const settled = ended.filter(({ fromCart }) => fromCart);
  const bought = new Set(
    settled.filter(({ completedAt }) => completedAt !== null).map(({ orderId }) => orderId),
  );
  const changes = decidePurchases(
    lines,
    underway.filter(({ orderId }) => bought.has(orderId)),
  );
  return { settled, changes };
}

/**
 * Takes what was bought out of carts. What came in meanwhile stays, and what went out meanwhile is not missed.
 *
 * @param lines of all carts that the orders are from, locked
 * @param bought orders that succeeded just now
 */
export function decidePurchases(lines: readonly Line[], bought: readonly CartOrder[]): CartChanges {
  const carts = new Carts({ lines, underway: [] });
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

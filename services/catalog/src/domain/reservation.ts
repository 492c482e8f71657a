import {
  done,
  itemName,
  MONEY_MAX,
  refuse,
  refuseField,
  refuseProduct,
  sumOfLines,
  type OrderLine,
  type OrderTerms,
  type Outcome,
  type OutcomeOf,
  type PayloadOf,
  type releaseStock,
  type ReservedLine,
  type reserveStock,
} from '@jangteo/contracts';
import { categoryOf, isListed, unitPrice, type Option } from './option.js';
import { deltasOf, StockBatch, type StockDelta } from './stock-batch.js';
import { refusalByTerms } from './terms.js';

/** Units of an option that an order holds. */
export interface Reservation {
  readonly orderId: string;
  readonly optionId: string;
  readonly quantity: number;
}

export interface ReserveChanges {
  readonly deltas: readonly StockDelta[];
  readonly reservations: readonly Reservation[];
}

export interface ReleaseChanges {
  readonly deltas: readonly StockDelta[];
  /** The orders whose reservations end. */
  readonly orderIds: readonly string[];
}

type ReserveOutcome = OutcomeOf<typeof reserveStock>;
type ReleaseOutcome = OutcomeOf<typeof releaseStock>;
type Refusals = Extract<ReserveOutcome, { ok: false }>['refusal']['code'];

interface Wanted {
  readonly option: Option;
  readonly quantity: number;
}

/**
 * Holds stock for all lines of an order or for none. What is wrong with the order itself is told before what
 * is short, and of what is short every line is told; what its terms make fail comes last.
 *
 * @param options every option of every product that the orders name, locked
 */
export function decideReservations(
  options: readonly Option[],
  orders: readonly PayloadOf<typeof reserveStock>[],
): { outcomes: ReserveOutcome[]; changes: ReserveChanges } {
  const stock = new StockBatch(options);
  const reservations: Reservation[] = [];
  const outcomes = orders.map(({ orderId, items, terms, charged }): ReserveOutcome => {
    const wanted = wantedBy(stock, items);
    if (!wanted.ok) return wanted;
    const offer = offerOf(stock, wanted.value, terms, charged);
    if (!offer.ok) return offer;
    for (const { option, quantity } of wanted.value) {
      stock.move(option, -quantity);
      reservations.push({ orderId, optionId: option.optionId, quantity });
    }
    return offer;
  });
  return { outcomes, changes: { deltas: stock.deltas(), reservations } };
}

/** The options that the lines mean, in order of first appearance, the lines of one option summed. */
function wantedBy(stock: StockBatch, lines: readonly OrderLine[]): Outcome<Wanted[], Refusals> {
  const unknown = lines.find(({ productId }) => stock.optionsOf(productId).length === 0);
  if (unknown !== undefined) return refuseProduct('PRODUCT_NOT_FOUND', unknown.productId);
  const wanted = new Map<string, Wanted>();
  for (const line of lines) {
    const chosen = stock.choose(line);
    if (!chosen.ok) return chosen;
    const option = chosen.value;
    const quantity = (wanted.get(option.optionId)?.quantity ?? 0) + line.quantity;
    wanted.set(option.optionId, { option, quantity });
  }
  return done([...wanted.values()]);
}

function isOnSale(option: Option): boolean {
  return option.status === 'SELLABLE' && isListed(option);
}

/**
 * Makes the order's lines as of the moment; what was sold already costs what was charged for it.
 */
function offerOf(
  stock: StockBatch,
  wanted: readonly Wanted[],
  terms: OrderTerms | undefined,
  charged: PayloadOf<typeof reserveStock>['charged'],
): ReserveOutcome {
  const suspended = wanted.find(({ option }) => !isOnSale(option));
  if (suspended !== undefined && charged === undefined) {
    return refuseProduct('PRODUCT_NOT_SELLABLE', suspended.option.productId);
  }
  const prices = new Map(charged?.map(({ optionId, price }) => [optionId, price]));
  const items = wanted.map((line) => reservedLine(stock, line, prices));
  const subtotal = sumOfLines(items);
  if (subtotal === undefined) {
    return refuseField('items', `must not cost more than ${MONEY_MAX}`);
  }
  const shortages = wanted
    .filter(({ option, quantity }) => stock.available(option) < quantity)
    .map(({ option, quantity }) => ({
      productId: option.productId,
      optionId: option.optionId,
      requested: quantity,
      available: stock.available(option),
    }));
  if (shortages.length > 0) return refuse('OUT_OF_STOCK', undefined, { shortages });
  return refusalByTerms(terms, subtotal) ?? done({ items, subtotal });
}

function reservedLine(
  stock: StockBatch,
  { option, quantity }: Wanted,
  charged: ReadonlyMap<string, number>,
): ReservedLine {
  const { productId, optionId, productName, optionName } = option;
  const name = itemName(productName, optionName, stock.optionsOf(productId).filter(isListed).length);
  const price = charged.get(optionId) ?? unitPrice(option);
  return { productId, optionId, name, ...categoryOf(option), price, quantity };
}

/**
 * Undoes reservations; never refused. Puts back what the order holds, whatever the command says and whatever
 * the product has become.
 *
 * @param held what these orders hold
 */
export function decideReleases(
  held: readonly Reservation[],
  orders: readonly PayloadOf<typeof releaseStock>[],
): { outcomes: ReleaseOutcome[]; changes: ReleaseChanges } {
  const heldBy = Map.groupBy(held, ({ orderId }) => orderId);
  const moved = new Map<string, number>();
  const orderIds: string[] = [];
  const outcomes = orders.map(({ orderId }): ReleaseOutcome => {
    const reservations = heldBy.get(orderId) ?? [];
    if (reservations.length === 0) return done({ released: false });
    for (const { optionId, quantity } of reservations) {
      moved.set(optionId, (moved.get(optionId) ?? 0) + quantity);
    }
    orderIds.push(orderId);
    return done({ released: true });
  });
  return { outcomes, changes: { deltas: deltasOf(moved), orderIds } };
}

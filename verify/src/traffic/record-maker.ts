import { HOUR_MS } from '@jangteo/contracts';
import type { Dice } from '../dice.js';

const FIRST_MS = Date.UTC(2026, 0, 1);
export const HOURS = 720;
export const PRODUCTS = 1_000;
const CUSTOMERS = 100_000;
const LINES_MOST = 3;
const CANCELLED_SHARE = 0.05;
const DISCOUNTED_SHARE = 0.2;
const USER_COUPON = '01920000-0000-7000-8000-0000000000c1';
/** Sales that may still be cancelled, so that a cancellation comes soon after, as most do. */
const RECENT = 1_024;

interface Sale {
  readonly hour: number;
  readonly orderId: string;
  /** Fields of the record that its cancellation repeats. */
  readonly text: string;
  readonly discount: number;
  readonly lines: readonly { readonly product: number; readonly units: number; readonly amount: number }[];
}

export interface MadeRecord {
  readonly key: string;
  readonly value: string;
}

const idOf = (kind: string, number: number): string =>
  `01920000-0000-7000-8${kind}-${number.toString(16).padStart(12, '0')}`;
export const productId = (product: number): string => idOf('0b1', product);

/** Shares of a discount by largest remainders, of equal ones the first lines first. */
function sharesOf(discount: number, amounts: readonly number[]): number[] {
  const total = Math.max(
    1,
    amounts.reduce((sum, amount) => sum + amount, 0),
  );
  const shares = amounts.map((amount) => Math.floor((discount * amount) / total));
  const left = discount - shares.reduce((sum, share) => sum + share, 0);
  const order = amounts
    .map((amount, line) => ({ line, remainder: (discount * amount) % total }))
    .toSorted((a, b) => b.remainder - a.remainder || a.line - b.line);
  for (const { line } of order.slice(0, left)) shares[line]! += 1;
  return shares;
}

/** Sums for each product in each hour. */
export const SUMS = ['units', 'revenue', 'discount', 'orders'] as const;

/** Makes records as the order service sends them, of thirty days, and reckons what they come to. */
export class RecordMaker {
  readonly #recent: (Sale | undefined)[] = Array.from({ length: RECENT });
  #made = 0;
  /** By hour, product and SUMS. */
  readonly #sums = new Float64Array(HOURS * PRODUCTS * SUMS.length);
  /** Cancelled orders by the hour of their success. */
  readonly cancelled = new Float64Array(HOURS);

  constructor(
    private readonly total: number,
    private readonly dice: Dice,
  ) {}

  get made(): number {
    return this.#made;
  }

  /** What a product's sales of an hour come to by now, in the order of SUMS. */
  sumsOf(hour: number, product: number): number[] {
    const at = (hour * PRODUCTS + product) * SUMS.length;
    return [...this.#sums.subarray(at, at + SUMS.length)];
  }

  next(): MadeRecord {
    this.#made += 1;
    const sequence = this.#made;
    const atMs = FIRST_MS + Math.floor(((sequence - 1) / this.total) * HOURS * HOUR_MS);
    const at = new Date(atMs).toISOString();
    const place = this.dice.whole(0, RECENT - 1);
    const gone = this.dice.chance(CANCELLED_SHARE) ? this.#recent[place] : undefined;
    if (gone === undefined) return this.#sell(sequence, at, Math.floor((atMs - FIRST_MS) / HOUR_MS), place);
    this.#recent[place] = undefined;
    this.#reckon(gone, -1);
    this.cancelled[gone.hour]! += 1;
    const value = `{"sequence":${sequence},"type":"order.cancelled","occurredAt":"${at}","cancelledAt":"${at}",${gone.text}}`;
    return { key: gone.orderId, value };
  }

  #sell(sequence: number, at: string, hour: number, place: number): MadeRecord {
    const orderId = idOf('0a1', sequence);
    const lines = Array.from({ length: this.dice.whole(1, LINES_MOST) }, () => {
      const product = this.dice.whole(0, PRODUCTS - 1);
      const [units, price] = [this.dice.whole(1, 3), this.dice.whole(1, 50) * 1_000];
      const id = productId(product);
      const text = `{"productId":"${id}","optionId":"${id}","name":"Product ${product}","price":${price},"quantity":${units},"category":"Category ${product % 10}"}`;
      return { product, units, amount: units * price, text };
    });
    const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
    const discount = this.dice.chance(DISCOUNTED_SHARE) ? this.dice.whole(1, subtotal) : 0;
    const text =
      `"orderId":"${orderId}","userId":"${idOf('001', sequence % CUSTOMERS)}","orderedAt":"${at}","completedAt":"${at}",` +
      `"items":[${lines.map((line) => line.text).join(',')}],"subtotal":${subtotal},"discount":${discount},` +
      `"totalPrice":${subtotal - discount}${discount === 0 ? '' : `,"userCouponId":"${USER_COUPON}"`}`;
    const sale = { hour, orderId, text, discount, lines };
    this.#recent[place] = sale;
    this.#reckon(sale, 1);
    return {
      key: orderId,
      value: `{"sequence":${sequence},"type":"order.completed","occurredAt":"${at}",${text}}`,
    };
  }

  #reckon({ hour, lines, discount }: Sale, sign: 1 | -1): void {
    const shares = sharesOf(
      discount,
      lines.map(({ amount }) => amount),
    );
    const seen = new Set<number>();
    for (const [index, { product, units, amount }] of lines.entries()) {
      const at = (hour * PRODUCTS + product) * SUMS.length;
      this.#sums[at]! += sign * units;
      this.#sums[at + 1]! += sign * amount;
      this.#sums[at + 2]! += sign * shares[index]!;
      if (!seen.has(product)) this.#sums[at + 3]! += sign;
      seen.add(product);
    }
  }
}

/** When an hour begins, in seconds since 1970, and the number of that which begins then. */
export const secondsOf = (hour: number): number => (FIRST_MS + hour * HOUR_MS) / 1_000;
export const hourOf = (seconds: number): number => (seconds * 1_000 - FIRST_MS) / HOUR_MS;

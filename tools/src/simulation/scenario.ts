import type { Option } from '@jangteo/catalog/domain';
import type { OrderLine } from '@jangteo/contracts';
import type { UsableCoupon } from '@jangteo/coupon/domain';
import type { Line } from '@jangteo/order/domain';
import type { Random } from './random.js';

/** An order that a client wants to place. */
export interface Wanted {
  readonly name: string;
  readonly userId: string;
  /** Without them it is of what is in the cart. */
  readonly items?: readonly OrderLine[];
  readonly userCouponId?: string;
  readonly expectedTotal?: number;
}

/** The state before anything happens. Amounts in minor units. */
export interface Scenario {
  readonly options: readonly Option[];
  readonly balances: Readonly<Record<string, number>>;
  readonly coupons: readonly UsableCoupon[];
  readonly cart: readonly Line[];
  readonly orders: readonly Wanted[];
  /** Difference of the participants' clocks from the order service's, in milliseconds. */
  readonly clockSkewMs: number;
}

export const BEGINNING_MS = Date.UTC(2026, 0, 1);

const CUP_PRICE = 1_000;
const SHIRT_PRICE = 3_000;
const NAMES = ['A', 'B', 'C'];

function option(productId: string, optionId: string, basePrice: number, random: Random): Option {
  return {
    productId,
    productName: productId,
    category: null,
    basePrice,
    status: random.percent(97) ? 'SELLABLE' : 'SUSPENDED',
    optionId,
    optionName: optionId,
    additionalPrice: 0,
    optionStatus: 'SELLABLE',
    stock: random.weighed([
      [8, 9],
      [2, 2],
      [1, 0],
    ]),
  };
}

function coupon(userCouponId: string, userId: string, random: Random): UsableCoupon {
  const discountType = random.percent(70) ? 'FIXED' : 'PERCENT';
  return {
    userCouponId,
    userId,
    orderId: null,
    takenBackAt: null,
    discountType,
    // 5,000 is more than most orders come to: nothing is left to pay.
    discountValue: discountType === 'FIXED' ? random.pick([500, 5_000]) : 10,
    maxDiscount: null,
    minOrderAmount: random.percent(15) ? 2_000 : null,
    expiresAt: random.percent(20) ? new Date(BEGINNING_MS + 20_000) : null,
  };
}

function line(random: Random): OrderLine {
  const quantity = 1 + random.below(2);
  if (random.percent(60)) return { productId: 'cup', quantity };
  return { productId: 'shirt', optionId: random.pick(['shirt-m', 'shirt-l']), quantity };
}

function wanted(name: string, random: Random): Wanted {
  const userId = random.percent(75) ? 'ann' : 'bob';
  const isFromCart = random.percent(20);
  const items = random.percent(25) ? [line(random), line(random)] : [line(random)];
  return {
    name,
    userId,
    ...(isFromCart ? {} : { items }),
    ...(random.percent(50) ? { userCouponId: `${random.percent(90) ? userId : 'ann'}'s coupon` } : {}),
    ...(random.percent(15) ? { expectedTotal: random.pick([500, CUP_PRICE, SHIRT_PRICE]) } : {}),
  };
}

/** A small shop and up to three orders that get into each other's way. */
export function scenarioOf(random: Random): Scenario {
  const count = random.weighed([
    [4, 1],
    [4, 2],
    [2, 3],
  ]);
  const inCart = { userId: 'ann', position: 1, quantity: 1 + random.below(3) };
  return {
    options: [
      option('cup', 'cup', CUP_PRICE, random),
      option('shirt', 'shirt-m', SHIRT_PRICE, random),
      option('shirt', 'shirt-l', SHIRT_PRICE, random),
    ],
    balances: { ann: random.pick([30_000, 30_000, 2_500]), bob: random.pick([30_000, 30_000, 0]) },
    coupons: [coupon("ann's coupon", 'ann', random), coupon("bob's coupon", 'bob', random)],
    cart: random.percent(80) ? [{ ...inCart, productId: 'cup', optionId: 'cup' }] : [],
    orders: NAMES.slice(0, count).map((name) => wanted(name, random)),
    clockSkewMs: random.percent(80) ? 0 : random.pick([-3_600_000, 3_600_000]),
  };
}

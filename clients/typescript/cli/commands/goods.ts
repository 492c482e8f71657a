import type {
  Coupon,
  CouponChange,
  CouponDraft,
  Product,
  ProductChange,
  ProductDraft,
  StockChange,
} from '../../src/index.js';
import { ANY_NUMBER, type Command, type Options } from '../command.js';
import type { Row } from '../table.js';
import { bodyOf, doing, first, listing, queryOf, showing, watching } from './kinds.js';

function productRow({ productId, name, price, stock, status, category, options }: Product): Row {
  return { product: productId, name, price, stock, status, options: options.length, category };
}

function couponRow({ couponId, name, status, discountType, discountValue, ...coupon }: Coupon): Row {
  return {
    coupon: couponId,
    name,
    status,
    off: discountType === 'PERCENT' ? `${discountValue} %` : discountValue,
    issued: coupon.issuedQuantity,
    of: coupon.totalQuantity,
    from: coupon.issueStartsAt,
    to: coupon.issueEndsAt,
  };
}

const IF_VERSION: Options = {
  'if-version': { value: '<n>', kind: 'number', field: 'ifMatch', about: 'only if it is still this version' },
};

const PRODUCT_TEXTS: Options = {
  description: { value: '<text>', about: 'for customers' },
  image: { value: '<https address>', field: 'imageUrl', about: 'a picture' },
  category: { value: '<text>', about: 'where it stands' },
};

const ISSUING: Options = {
  total: { value: '<n>', kind: 'number', field: 'totalQuantity', about: 'how many there are' },
  starts: { value: '<time>', kind: 'time', field: 'issueStartsAt', about: 'issued from then on' },
  ends: { value: '<time>', kind: 'time', field: 'issueEndsAt', about: 'issued until then' },
  'valid-days': {
    value: '<n>',
    kind: 'number',
    field: 'validDays',
    about: 'good for so long after it was issued',
  },
  'usable-until': { value: '<time>', kind: 'time', field: 'usableUntil', about: 'good until then' },
};

/** What is changed, and the version that it is changed from. */
function changeIn<C>(fields: Readonly<Record<string, unknown>>): { change: C; ifMatch: number | undefined } {
  const { ifMatch, ...change } = fields;
  return { change: change as C, ifMatch: ifMatch as number | undefined };
}

const PRODUCTS: readonly Command[] = [
  listing({
    name: 'products list',
    about: 'Lists products of every status, newest first.',
    options: {
      q: { value: '<text>', about: 'what is in the name' },
      status: { value: '<status>', about: 'SELLABLE, SUSPENDED or ARCHIVED' },
      'stock-below': { value: '<n>', kind: 'number', field: 'stockBelow', about: 'those that run out' },
      sort: { value: '<order>', about: 'oldest, newest, name, price or -price' },
    },
    list: (shop, given) => shop.admin.products(queryOf<'listAllProducts'>(given)),
    row: productRow,
  }),
  showing({
    name: 'products show',
    about: 'Shows a product with its options.',
    names: '<product id>',
    read: (shop, given) => shop.products.read(first(given)),
  }),
  showing({
    name: 'products create',
    about: 'Makes a product of one option.',
    options: {
      name: { value: '<text>', about: 'its name', isRequired: true },
      price: { value: '<amount>', kind: 'number', about: 'in the smallest unit', isRequired: true },
      stock: { value: '<n>', kind: 'number', about: 'how many there are', isRequired: true },
      ...PRODUCT_TEXTS,
    },
    read: (shop, given) => shop.products.create(bodyOf<ProductDraft>(given)),
  }),
  showing({
    name: 'products change',
    about: 'Changes a product; every reader sees it within a second.',
    names: '<product id>',
    options: {
      name: { value: '<text>', about: 'its name' },
      price: { value: '<amount>', kind: 'number', about: 'in the smallest unit' },
      status: { value: '<status>', about: 'SELLABLE, SUSPENDED or ARCHIVED' },
      ...PRODUCT_TEXTS,
      ...IF_VERSION,
    },
    read: (shop, given) => {
      const { change, ifMatch } = changeIn<ProductChange>(given.fields);
      return shop.products.change(first(given), change, { ifMatch });
    },
  }),
  showing({
    name: 'products restock',
    about: 'Adds to the stock of a product, or takes from it.',
    names: '<product id>',
    options: {
      quantity: {
        value: '<n>',
        kind: 'number',
        least: ANY_NUMBER,
        about: 'may be negative: --quantity=-3',
        isRequired: true,
      },
      option: { value: '<option id>', field: 'optionId', about: 'which, where there are several' },
      reason: { value: '<text>', about: 'kept with the movement' },
    },
    read: (shop, given) => shop.products.restock(first(given), bodyOf<StockChange>(given)),
  }),
  listing({
    name: 'products movements',
    about: 'Lists what came to the stock of a product and went from it, newest first.',
    names: '<product id>',
    list: (shop, given) => shop.admin.movements(first(given), queryOf<'listMovements'>(given)),
    row: ({ at, optionId, quantity, orderId, releasedAt, actorId, reason }) => ({
      at,
      option: optionId,
      quantity,
      order: orderId,
      'given back at': releasedAt,
      by: actorId,
      reason,
    }),
  }),
];

const COUPONS: readonly Command[] = [
  listing({
    name: 'coupons list',
    about: 'Lists coupons of every status, newest first.',
    options: {
      q: { value: '<text>', about: 'what is in the name' },
      status: { value: '<status>', about: 'ISSUABLE or SUSPENDED' },
    },
    list: (shop, given) => shop.admin.coupons(queryOf<'listAllCoupons'>(given)),
    row: couponRow,
  }),
  showing({
    name: 'coupons show',
    about: 'Shows a coupon.',
    names: '<coupon id>',
    read: (shop, given) => shop.coupons.read(first(given)),
  }),
  showing({
    name: 'coupons create',
    about: 'Makes a coupon.',
    options: {
      name: { value: '<text>', about: 'its name', isRequired: true },
      type: { value: '<type>', field: 'discountType', about: 'FIXED or PERCENT', isRequired: true },
      value: {
        value: '<n>',
        kind: 'number',
        field: 'discountValue',
        about: 'what it takes off',
        isRequired: true,
      },
      'max-discount': { value: '<amount>', kind: 'number', field: 'maxDiscount', about: 'takes off no more' },
      'min-order': {
        value: '<amount>',
        kind: 'number',
        field: 'minOrderAmount',
        about: 'for orders of so much',
      },
      ...ISSUING,
    },
    read: (shop, given) => shop.coupons.create(bodyOf<CouponDraft>(given)),
  }),
  showing({
    name: 'coupons change',
    about: 'Changes a coupon.',
    names: '<coupon id>',
    options: {
      name: { value: '<text>', about: 'its name' },
      status: { value: '<status>', about: 'ISSUABLE or SUSPENDED' },
      ...ISSUING,
      ...IF_VERSION,
    },
    read: (shop, given) => {
      const { change, ifMatch } = changeIn<CouponChange>(given.fields);
      return shop.coupons.change(first(given), change, { ifMatch });
    },
  }),
  listing({
    name: 'coupons issues',
    about: 'Lists who holds which place of a coupon, and which order used it.',
    names: '<coupon id>',
    list: (shop, given) => shop.admin.issues(first(given), queryOf<'listIssues'>(given)),
    row: ({ sequence, userId, userCouponId, status, issuedAt, orderId }) => ({
      place: sequence,
      user: userId,
      'user coupon': userCouponId,
      status,
      'issued at': issuedAt,
      order: orderId,
    }),
  }),
  watching({
    name: 'coupons watch',
    about: 'Shows how a coupon is issued, while it is, until Ctrl-C.',
    names: '<coupon id>',
    watch: (shop, given) => shop.coupons.live(first(given)),
  }),
  showing({
    name: 'coupons give',
    about: 'Gives a place of a coupon to a user.',
    names: '<coupon id> <user id>',
    read: (shop, { names: [couponId = '', userId = ''] }) => shop.admin.giveCoupon(couponId, userId),
  }),
  doing({
    name: 'coupons take-back',
    about: 'Takes back one that was not used.',
    names: '<user coupon id>',
    act: async (shop, given) => {
      await shop.admin.takeBackCoupon(first(given));
      return 'Taken back';
    },
  }),
];

export const GOODS: readonly Command[] = [...PRODUCTS, ...COUPONS];

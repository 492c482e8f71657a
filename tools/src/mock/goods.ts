import {
  done,
  refuse,
  type Coupon,
  type CouponDraft,
  type Product,
  type ProductDraft,
  type UserCoupon,
} from '@jangteo/contracts';
import { actingUserOf, callerOf, newestFirst, pageOf, type Handlers, type Query } from './call.js';
import type { Store } from './store.js';

const DAY_MS = 86_400_000;

function addProduct(store: Store, draft: ProductDraft): Product {
  const { price, stock = 0, options = [{ name: 'default', stock }], ...texts } = draft;
  const at = store.now();
  const product: Product = {
    productId: store.newId('product'),
    ...texts,
    price,
    stock: options.reduce((sum, option) => sum + option.stock, 0),
    status: 'SELLABLE',
    options: options.map(({ name, additionalPrice = 0, stock: units }) => {
      return { optionId: store.newId('option'), name, price: price + additionalPrice, stock: units };
    }),
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
  store.products.set(product.productId, product);
  return product;
}

function addCoupon(store: Store, draft: CouponDraft): Coupon {
  const couponId = store.newId('coupon');
  const counts = { issuedQuantity: 0, remainingQuantity: draft.totalQuantity };
  const coupon: Coupon = { couponId, ...draft, ...counts, status: 'ISSUABLE', version: 1 };
  store.coupons.set(couponId, coupon);
  return coupon;
}

const collator = new Intl.Collator('ko');

const orders: Readonly<Record<string, (a: Product, b: Product) => number>> = {
  name: (a, b) => collator.compare(a.name, b.name),
  price: (a, b) => a.price - b.price,
  '-price': (a, b) => b.price - a.price,
};

function found({ products }: Store, query: Query): Product[] {
  const { q, category, minPrice = 0, maxPrice = Infinity, inStock, sort = 'oldest', ids } = query;
  const wanted = ids?.split(',');
  const matching = [...products.values()].filter(
    (product) =>
      (q === undefined || product.name.toLowerCase().includes(q.trim().toLowerCase())) &&
      (category === undefined || product.category === category) &&
      product.price >= minPrice &&
      product.price <= maxPrice &&
      (inStock === undefined || product.stock > 0 === inStock) &&
      (wanted === undefined || wanted.includes(product.productId)),
  );
  if (sort === 'newest') return matching.toReversed();
  return matching.toSorted(orders[sort] ?? (() => 0));
}

/** Units sold by product: of orders that were not cancelled. */
function sales({ orders: placed }: Store): Map<string, number> {
  const units = new Map<string, number>();
  for (const { orderStatus, items } of placed.values()) {
    if (orderStatus !== 'SUCCESS') continue;
    for (const { productId, quantity } of items) units.set(productId, (units.get(productId) ?? 0) + quantity);
  }
  return units;
}

export const goods: Handlers = {
  listProducts: ({ store, query }) => pageOf(found(store, query), ({ productId }) => productId, query),

  readProduct({ store, path }) {
    const product = store.products.get(path.productId!);
    return product === undefined ? refuse('PRODUCT_NOT_FOUND') : done({ body: product });
  },

  readTopProducts({ store, query: { limit = 5 } }) {
    const top = [...sales(store)].toSorted(([, a], [, b]) => b - a).slice(0, limit);
    const body = top.flatMap(([productId, totalSales]) => {
      const product = store.products.get(productId);
      return product ? [{ productId, name: product.name, price: product.price, totalSales }] : [];
    });
    return done({ body, headers: { 'last-modified': new Date().toUTCString() } });
  },

  createProduct({ store, body }) {
    const product = addProduct(store, body as ProductDraft);
    return done({ body: product, headers: { location: `/products/${product.productId}` } });
  },

  createCoupon({ store, body }) {
    const coupon = addCoupon(store, body as CouponDraft);
    return done({ body: coupon, headers: { location: `/coupons/${coupon.couponId}` } });
  },

  listCoupons({ store, query }) {
    const issuable = newestFirst(store.coupons.values()).filter((coupon) => coupon.remainingQuantity > 0);
    return pageOf(issuable, ({ couponId }) => couponId, query);
  },

  readCoupon({ store, path }) {
    const coupon = store.coupons.get(path.couponId!);
    return coupon === undefined ? refuse('COUPON_NOT_FOUND') : done({ body: coupon });
  },

  issueCoupon(call) {
    const { store, path } = call;
    const coupon = store.coupons.get(path.couponId!);
    if (coupon === undefined) return refuse('COUPON_NOT_FOUND');
    const { userId: owner } = callerOf(call);
    const { couponId, name, discountType, discountValue, maxDiscount, minOrderAmount, validDays } = coupon;
    const held = [...store.userCoupons.values()];
    if (held.some((one) => one.owner === owner && one.couponId === couponId)) {
      return refuse('COUPON_ALREADY_ISSUED');
    }
    if (coupon.remainingQuantity === 0) return refuse('COUPON_SOLD_OUT');
    const sequence = coupon.issuedQuantity + 1;
    const remainingQuantity = coupon.totalQuantity - sequence;
    store.coupons.set(couponId, { ...coupon, issuedQuantity: sequence, remainingQuantity });
    const issued: UserCoupon = {
      userCouponId: store.newId('userCoupon'),
      couponId,
      name,
      discountType,
      discountValue,
      ...(maxDiscount === undefined ? {} : { maxDiscount }),
      ...(minOrderAmount === undefined ? {} : { minOrderAmount }),
      status: 'ISSUED',
      sequence,
      issuedAt: store.now(),
      expiresAt: validDays === undefined ? null : new Date(Date.now() + validDays * DAY_MS).toISOString(),
    };
    store.userCoupons.set(issued.userCouponId, { ...issued, owner });
    return done({ body: issued });
  },

  listMyCoupons(call) {
    const { store, query } = call;
    const user = actingUserOf(call, query.userId);
    if (!user.ok) return user;
    const { status = 'ISSUED' } = query;
    const mine = newestFirst(store.userCoupons.values())
      .filter((one) => one.owner === user.value && (status === 'ALL' || one.status === status))
      .map(({ owner: _, ...coupon }) => coupon);
    return pageOf(mine, ({ userCouponId }) => userCouponId, query);
  },
};

import {
  done,
  refuse,
  type Coupon,
  type CouponDraft,
  type Product,
  type ProductDraft,
} from '@jangteo/contracts';
import { couponOf, decideCreations, decideIssues, obstacleToIssue } from '@jangteo/coupon/domain';
import { actingUserOf, callerOf, newestFirst, pageOf, type Handlers, type Query } from './call.js';
import type { Store } from './store.js';

/** Of a write that is not kept under a name: the mock keeps repeats itself. */
const UNNAMED = { key: '-', fingerprint: '' };

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

/** A coupon as the shop's own rules take it. */
function termsOf({ couponId, issuedQuantity, remainingQuantity: _, status, version: _v, ...draft }: Coupon) {
  return { ...couponOf(draft, couponId, new Date(0)), issuedQuantity, status };
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
    const request = { operation: UNNAMED, draft: body as CouponDraft };
    const context = { now: new Date(), newId: () => store.newId('coupon') };
    const [made] = decideCreations([request], context).outcomes;
    if (!made!.ok) return made!;
    const { value: coupon } = made!;
    store.coupons.set(coupon.couponId, coupon);
    return done({ body: coupon, headers: { location: `/coupons/${coupon.couponId}` } });
  },

  listCoupons({ store, query }) {
    const now = new Date();
    const issuable = [...store.coupons.values()].filter(
      (coupon) => coupon.remainingQuantity > 0 && obstacleToIssue(termsOf(coupon), now) === undefined,
    );
    return pageOf(issuable, ({ couponId }) => couponId, query);
  },

  readCoupon({ store, path }) {
    const coupon = store.coupons.get(path.couponId!);
    return coupon === undefined ? refuse('COUPON_NOT_FOUND') : done({ body: coupon });
  },

  issueCoupon(call) {
    const { store, path } = call;
    const { userId, createdAt } = callerOf(call);
    const coupon = store.coupons.get(path.couponId!);
    const hasCharged = store.ledgerOf(userId).some(({ transactionType }) => transactionType === 'CHARGE');
    const [issued] = decideIssues(
      {
        coupons: coupon === undefined ? [] : [termsOf(coupon)],
        holdings: [...store.userCoupons.values()].map(({ owner, couponId }) => ({ userId: owner, couponId })),
      },
      [{ operation: UNNAMED, couponId: path.couponId!, userId, account: { createdAt, hasCharged } }],
      { now: new Date(), newId: () => store.newId('userCoupon') },
    ).outcomes;
    if (!issued!.ok) return issued!;
    const { value: body } = issued!;
    const { couponId, totalQuantity } = coupon!;
    const counts = { issuedQuantity: body.sequence, remainingQuantity: totalQuantity - body.sequence };
    store.coupons.set(couponId, { ...coupon!, ...counts });
    store.userCoupons.set(body.userCouponId, { ...body, owner: userId });
    return done({ body });
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

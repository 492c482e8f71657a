import {
  decideChanges,
  decideCreations,
  decideOptionChanges,
  decideOptions,
  decideRestocks,
  type ChangingOption,
} from '@jangteo/catalog/domain';
import {
  done,
  refuse,
  type CouponChange,
  type CouponDraft,
  type OptionChange,
  type OptionDraft,
  type Outcome,
  type Product,
  type ProductChange,
  type ProductDraft,
  type StockChange,
} from '@jangteo/contracts';
import * as coupons from '@jangteo/coupon/domain';
import { tagOf } from '@jangteo/gateway/domain';
import {
  actingUserOf,
  callerOf,
  newestFirst,
  pageOf,
  UNNAMED,
  type Answer,
  type Call,
  type Handlers,
  type Query,
} from './call.js';
import type { Store } from './store.js';

const DAY_MS = 86_400_000;

const collator = new Intl.Collator('ko');

const orders: Readonly<Record<string, (a: Product, b: Product) => number>> = {
  name: (a, b) => collator.compare(a.name, b.name),
  price: (a, b) => a.price - b.price,
  '-price': (a, b) => b.price - a.price,
};

function found(products: readonly Product[], query: Query): Product[] {
  const { q, category, minPrice = 0, maxPrice = Infinity, inStock, stockBelow = Infinity, ids } = query;
  const { sort = 'oldest' } = query;
  const wanted = ids?.split(',');
  const matching = products.filter(
    (product) =>
      (q === undefined || product.name.toLowerCase().includes(q.trim().toLowerCase())) &&
      (category === undefined || product.category === category) &&
      product.price >= minPrice &&
      product.price <= maxPrice &&
      product.stock < stockBelow &&
      (inStock === undefined || product.stock > 0 === inStock) &&
      (wanted === undefined || wanted.includes(product.productId)),
  );
  if (sort === 'newest') return matching.toReversed();
  return matching.toSorted(orders[sort] ?? (() => 0));
}

/** Units sold by product since then: of orders that were not cancelled. */
function sales({ orders: placed }: Store, sinceMs: number): Map<string, number> {
  const units = new Map<string, number>();
  for (const { orderStatus, completedAt = '', items } of placed.values()) {
    if (orderStatus !== 'SUCCESS' || Date.parse(completedAt) < sinceMs) continue;
    for (const { productId, quantity } of items) units.set(productId, (units.get(productId) ?? 0) + quantity);
  }
  return units;
}

type Versioned = { readonly version?: number | undefined };

/** What was changed, without what it was before, and its version. */
function changed(outcome: Outcome<Versioned & { before?: unknown }> | undefined): Outcome<Answer> {
  if (outcome?.ok !== true) return outcome ?? refuse('INTERNAL');
  const { before: _, ...body } = outcome.value;
  return done({ body, headers: tagged(body) });
}

function tagged({ version = 1 }: Versioned): { etag: string } {
  return { etag: tagOf(version) };
}

/** What each write says of who asks, and of which version. */
function saying(call: Call) {
  const { versions } = call;
  return { operation: UNNAMED, versions, actorId: callerOf(call).userId };
}

export const goods: Handlers = {
  listProducts({ store, query }) {
    const onSale = store.products().filter(({ status }) => status === 'SELLABLE');
    return pageOf(found(onSale, query), ({ productId }) => productId, query);
  },

  listAllProducts({ store, query }) {
    const { status: wanted } = query;
    const all = store.products().filter(({ status }) => wanted === undefined || status === wanted);
    return pageOf(found(all, { sort: 'newest', ...query }), ({ productId }) => productId, query);
  },

  readProduct({ store, path }) {
    const product = store.product(path.productId!);
    return product === undefined
      ? refuse('PRODUCT_NOT_FOUND')
      : done({ body: product, headers: tagged(product) });
  },

  readTopProducts({ store, query: { limit = 5, days = 3 } }) {
    const sold = [...sales(store, Date.now() - days * DAY_MS)].toSorted(
      ([a, unitsOfA], [b, unitsOfB]) => unitsOfB - unitsOfA || (a < b ? -1 : 1),
    );
    const body = sold.flatMap(([productId, totalSales]) => {
      const product = store.product(productId);
      if (product?.status !== 'SELLABLE') return [];
      return [{ productId, name: product.name, price: product.price, totalSales }];
    });
    return done({ body: body.slice(0, limit), headers: { 'last-modified': new Date().toUTCString() } });
  },

  createProduct(call) {
    const { store, body } = call;
    const now = new Date();
    // The product's comes first.
    let kind: 'product' | 'option' = 'product';
    const newId = () => {
      const id = store.newId(kind);
      kind = 'option';
      return id;
    };
    const request = { ...saying(call), draft: body as ProductDraft };
    const { outcomes, changes } = decideCreations([request], { now, newId });
    const [made] = outcomes;
    if (made?.ok !== true) return changed(made);
    const { description, imageUrl, version } = changes.products[0]!;
    const details = { description, imageUrl, version, createdAt: now, updatedAt: now, now };
    store.setOptions(changes.options.map((option) => ({ ...option, ...details })));
    const location = `/products/${made.value.productId}`;
    return done({ body: made.value, headers: { location, ...tagged(made.value) } });
  },

  changeProduct(call) {
    const { store, path } = call;
    const productId = path.productId!;
    const request = { ...saying(call), productId, change: call.body as ProductChange };
    const { outcomes, changes } = decideChanges(store.optionsOf(productId), [request]);
    store.keepProducts(changes);
    return changed(outcomes[0]);
  },

  addOption(call) {
    const { store, path } = call;
    const productId = path.productId!;
    const there = store.optionsOf(productId);
    const request = { ...saying(call), productId, draft: call.body as OptionDraft };
    const { outcomes, changes } = decideOptions(there, [request], () => store.newId('option'));
    const added = changes.options.map((option): ChangingOption => ({ ...there[0]!, ...option }));
    if (added.length > 0) store.setOptions([...there, ...added]);
    store.keepProducts(changes.products);
    const outcome = changed(outcomes[0]);
    if (!outcome.ok) return outcome;
    const headers = { ...outcome.value.headers, location: `/products/${productId}` };
    return done({ ...outcome.value, headers });
  },

  changeOption(call) {
    const { store, path } = call;
    const { productId = '', optionId = '' } = path;
    const request = { ...saying(call), productId, optionId, change: call.body as OptionChange };
    const { outcomes, changes } = decideOptionChanges(store.optionsOf(productId), [request]);
    const after = new Map(changes.options.map((option) => [option.optionId, option]));
    const options = store.optionsOf(productId).map((one) => ({ ...one, ...after.get(one.optionId) }));
    if (after.size > 0) store.setOptions(options);
    store.keepProducts(changes.products);
    return changed(outcomes[0]);
  },

  restock(call) {
    const { store, path } = call;
    const productId = path.productId!;
    const options = store.optionsOf(productId);
    const current = new Map(options.slice(0, 1).map(({ version }) => [productId, version]));
    const request = { ...saying(call), productId, change: call.body as StockChange };
    const { outcomes, changes } = decideRestocks(options, [request], current);
    for (const { optionId, delta } of changes.deltas) store.moveStock(productId, optionId, delta);
    const [outcome] = outcomes;
    return outcome?.ok === true ? done({ body: outcome.value }) : changed(outcome);
  },

  createCoupon(call) {
    const { store, body } = call;
    const request = { ...saying(call), draft: body as CouponDraft };
    const context = { now: new Date(), newId: () => store.newId('coupon') };
    const { outcomes, changes } = coupons.decideCreations([request], context);
    for (const coupon of changes) store.coupons.set(coupon.couponId, coupon);
    const [made] = outcomes;
    if (made?.ok !== true) return changed(made);
    const location = `/coupons/${made.value.couponId}`;
    return done({ body: made.value, headers: { location, ...tagged(made.value) } });
  },

  changeCoupon(call) {
    const { store, path } = call;
    const couponId = path.couponId!;
    const coupon = store.coupons.get(couponId);
    const request = { ...saying(call), couponId, change: call.body as CouponChange };
    const { outcomes, changes } = coupons.decideTerms(coupon === undefined ? [] : [coupon], [request]);
    for (const after of changes) store.coupons.set(couponId, after);
    return changed(outcomes[0]);
  },

  listCoupons({ store, query }) {
    const now = new Date();
    const issuable = [...store.coupons.values()].filter(
      (coupon) =>
        coupon.issuedQuantity < coupon.totalQuantity && coupons.obstacleToIssue(coupon, now) === undefined,
    );
    return pageOf(issuable.map(coupons.couponAnswer), ({ couponId }) => couponId, query);
  },

  readCoupon({ store, path }) {
    const coupon = store.coupons.get(path.couponId!);
    if (coupon === undefined) return refuse('COUPON_NOT_FOUND');
    return done({ body: coupons.couponAnswer(coupon), headers: tagged(coupon) });
  },

  issueCoupon(call) {
    const { store, path } = call;
    const { userId, createdAt } = callerOf(call);
    const coupon = store.coupons.get(path.couponId!);
    const hasCharged = store.ledgerOf(userId).some(({ transactionType }) => transactionType === 'CHARGE');
    const [issued] = coupons.decideIssues(
      {
        coupons: coupon === undefined ? [] : [coupon],
        holdings: [...store.userCoupons.values()].map(({ owner, couponId }) => ({ userId: owner, couponId })),
      },
      [{ operation: UNNAMED, couponId: path.couponId!, userId, account: { createdAt, hasCharged } }],
      { now: new Date(), newId: () => store.newId('userCoupon') },
    ).outcomes;
    if (!issued!.ok) return issued!;
    const { value: body } = issued!;
    store.coupons.set(coupon!.couponId, { ...coupon!, issuedQuantity: body.sequence });
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

import { decideReservations } from '@jangteo/catalog/domain';
import {
  discountFor,
  done,
  present,
  refuse,
  type OrderLine,
  type OrderWithHistory,
  type Outcome,
  type Refusal,
  type ReservedLine,
} from '@jangteo/contracts';
import { entryFor, isAtLeast, lastEventIdOf, type ServerSent } from '@jangteo/gateway/domain';
import { cartOf, factsOf, stepsOf } from '@jangteo/order/domain';
import {
  actingUserOf,
  callerOf,
  isWithin,
  maySee,
  newestFirst,
  pageOf,
  type Answer,
  type Call,
  type Handlers,
} from './call.js';
import type { Store, User } from './store.js';

interface OrderDraft {
  readonly userId?: string;
  readonly items?: readonly OrderLine[];
  readonly fromCart?: true;
  readonly userCouponId?: string;
  readonly expectedTotal?: number;
}

interface Bill {
  readonly items: ReservedLine[];
  readonly subtotal: number;
  readonly discount: number;
  readonly totalPrice: number;
}

/** What an order would cost, or why it cannot be. */
function billOf(store: Store, userId: string, lines: readonly OrderLine[], draft: OrderDraft): Outcome<Bill> {
  const options = store.optionsOf(...lines.map(({ productId }) => productId));
  const asked = { orderId: '-', items: lines.map((line) => ({ ...line })) };
  const [reserved] = decideReservations(options, [asked]).outcomes;
  if (reserved?.ok !== true) return reserved ?? refuse('INTERNAL');
  const { subtotal } = reserved.value;
  const items = reserved.value.items.map(({ category: _, ...item }) => item);
  let discount = 0;
  if (draft.userCouponId !== undefined) {
    const coupon = store.userCoupons.get(draft.userCouponId);
    if (coupon?.owner !== userId) return refuse('COUPON_NOT_USABLE', 'no such coupon');
    if (coupon.status === 'USED') return refuse('COUPON_NOT_USABLE', 'it was used for another order');
    const off = discountFor(coupon, subtotal);
    if (!off.ok) return off;
    discount = off.value;
  }
  const totalPrice = subtotal - discount;
  if (draft.expectedTotal !== undefined && draft.expectedTotal !== totalPrice) {
    return refuse('PRICE_CHANGED', `the total is ${totalPrice}, not ${draft.expectedTotal}`);
  }
  const balance = store.balanceOf(userId);
  if (balance < totalPrice) {
    return refuse('INSUFFICIENT_BALANCE', `${totalPrice} is due, ${balance} is there`);
  }
  return done({ items, subtotal, discount, totalPrice });
}

type History = OrderWithHistory['history'];

const byUser = ({ role, userId }: User) => ({ changedBy: role, actorId: userId });

/** Steps of the saga and their undos, as a history names them, but for those that have nothing to do. */
function stepNamesOf({
  userCouponId,
  totalPrice = 0,
}: Pick<OrderWithHistory, 'userCouponId' | 'totalPrice'>) {
  const needed = stepsOf({ userCouponId: userCouponId ?? null, total: totalPrice });
  return needed.map(({ action, undo }) => ({ step: action.name, undo: undo.name }));
}

/** Takes stock, coupon and money, and keeps the order with every step of it. */
function succeed(call: Call, order: OrderWithHistory, bill: Bill): OrderWithHistory {
  const { store } = call;
  const { orderId, userId, userCouponId } = order;
  const at = store.now();
  for (const { productId, optionId, quantity } of bill.items) store.moveStock(productId, optionId, -quantity);
  const coupon = userCouponId === undefined ? undefined : store.userCoupons.get(userCouponId);
  if (coupon) {
    store.userCoupons.set(coupon.userCouponId, { ...coupon, status: 'USED', usedAt: at, orderId });
  }
  if (bill.totalPrice > 0) store.book(userId, 'PAYMENT', -bill.totalPrice, orderId);
  const steps = stepNamesOf({ ...order, ...bill });
  const history: History = steps.map(({ step }, index) => {
    const orderStatus = index === steps.length - 1 ? 'SUCCESS' : 'PENDING';
    return { orderStatus, step, changedBy: 'saga', changedAt: at };
  });
  return {
    ...order,
    ...bill,
    orderStatus: 'SUCCESS',
    completedAt: at,
    updatedAt: at,
    history: [...order.history, ...history],
  };
}

function place(call: Call): Outcome<Answer> {
  const { store } = call;
  const draft = call.body as OrderDraft;
  const user = actingUserOf(call, draft.userId);
  if (!user.ok) return user;
  const userId = user.value;
  const { userCouponId, fromCart } = draft;
  const lines = fromCart ? cartOf(store.cartOf(userId)).lines : (draft.items ?? []);
  if (lines.length === 0) return refuse('CART_EMPTY');
  const at = store.now();
  const pending: OrderWithHistory = {
    orderId: store.newId('order'),
    userId,
    orderStatus: 'PENDING',
    ...(userCouponId === undefined ? {} : { userCouponId }),
    items: [...lines],
    orderDate: at,
    updatedAt: at,
    history: [{ orderStatus: 'PENDING', ...byUser(callerOf(call)), changedAt: at }],
  };
  const { orderId } = pending;
  const bill = billOf(store, userId, lines, draft);
  const order = bill.ok ? succeed(call, pending, bill.value) : failed(pending, bill.refusal, at);
  store.orders.set(orderId, order);
  if (bill.ok && fromCart) store.keepCart(userId, { kept: [], gone: store.cartOf(userId) });
  const headers = { location: `/orders/${orderId}` };
  const isAsync = /\brespond-async\b|\bwait=0\b/i.exec(call.prefer)?.[0];
  if (isAsync !== undefined) {
    const preference = { 'preference-applied': isAsync.toLowerCase() };
    return done({ status: 202, body: answerOf(pending), headers: { ...headers, ...preference } });
  }
  if (!bill.ok) return { ok: false, refusal: { ...bill.refusal, orderId } };
  return done({ status: 201, body: answerOf(order), headers });
}

function failed(order: OrderWithHistory, refusal: Refusal, at: string): OrderWithHistory {
  const { code, detail, shortages } = refusal;
  return {
    ...order,
    orderStatus: 'FAILED',
    failureCode: code as NonNullable<OrderWithHistory['failureCode']>,
    ...present({ failureDetail: detail, shortages, failureFacts: factsOf(refusal) }),
    history: [
      ...order.history,
      {
        orderStatus: 'FAILED',
        step: 'ReserveStock',
        reason: code,
        changedBy: 'saga',
        changedAt: at,
      },
    ],
  };
}

function answerOf({ history: _, completedAt: _c, updatedAt: _u, ...order }: OrderWithHistory): object {
  return order;
}

function withoutHistory({ history: _, ...order }: OrderWithHistory) {
  return order;
}

/** Gives back what the order took. */
function giveBack(call: Call, order: OrderWithHistory): OrderWithHistory {
  const { store } = call;
  const { orderId, userId, userCouponId, items, totalPrice = 0 } = order;
  if (totalPrice > 0) store.book(userId, 'REFUND', totalPrice, orderId);
  const used = userCouponId === undefined ? undefined : store.userCoupons.get(userCouponId);
  if (used) {
    const { usedAt: _at, orderId: _order, ...coupon } = used;
    store.userCoupons.set(used.userCouponId, { ...coupon, status: 'ISSUED' });
  }
  for (const { productId, optionId, quantity } of items) store.moveStock(productId, optionId!, quantity);
  const changedAt = store.now();
  const undos = stepNamesOf(order).toReversed();
  const undone: History = undos.map(({ undo: step }, index) => {
    const orderStatus = index === undos.length - 1 ? 'CANCELLED' : 'SUCCESS';
    return { orderStatus, step, changedBy: 'saga', changedAt };
  });
  return {
    ...order,
    orderStatus: 'CANCELLED',
    cancelledAt: changedAt,
    updatedAt: changedAt,
    history: [
      ...order.history,
      { orderStatus: 'SUCCESS', step: 'Cancel', ...byUser(callerOf(call)), changedAt },
      ...undone,
    ],
  };
}

function cancel(call: Call): Outcome<Answer> {
  const { store, path, query } = call;
  const order = store.orders.get(path.orderId!);
  if (order === undefined || !maySee(call, order.userId)) return refuse('ORDER_NOT_FOUND');
  const { orderStatus, userCouponId, items, totalPrice = 0 } = order;
  const isTried = query.dryRun === 'true';
  if (orderStatus === 'CANCELLED') {
    const nothing = isTried ? { givesBack: { amount: 0, items: [] } } : {};
    return done({ body: { ...withoutHistory(order), ...nothing } });
  }
  if (orderStatus !== 'SUCCESS') return refuse('ORDER_NOT_CANCELLABLE', `the order is ${orderStatus}`);
  if (isTried) {
    const coupon = userCouponId === undefined ? {} : { userCouponId };
    const givesBack = { amount: totalPrice, ...coupon, items };
    return done({ body: { ...withoutHistory(order), givesBack } });
  }
  const cancelled = giveBack(call, order);
  store.orders.set(order.orderId, cancelled);
  return done({ body: withoutHistory(cancelled) });
}

export const orders: Handlers = {
  placeOrder: place,
  placeOrderAlias: place,
  cancelOrder: cancel,

  listOrders(call) {
    const { store, query } = call;
    const user = actingUserOf(call, query.userId);
    if (!user.ok) return user;
    const found = newestFirst(store.orders.values())
      .filter(({ userId }) => userId === user.value)
      .filter(({ orderStatus }) => query.status === undefined || orderStatus === query.status)
      .filter(({ orderDate }) => isWithin(orderDate, query))
      .map(withoutHistory);
    return pageOf(found, ({ orderId }) => orderId, query);
  },

  /** An order has always ended here by the time that it can be watched. */
  watchOrder(call) {
    const { role } = callerOf(call);
    const order = call.store.orders.get(call.path.orderId!);
    const isStaff = isAtLeast(role, 'viewer');
    if (order === undefined || !(isStaff || maySee(call, order.userId))) return refuse('ORDER_NOT_FOUND');
    const last = lastEventIdOf(call.lastEventId);
    if (!last.ok) return last;
    const { orderId, orderStatus, history } = order;
    if (last.value >= history.length) return done({ status: 204 });
    const steps = history.map((entry, index): ServerSent => {
      return { event: 'progress', id: index + 1, data: { orderId, ...entryFor(entry, isStaff) } };
    });
    const end = { event: 'end', data: { orderId, orderStatus } };
    return done({ events: [...steps.slice(last.value), end] });
  },

  readOrder(call) {
    const order = call.store.orders.get(call.path.orderId!);
    if (order === undefined || !maySee(call, order.userId)) return refuse('ORDER_NOT_FOUND');
    return done({ body: order });
  },
};

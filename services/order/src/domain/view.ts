import {
  present,
  type cancelOrder,
  type Order as OrderView,
  type OrderStatus,
  type Outcome,
  type placeOrder,
  type Refusal,
  type RefusalOf,
} from '@jangteo/contracts';
import type { Order } from './order.js';

/** The answer to a request about an order; `DEFERRED` where it comes when the order ends. */
export type Answer =
  Outcome<OrderView, RefusalOf<typeof placeOrder> | RefusalOf<typeof cancelOrder>> | 'DEFERRED';

/** The facts of a failure besides its code, its detail and its shortages. */
export function factsOf({ errors, productId, optionId }: Refusal): OrderView['failureFacts'] {
  const facts = present({ errors, productId, optionId });
  return Object.keys(facts).length > 0 ? facts : undefined;
}

/** An order as its customer reads it; the reason of a failure is shown once it has failed. */
export function viewOf(order: Order, orderStatus: OrderStatus = order.status): OrderView {
  const failure = orderStatus === 'FAILED' ? order.failure : null;
  // Who is told of the success of an order that was cancelled since is told the same as at first.
  const cancelledAt = orderStatus === 'CANCELLED' ? order.cancelledAt : null;
  const changedAt = cancelledAt ?? order.completedAt ?? order.updatedAt;
  return {
    orderId: order.orderId,
    userId: order.userId,
    orderStatus,
    ...present({
      subtotal: order.subtotal,
      discount: order.discount,
      totalPrice: order.total,
      userCouponId: order.userCouponId,
    }),
    items: order.items.length > 0 ? [...order.items] : [...order.lines],
    orderDate: order.createdAt.toISOString(),
    ...present({
      completedAt: order.completedAt?.toISOString(),
      cancelledAt: cancelledAt?.toISOString(),
    }),
    updatedAt: changedAt.toISOString(),
    ...present({
      failureCode: failure?.code,
      failureDetail: failure?.detail,
      shortages: failure?.shortages,
      failureFacts: failure === null ? undefined : factsOf(failure),
    }),
  };
}

/** An order as its placing is answered while it is pending: made of what never changes, so always the same. */
export function pendingViewOf(order: Order): OrderView {
  const asked = { ...order, items: [], subtotal: null, discount: null, total: null };
  const { updatedAt: _, ...view } = viewOf({ ...asked, completedAt: null, cancelledAt: null }, 'PENDING');
  return view;
}

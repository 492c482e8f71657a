import type {
  cancelOrder,
  Order as OrderView,
  OrderStatus,
  Outcome,
  placeOrder,
  Refusal,
  RefusalOf,
} from '@jangteo/contracts';
import type { Order } from './order.js';

/** The answer to a request about an order; `DEFERRED` where it comes when the order ends. */
export type Answer =
  Outcome<OrderView, RefusalOf<typeof placeOrder> | RefusalOf<typeof cancelOrder>> | 'DEFERRED';

function given<K extends string, T>(name: K, value: T | null | undefined): { [key in K]?: T } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { [key in K]?: T });
}

/** The facts of a failure besides its code, its detail and its shortages. */
function factsOf(failure: Refusal | null): OrderView['failureFacts'] {
  if (failure === null) return undefined;
  const { errors, productId, optionId } = failure;
  const facts = {
    ...given('errors', errors),
    ...given('productId', productId),
    ...given('optionId', optionId),
  };
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
    ...given('subtotal', order.subtotal),
    ...given('discount', order.discount),
    ...given('totalPrice', order.total),
    ...given('userCouponId', order.userCouponId),
    items: order.items.length > 0 ? [...order.items] : [...order.lines],
    orderDate: order.createdAt.toISOString(),
    ...given('completedAt', order.completedAt?.toISOString()),
    ...given('cancelledAt', cancelledAt?.toISOString()),
    updatedAt: changedAt.toISOString(),
    ...given('failureCode', failure?.code),
    ...given('failureDetail', failure?.detail),
    ...given('shortages', failure?.shortages),
    ...given('failureFacts', factsOf(failure)),
  };
}

/** An order as its placing is answered while it is pending: made of what never changes, so always the same. */
export function pendingViewOf(order: Order): OrderView {
  const asked = { ...order, items: [], subtotal: null, discount: null, total: null };
  const { updatedAt: _, ...view } = viewOf({ ...asked, completedAt: null, cancelledAt: null }, 'PENDING');
  return view;
}

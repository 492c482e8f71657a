import type { Order, Refusal } from '@jangteo/contracts';

/** The answer to the client that placed an order. */
export type OrderAnswer =
  | { readonly kind: 'placed'; readonly body: object }
  | { readonly kind: 'pending'; readonly body: object }
  | { readonly kind: 'failed'; readonly refusal: Refusal };

function bodyOf(order: Order): object {
  const { orderId, userId, orderStatus, subtotal, discount, totalPrice, userCouponId, items, orderDate } =
    order;
  return { orderId, userId, orderStatus, subtotal, discount, totalPrice, userCouponId, items, orderDate };
}

/**
 * Answers to an order as it stands. An order that was cancelled since had been placed, so whoever asks again
 * under the same key gets the answer of the first time.
 */
export function orderAnswerOf(order: Order): OrderAnswer {
  switch (order.orderStatus) {
    case 'PENDING':
      return { kind: 'pending', body: bodyOf(order) };
    case 'SUCCESS':
    case 'CANCELLED':
      return { kind: 'placed', body: bodyOf({ ...order, orderStatus: 'SUCCESS' }) };
    case 'FAILED': {
      const { orderId, failureCode: code = 'ORDER_TIMED_OUT', failureDetail: detail, shortages } = order;
      return { kind: 'failed', refusal: { code, detail, shortages, ...order.failureFacts, orderId } };
    }
  }
}

import { describe, expect, it } from '@jest/globals';
import { placeOrder, type Order } from '@jangteo/contracts';
import { orderAnswerOf } from './order-answer.js';

const order: Order = placeOrder.example.value;

describe('orderAnswerOf', () => {
  it('answers a successful order with exactly the documented fields', () => {
    const extra = { ...order, failureDetail: 'of no concern' };
    const { completedAt: _ended, updatedAt: _changed, ...body } = order;
    expect(JSON.parse(JSON.stringify(orderAnswerOf(extra)))).toEqual({ kind: 'placed', body });
  });

  it('answers for an order that was cancelled since as it did when it was placed', () => {
    expect(orderAnswerOf({ ...order, orderStatus: 'CANCELLED' })).toEqual(orderAnswerOf(order));
  });

  it('tells that an order is still in work', () => {
    expect(orderAnswerOf({ ...order, orderStatus: 'PENDING' })).toMatchObject({
      kind: 'pending',
      body: { orderId: order.orderId, orderStatus: 'PENDING' },
    });
  });

  it('refuses with the reason of an order that failed, and with its id', () => {
    const shortages = [{ productId: 'p', optionId: 'o', requested: 2, available: 1 }];
    const failed: Order = {
      ...order,
      orderStatus: 'FAILED',
      failureCode: 'OUT_OF_STOCK',
      failureDetail: 'too few',
      shortages,
    };
    expect(orderAnswerOf(failed)).toEqual({
      kind: 'failed',
      refusal: { code: 'OUT_OF_STOCK', detail: 'too few', shortages, orderId: order.orderId },
    });
  });
});

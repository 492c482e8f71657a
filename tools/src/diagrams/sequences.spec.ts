import { describe, expect, it } from '@jest/globals';
import { addToCart, done, readProducts, refuse } from '@jangteo/contracts';
import type { PrintedRoute } from '../documents.js';
import { OrderRun } from './order-run.js';
import { routeDiagram } from './sequences.js';
import { factsOf, statusLine } from './sequence.js';

const route = (id: string, path: string, asks: readonly string[] = []): PrintedRoute => {
  return { id, method: 'post', path, status: 201, asks };
};

const linesOf = (diagram: string): string[] => diagram.split('\n').map((line) => line.trim());

describe('a sequence of a route', () => {
  it('asks what the route is documented to ask, in its order', () => {
    const asks = [readProducts.type, addToCart.type];
    expect(linesOf(routeDiagram(route('addToCart', '/cart/add', asks))).slice(2, -1)).toEqual([
      'actor client',
      'participant gateway',
      'participant order',
      'participant catalog',
      'client->>gateway: POST /cart/add',
      'gateway->>catalog: catalog.read-products',
      'catalog-->>gateway: products',
      'gateway->>order: cart.add',
      expect.stringMatching(/^order-->>gateway: \w/),
      'gateway-->>client: 201',
    ]);
  });
});

describe('a recorded order', () => {
  const routes = [route('placeOrder', '/orders'), route('cancelOrder', '/orders/{orderId}/cancel')];

  it('shows every message in its order, the states of the saga, and the end that the client is told', () => {
    const run = new OrderRun(routes, { shop: { balances: { ann: 0 } } });
    run.place({ looks: false });
    run.settle();
    expect(linesOf(run.sequence.diagram()).slice(7, -1)).toEqual([
      'client->>gateway: POST /orders',
      'gateway->>order: order.place: wait true',
      'Note over order: RESERVING_STOCK',
      'order->>catalog: catalog.reserve-stock',
      'catalog-->>order: subtotal 2000',
      'Note over order: DEBITING_WALLET',
      'order->>wallet: wallet.debit: amount 2000',
      'wallet-->>order: refused: INSUFFICIENT_BALANCE',
      'Note over order: UNDOING',
      'order->>catalog: catalog.release-stock',
      'catalog-->>order: released true',
      'Note over order: FAILED',
      'order-->>gateway: orderStatus FAILED, failureCode INSUFFICIENT_BALANCE',
      'gateway-->>client: 409 INSUFFICIENT_BALANCE',
    ]);
  });

  it('shows a late reply when it arrives', () => {
    const run = new OrderRun(routes);
    run.place({ looks: false });
    run.deliver('order.place');
    run.deliverHolding('catalog.reserve-stock');
    run.sequence.note('order', 'later');
    run.release();
    const lines = linesOf(run.sequence.diagram());
    expect(lines.indexOf('catalog-->>order: subtotal 2000')).toBe(
      lines.indexOf('Note over order: later') + 1,
    );
  });
});

describe('the words of a sequence', () => {
  it('leave out ids and times', () => {
    expect(factsOf({ orderId: 'A', amount: 5, createdAt: 'now', items: [], more: undefined })).toBe(
      'amount 5',
    );
  });

  it('tell the status of the answer', () => {
    expect(statusLine(201, done({}))).toBe('201');
    expect(statusLine(201, done({ orderStatus: 'PENDING' }))).toBe('202 PENDING');
    expect(statusLine(201, refuse('COUPON_SOLD_OUT'))).toBe('409 COUPON_SOLD_OUT');
    expect(statusLine(201, done({ orderStatus: 'FAILED', failureCode: 'ORDER_TIMED_OUT' }))).toBe(
      '503 ORDER_TIMED_OUT',
    );
  });
});

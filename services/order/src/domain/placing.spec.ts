import { describe, expect, it } from '@jest/globals';
import { reserveStock, type PayloadOf, type placeOrder } from '@jangteo/contracts';
import { effectsOf } from './effects.js';
import type { Bounds } from './order.js';
import { decidePlacings, type PlaceOrder, type PlacingFound } from './placing.js';
import { placing as rule } from './requests.js';

const bounds: Bounds = {
  deadlineMs: 30_000,
  retryMs: 5_000,
  retryMsMax: 60_000,
  waitersMax: 10,
  inFlightMax: 3,
  cancelWindowMs: 1,
};
const now = new Date('2026-01-01T00:00:00.000Z');
const nothing: PlacingFound = { now, takenIds: [], lines: [], underway: [], inFlight: [] };

function order(orderId: string, more: Partial<PayloadOf<typeof placeOrder>> = {}): PlaceOrder {
  const payload = {
    operation: { key: orderId, fingerprint: '' },
    orderId,
    userId: 'kim',
    items: [{ productId: 'cup', quantity: 1 }],
    wait: true,
    ...more,
  };
  return { payload, replyAddress: { replyTo: 'gateway', correlationId: orderId }, trace: {} };
}

function placed(found: Partial<PlacingFound>, ...requests: PlaceOrder[]) {
  const { outcomes, sagas, history } = decidePlacings({ ...nothing, ...found }, requests, bounds);
  const told = outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.refusal.code));
  return { told, sagas, history };
}

const rule300 = { discountType: 'FIXED', discountValue: 300 } as const;
const usable = { usable: true, rule: rule300 } as const;
const unusable = { usable: false, reason: 'it was used for another order' } as const;

describe('what was seen before an order', () => {
  it.each<[Partial<PayloadOf<typeof placeOrder>>, unknown]>([
    [{}, null],
    [{ seen: {} }, null],
    [{ expectedTotal: 5 }, { expectedTotal: 5 }],
    [{ seen: { balance: 0 } }, { payable: 0 }],
    [
      { seen: { balance: 7 }, expectedTotal: 5 },
      { payable: 7, expectedTotal: 5 },
    ],
    [
      { userCouponId: 'mine', seen: { balance: 7, coupon: usable } },
      { payable: 7, discount: rule300 },
    ],
    // Whatever the coupon would take off: nobody knows the total.
    [{ userCouponId: 'mine', seen: { balance: 7 }, expectedTotal: 5 }, null],
    // Of a coupon that the order does not name nothing follows.
    [{ seen: { balance: 7, coupon: usable } }, { payable: 7 }],
  ])('%j goes with the reservation as %j', (more, terms) => {
    const [saga] = placed({}, order('a', more)).sagas;
    expect(saga?.terms).toEqual(terms);
    const [effect] = effectsOf(saga!);
    expect(effect).toMatchObject({ kind: 'command', contract: { type: reserveStock.type } });
    const payload =
      effect?.kind === 'command' ? (effect.payload as PayloadOf<typeof reserveStock>) : undefined;
    expect(payload?.terms ?? null).toEqual(terms);
  });

  it('fails an order at once whose coupon cannot be used, asks nobody, and says so in its history', () => {
    const { told, sagas, history } = placed(
      {},
      order('a', { userCouponId: 'mine', seen: { coupon: unusable } }),
    );
    expect(told).toEqual(['ok']);
    const [saga] = sagas;
    expect(saga).toMatchObject({
      state: 'FAILED',
      awaits: [],
      owedEvents: [],
      lookAgainAt: null,
      historyLength: 2,
      order: { status: 'FAILED', failure: { code: 'COUPON_NOT_USABLE', detail: unusable.reason } },
    });
    expect(history.map(({ seq, orderStatus, reason }) => [seq, orderStatus, reason])).toEqual([
      [1, 'PENDING', undefined],
      [2, 'FAILED', 'COUPON_NOT_USABLE'],
    ]);
    expect(effectsOf(saga!).map(({ kind }) => kind)).toEqual(['answer']);
  });

  it('leaves the cart of an order that failed at once to the next one', () => {
    const lines = [{ userId: 'kim', productId: 'cup', optionId: 'cup', quantity: 2, position: 1 }];
    const fromCart = { items: undefined, fromCart: true as const };
    const vain = order('a', { ...fromCart, userCouponId: 'mine', seen: { coupon: unusable } });
    const { told, sagas } = placed({ lines }, vain, order('b', fromCart), order('c', fromCart));
    expect(told).toEqual(['ok', 'ok', 'CART_EMPTY']);
    expect(sagas.map((saga) => saga?.state)).toEqual(['FAILED', 'RESERVING_STOCK', undefined]);
  });
});

describe('the orders of a user that are on their way', () => {
  it('are bounded, those of the batch with them, and no one else’s', () => {
    const inFlight = [{ userId: 'kim', orders: 1 }];
    const { told } = placed(
      { inFlight },
      order('a'),
      order('b'),
      order('c'),
      order('d', { userId: 'lee' }),
      order('e'),
    );
    const full = 'TOO_MANY_ORDERS_IN_FLIGHT';
    expect(told).toEqual(['ok', 'ok', full, 'ok', full]);
  });

  it('are not those that failed at once', () => {
    const vain = { userCouponId: 'mine', seen: { coupon: unusable } };
    const inFlight = [{ userId: 'kim', orders: 2 }];
    const { told } = placed({ inFlight }, order('a', vain), order('b', vain), order('c'));
    expect(told).toEqual(['ok', 'ok', 'ok']);
  });

  it('are refused for the moment only: the refusal is not kept', () => {
    const { isPassing } = rule(bounds);
    const { outcomes } = decidePlacings(
      { ...nothing, inFlight: [{ userId: 'kim', orders: 3 }] },
      [order('a'), order('b', { userId: 'lee', items: undefined, fromCart: true })],
      bounds,
    );
    expect(outcomes.map(isPassing)).toEqual([true, false]);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { orderCancelled, orderCompleted } from '@jangteo/contracts';
import { hourOf, ordersOf, stepsOf, unitsOf, type SaleEvent } from './sales.js';

type Line = [productId: string, quantity: number];

function soldOrder(orderId: string, completedAt: string, lines: Line[]): SaleEvent['payload'] {
  const items = lines.map(([productId, quantity]) => ({
    productId,
    optionId: `option of ${productId}`,
    name: 'Tea cup',
    price: 1,
    quantity,
  }));
  return { orderId, userId: 'ann', items, totalPrice: 1, completedAt };
}

const completed = (...order: Parameters<typeof soldOrder>): SaleEvent => ({
  type: orderCompleted.type,
  payload: soldOrder(...order),
});
const cancelled = (...order: Parameters<typeof soldOrder>): SaleEvent => ({
  type: orderCancelled.type,
  payload: { ...soldOrder(...order), cancelledAt: '2026-03-01T00:00:00.000Z' },
});

describe('hourOf', () => {
  it.each([
    ['2026-01-01T10:00:00.000Z', '2026-01-01T10:00:00.000Z'],
    ['2026-01-01T10:59:59.999Z', '2026-01-01T10:00:00.000Z'],
    ['1969-12-31T23:30:00.000Z', '1969-12-31T23:00:00.000Z'],
  ])('puts %s into the hour of %s', (instant, hour) => {
    expect(hourOf(new Date(instant)).toISOString()).toBe(hour);
  });
});

describe('counting sales', () => {
  const morning = '2026-01-01T10:20:00.000Z';
  const hour = new Date('2026-01-01T10:00:00.000Z');

  it('adds up the lines and orders of one product and hour', () => {
    const events = [
      completed('o1', morning, [
        ['cup', 2],
        ['pot', 1],
        ['cup', 3],
      ]),
      completed('o2', '2026-01-01T10:59:00.000Z', [['cup', 4]]),
      completed('o3', '2026-01-01T11:00:00.000Z', [['cup', 5]]),
    ];
    expect(unitsOf(events, stepsOf(events))).toEqual([
      { productId: 'cup', hour, sold: 9, cancelled: 0, orders: 2 },
      { productId: 'pot', hour, sold: 1, cancelled: 0, orders: 1 },
      { productId: 'cup', hour: new Date('2026-01-01T11:00:00.000Z'), sold: 5, cancelled: 0, orders: 1 },
    ]);
    expect(ordersOf(events, stepsOf(events))).toEqual([
      { hour, orders: 2 },
      { hour: new Date('2026-01-01T11:00:00.000Z'), orders: 1 },
    ]);
  });

  it('counts a cancellation in the hour in which the order was completed', () => {
    const events = [cancelled('o1', morning, [['cup', 2]])];
    const steps = [{ orderId: 'o1', step: 'CANCELLED' as const }];
    expect(unitsOf(events, steps)).toEqual([{ productId: 'cup', hour, sold: 0, cancelled: 2, orders: -1 }]);
    expect(ordersOf(events, steps)).toEqual([{ hour, orders: -1 }]);
  });

  it('takes a cancellation that comes first for a completion as well', () => {
    const events = [cancelled('o1', morning, [['cup', 2]])];
    expect(stepsOf(events)).toEqual([
      { orderId: 'o1', step: 'COMPLETED' },
      { orderId: 'o1', step: 'CANCELLED' },
    ]);
    expect(unitsOf(events, stepsOf(events))).toEqual([
      { productId: 'cup', hour, sold: 2, cancelled: 2, orders: 0 },
    ]);
    expect(ordersOf(events, stepsOf(events))).toEqual([{ hour, orders: 0 }]);
  });

  it('counts nothing of what was counted before', () => {
    const events = [completed('o1', morning, [['cup', 2]])];
    expect(unitsOf(events, [])).toEqual([]);
  });
});

const lines = fc.array(fc.tuple(fc.constantFrom('cup', 'pot', 'tray'), fc.integer({ min: 1, max: 5 })), {
  minLength: 1,
  maxLength: 3,
});
const anyOrder = fc.record({ lines, hour: fc.nat(2), isCancelled: fc.boolean() });

/** The events of some orders, some of them several times, in any order, in batches. */
const traffic = fc.array(anyOrder, { maxLength: 10 }).chain((orders) => {
  const events = orders.flatMap(({ lines: bought, hour, isCancelled }, index) => {
    const order = [`o${index}`, `2026-01-01T0${hour}:30:00.000Z`, bought] as const;
    return isCancelled ? [completed(...order), cancelled(...order)] : [completed(...order)];
  });
  const repeats = fc.array(fc.nat(Math.max(0, events.length - 1)), { maxLength: 8 });
  return repeats.chain((indexes) => {
    const all = [...events, ...indexes.flatMap((index) => events[index] ?? [])];
    return fc.record({
      orders: fc.constant(orders),
      events: fc.shuffledSubarray(all, { minLength: all.length }),
      batchSize: fc.integer({ min: 1, max: 6 }),
    });
  });
});

describe('sales under any traffic', () => {
  it('are those of a recount of the orders, and never below 0 meanwhile', () => {
    fc.assert(
      fc.property(traffic, ({ orders, events, batchSize }) => {
        const counted = new Set<string>();
        const figures = new Map<string, number>();
        for (let from = 0; from < events.length; from += batchSize) {
          const batch = events.slice(from, from + batchSize);
          const fresh = stepsOf(batch).filter(({ orderId, step }) => !counted.has(`${orderId}/${step}`));
          for (const { orderId, step } of fresh) counted.add(`${orderId}/${step}`);
          for (const { productId, hour, sold, cancelled: undone } of unitsOf(batch, fresh)) {
            const key = `${productId} ${hour.getUTCHours()}`;
            figures.set(key, (figures.get(key) ?? 0) + sold - undone);
          }
          expect(Math.min(0, ...figures.values())).toBe(0);
        }
        const recount = new Map<string, number>();
        for (const { lines: bought, hour, isCancelled } of orders) {
          for (const [productId, quantity] of isCancelled ? [] : bought) {
            const key = `${productId} ${hour}`;
            recount.set(key, (recount.get(key) ?? 0) + quantity);
          }
        }
        expect(new Map([...figures].filter(([, units]) => units !== 0))).toEqual(recount);
      }),
      { numRuns: 500 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  batchBounds,
  entriesOf,
  recordOf,
  retryPauseMs,
  sizeAfterFailure,
  sizeAfterFailures,
  sizeAfterSuccess,
  WHOLE,
  type BatchSize,
  type NumberedOrder,
} from './data-platform.js';
import type { EventName } from './order.js';
import type { Saga } from './saga.js';

const rules = { retryMs: 1_000, retryMsMax: 60_000, batchMax: 500 };

const numbered: NumberedOrder = {
  sequence: 42,
  type: 'order.completed',
  orderId: '01920000-0000-7000-8000-0000000000a1',
  userId: '01920000-0000-7000-8000-000000000001',
  status: 'SUCCESS',
  lines: [{ productId: '01920000-0000-7000-8000-0000000000b1', quantity: 2 }],
  fromCart: false,
  userCouponId: null,
  expectedTotal: null,
  items: [
    {
      productId: '01920000-0000-7000-8000-0000000000b1',
      optionId: '01920000-0000-7000-8000-0000000000b2',
      name: 'Tea cup',
      price: 12_000,
      quantity: 2,
    },
  ],
  subtotal: 24_000,
  discount: 3_000,
  total: 21_000,
  failure: null,
  createdAt: new Date('2026-01-01T00:00:00.000Z'),
  updatedAt: new Date('2026-01-01T00:00:00.000Z'),
  completedAt: new Date('2026-01-01T00:00:01.250Z'),
  cancelledAt: null,
};
const cancelled: NumberedOrder = {
  ...numbered,
  sequence: 43,
  type: 'order.cancelled',
  status: 'CANCELLED',
  userCouponId: '01920000-0000-7000-8000-0000000000c1',
  cancelledAt: new Date('2026-01-01T01:00:00.000Z'),
};

describe('a record for the data platform', () => {
  it('tells a success with its items, amounts and times', () => {
    expect(recordOf(numbered)).toEqual({
      sequence: 42,
      type: 'order.completed',
      orderId: numbered.orderId,
      userId: numbered.userId,
      occurredAt: '2026-01-01T00:00:01.250Z',
      orderedAt: '2026-01-01T00:00:00.000Z',
      completedAt: '2026-01-01T00:00:01.250Z',
      items: numbered.items,
      subtotal: 24_000,
      discount: 3_000,
      totalPrice: 21_000,
    });
  });

  it('tells a cancellation with everything that is taken back by it', () => {
    expect(recordOf(cancelled)).toEqual({
      ...recordOf(numbered),
      sequence: 43,
      type: 'order.cancelled',
      occurredAt: '2026-01-01T01:00:00.000Z',
      cancelledAt: '2026-01-01T01:00:00.000Z',
      userCouponId: cancelled.userCouponId,
    });
  });

  it('of a success is the same before and after the order was cancelled', () => {
    const { status, cancelledAt } = cancelled;
    expect(recordOf({ ...numbered, status, cancelledAt })).toEqual(recordOf(numbered));
  });
});

describe('what a decision owes the data platform', () => {
  const saga = (...owedEvents: EventName[]): Saga => ({ order: numbered, owedEvents }) as unknown as Saga;
  const { orderId } = numbered;

  it.each<[string, Saga, Saga, EventName[]]>([
    ['nothing while an order goes on', saga(), saga(), []],
    ['a success', saga(), saga('order.completed'), ['order.completed']],
    ['nothing for an event that was owed before', saga('order.completed'), saga('order.completed'), []],
    [
      'a cancellation whose success is not confirmed yet',
      saga('order.completed'),
      saga('order.completed', 'order.cancelled'),
      ['order.cancelled'],
    ],
    [
      'both where both came about at once, the success first',
      saga(),
      saga('order.completed', 'order.cancelled'),
      ['order.completed', 'order.cancelled'],
    ],
  ])('is %s', (_title, before, after, types) => {
    expect(entriesOf({ changed: [{ before, after }] })).toEqual(types.map((type) => ({ orderId, type })));
  });
});

describe('after failures', () => {
  it('pauses grow up to a bound', () => {
    const pauses = [1, 2, 3, 6, 7, 1_000].map((failures) => retryPauseMs(failures, rules));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
  });
});

/** The sizes, in records, that are sent to a receiver that takes no more than so many, and whether each was taken. */
function sendingTo(takes: (limit: number, round: number) => boolean, rounds: number): [number, boolean][] {
  let size: BatchSize = WHOLE;
  return Array.from({ length: rounds }, (_, round) => {
    const { limit } = batchBounds(size, rules);
    const isTaken = takes(limit, round);
    size = isTaken ? sizeAfterSuccess(size) : sizeAfterFailure(size, rules);
    return [limit, isTaken];
  });
}

const limits = (sent: readonly [number, boolean][]): number[] => sent.map(([limit]) => limit);

describe('batches', () => {
  it('are of so many records and half a MiB, and both are halved', () => {
    expect(batchBounds(WHOLE, rules)).toEqual({ limit: 500, bytesMax: 524_288 });
    const twice = sizeAfterFailure(sizeAfterFailure(WHOLE, rules), rules);
    expect(batchBounds(twice, rules)).toEqual({ limit: 125, bytesMax: 131_072 });
  });

  it('shrink with each failure, down to one record, and grow again by doubling', () => {
    const sent = sendingTo((_, round) => round >= 12, 24);
    expect(limits(sent).join(' ')).toBe(
      '500 250 125 62 31 15 7 3 1 1 1 1 1 1 3 7 15 31 62 125 250 500 500 500',
    );
  });

  it('keep the size that goes through, and try a larger one less and less often', () => {
    const sent = sendingTo((limit) => limit <= 200, 20);
    expect(limits(sent).join(' ')).toBe(
      '500 250 125 250 125 125 250 125 125 125 125 250 125 125 125 125 125 125 125 125',
    );
    const later = sendingTo((limit) => limit <= 200, 1_000).slice(200);
    expect(later.filter(([, isTaken]) => !isTaken).length).toBeLessThanOrEqual(13);
  });

  it('are whole most of the time where one in ten fails, however large it is', () => {
    const sent = limits(sendingTo((_, round) => round % 10 !== 0, 1_000));
    expect(sent.filter((limit) => limit === 500).length).toBeGreaterThan(700);
  });

  it('are as small as the failures that a new leader finds say, and no larger than it knows by itself', () => {
    const limitAfter = (size: BatchSize, failures: number): number =>
      batchBounds(sizeAfterFailures(size, failures, rules), rules).limit;
    expect([0, 1, 2, 9, 5_000].map((failures) => limitAfter(WHOLE, failures))).toEqual([500, 250, 125, 1, 1]);
    expect(limitAfter({ halvings: 3, patience: 8, missing: 8 }, 1)).toBe(62);
  });

  it('of one record at most stay that', () => {
    const one = { ...rules, batchMax: 1 };
    expect(batchBounds(sizeAfterFailure(WHOLE, one), one)).toEqual({ limit: 1, bytesMax: 524_288 });
  });
});

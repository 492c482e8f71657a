import { describe, expect, it } from '@jest/globals';
import { decide, overdue, stepsAnsweredIn } from './decide.js';
import type { SagaMessage } from './messages.js';
import type { Moment, Saga } from './order.js';
import { begun } from './placing.js';

const orderId = '01920000-0000-7000-8000-0000000000a1';
const productId = '01920000-0000-7000-8000-0000000000b1';
const optionId = '01920000-0000-7000-8000-0000000000b2';
const rules = {
  deadlineMs: 30_000,
  retryMs: 5_000,
  retryMsMax: 60_000,
  waitersMax: 3,
  inFlightMax: 20,
  cancelWindowMs: 604_800_000,
};
const startedAt = new Date('2026-01-01T00:00:00.000Z');
const after = (ms: number): Moment => ({ now: new Date(startedAt.getTime() + ms), rules });

const placed: Saga = begun(
  {
    payload: {
      operation: { key: 'k', fingerprint: '' },
      orderId,
      userId: '01920000-0000-7000-8000-000000000001',
      items: [{ productId, quantity: 2 }],
      wait: false,
    },
    waiter: undefined,
    trace: {},
  },
  [{ productId, quantity: 2 }],
  after(0),
);

const items = [{ productId, optionId, name: 'Tea cup', price: 12_000, quantity: 2 }];
const reserved: SagaMessage = { signal: 'stockReserved', orderId, value: { items, subtotal: 24_000 } };
const short: SagaMessage = { signal: 'stockRefused', orderId, refusal: { code: 'OUT_OF_STOCK' } };

describe('the steps answered in a decision', () => {
  it('are timed from when their command was last sent', () => {
    const decision = decide([placed], [reserved], after(120));
    expect(stepsAnsweredIn(decision)).toEqual([{ step: 'ReserveStock', waitedMs: 120 }]);
    const [repeated] = decide([placed], [overdue(placed, after(6_000))], after(6_000)).changed;
    const late = decide([repeated!.after], [reserved], after(6_200));
    expect(stepsAnsweredIn(late)).toEqual([{ step: 'ReserveStock', waitedMs: 200 }]);
  });

  it('are those refused, too', () => {
    const decision = decide([placed], [short], after(80));
    expect(stepsAnsweredIn(decision)).toEqual([{ step: 'ReserveStock', waitedMs: 80 }]);
  });

  it('are each undo of several', () => {
    const [debiting] = decide([placed], [reserved], after(100)).changed;
    const broke: SagaMessage = { signal: 'deadline', orderId };
    const [undoing] = decide([debiting!.after], [broke], after(30_000)).changed;
    expect(undoing!.after.awaits).toEqual(['RefundWallet', 'ReleaseStock']);
    const undone = decide(
      [undoing!.after],
      [
        { signal: 'stockReleased', orderId },
        { signal: 'walletRefunded', orderId },
      ],
      after(30_040),
    );
    expect(stepsAnsweredIn(undone)).toEqual([
      { step: 'ReleaseStock', waitedMs: 40 },
      { step: 'RefundWallet', waitedMs: 40 },
    ]);
  });

  it('are not one given up, nor one answered twice', () => {
    expect(stepsAnsweredIn(decide([placed], [{ signal: 'deadline', orderId }], after(30_000)))).toEqual([]);
    const [debiting] = decide([placed], [reserved], after(100)).changed;
    expect(stepsAnsweredIn(decide([debiting!.after], [reserved], after(200)))).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { apply, type Decided } from '../domain/decide.js';
import type { Moment } from '../domain/order.js';
import { begun } from '../domain/placing.js';
import { overdue, type Input, type Saga } from '../domain/saga.js';
import { commandsAnsweredIn } from './saga.metrics.js';

const orderId = '01920000-0000-7000-8000-0000000000a1';
const productId = '01920000-0000-7000-8000-0000000000b1';
const optionId = '01920000-0000-7000-8000-0000000000b2';
const bounds = {
  deadlineMs: 30_000,
  retryMs: 5_000,
  retryMsMax: 60_000,
  waitersMax: 3,
  inFlightMax: 20,
  cancelWindowMs: 604_800_000,
};
const startedAt = new Date('2026-01-01T00:00:00.000Z');
const after = (ms: number): Moment => ({ now: new Date(startedAt.getTime() + ms), bounds });

const placed: Saga = begun(
  {
    payload: {
      operation: { key: 'k', fingerprint: '' },
      orderId,
      userId: '01920000-0000-7000-8000-000000000001',
      items: [{ productId, quantity: 2 }],
      wait: false,
    },
    replyAddress: undefined,
    trace: {},
  },
  [{ productId, quantity: 2 }],
  after(0),
);

const items = [{ productId, optionId, name: 'Tea cup', price: 12_000, quantity: 2 }];
const reserved: Input = {
  kind: 'succeeded',
  orderId,
  step: 'RESERVING_STOCK',
  value: { items, subtotal: 24_000 },
};
const short: Input = {
  kind: 'refused',
  orderId,
  step: 'RESERVING_STOCK',
  refusal: { code: 'OUT_OF_STOCK' },
};

function decided(saga: Saga, inputs: readonly Input[], { now }: Moment): Decided {
  return apply({ now, sagas: [saga], carts: { lines: [], underway: [] } }, inputs, bounds);
}

describe('the commands answered in a decision', () => {
  it('are timed from when their command was last sent', () => {
    const decision = decided(placed, [reserved], after(120));
    expect(commandsAnsweredIn(decision)).toEqual([{ command: 'ReserveStock', waitedMs: 120 }]);
    const [repeated] = decided(placed, [overdue(placed, after(6_000).now)], after(6_000)).changed;
    const late = decided(repeated!.after, [reserved], after(6_200));
    expect(commandsAnsweredIn(late)).toEqual([{ command: 'ReserveStock', waitedMs: 200 }]);
  });

  it('are those refused, too', () => {
    const decision = decided(placed, [short], after(80));
    expect(commandsAnsweredIn(decision)).toEqual([{ command: 'ReserveStock', waitedMs: 80 }]);
  });

  it('are each undo of several', () => {
    const [debiting] = decided(placed, [reserved], after(100)).changed;
    const broke: Input = { kind: 'deadline', orderId };
    const [undoing] = decided(debiting!.after, [broke], after(30_000)).changed;
    expect(undoing!.after.awaits).toEqual(['RefundWallet', 'ReleaseStock']);
    const undone = decided(
      undoing!.after,
      [
        { kind: 'undone', orderId, command: 'ReleaseStock' },
        { kind: 'undone', orderId, command: 'RefundWallet' },
      ],
      after(30_040),
    );
    expect(commandsAnsweredIn(undone)).toEqual([
      { command: 'ReleaseStock', waitedMs: 40 },
      { command: 'RefundWallet', waitedMs: 40 },
    ]);
  });

  it('are not one given up, nor one answered twice', () => {
    expect(commandsAnsweredIn(decided(placed, [{ kind: 'deadline', orderId }], after(30_000)))).toEqual([]);
    const [debiting] = decided(placed, [reserved], after(100)).changed;
    expect(commandsAnsweredIn(decided(debiting!.after, [reserved], after(200)))).toEqual([]);
  });
});

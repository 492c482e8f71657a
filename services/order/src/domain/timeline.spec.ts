import { describe, expect, it } from '@jest/globals';
import { refuse } from '@jangteo/contracts';
import fc from 'fast-check';
import { apply } from './decide.js';
import type { HistoryRow, Moment } from './order.js';
import { begun, decidePlacings } from './placing.js';
import { inputOfReply, overdue, type Input, type Saga } from './saga.js';
import { commandOf, type CommandName } from './steps.js';
import { commandsIn, failureIn, stepsToCome } from './timeline.js';

const [orderId, userId, productId, optionId, userCouponId] = ['a1', '01', 'b1', 'b2', 'c1'].map(
  (end) => `01920000-0000-7000-8000-0000000000${end}`,
) as [string, string, string, string, string];
const bounds = {
  deadlineMs: 30_000,
  retryMs: 5_000,
  retryMsMax: 60_000,
  waitersMax: 3,
  inFlightMax: 20,
  cancelWindowMs: 604_800_000,
};
const START_MS = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number): Moment => ({ now: new Date(START_MS + ms), bounds });
const time = (ms: number): string => new Date(START_MS + ms).toISOString();

interface Wished {
  readonly coupon?: boolean;
  readonly price?: number;
  readonly expectedTotal?: number;
}

/** One order, and what its service writes of it: a saga, and its history. */
class Story {
  saga: Saga;
  readonly history: HistoryRow[];
  #ms = 0;

  constructor(private readonly wished: Wished = {}) {
    const payload = {
      operation: { key: 'k', fingerprint: '' },
      orderId,
      userId,
      items: [{ productId, quantity: 1 }],
      ...(wished.coupon === true ? { userCouponId } : {}),
      ...(wished.expectedTotal === undefined ? {} : { expectedTotal: wished.expectedTotal }),
      wait: false,
    };
    this.saga = begun({ payload, replyAddress: undefined, trace: {} }, payload.items, at(0));
    this.history = [
      { orderId, seq: 1, orderStatus: 'PENDING', changedBy: 'customer', changedAt: new Date(START_MS) },
    ];
  }

  get commands() {
    return commandsIn(this.saga.order, this.history, this.saga);
  }

  /** The commands in short: what became of each, and when it was asked for and answered. */
  get told() {
    return this.commands.map(({ name, askedAt, answeredAt, code, isGivenUp }) => [
      name,
      Date.parse(askedAt) - START_MS,
      isGivenUp ? 'given up' : ((answeredAt && Date.parse(answeredAt) - START_MS) ?? 'awaited'),
      ...(code === undefined ? [] : [code]),
    ]);
  }

  take(input: Input, ms = 10): this {
    this.#ms += ms;
    const { now } = at(this.#ms);
    const decided = apply({ now, sagas: [this.saga], carts: { lines: [], underway: [] } }, [input], bounds);
    this.saga = decided.changed[0]?.after ?? this.saga;
    this.history.push(...decided.history);
    return this;
  }

  succeed(name: CommandName): this {
    const price = this.wished.price ?? 12_000;
    const items = [{ productId, optionId, name: 'Tea cup', price, quantity: 1 }];
    const values: Partial<Record<CommandName, object>> = {
      ReserveStock: { items, subtotal: price },
      UseCoupon: { discount: Math.min(1_000, price) },
    };
    return this.take(
      inputOfReply(commandOf(name).contract.type, orderId, { ok: true, value: values[name] ?? {} }),
    );
  }

  refuse(name: CommandName): this {
    return this.take(inputOfReply(commandOf(name).contract.type, orderId, refuse('COUPON_NOT_USABLE')));
  }

  sweep(ms: number): this {
    const { now } = at(this.#ms + ms);
    return this.take(overdue(this.saga, now), ms);
  }

  cancel(): this {
    const request = { userId, cancelledBy: 'customer', waiter: undefined, trace: {} };
    return this.take({ kind: 'cancel', orderId, ...request });
  }
}

describe('the commands that a history tells', () => {
  it('are those of an order that succeeds, each asked for when the one before was answered', () => {
    const story = new Story({ coupon: true });
    story.succeed('ReserveStock').succeed('UseCoupon').succeed('DebitWallet');
    expect(story.told).toEqual([
      ['ReserveStock', 0, 10],
      ['UseCoupon', 10, 20],
      ['DebitWallet', 20, 30],
    ]);
    expect(story.commands.map(({ asked }) => asked)).toEqual([
      { items: [{ productId, quantity: 1 }] },
      { userCouponId },
      { amount: 11_000 },
    ]);
    expect(failureIn(story.history)).toBeUndefined();
  });

  it('are the undos of the steps before one that was refused', () => {
    const story = new Story({ coupon: true });
    story.succeed('ReserveStock').succeed('UseCoupon').refuse('DebitWallet').succeed('ReleaseStock');
    expect(story.told).toEqual([
      ['ReserveStock', 0, 10],
      ['UseCoupon', 10, 20],
      ['DebitWallet', 20, 30, 'COUPON_NOT_USABLE'],
      ['ReleaseCoupon', 30, 'awaited'],
      ['ReleaseStock', 30, 40],
    ]);
    expect(failureIn(story.history)).toEqual({
      at: new Date(START_MS + 30),
      reason: 'COUPON_NOT_USABLE',
      step: 'DebitWallet',
    });
    story.succeed('ReleaseCoupon');
    expect(failureIn(story.history)?.step).toBe('DebitWallet');
  });

  it('are the undo of a step that nobody answered, too', () => {
    const story = new Story().succeed('ReserveStock').sweep(30_000);
    expect(story.told).toEqual([
      ['ReserveStock', 0, 10],
      ['DebitWallet', 10, 'given up'],
      ['RefundWallet', 30_010, 'awaited'],
      ['ReleaseStock', 30_010, 'awaited'],
    ]);
    expect(failureIn(story.history)).toMatchObject({ reason: 'ORDER_TIMED_OUT', step: 'DebitWallet' });
  });

  it('end where the prices are not those that were agreed to', () => {
    const story = new Story({ expectedTotal: 1 }).succeed('ReserveStock');
    expect(story.told).toEqual([
      ['ReserveStock', 0, 10],
      ['ReleaseStock', 10, 'awaited'],
    ]);
    expect(failureIn(story.history)).toMatchObject({ reason: 'PRICE_CHANGED', step: 'ReserveStock' });
  });

  it('are all undos of an order that is cancelled', () => {
    const story = new Story().succeed('ReserveStock').succeed('DebitWallet').cancel().succeed('RefundWallet');
    expect(story.told.slice(2)).toEqual([
      ['RefundWallet', 30, 40],
      ['ReleaseStock', 30, 'awaited'],
    ]);
  });

  it('are no payment where there is nothing to pay', () => {
    expect(new Story({ price: 0 }).succeed('ReserveStock').told).toEqual([['ReserveStock', 0, 10]]);
  });

  it('are none of an order that failed by its look', () => {
    const payload = {
      operation: { key: 'k', fingerprint: '' },
      orderId,
      userId,
      items: [{ productId, quantity: 1 }],
      userCouponId,
      seen: { coupon: { usable: false as const, reason: 'it was used for another order' } },
      wait: false,
    };
    const request = { payload, replyAddress: undefined, trace: {} };
    const found = { now: at(0).now, takenIds: [], lines: [], underway: [], inFlight: [] };
    const placed = decidePlacings(found, [request], bounds);
    const [saga] = placed.sagas;
    expect(saga!.state).toBe('FAILED');
    expect(commandsIn(saga!.order, placed.history, saga)).toEqual([]);
    expect(failureIn(placed.history)).toMatchObject({ reason: 'COUPON_NOT_USABLE' });
    expect(failureIn(placed.history)).not.toHaveProperty('step');
  });

  it('say how often one was sent while it is awaited, and not after', () => {
    const story = new Story().sweep(5_000);
    expect(story.commands).toEqual([
      expect.objectContaining({ name: 'ReserveStock', sends: 2, sentAt: time(5_000) }),
    ]);
    story.succeed('ReserveStock');
    expect(story.commands[0]).not.toHaveProperty('sends');
    expect(story.commands[1]).toMatchObject({ name: 'DebitWallet', sends: 1 });
  });

  it('are told without the saga, once it was deleted', () => {
    const { saga, history, commands } = new Story().succeed('ReserveStock').succeed('DebitWallet');
    expect(commandsIn(saga.order, history, undefined)).toEqual(commands);
  });

  it('of steps that only a later release has are passed over', () => {
    const { saga, history } = new Story().succeed('ReserveStock').succeed('DebitWallet');
    const later = { ...history[1]!, step: 'WrapGift' };
    expect(
      commandsIn(saga.order, [history[0]!, later, ...history.slice(1)], saga).map(({ name }) => name),
    ).toEqual(['ReserveStock', 'DebitWallet']);
  });
});

describe('the steps to come', () => {
  it('are those that the order may take after the awaited one', () => {
    const story = new Story({ coupon: true });
    expect(stepsToCome(story.saga.order, story.commands)).toEqual(['UseCoupon', 'DebitWallet']);
    story.succeed('ReserveStock');
    expect(stepsToCome(story.saga.order, story.commands)).toEqual(['DebitWallet']);
    story.refuse('UseCoupon');
    expect(stepsToCome(story.saga.order, story.commands)).toEqual([]);
  });

  it('are none of an order that ended at its first step or by its look', () => {
    const { saga, commands } = new Story().refuse('ReserveStock');
    expect(stepsToCome(saga.order, commands)).toEqual([]);
    expect(stepsToCome(saga.order, [])).toEqual([]);
  });
});

describe('whatever happens to an order', () => {
  it('the commands without an answer are those that its saga awaits, asked for when it began to', () => {
    const act = fc.constantFrom('succeed', 'refuse', 'retry', 'deadline', 'cancel', 'repeat');
    const wished = fc.record({
      coupon: fc.boolean(),
      price: fc.constantFrom(0, 500, 12_000),
      expectedTotal: fc.constantFrom(undefined, 11_000, 1),
    }) as fc.Arbitrary<Wished>;
    fc.assert(
      fc.property(wished, fc.array(fc.tuple(act, fc.nat(3)), { maxLength: 14 }), (its, acts) => {
        const story = new Story(its);
        for (const [kind, pick] of acts) {
          const { awaits } = story.saga;
          const name = awaits[pick % Math.max(awaits.length, 1)];
          if (kind === 'cancel') story.cancel();
          else if (kind === 'retry') story.sweep(5_000);
          else if (kind === 'deadline') story.sweep(40_000);
          else if (kind === 'repeat') story.succeed('ReserveStock');
          else if (name !== undefined) {
            const isUndo = name.startsWith('Re') && name !== 'ReserveStock';
            if (kind === 'refuse' && !isUndo) story.refuse(name);
            else story.succeed(name);
          }
          const open = story.commands.filter(
            ({ answeredAt, isGivenUp }) => answeredAt === undefined && !isGivenUp,
          );
          expect(open.map((command) => command.name)).toEqual(story.saga.awaits);
          for (const { sends, sentAt, askedAt } of open) {
            expect(sends).toBe(story.saga.attempts + 1);
            expect(sends === 1 ? sentAt : askedAt).toBe(askedAt);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

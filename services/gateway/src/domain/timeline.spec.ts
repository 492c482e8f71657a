import { describe, expect, it } from '@jest/globals';
import {
  PARTICIPANTS,
  readTimeline,
  SAGA_STEPS,
  type AskedCommand,
  type DecidedCommand,
  type OrderRows,
  type OrderWay,
} from '@jangteo/contracts';
import { endOf, timelineOf, type Answers } from './timeline.js';

const { value: example } = readTimeline.example;
const { orderId } = example.order;
const START_MS = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number): string => new Date(START_MS + ms).toISOString();

const nothing: OrderRows = { decided: [], rows: [], deadLetters: [] };

function answers(its: Partial<Record<(typeof PARTICIPANTS)[number], OrderRows | string>> = {}): Answers {
  const all = PARTICIPANTS.map((service) => {
    const answer = its[service] ?? nothing;
    return [service, typeof answer === 'string' ? { away: answer } : { rows: answer }];
  });
  return Object.fromEntries(all) as Answers;
}

const command = (name: string, type: string, its: Partial<AskedCommand> = {}): AskedCommand => ({
  name,
  command: type,
  isUndo: false,
  asked: {},
  askedAt: at(0),
  isGivenUp: false,
  ...its,
});
const reserve = command('ReserveStock', 'catalog.reserve-stock', { answeredAt: at(40) });
const debit = command('DebitWallet', 'wallet.debit', { askedAt: at(40), answeredAt: at(80) });
const release = command('ReleaseStock', 'catalog.release-stock', {
  isUndo: true,
  askedAt: at(80),
  answeredAt: at(120),
});

const decided = (type: string, ms: number, its: Partial<DecidedCommand> = {}): DecidedCommand => ({
  command: type,
  key: `${orderId}/${type.split('.')[1]}`,
  decidedAt: at(ms),
  ...its,
});

const way = (its: Partial<OrderWay> = {}): OrderWay => ({ ...example, commands: [reserve, debit], ...its });

const failedWay = way({
  order: { ...example.order, orderStatus: 'FAILED' },
  failed: { at: at(80), reason: 'INSUFFICIENT_BALANCE', step: 'DebitWallet' },
  commands: [reserve, { ...debit, code: 'INSUFFICIENT_BALANCE' }, release],
});

const saga: NonNullable<OrderWay['saga']> = {
  state: 'DEBITING_WALLET',
  awaits: ['DebitWallet'],
  owedEvents: [],
  lookAgainAt: at(5_000),
  deadlineAt: at(30_000),
  requestId: 'my-request-7',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

describe('a timeline', () => {
  it('puts what was decided beside what was asked, each by its own clock', () => {
    const timeline = timelineOf(
      way(),
      answers({
        catalog: { ...nothing, decided: [decided('catalog.reserve-stock', 20, { subtotal: 24_000 })] },
        wallet: { ...nothing, decided: [decided('wallet.debit', 60, { balanceAfter: 5 })] },
      }),
      false,
    );
    expect(timeline.steps).toEqual([
      expect.objectContaining({
        step: 'ReserveStock',
        service: 'catalog',
        state: 'DONE',
        askedAt: at(0),
        decision: 'DONE',
        decidedAt: at(20),
        answeredAt: at(40),
        subtotal: 24_000,
      }),
      expect.objectContaining({ step: 'DebitWallet', decision: 'DONE', balanceAfter: 5 }),
    ]);
    expect(timeline.unanswered).toEqual([]);
  });

  it('says that clocks are apart where a decision seems made before it was asked for, or after its answer', () => {
    const decidedAt = (ms: number) => {
      const catalog = { ...nothing, decided: [decided('catalog.reserve-stock', ms)] };
      return timelineOf(way(), answers({ catalog }), false).steps[0]?.clocksApartMs;
    };
    expect([-2, -3, 0, 40, 42, 43].map(decidedAt)).toEqual([
      undefined,
      3,
      undefined,
      undefined,
      undefined,
      3,
    ]);
  });

  it('does not take a command that was decided anew after a restore for a clock that is wrong', () => {
    const catalog = { ...nothing, decided: [decided('catalog.reserve-stock', 86_400_000)] };
    const redriven = { command: 'ReserveStock', at: at(86_300_000), by: orderId };
    const [step] = timelineOf(way({ redrives: [redriven] }), answers({ catalog }), true).steps;
    expect(step).toMatchObject({ state: 'DONE', decidedAt: at(86_400_000) });
    expect(step).not.toHaveProperty('clocksApartMs');
  });

  it('says of a refusal where, why and what was undone', () => {
    const wallet = {
      ...nothing,
      decided: [
        decided('wallet.debit', 60, { code: 'INSUFFICIENT_BALANCE', detail: '9 is due, 5 is there' }),
      ],
    };
    const timeline = timelineOf(failedWay, answers({ wallet }), false);
    expect(timeline.steps[1]).toMatchObject({
      state: 'REFUSED',
      decision: 'REFUSED',
      code: 'INSUFFICIENT_BALANCE',
      detail: '9 is due, 5 is there',
    });
    expect(timeline.why).toMatchObject({ code: 'INSUFFICIENT_BALANCE', step: 'DebitWallet' });
    expect(timeline.why.ko).toBe(
      '결제하는 단계에서 잔액이 부족해 주문이 실패했습니다. 예약했던 재고는 모두 되돌렸습니다.',
    );
  });

  it('tells a step that was barred by its undo from one that was refused', () => {
    const wallet = { ...nothing, decided: [decided('wallet.debit', 60, { code: 'ORDER_TIMED_OUT' })] };
    const given = way({ commands: [reserve, { ...debit, answeredAt: undefined, isGivenUp: true }] });
    const [, step] = timelineOf(given, answers({ wallet }), false).steps;
    expect(step).toMatchObject({ state: 'GIVEN_UP', decision: 'BARRED' });
  });

  it('names who is away, and guesses nothing of it', () => {
    const timeline = timelineOf(way(), answers({ wallet: 'did not answer in time' }), true);
    expect(timeline.unanswered).toEqual([{ service: 'wallet', reason: 'did not answer in time' }]);
    expect(timeline.steps.map(({ decision }) => decision)).toEqual(['NONE', 'UNKNOWN']);
    expect(timeline.steps[1]).toMatchObject({ state: 'DONE', answeredAt: at(80) });
  });

  it('tells of an order on its way what it waits for, how often that was sent and what may come', () => {
    const awaited = { ...debit, answeredAt: undefined, sends: 3, sentAt: at(4_000) };
    const timeline = timelineOf(
      way({
        order: { ...example.order, orderStatus: 'PENDING' },
        commands: [reserve],
        toCome: ['UseCoupon', 'DebitWallet'],
      }),
      answers(),
      false,
    );
    expect(timeline.steps.map(({ step, state }) => [step, state])).toEqual([
      ['ReserveStock', 'DONE'],
      ['UseCoupon', 'TO_COME'],
      ['DebitWallet', 'TO_COME'],
    ]);
    const waiting = timelineOf(
      way({ order: { ...example.order, orderStatus: 'PENDING' }, commands: [reserve, awaited], saga }),
      answers(),
      false,
    );
    expect(waiting.steps[1]).toMatchObject({
      state: 'AWAITED',
      sends: 3,
      sentAt: at(4_000),
      lookAgainAt: at(5_000),
      deadlineAt: at(30_000),
      decision: 'NONE',
    });
    expect(waiting.owed).toEqual([{ kind: 'COMMAND', name: 'DebitWallet' }]);
    expect(waiting.why.en).toBe('The order is on its way: it is being paid.');
  });

  it('says what is not known any more once the saga was deleted', () => {
    expect(timelineOf(way(), answers(), true).notRecorded).toEqual(
      expect.arrayContaining(['sends', 'requestId', 'traceparent', 'deadlineAt']),
    );
    expect(timelineOf(way({ saga }), answers(), true).notRecorded).not.toContain('requestId');
  });

  it('shows ids, keys, traces and rows to those who run the shop alone', () => {
    const row = { table: 'ledger', id: orderId, amount: -5 };
    const letter = {
      deadLetterId: orderId,
      type: 'wallet.debit',
      reason: 'x',
      parkedAt: at(0),
      state: 'WAITING' as const,
    };
    const given = answers({
      wallet: { decided: [decided('wallet.debit', 60)], rows: [row], deadLetters: [letter] },
    });
    const its = way({ saga, nudges: [{ at: at(0), by: orderId }] });
    expect(timelineOf(its, given, true)).toMatchObject({
      requestId: 'my-request-7',
      rows: [{ ...row, service: 'wallet' }],
      deadLetters: [{ ...letter, service: 'wallet' }],
      nudges: [{ by: orderId }],
    });
    const shown = timelineOf(its, given, false);
    for (const hidden of ['requestId', 'traceparent', 'rows', 'deadLetters', 'nudges', 'redrives']) {
      expect(shown).not.toHaveProperty(hidden);
    }
    expect(shown.steps.filter(({ key }) => key !== undefined)).toEqual([]);
  });

  it('does not name to a customer who of those who run the shop it was', () => {
    const cancelled = { at: at(0), by: 'admin', actorId: orderId };
    const its = way({ cancelled });
    expect(timelineOf(its, answers(), false).cancelled).toEqual({ at: at(0), by: 'admin' });
    expect(timelineOf(its, answers(), true).cancelled).toEqual(cancelled);
    expect(timelineOf(its, answers(), false).placed).toMatchObject({ actorId: example.placed.actorId });
  });
});

describe('the end of an order', () => {
  const coupon = command('UseCoupon', 'coupon.use', { answeredAt: at(50) });
  const undo = (name: string, type: string, its: Partial<AskedCommand> = {}) =>
    command(name, type, { isUndo: true, answeredAt: at(90), ...its });
  const failed = { at: at(80), reason: 'PRICE_CHANGED' };

  it.each<[string, Partial<OrderWay>, object]>([
    [
      'that was never sent anywhere',
      { commands: [], failed },
      { failedAt: 'BEFORE', undone: 'NOTHING', isUndone: true },
    ],
    [
      'that is being undone',
      {
        failed,
        commands: [reserve, undo('ReleaseStock', 'catalog.release-stock', { answeredAt: undefined })],
      },
      { undone: 'STOCK', isUndone: false },
    ],
    [
      'that used a coupon',
      {
        failed: { ...failed, step: 'UseCoupon' },
        commands: [
          reserve,
          coupon,
          undo('ReleaseCoupon', 'coupon.release'),
          undo('ReleaseStock', 'catalog.release-stock'),
        ],
      },
      { failedAt: 'UseCoupon', undone: 'STOCK_COUPON', isUndone: true },
    ],
    [
      'that succeeded',
      { commands: [reserve, coupon, debit] },
      { kind: 'SUCCESS', taken: 'STOCK_COUPON_MONEY' },
    ],
    ['that cost nothing', { commands: [reserve] }, { kind: 'SUCCESS', taken: 'STOCK' }],
    [
      'that was cancelled',
      {
        cancelled: { at: at(0), by: 'customer' },
        commands: [
          reserve,
          debit,
          undo('RefundWallet', 'wallet.refund'),
          undo('ReleaseStock', 'catalog.release-stock'),
        ],
      },
      { kind: 'CANCELLED', by: 'customer', undone: 'STOCK_MONEY', isUndone: true },
    ],
  ])('is told of one %s', (_title, its, expected) => {
    expect(endOf(way(its))).toMatchObject(expected);
  });

  it('has a word for what each participant of the saga does', () => {
    const commands = SAGA_STEPS.map(({ action, names: [name] }) => command(name, action.type));
    const end = endOf(way({ order: { ...example.order, orderStatus: 'SUCCESS' }, commands }));
    const services = new Set(SAGA_STEPS.map(({ action }) => action.service));
    expect(end.kind === 'SUCCESS' && end.taken.split('_')).toHaveLength(services.size);
  });
});

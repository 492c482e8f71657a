import { describe, expect, it } from '@jest/globals';
import { refuse } from '@jangteo/contracts';
import { decide } from './decide.js';
import type { SagaMessage, Signal } from './messages.js';
import { LATER, type Turn } from './moves.js';
import type { CommandName, Moment, Order, Saga, SagaState } from './order.js';
import { SAGA, turn } from './saga.js';

const orderId = '01920000-0000-7000-8000-0000000000a1';
const userId = '01920000-0000-7000-8000-000000000001';
const productId = '01920000-0000-7000-8000-0000000000b1';
const optionId = '01920000-0000-7000-8000-0000000000b2';
const userCouponId = '01920000-0000-7000-8000-0000000000d2';

const startedAt = new Date('2026-01-01T00:00:00.000Z');
const moment: Moment = {
  now: new Date('2026-01-01T00:00:20.000Z'),
  rules: {
    deadlineMs: 30_000,
    retryMs: 5_000,
    retryMsMax: 60_000,
    waitersMax: 3,
    inFlightMax: 20,
    cancelWindowMs: 604_800_000,
  },
};
const waiter = { replyTo: 'gateway', correlationId: 'first' };
const trace = { requestId: 'placing', traceparent: '00-1-1-01' };
const cancelTrace = { requestId: 'cancelling', traceparent: '00-2-2-01' };
const another = { replyTo: 'gateway', correlationId: 'second' };

const items = [{ productId, optionId, name: 'Tea cup', price: 12_000, quantity: 2 }];

const pending: Order = {
  orderId,
  userId,
  status: 'PENDING',
  lines: [{ productId, quantity: 2 }],
  fromCart: false,
  userCouponId,
  expectedTotal: null,
  items: [],
  subtotal: null,
  discount: null,
  total: null,
  failure: null,
  createdAt: startedAt,
  completedAt: null,
  cancelledAt: null,
  updatedAt: startedAt,
};
const reserved: Order = { ...pending, items, subtotal: 24_000 };
const priced: Order = { ...reserved, discount: 3_000, total: 21_000 };
const completedAt = new Date('2026-01-01T00:00:01.000Z');
const cancelledAt = new Date('2026-01-01T00:00:02.000Z');
const failed: Order = { ...priced, status: 'FAILED', failure: { code: 'INSUFFICIENT_BALANCE' } };

/** An order with a coupon, as it is in each state. */
const progress: Record<SagaState, { order: Order; awaits: CommandName[] }> = {
  RESERVING_STOCK: { order: pending, awaits: ['ReserveStock'] },
  USING_COUPON: { order: reserved, awaits: ['UseCoupon'] },
  DEBITING_WALLET: { order: priced, awaits: ['DebitWallet'] },
  UNDOING: {
    order: { ...failed, status: 'PENDING' },
    awaits: ['RefundWallet', 'ReleaseCoupon', 'ReleaseStock'],
  },
  CANCELLING: {
    order: { ...priced, status: 'SUCCESS', completedAt },
    awaits: ['RefundWallet', 'ReleaseCoupon', 'ReleaseStock'],
  },
  SUCCESS: { order: { ...priced, status: 'SUCCESS', completedAt }, awaits: [] },
  FAILED: { order: failed, awaits: [] },
  CANCELLED: { order: { ...priced, status: 'CANCELLED', completedAt, cancelledAt }, awaits: [] },
};
const STATES = Object.keys(progress) as SagaState[];

function sagaIn(state: SagaState, more: Partial<Saga> = {}): Saga {
  return {
    ...progress[state],
    state,
    owedEvents: state === 'SUCCESS' ? ['order.completed'] : state === 'CANCELLED' ? ['order.cancelled'] : [],
    waiters: [waiter],
    terms: null,
    trace,
    isAnsweredPending: false,
    deadlineAt: new Date('2026-01-01T00:00:30.000Z'),
    sentAt: startedAt,
    attempts: 0,
    lookAgainAt: null,
    historyLength: 1,
    ...more,
  };
}

const refusal = { code: 'OUT_OF_STOCK', detail: 'no more' } as const;
const messages: { [S in Signal]: Extract<SagaMessage, { signal: S }> } = {
  stockReserved: { signal: 'stockReserved', orderId, value: { items, subtotal: 24_000 } },
  stockRefused: { signal: 'stockRefused', orderId, refusal },
  couponUsed: { signal: 'couponUsed', orderId, value: { discount: 3_000 } },
  couponRefused: { signal: 'couponRefused', orderId, refusal: { code: 'COUPON_NOT_USABLE' } },
  walletDebited: { signal: 'walletDebited', orderId },
  walletRefused: { signal: 'walletRefused', orderId, refusal: { code: 'INSUFFICIENT_BALANCE' } },
  stockReleased: { signal: 'stockReleased', orderId },
  couponReleased: { signal: 'couponReleased', orderId },
  walletRefunded: { signal: 'walletRefunded', orderId },
  silence: { signal: 'silence', orderId },
  deadline: { signal: 'deadline', orderId },
  placedAgain: { signal: 'placedAgain', orderId, waiter: another },
  cancel: {
    signal: 'cancel',
    orderId,
    waiter: another,
    userId: undefined,
    cancelledBy: 'customer',
    trace: cancelTrace,
  },
};
const SIGNALS = Object.keys(messages) as Signal[];

/** `state: what is said; answer`, or `-` where nothing happens. */
function inWords(before: Saga, { saga, says, answer }: Turn): string {
  const said = says.map((one) => {
    if (one.kind === 'answer') return `${one.to.correlationId} ${statusOf(one.outcome)}`;
    return one.contract.type.replace(/^.*[.]/, one.kind === 'event' ? 'event ' : '');
  });
  const answered = answer === undefined ? [] : [answer === LATER ? 'later' : statusOf(answer)];
  if (saga === before && said.length === 0 && answered.length === 0) return '-';
  const state = saga.state === before.state ? 'stays' : saga.state;
  return [state, ...said, ...answered.map((status) => `answers ${status}`)].join(', ');
}

function statusOf(outcome: object): string {
  if ('refusal' in outcome) return (outcome.refusal as { code: string }).code;
  return (outcome as { value: Order & { orderStatus: string } }).value.orderStatus;
}

const nothing = {
  stockReserved: '-',
  stockRefused: '-',
  couponUsed: '-',
  couponRefused: '-',
  walletDebited: '-',
  walletRefused: '-',
  stockReleased: '-',
  couponReleased: '-',
  walletRefunded: '-',
};
const pendingToo = { placedAgain: 'stays, answers later', cancel: 'stays, answers ORDER_NOT_CANCELLABLE' };
const allUndos = 'refund, release, release-stock';
const undosAgain = `stays, ${allUndos}`;

/** What is to happen, worked out from the saga's table in the design and not from the code. */
const EXPECTED: Record<SagaState, Record<Signal, string>> = {
  RESERVING_STOCK: {
    ...nothing,
    ...pendingToo,
    stockReserved: 'USING_COUPON, use',
    stockRefused: 'FAILED, first FAILED',
    silence: 'stays, reserve-stock',
    deadline: 'UNDOING, release-stock',
    placedAgain: 'stays, reserve-stock, answers later',
  },
  USING_COUPON: {
    ...nothing,
    ...pendingToo,
    stockReserved: 'stays, use',
    couponUsed: 'DEBITING_WALLET, debit',
    couponRefused: 'UNDOING, release-stock',
    silence: 'stays, use',
    deadline: 'UNDOING, release, release-stock',
  },
  DEBITING_WALLET: {
    ...nothing,
    ...pendingToo,
    stockReserved: 'stays, debit',
    couponUsed: 'stays, debit',
    walletDebited: 'SUCCESS, event completed, first SUCCESS',
    walletRefused: 'UNDOING, release, release-stock',
    silence: 'stays, debit',
    deadline: `UNDOING, ${allUndos}`,
  },
  UNDOING: {
    ...nothing,
    ...pendingToo,
    stockReserved: undosAgain,
    couponUsed: undosAgain,
    couponRefused: undosAgain,
    walletRefused: undosAgain,
    stockReleased: 'stays',
    couponReleased: 'stays',
    walletRefunded: 'stays',
    silence: undosAgain,
    deadline: undosAgain,
  },
  CANCELLING: {
    ...nothing,
    stockReleased: 'stays',
    couponReleased: 'stays',
    walletRefunded: 'stays',
    silence: undosAgain,
    deadline: undosAgain,
    placedAgain: 'stays, answers SUCCESS',
    cancel: 'stays, answers later',
  },
  SUCCESS: {
    ...nothing,
    stockReserved: 'stays, event completed, first SUCCESS',
    couponUsed: 'stays, event completed, first SUCCESS',
    walletDebited: 'stays, event completed, first SUCCESS',
    silence: 'stays, event completed, first SUCCESS',
    deadline: 'stays, event completed, first SUCCESS',
    placedAgain: 'stays, answers SUCCESS',
    cancel: `CANCELLING, ${allUndos}, answers later`,
  },
  FAILED: {
    ...nothing,
    stockRefused: 'stays, first FAILED',
    stockReleased: 'stays, first FAILED',
    couponReleased: 'stays, first FAILED',
    walletRefunded: 'stays, first FAILED',
    silence: 'stays, first FAILED',
    deadline: 'stays, first FAILED',
    placedAgain: 'stays, answers FAILED',
    cancel: 'stays, answers ORDER_NOT_CANCELLABLE',
  },
  CANCELLED: {
    ...nothing,
    stockReleased: 'stays, event cancelled, first CANCELLED',
    couponReleased: 'stays, event cancelled, first CANCELLED',
    walletRefunded: 'stays, event cancelled, first CANCELLED',
    silence: 'stays, event cancelled, first CANCELLED',
    deadline: 'stays, event cancelled, first CANCELLED',
    placedAgain: 'stays, answers SUCCESS',
    cancel: 'stays, answers CANCELLED',
  },
};

function after(saga: Saga, ...told: SagaMessage[]): Turn & { all: Turn[] } {
  let current = saga;
  const all = told.map((message) => {
    const taken = turn(current, message, moment);
    current = taken.saga;
    return taken;
  });
  return { ...(all.at(-1) as Turn), all };
}

describe('the saga', () => {
  it('has a word for every message in every state, and for nothing else', () => {
    expect(Object.keys(SAGA).toSorted()).toEqual(STATES.toSorted());
    for (const state of STATES) {
      expect(Object.keys(SAGA[state]).toSorted()).toEqual(SIGNALS.toSorted());
    }
  });

  describe.each(STATES)('in %s', (state) => {
    it.each(SIGNALS)('is told %s', (signal) => {
      const saga = sagaIn(state);
      expect(inWords(saga, turn(saga, messages[signal], moment))).toBe(EXPECTED[state][signal]);
    });
  });

  it('goes on to the wallet without a coupon', () => {
    const saga = sagaIn('RESERVING_STOCK', { order: { ...pending, userCouponId: null } });
    const { saga: next } = turn(saga, messages.stockReserved, moment);
    expect(next).toMatchObject({ state: 'DEBITING_WALLET', awaits: ['DebitWallet'] });
    expect(next.order).toMatchObject({ subtotal: 24_000, discount: 0, total: 24_000, items });
  });

  it('succeeds without the wallet when the coupon pays everything', () => {
    const taken = after(sagaIn('USING_COUPON'), {
      signal: 'couponUsed',
      orderId,
      value: { discount: 24_000 },
    });
    expect(taken.saga).toMatchObject({ state: 'SUCCESS', awaits: [], order: { total: 0, discount: 24_000 } });
    expect(taken.says.map(({ kind }) => kind)).toEqual(['event', 'answer']);
  });

  it('succeeds with stock alone when that costs nothing', () => {
    const free = [{ ...items[0]!, price: 0 }];
    const saga = sagaIn('RESERVING_STOCK', { order: { ...pending, userCouponId: null } });
    const taken = after(saga, { signal: 'stockReserved', orderId, value: { items: free, subtotal: 0 } });
    expect(taken.saga).toMatchObject({ state: 'SUCCESS', order: { total: 0 } });
  });

  it('takes back a free order without the wallet', () => {
    const order = { ...progress.SUCCESS.order, discount: 24_000, total: 0 };
    expect(turn(sagaIn('SUCCESS', { order }), messages.cancel, moment).saga.awaits).toEqual([
      'ReleaseCoupon',
      'ReleaseStock',
    ]);
  });

  it.each([
    ['without a coupon', 'RESERVING_STOCK', messages.stockReserved, null, ['ReleaseStock']],
    ['with a coupon', 'USING_COUPON', messages.couponUsed, userCouponId, ['ReleaseCoupon', 'ReleaseStock']],
  ] as const)(
    'undoes all, %s, when the total is not the expected one',
    (_title, state, message, coupon, undos) => {
      const { order } = progress[state];
      const saga = sagaIn(state, { order: { ...order, userCouponId: coupon, expectedTotal: 20_000 } });
      const taken = turn(saga, message, moment);
      expect(taken.saga).toMatchObject({ state: 'UNDOING', awaits: undos });
      expect(taken.saga.order.failure?.code).toBe('PRICE_CHANGED');
      expect(taken.history.map(({ step, reason }) => step ?? reason)).toEqual([
        state === 'USING_COUPON' ? 'UseCoupon' : 'ReserveStock',
        'PRICE_CHANGED',
      ]);
    },
  );

  it('goes on when the total is the expected one', () => {
    const saga = sagaIn('USING_COUPON', { order: { ...reserved, expectedTotal: 21_000 } });
    expect(turn(saga, messages.couponUsed, moment).saga.state).toBe('DEBITING_WALLET');
  });

  it('ends only when every undo was answered, each one counted once, with the reason of the step', () => {
    const { walletRefunded, couponReleased, stockReleased } = messages;
    const taken = after(sagaIn('UNDOING'), stockReleased, stockReleased, walletRefunded, couponReleased);
    expect(taken.all.map(({ saga }) => saga.state)).toEqual(['UNDOING', 'UNDOING', 'UNDOING', 'FAILED']);
    expect(taken.all.map(({ history }) => history.length)).toEqual([1, 0, 1, 1]);
    expect(taken.saga.order).toMatchObject({ status: 'FAILED', failure: { code: 'INSUFFICIENT_BALANCE' } });
  });

  it('is cancelled when every undo was answered, and reads SUCCESS until then', () => {
    const { walletRefunded, couponReleased, stockReleased } = messages;
    const taken = after(sagaIn('CANCELLING'), walletRefunded, couponReleased, stockReleased);
    expect(taken.all.map(({ saga }) => saga.order.status)).toEqual(['SUCCESS', 'SUCCESS', 'CANCELLED']);
    expect(taken.saga.order).toMatchObject({ completedAt, cancelledAt: moment.now });
    expect(inWords(sagaIn('CANCELLING'), taken)).toBe('CANCELLED, event cancelled, first CANCELLED');
  });

  it('speaks for the request that placed the order, and then for the one that cancelled it', () => {
    const { stockReserved, couponUsed, walletDebited, cancel, silence } = messages;
    const late = { ...moment, now: new Date('2027-01-01') };
    const placed = after(sagaIn('RESERVING_STOCK'), stockReserved, couponUsed, walletDebited);
    const cancelled = turn(placed.saga, cancel, moment);
    const [owed, undos] = [placed, cancelled].map((told) => turn(told.saga, silence, late).says);
    expect(owed?.map((said) => said.trace)).toEqual([trace, trace]);
    expect(new Set(undos?.map((said) => said.trace))).toEqual(new Set([cancelTrace]));
  });

  it('still owes the first event when it is cancelled before that was confirmed', () => {
    const { walletRefunded, couponReleased, stockReleased, cancel } = messages;
    const taken = after(sagaIn('SUCCESS'), cancel, walletRefunded, couponReleased, stockReleased);
    expect(taken.saga.owedEvents).toEqual(['order.completed', 'order.cancelled']);
  });

  it('tells its participants the same words in a repeat', () => {
    const first = turn(sagaIn('DEBITING_WALLET'), messages.deadline, moment);
    const again = turn(first.saga, messages.silence, { ...moment, now: new Date('2027-01-01') });
    expect(again.says).toEqual(first.says);
    expect(first.says.map((said) => (said.kind === 'command' ? said.payload : said))).toEqual([
      { orderId, userId, amount: 21_000 },
      { orderId, userId, userCouponId },
      { orderId, items: pending.lines },
    ]);
  });

  it('remembers each waiter once, and tells the latest to come again rather than forget the first', () => {
    const asked = (correlationId: string): SagaMessage => ({
      signal: 'placedAgain',
      orderId,
      waiter: { replyTo: 'gateway', correlationId },
    });
    const { saga } = after(sagaIn('UNDOING'), ...['first', '2', '2', '3', '4'].map(asked));
    expect(saga.waiters.map(({ correlationId }) => correlationId)).toEqual(['first', '2', '3']);
    const answers = ['3', '4'].map((correlationId) => turn(saga, asked(correlationId), moment).answer);
    expect(answers).toEqual([LATER, refuse('IDEMPOTENCY_KEY_IN_USE')]);
  });

  describe('once somebody who placed the order waits no more', () => {
    const waitsNoMore = { ...messages.placedAgain, waiter: undefined };
    const isPending = {
      orderId,
      userId,
      orderStatus: 'PENDING',
      userCouponId,
      items: pending.lines,
      orderDate: startedAt.toISOString(),
    };
    const underway = STATES.filter((state) => progress[state].order.status === 'PENDING');

    it.each(underway)('tells all who wait, in %s, that it is pending, and them no more', (state) => {
      const saga = sagaIn(state, { waiters: [waiter, another] });
      const taken = turn(saga, waitsNoMore, moment);
      const words = state === 'RESERVING_STOCK' ? 'stays, reserve-stock' : 'stays';
      expect(inWords(saga, taken)).toBe(`${words}, first PENDING, second PENDING, answers PENDING`);
      expect(taken.answer).toEqual({ ok: true, value: isPending });
      const told = taken.says.flatMap((said) => (said.kind === 'answer' ? [said.outcome] : []));
      expect(told).toEqual([taken.answer, taken.answer]);
      expect(taken.saga).toEqual({ ...saga, isAnsweredPending: true, waiters: [] });
    });

    it.each(STATES)('has that one answer for it in %s, waited for or not', (state) => {
      const saga = sagaIn(state, { isAnsweredPending: true, waiters: [] });
      for (const message of [messages.placedAgain, waitsNoMore]) {
        const taken = turn(saga, message, moment);
        expect(taken.answer).toEqual({ ok: true, value: isPending });
        expect(taken.saga).toBe(saga);
      }
    });

    it.each(['SUCCESS', 'FAILED', 'CANCELLED'] as const)('but after %s, has its end for it', (state) => {
      const saga = sagaIn(state);
      const taken = turn(saga, waitsNoMore, moment);
      expect(taken.saga).toBe(saga);
      expect(inWords(saga, taken)).toBe(EXPECTED[state].placedAgain);
    });
  });

  it('does not go on with a discount above the subtotal', () => {
    const tooMuch: SagaMessage = { signal: 'couponUsed', orderId, value: { discount: 24_001 } };
    expect(() => turn(sagaIn('USING_COUPON'), tooMuch, moment)).toThrow(RangeError);
  });
});

describe('a batch of messages', () => {
  it('is decided message by message, each seeing the effects of those before it', () => {
    const { stockReserved, couponUsed, walletDebited, cancel } = messages;
    const told = [cancel, stockReserved, stockReserved, couponUsed, walletDebited, walletDebited, cancel];
    const { reactions, changed, history } = decide([sagaIn('RESERVING_STOCK')], told, moment);
    expect(changed.map(({ after: { state } }) => state)).toEqual(['CANCELLING']);
    expect(reactions.map(({ answer }) => (answer === LATER ? 'later' : answer?.ok))).toEqual([
      false,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'later',
    ]);
    expect(history.map(({ seq, orderStatus, step }) => [seq, orderStatus, step])).toEqual([
      [2, 'PENDING', 'ReserveStock'],
      [3, 'PENDING', 'UseCoupon'],
      [4, 'SUCCESS', 'DebitWallet'],
      [5, 'SUCCESS', 'Cancel'],
    ]);
    expect(changed[0]?.after.historyLength).toBe(5);
  });

  it('refuses to cancel what does not exist or is somebody else’s, in one voice', () => {
    const foreign: SagaMessage = { ...messages.cancel, userId: optionId };
    const { reactions, changed } = decide([sagaIn('SUCCESS')], [foreign], moment);
    const unknown = decide([], [messages.cancel], moment);
    expect(reactions).toEqual(unknown.reactions);
    expect(reactions).toMatchObject([{ says: [], answer: { refusal: { code: 'ORDER_NOT_FOUND' } } }]);
    expect(changed).toEqual([]);
  });

  it('writes nothing for what changes nothing', () => {
    const { changed, history } = decide([sagaIn('FAILED')], Object.values(messages).slice(0, 9), moment);
    expect([changed, history]).toEqual([[], []]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { refuse } from '@jangteo/contracts';
import { apply, type Decided } from './decide.js';
import type { Moment, Order } from './order.js';
import type { Input, InputKind, Saga, SagaState } from './saga.js';
import { isStepState, type CommandName } from './steps.js';
import { TABLE, transition, type Transition } from './transitions.js';

const orderId = '01920000-0000-7000-8000-0000000000a1';
const userId = '01920000-0000-7000-8000-000000000001';
const productId = '01920000-0000-7000-8000-0000000000b1';
const optionId = '01920000-0000-7000-8000-0000000000b2';
const userCouponId = '01920000-0000-7000-8000-0000000000d2';

const startedAt = new Date('2026-01-01T00:00:00.000Z');
const moment: Moment = {
  now: new Date('2026-01-01T00:00:20.000Z'),
  bounds: {
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
const succeeded = { kind: 'succeeded', orderId } as const;
const refused = { kind: 'refused', orderId } as const;
const undone = { kind: 'undone', orderId } as const;

/** Every input, of each step and of each undo. */
const inputs = {
  stockReserved: { ...succeeded, step: 'RESERVING_STOCK', value: { items, subtotal: 24_000 } },
  stockRefused: { ...refused, step: 'RESERVING_STOCK', refusal },
  couponUsed: { ...succeeded, step: 'USING_COUPON', value: { discount: 3_000 } },
  couponRefused: { ...refused, step: 'USING_COUPON', refusal: { code: 'COUPON_NOT_USABLE' } },
  walletDebited: { ...succeeded, step: 'DEBITING_WALLET', value: { balanceAfter: 0 } },
  walletRefused: { ...refused, step: 'DEBITING_WALLET', refusal: { code: 'INSUFFICIENT_BALANCE' } },
  stockReleased: { ...undone, command: 'ReleaseStock' },
  couponReleased: { ...undone, command: 'ReleaseCoupon' },
  walletRefunded: { ...undone, command: 'RefundWallet' },
  retryDue: { kind: 'retryDue', orderId },
  deadline: { kind: 'deadline', orderId },
  placedAgain: { kind: 'placedAgain', orderId, waiter: another },
  cancel: {
    kind: 'cancel',
    orderId,
    waiter: another,
    userId: undefined,
    cancelledBy: 'customer',
    trace: cancelTrace,
  },
} as const satisfies Record<string, Input>;
type InputName = keyof typeof inputs;
const INPUTS = Object.keys(inputs) as InputName[];

/** `state, effects, answer`, or `-` where nothing happens. */
function inWords(before: Saga, { saga, effects, answer }: Transition): string {
  const said = effects.map((one) => {
    if (one.kind === 'answer') return `${one.to.correlationId} ${statusOf(one.outcome)}`;
    return one.contract.type.replace(/^.*[.]/, one.kind === 'event' ? 'event ' : '');
  });
  const answered = answer === undefined ? [] : [answer === 'DEFERRED' ? 'later' : statusOf(answer)];
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

/** Transitions worked out from the saga's table in the design and not from the code. */
const EXPECTED: Record<SagaState, Record<InputName, string>> = {
  RESERVING_STOCK: {
    ...nothing,
    ...pendingToo,
    stockReserved: 'USING_COUPON, use',
    stockRefused: 'FAILED, first FAILED',
    retryDue: 'stays, reserve-stock',
    deadline: 'UNDOING, release-stock',
    placedAgain: 'stays, reserve-stock, answers later',
  },
  USING_COUPON: {
    ...nothing,
    ...pendingToo,
    stockReserved: 'stays, use',
    couponUsed: 'DEBITING_WALLET, debit',
    couponRefused: 'UNDOING, release-stock',
    retryDue: 'stays, use',
    deadline: 'UNDOING, release, release-stock',
  },
  DEBITING_WALLET: {
    ...nothing,
    ...pendingToo,
    stockReserved: 'stays, debit',
    couponUsed: 'stays, debit',
    walletDebited: 'SUCCESS, event completed, first SUCCESS',
    walletRefused: 'UNDOING, release, release-stock',
    retryDue: 'stays, debit',
    deadline: `UNDOING, ${allUndos}`,
  },
  UNDOING: {
    ...nothing,
    ...pendingToo,
    stockReserved: undosAgain,
    stockRefused: undosAgain,
    couponUsed: undosAgain,
    couponRefused: undosAgain,
    walletDebited: undosAgain,
    walletRefused: undosAgain,
    stockReleased: 'stays',
    couponReleased: 'stays',
    walletRefunded: 'stays',
    retryDue: undosAgain,
    deadline: undosAgain,
  },
  CANCELLING: {
    ...nothing,
    stockReleased: 'stays',
    couponReleased: 'stays',
    walletRefunded: 'stays',
    retryDue: undosAgain,
    deadline: undosAgain,
    placedAgain: 'stays, answers SUCCESS',
    cancel: `${undosAgain}, answers later`,
  },
  SUCCESS: {
    ...nothing,
    stockReserved: 'stays, event completed, first SUCCESS',
    couponUsed: 'stays, event completed, first SUCCESS',
    walletDebited: 'stays, event completed, first SUCCESS',
    retryDue: 'stays, event completed, first SUCCESS',
    deadline: 'stays, event completed, first SUCCESS',
    placedAgain: 'stays, answers SUCCESS',
    cancel: `CANCELLING, ${allUndos}, answers later`,
  },
  FAILED: {
    ...nothing,
    stockRefused: 'stays, first FAILED',
    couponRefused: 'stays, first FAILED',
    walletRefused: 'stays, first FAILED',
    stockReleased: 'stays, first FAILED',
    couponReleased: 'stays, first FAILED',
    walletRefunded: 'stays, first FAILED',
    retryDue: 'stays, first FAILED',
    deadline: 'stays, first FAILED',
    placedAgain: 'stays, answers FAILED',
    cancel: 'stays, answers ORDER_NOT_CANCELLABLE',
  },
  CANCELLED: {
    ...nothing,
    stockReleased: 'stays, event cancelled, first CANCELLED',
    couponReleased: 'stays, event cancelled, first CANCELLED',
    walletRefunded: 'stays, event cancelled, first CANCELLED',
    retryDue: 'stays, event cancelled, first CANCELLED',
    deadline: 'stays, event cancelled, first CANCELLED',
    placedAgain: 'stays, answers SUCCESS',
    cancel: 'stays, answers CANCELLED',
  },
};

function after(saga: Saga, ...told: Input[]): Transition & { all: Transition[] } {
  let current = saga;
  const all = told.map((message) => {
    const taken = transition(current, message, moment);
    current = taken.saga;
    return taken;
  });
  return { ...(all.at(-1) as Transition), all };
}

describe('the saga', () => {
  it('has a word for every input in every state, and for nothing else', () => {
    const rows = new Set(STATES.map((state) => (isStepState(state) ? 'AWAITING_STEP' : state)));
    expect(new Set(Object.keys(TABLE))).toEqual(rows);
    const kinds = new Set<InputKind>(INPUTS.map((name) => inputs[name].kind));
    for (const row of Object.values(TABLE)) expect(new Set(Object.keys(row))).toEqual(kinds);
  });

  describe.each(STATES)('in %s', (state) => {
    it.each(INPUTS)('is told %s', (name) => {
      const saga = sagaIn(state);
      expect(inWords(saga, transition(saga, inputs[name], moment))).toBe(EXPECTED[state][name]);
    });
  });

  it('goes on to the wallet without a coupon', () => {
    const saga = sagaIn('RESERVING_STOCK', { order: { ...pending, userCouponId: null } });
    const { saga: next } = transition(saga, inputs.stockReserved, moment);
    expect(next).toMatchObject({ state: 'DEBITING_WALLET', awaits: ['DebitWallet'] });
    expect(next.order).toMatchObject({ subtotal: 24_000, discount: 0, total: 24_000, items });
  });

  it('succeeds without the wallet when the coupon pays everything', () => {
    const taken = after(sagaIn('USING_COUPON'), {
      ...inputs.couponUsed,
      value: { discount: 24_000 },
    });
    expect(taken.saga).toMatchObject({ state: 'SUCCESS', awaits: [], order: { total: 0, discount: 24_000 } });
    expect(taken.effects.map(({ kind }) => kind)).toEqual(['event', 'answer']);
  });

  it('succeeds with stock alone when that costs nothing', () => {
    const free = [{ ...items[0]!, price: 0 }];
    const saga = sagaIn('RESERVING_STOCK', { order: { ...pending, userCouponId: null } });
    const taken = after(saga, { ...inputs.stockReserved, value: { items: free, subtotal: 0 } });
    expect(taken.saga).toMatchObject({ state: 'SUCCESS', order: { total: 0 } });
  });

  it('takes back a free order without the wallet', () => {
    const order = { ...progress.SUCCESS.order, discount: 24_000, total: 0 };
    expect(transition(sagaIn('SUCCESS', { order }), inputs.cancel, moment).saga.awaits).toEqual([
      'ReleaseCoupon',
      'ReleaseStock',
    ]);
  });

  it.each([
    ['without a coupon', 'RESERVING_STOCK', inputs.stockReserved, null, ['ReleaseStock']],
    ['with a coupon', 'USING_COUPON', inputs.couponUsed, userCouponId, ['ReleaseCoupon', 'ReleaseStock']],
  ] as const)(
    'undoes all, %s, when the total is not the expected one',
    (_title, state, message, coupon, undos) => {
      const { order } = progress[state];
      const saga = sagaIn(state, { order: { ...order, userCouponId: coupon, expectedTotal: 20_000 } });
      const taken = transition(saga, message, moment);
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
    expect(transition(saga, inputs.couponUsed, moment).saga.state).toBe('DEBITING_WALLET');
  });

  it('sends no undo again for those who ask to cancel when there is no room for them', () => {
    const waiters = ['a', 'b', 'c'].map((correlationId) => ({ replyTo: 'gateway', correlationId }));
    const full = sagaIn('CANCELLING', { waiters });
    expect(inWords(full, transition(full, inputs.cancel, moment))).toBe(
      'stays, answers IDEMPOTENCY_KEY_IN_USE',
    );
  });

  it('ends only when every undo was answered, each one counted once, with the reason of the step', () => {
    const { walletRefunded, couponReleased, stockReleased } = inputs;
    const taken = after(sagaIn('UNDOING'), stockReleased, stockReleased, walletRefunded, couponReleased);
    expect(taken.all.map(({ saga }) => saga.state)).toEqual(['UNDOING', 'UNDOING', 'UNDOING', 'FAILED']);
    expect(taken.all.map(({ history }) => history.length)).toEqual([1, 0, 1, 1]);
    expect(taken.saga.order).toMatchObject({ status: 'FAILED', failure: { code: 'INSUFFICIENT_BALANCE' } });
  });

  it('is cancelled when every undo was answered, and reads SUCCESS until then', () => {
    const { walletRefunded, couponReleased, stockReleased } = inputs;
    const taken = after(sagaIn('CANCELLING'), walletRefunded, couponReleased, stockReleased);
    expect(taken.all.map(({ saga }) => saga.order.status)).toEqual(['SUCCESS', 'SUCCESS', 'CANCELLED']);
    expect(taken.saga.order).toMatchObject({ completedAt, cancelledAt: moment.now });
    expect(inWords(sagaIn('CANCELLING'), taken)).toBe('CANCELLED, event cancelled, first CANCELLED');
  });

  it('speaks for the request that placed the order, and then for the one that cancelled it', () => {
    const { stockReserved, couponUsed, walletDebited, cancel, retryDue } = inputs;
    const late = { ...moment, now: new Date('2027-01-01') };
    const placed = after(sagaIn('RESERVING_STOCK'), stockReserved, couponUsed, walletDebited);
    const cancelled = transition(placed.saga, cancel, moment);
    const [owed, undos] = [placed, cancelled].map((told) => transition(told.saga, retryDue, late).effects);
    expect(owed?.map((said) => said.trace)).toEqual([trace, trace]);
    expect(new Set(undos?.map((said) => said.trace))).toEqual(new Set([cancelTrace]));
  });

  it('still owes the first event when it is cancelled before that was confirmed', () => {
    const { walletRefunded, couponReleased, stockReleased, cancel } = inputs;
    const taken = after(sagaIn('SUCCESS'), cancel, walletRefunded, couponReleased, stockReleased);
    expect(taken.saga.owedEvents).toEqual(['order.completed', 'order.cancelled']);
  });

  it('leaves where they lie the commands that nobody reads, and counts them as sent', () => {
    const now = new Date('2027-01-01');
    const input = { ...inputs.deadline, unread: ['RefundWallet', 'ReleaseCoupon'] } as const;
    const again = transition(sagaIn('CANCELLING'), input, { ...moment, now });
    expect(inWords(sagaIn('CANCELLING'), again)).toBe('stays, release-stock');
    expect(again.saga).toMatchObject({ awaits: sagaIn('CANCELLING').awaits, sentAt: now, attempts: 1 });
    const told = transition(sagaIn('DEBITING_WALLET'), input, { ...moment, now });
    expect(inWords(sagaIn('DEBITING_WALLET'), told)).toBe(`UNDOING, ${allUndos}`);
  });

  it('tells its participants the same words in a repeat', () => {
    const first = transition(sagaIn('DEBITING_WALLET'), inputs.deadline, moment);
    const again = transition(first.saga, inputs.retryDue, { ...moment, now: new Date('2027-01-01') });
    expect(again.effects).toEqual(first.effects);
    expect(first.effects.map((said) => (said.kind === 'command' ? said.payload : said))).toEqual([
      { orderId, userId, amount: 21_000 },
      { orderId, userId, userCouponId },
      { orderId, items: pending.lines },
    ]);
  });

  it('remembers each waiter once, and tells the latest to come again rather than forget the first', () => {
    const asked = (correlationId: string): Input => ({
      kind: 'placedAgain',
      orderId,
      waiter: { replyTo: 'gateway', correlationId },
    });
    const { saga } = after(sagaIn('UNDOING'), ...['first', '2', '2', '3', '4'].map(asked));
    expect(saga.waiters.map(({ correlationId }) => correlationId)).toEqual(['first', '2', '3']);
    const answers = ['3', '4'].map((correlationId) => transition(saga, asked(correlationId), moment).answer);
    expect(answers).toEqual(['DEFERRED', refuse('IDEMPOTENCY_KEY_IN_USE')]);
  });

  describe('once somebody who placed the order waits no more', () => {
    const waitsNoMore = { ...inputs.placedAgain, waiter: undefined };
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
      const taken = transition(saga, waitsNoMore, moment);
      const words = state === 'RESERVING_STOCK' ? 'stays, reserve-stock' : 'stays';
      expect(inWords(saga, taken)).toBe(`${words}, first PENDING, second PENDING, answers PENDING`);
      expect(taken.answer).toEqual({ ok: true, value: isPending });
      const told = taken.effects.flatMap((said) => (said.kind === 'answer' ? [said.outcome] : []));
      expect(told).toEqual([taken.answer, taken.answer]);
      expect(taken.saga).toEqual({ ...saga, isAnsweredPending: true, waiters: [] });
    });

    it.each(STATES)('has that one answer for it in %s, waited for or not', (state) => {
      const saga = sagaIn(state, { isAnsweredPending: true, waiters: [] });
      for (const message of [inputs.placedAgain, waitsNoMore]) {
        const taken = transition(saga, message, moment);
        expect(taken.answer).toEqual({ ok: true, value: isPending });
        expect(taken.saga).toBe(saga);
      }
    });

    it.each(['SUCCESS', 'FAILED', 'CANCELLED'] as const)('but after %s, has its end for it', (state) => {
      const saga = sagaIn(state);
      const taken = transition(saga, waitsNoMore, moment);
      expect(taken.saga).toBe(saga);
      expect(inWords(saga, taken)).toBe(EXPECTED[state].placedAgain);
    });
  });

  it('does not go on with a discount above the subtotal', () => {
    const tooMuch: Input = { ...inputs.couponUsed, value: { discount: 24_001 } };
    expect(() => transition(sagaIn('USING_COUPON'), tooMuch, moment)).toThrow(RangeError);
  });
});

function decided(sagas: readonly Saga[], told: readonly Input[]): Decided {
  return apply({ now: moment.now, sagas, carts: { lines: [], underway: [] } }, told, moment.bounds);
}

describe('a batch of inputs', () => {
  it('is decided one by one, each seeing the effects of those before it', () => {
    const { stockReserved, couponUsed, walletDebited, cancel } = inputs;
    const told = [cancel, stockReserved, stockReserved, couponUsed, walletDebited, walletDebited, cancel];
    const { reactions, changed, history } = decided([sagaIn('RESERVING_STOCK')], told);
    expect(changed.map(({ after: { state } }) => state)).toEqual(['CANCELLING']);
    expect(reactions.map(({ answer }) => (answer === 'DEFERRED' ? 'later' : answer?.ok))).toEqual([
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
    const foreign: Input = { ...inputs.cancel, userId: optionId };
    const { reactions, changed } = decided([sagaIn('SUCCESS')], [foreign]);
    const unknown = decided([], [inputs.cancel]);
    expect(reactions).toEqual(unknown.reactions);
    expect(reactions).toMatchObject([{ effects: [], answer: { refusal: { code: 'ORDER_NOT_FOUND' } } }]);
    expect(changed).toEqual([]);
  });

  it('writes nothing for what changes nothing', () => {
    const { changed, history } = decided([sagaIn('FAILED')], Object.values(inputs).slice(0, 9));
    expect([changed, history]).toEqual([[], []]);
  });
});

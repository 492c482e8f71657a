import { describe, expect, it } from '@jest/globals';
import { done, refuse } from '@jangteo/contracts';
import type { Charge } from './charge.js';
import { decideRepeats } from './repeats.js';
import { decideSettlements, pauseMs, type Verdict } from './settlement.js';

const patience = { retryMs: 100, retryMsMax: 1_000 };
const waiter = { replyTo: 'gateway', correlationId: 'first' };
const wallet = { userId: 'ann', balance: 100, held: 70, movements: 3 };
const pending: Charge = {
  chargeId: 'charge',
  userId: 'ann',
  amount: 50,
  currency: 'krw',
  provider: 'sandbox',
  paymentMethod: 'tok_ok',
  actorId: null,
  status: 'PENDING',
  attempts: 1,
  answer: null,
  waiters: [waiter],
  ageMs: 0,
};
const paidAnswer = done({
  userId: 'ann',
  currentBalance: 150,
  chargeId: 'charge',
  status: 'SUCCEEDED' as const,
});
const pendingAnswer = done({ chargeId: 'charge', status: 'PENDING' as const });

function verdict(kind: Verdict['kind'], detail?: string): Verdict {
  return { chargeId: 'charge', userId: 'ann', kind, detail };
}

function settle(charge: Charge, ...verdicts: Verdict[]) {
  const newId = () => 'transaction';
  return decideSettlements({ wallets: [wallet], charges: [charge] }, verdicts, patience, newId);
}

describe('decideSettlements', () => {
  it('credits a charge that was paid, gives its room back, and answers who waits', () => {
    const { changes, answers, settled } = settle(pending, verdict('paid'));
    expect(changes.wallets).toEqual([{ userId: 'ann', balance: 150, held: 20, movements: 4 }]);
    expect(changes.movements).toEqual([
      {
        transactionId: 'transaction',
        userId: 'ann',
        position: 4,
        type: 'CHARGE',
        amount: 50,
        balanceBefore: 100,
        balanceAfter: 150,
        chargeId: 'charge',
      },
    ]);
    expect(changes.charges).toEqual([
      { charge: { ...pending, status: 'SUCCEEDED', answer: paidAnswer, waiters: [] } },
    ]);
    expect(answers).toEqual([{ to: waiter, outcome: paidAnswer }]);
    expect(settled.map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });

  it('gives the room of a declined charge back and credits nothing', () => {
    const { changes, answers } = settle(pending, verdict('declined', 'Your card was declined.'));
    const refusal = refuse('PAYMENT_DECLINED', 'Your card was declined.');
    expect(changes.wallets).toEqual([{ ...wallet, held: 20 }]);
    expect(changes.movements).toEqual([]);
    expect(changes.charges).toEqual([
      { charge: { ...pending, status: 'DECLINED', answer: refusal, waiters: [] } },
    ]);
    expect(answers).toEqual([{ to: waiter, outcome: refusal }]);
  });

  it('keeps the room of a charge whose outcome is unknown, says that it is pending, and asks again later', () => {
    const { changes, answers } = settle({ ...pending, attempts: 3 }, verdict('unknown', 'no answer'));
    expect(changes.wallets).toEqual([]);
    expect(changes.charges).toEqual([
      { charge: { ...pending, attempts: 3, answer: pendingAnswer, waiters: [] }, askAgainInMs: 400 },
    ]);
    expect(answers).toEqual([{ to: waiter, outcome: pendingAnswer }]);
  });

  it('says that a charge is pending to who can wait no longer, and leaves the rest as it is', () => {
    const { changes, answers } = settle(pending, verdict('late'));
    expect(changes.charges).toEqual([{ charge: { ...pending, answer: pendingAnswer, waiters: [] } }]);
    expect(answers).toEqual([{ to: waiter, outcome: pendingAnswer }]);
  });

  it('credits a charge that was answered as pending, and keeps that answer for repeats', () => {
    const answered: Charge = { ...pending, answer: pendingAnswer, waiters: [] };
    const { changes, answers } = settle(answered, verdict('paid'));
    expect(changes.movements).toHaveLength(1);
    expect(changes.charges).toEqual([{ charge: { ...answered, status: 'SUCCEEDED' } }]);
    expect(answers).toEqual([]);
  });

  it.each(['paid', 'declined', 'unknown', 'late'] as const)('changes nothing by %s once settled', (kind) => {
    const settled: Charge = { ...pending, status: 'SUCCEEDED', answer: paidAnswer, waiters: [] };
    const { changes, answers, contradictions } = settle(settled, verdict(kind));
    expect(changes).toEqual({ wallets: [], movements: [], charges: [] });
    expect(answers).toEqual([]);
    expect(contradictions.map((one) => one.kind)).toEqual(kind === 'declined' ? ['declined'] : []);
  });

  it('reports a payment that was taken after it was called declined, and does not credit it', () => {
    const { changes, contradictions } = settle(pending, verdict('declined'), verdict('paid'));
    expect(changes.movements).toEqual([]);
    expect(contradictions.map(({ kind }) => kind)).toEqual(['paid']);
  });

  it('credits once when one batch says three times that it was paid', () => {
    const { changes, answers } = settle(pending, verdict('late'), verdict('paid'), verdict('paid'));
    expect(changes.wallets).toEqual([{ userId: 'ann', balance: 150, held: 20, movements: 4 }]);
    expect(answers).toEqual([{ to: waiter, outcome: pendingAnswer }]);
  });

  it('cuts what a provider has to say to what an answer bears', () => {
    const { answers } = settle(pending, verdict('declined', 'x'.repeat(10_000)));
    expect(answers[0]?.outcome).toEqual(refuse('PAYMENT_DECLINED', 'x'.repeat(300)));
  });
});

describe('the pause before the provider is asked again', () => {
  it.each([
    [1, 100],
    [2, 200],
    [4, 800],
    [5, 1_000],
    [10_000, 1_000],
  ])('after %d attempts is %d ms', (attempts, expected) => {
    expect(pauseMs(attempts, patience)).toBe(expected);
  });
});

describe('decideRepeats', () => {
  const second = { replyTo: 'gateway', correlationId: 'second' };

  it('gives a repeat the first answer, whatever became of the charge since', () => {
    const charge: Charge = { ...pending, status: 'SUCCEEDED', answer: pendingAnswer, waiters: [] };
    const { answers, changed } = decideRepeats([charge], [{ chargeId: 'charge', waiter: second }], 9);
    expect(answers).toEqual([pendingAnswer]);
    expect(changed).toEqual([]);
  });

  it('lets a repeat wait where nothing was answered yet, once at each address', () => {
    const repeats = [second, waiter, second].map((to) => ({ chargeId: 'charge', waiter: to }));
    const { answers, changed } = decideRepeats([pending], repeats, 9);
    expect(answers).toEqual([undefined, undefined, undefined]);
    expect(changed).toEqual([{ ...pending, waiters: [waiter, second] }]);
  });

  it('tells who comes when too many wait to come again, and forgets nobody', () => {
    const repeats = [second, waiter, { replyTo: 'gateway', correlationId: 'third' }].map((to) => ({
      chargeId: 'charge',
      waiter: to,
    }));
    const { answers, changed } = decideRepeats([pending], repeats, 2);
    expect(answers).toEqual([undefined, undefined, refuse('IDEMPOTENCY_KEY_IN_USE')]);
    expect(changed).toEqual([{ ...pending, waiters: [waiter, second] }]);
  });
});

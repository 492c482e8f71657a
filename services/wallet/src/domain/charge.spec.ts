import { describe, expect, it } from '@jest/globals';
import { done, refuse } from '@jangteo/contracts';
import { decideHolds, isPassing, type ChargeTerms, type HoldsFound } from './charge.js';
import type { Wallet } from './wallet-book.js';

const terms: ChargeTerms = {
  balanceMax: 1_000,
  chargeMax: 600,
  pendingMax: 20,
  currency: 'krw',
  provider: 'sandbox',
  defaultPaymentMethod: 'tok_ok',
};
const waiter = { replyTo: 'gateway', correlationId: 'asked' };
const [ann, bob] = ['ann', 'bob'] as const;

interface Asked {
  userId: string;
  amount: number;
  paymentMethod?: string;
  actorId?: string;
}

function charge(
  wallets: Wallet[],
  asked: readonly Asked[],
  its: Partial<ChargeTerms> = {},
  pending: HoldsFound['pending'] = [],
) {
  const requests = asked.map((payload, index) => {
    const operation = { key: `key-${index}`, fingerprint: '' };
    return { payload: { operation, chargeId: `charge-${index}`, ...payload }, waiter };
  });
  return decideHolds({ wallets, pending }, requests, { ...terms, ...its }, () => 'unused');
}

const begun = (chargeId: string) => done({ chargeId });
const invalid = (path: string, message: string) =>
  refuse('VALIDATION_FAILED', undefined, { errors: [{ path, message }] });

describe('decideHolds', () => {
  it('holds room for each charge on top of those before it, and moves no money', () => {
    const wallet = { userId: ann, balance: 100, held: 50, movements: 7 };
    const { outcomes, changes } = charge(
      [wallet],
      [
        { userId: ann, amount: 200 },
        { userId: bob, amount: 50, paymentMethod: 'tok_unknown' },
        { userId: ann, amount: 300 },
      ],
    );
    expect(outcomes).toEqual([begun('charge-0'), begun('charge-1'), begun('charge-2')]);
    expect(changes.movements).toEqual([]);
    expect(changes.wallets).toEqual([
      { userId: ann, balance: 100, held: 550, movements: 7 },
      { userId: bob, balance: 0, held: 50, movements: 0 },
    ]);
    expect(changes.charges.map(({ chargeId, paymentMethod }) => [chargeId, paymentMethod])).toEqual([
      ['charge-0', 'tok_ok'],
      ['charge-1', 'tok_unknown'],
      ['charge-2', 'tok_ok'],
    ]);
    expect(changes.charges[0]).toEqual({
      chargeId: 'charge-0',
      userId: ann,
      amount: 200,
      currency: 'krw',
      provider: 'sandbox',
      paymentMethod: 'tok_ok',
      actorId: null,
      status: 'PENDING',
      attempts: 1,
      answer: null,
      waiters: [waiter],
      ageMs: 0,
    });
  });

  it('notes who had it made, where that is said', () => {
    const asked = [
      { userId: ann, amount: 1, actorId: 'admin' },
      { userId: ann, amount: 1 },
    ];
    expect(charge([], asked).changes.charges.map(({ actorId }) => actorId)).toEqual(['admin', null]);
  });

  const tooLarge = invalid('amount', 'must be at most 600');
  const full = refuse('BALANCE_LIMIT_EXCEEDED');
  it.each([
    ['accepts a charge of the largest amount', 0, 0, 600, begun('charge-0')],
    ['refuses a charge above the largest amount', 0, 0, 601, tooLarge],
    ['names the amount first when the balance would be passed too', 1_000, 0, 601, tooLarge],
    ['accepts a charge up to the largest balance', 400, 0, 600, begun('charge-0')],
    ['refuses a charge past the largest balance', 401, 0, 600, full],
    ['accepts a charge up to what pending ones leave', 200, 200, 600, begun('charge-0')],
    ['refuses a charge past what pending ones leave', 200, 201, 600, full],
    ['refuses any charge of a balance that a refund took past the largest', 1_500, 0, 1, full],
  ])('%s', (_title, balance, held, amount, expected) => {
    const { outcomes, changes } = charge(
      [{ userId: ann, balance, held, movements: 1 }],
      [{ userId: ann, amount }],
    );
    expect(outcomes).toEqual([expected]);
    const rows = expected.ok ? 1 : 0;
    expect(changes.wallets).toHaveLength(rows);
    expect(changes.charges).toHaveLength(rows);
  });

  it('refuses a second charge that the first one made too much, and begins a third that still fits', () => {
    const asked = [600, 600, 400].map((amount) => ({ userId: ann, amount }));
    const { outcomes, changes } = charge([], asked);
    expect(outcomes).toEqual([begun('charge-0'), full, begun('charge-2')]);
    expect(changes.wallets).toEqual([{ userId: ann, balance: 0, held: 1_000, movements: 0 }]);
  });

  it('asks for a payment method where the provider has none by default', () => {
    const asked = [
      { userId: ann, amount: 1 },
      { userId: ann, amount: 1, paymentMethod: 'pm_1' },
    ];
    const { outcomes } = charge([], asked, { defaultPaymentMethod: undefined });
    expect(outcomes).toEqual([invalid('paymentMethod', 'is needed'), begun('charge-1')]);
  });

  it('begins no more of one user than may be pending, whoever else has none, and keeps no refusal of that', () => {
    const asked = [ann, ann, bob, ann].map((userId) => ({ userId, amount: 1 }));
    const { outcomes } = charge([], asked, { pendingMax: 3 }, [{ userId: ann, charges: 2 }]);
    const detail = '3 charges are pending; charge again once one of them is settled';
    const many = refuse('RATE_LIMITED', detail);
    expect(outcomes).toEqual([begun('charge-0'), many, begun('charge-2'), many]);
    expect(outcomes.map(isPassing)).toEqual([false, true, false, true]);
    expect(isPassing(full)).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { done, refuse } from '@jangteo/contracts';
import { decideCharges } from './charge.js';
import type { Wallet } from './wallet-book.js';

const now = new Date('2026-01-01T00:00:00Z');
const limits = { balanceMax: 1_000, chargeMax: 600 };
const [ann, bob] = ['ann', 'bob'] as const;

function charge(wallets: Wallet[], ...asked: [userId: string, amount: number][]) {
  let ids = 0;
  const requests = asked.map(([userId, amount], index) => ({
    operation: { key: `key-${index}`, fingerprint: '' },
    chargeId: `charge-${index}`,
    userId,
    amount,
  }));
  return decideCharges(wallets, requests, limits, { now, newId: () => `transaction-${(ids += 1)}` });
}

const succeeded = (userId: string, chargeId: string, currentBalance: number) =>
  done({ userId, currentBalance, chargeId, status: 'SUCCEEDED' });

describe('decideCharges', () => {
  it('credits each charge on top of those before it', () => {
    const wallet = { userId: ann, balance: 100, movements: 7 };
    const { outcomes, changes } = charge([wallet], [ann, 200], [bob, 50], [ann, 300]);
    expect(outcomes).toEqual([
      succeeded(ann, 'charge-0', 300),
      succeeded(bob, 'charge-1', 50),
      succeeded(ann, 'charge-2', 600),
    ]);
    expect(changes.wallets).toEqual([
      { userId: ann, balance: 600, movements: 9 },
      { userId: bob, balance: 50, movements: 1 },
    ]);
    expect(changes.charges.map(({ chargeId, amount }) => [chargeId, amount])).toEqual([
      ['charge-0', 200],
      ['charge-1', 50],
      ['charge-2', 300],
    ]);
    expect(changes.movements[2]).toEqual({
      transactionId: 'transaction-3',
      userId: ann,
      position: 9,
      type: 'CHARGE',
      amount: 300,
      balanceBefore: 300,
      balanceAfter: 600,
      chargeId: 'charge-2',
      createdAt: now,
    });
  });

  const tooLarge = refuse('VALIDATION_FAILED', undefined, {
    errors: [{ path: 'amount', message: 'must be at most 600' }],
  });
  it.each([
    ['accepts a charge of the largest amount', 0, 600, succeeded(ann, 'charge-0', 600)],
    ['refuses a charge above the largest amount', 0, 601, tooLarge],
    ['names the amount first when the balance would be passed too', 1_000, 601, tooLarge],
    ['accepts a charge up to the largest balance', 400, 600, succeeded(ann, 'charge-0', 1_000)],
    ['refuses a charge past the largest balance', 401, 600, refuse('BALANCE_LIMIT_EXCEEDED')],
    [
      'refuses any charge of a balance that a refund took past the largest',
      1_500,
      1,
      refuse('BALANCE_LIMIT_EXCEEDED'),
    ],
  ])('%s', (_title, balance, amount, expected) => {
    const { outcomes, changes } = charge([{ userId: ann, balance, movements: 1 }], [ann, amount]);
    expect(outcomes).toEqual([expected]);
    const rows = expected.ok ? 1 : 0;
    expect(changes.wallets).toHaveLength(rows);
    expect(changes.movements).toHaveLength(rows);
    expect(changes.charges).toHaveLength(rows);
  });

  it('refuses a second charge that the first one made too much, and credits a third that still fits', () => {
    const { outcomes, changes } = charge([], [ann, 600], [ann, 600], [ann, 400]);
    expect(outcomes).toEqual([
      succeeded(ann, 'charge-0', 600),
      refuse('BALANCE_LIMIT_EXCEEDED'),
      succeeded(ann, 'charge-2', 1_000),
    ]);
    expect(changes.movements).toHaveLength(2);
  });
});

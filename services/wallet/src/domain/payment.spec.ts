import { describe, expect, it } from '@jest/globals';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { decideDebits, decideRefunds, type OrderPayment } from './payment.js';
import type { Wallet } from './wallet-book.js';

const newId = () => 'an-id';
const userId = 'ann';
const walletOf = (balance: number): Wallet => ({ userId, balance, held: 7, movements: 3 });

describe('decideDebits', () => {
  const debit = (wallets: Wallet[], ...amounts: number[]) =>
    decideDebits(
      wallets,
      amounts.map((amount, index) => ({ orderId: `order-${index}`, userId, amount })),
      newId,
    );

  it.each([
    ['takes the whole balance', [walletOf(100)], 100, done({ balanceAfter: 0 })],
    ['refuses what the balance does not cover', [walletOf(99)], 100, shortOf(100, 99)],
    ['refuses a user who never charged', [], 1, shortOf(1, 0)],
  ])('%s', (_title, wallets, amount, expected) => {
    const { outcomes, changes } = debit(wallets, amount);
    expect(outcomes).toEqual([expected]);
    expect(changes.movements).toHaveLength(expected.ok ? 1 : 0);
  });

  it.each([
    ['a balance of 0', 0, 1],
    ['one won less than is due', 9_999, 10_000],
    ['the largest amount', 1, Number.MAX_SAFE_INTEGER],
  ])(
    'R37: insufficient balance: with %s nothing is taken and no row is written',
    (_title, balance, amount) => {
      const { outcomes, changes } = debit([walletOf(balance)], amount);
      expect(outcomes).toEqual([shortOf(amount, balance)]);
      expect(outcomes).toMatchObject([{ refusal: { code: 'INSUFFICIENT_BALANCE' } }]);
      expect(changes).toEqual({ wallets: [], movements: [] });
    },
  );

  it('refuses a second debit that the first one made unaffordable, and takes a third that still fits', () => {
    const { outcomes, changes } = debit([walletOf(100)], 70, 31, 30);
    expect(outcomes).toEqual([done({ balanceAfter: 30 }), shortOf(31, 30), done({ balanceAfter: 0 })]);
    expect(changes.wallets).toEqual([{ userId, balance: 0, held: 7, movements: 5 }]);
    expect(changes.movements.map((row) => [row.position, row.type, row.amount, row.balanceAfter])).toEqual([
      [4, 'PAYMENT', -70, 30],
      [5, 'PAYMENT', -30, 0],
    ]);
  });
});

describe('decideRefunds', () => {
  const orderId = 'order-1';
  const refund = (payments: OrderPayment[], wallets = [walletOf(5)]) =>
    decideRefunds({ wallets, payments }, [{ orderId, userId, amount: 30 }], newId);

  it('gives back what the order took, even where the command names another amount', () => {
    const { outcomes, changes } = refund([{ orderId, userId, amount: 20 }]);
    expect(outcomes).toEqual([done({ refunded: 20 })]);
    expect(changes.wallets).toEqual([{ userId, balance: 25, held: 7, movements: 4 }]);
    expect(changes.movements).toMatchObject([{ type: 'REFUND', amount: 20, orderId, position: 4 }]);
  });

  it('gives back nothing where the order took nothing, to a user without a wallet too', () => {
    expect(refund([], [])).toEqual({
      outcomes: [done({ refunded: 0 })],
      changes: { wallets: [], movements: [] },
    });
  });

  it('fails loudly when the command names another wallet than the one that paid', () => {
    expect(() => refund([{ orderId, userId: 'bob', amount: 20 }])).toThrow(
      'the wallet of bob was never looked up',
    );
  });
});

function shortOf(due: number, there: number): Outcome {
  return refuse('INSUFFICIENT_BALANCE', `${due} is due, ${there} is there`);
}

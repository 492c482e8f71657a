import { stepKey, type Outcome } from '@jangteo/contracts';
import { decideDebits, decideRefunds, type Debit, type Payment, type Refund } from './payment.js';
import type { Wallet } from './wallet-book.js';

const debitKey = (orderId: string): string => stepKey(orderId, 'debit');
const refundKey = (orderId: string): string => stepKey(orderId, 'refund');

/** DebitWallet, decided once an order. */
export function debiting(newId: () => string) {
  return {
    keyOf: ({ orderId }: Debit) => debitKey(orderId),
    decide: (wallets: readonly Wallet[], debits: readonly Debit[]) => decideDebits(wallets, debits, newId),
  };
}

/** Its undo, RefundWallet, decided once an order; a debit that it overtakes finds its tombstone. */
export function refunding(newId: () => string) {
  return {
    keyOf: ({ orderId }: Refund) => refundKey(orderId),
    seeAlso: ({ orderId }: Refund) => [debitKey(orderId)],
    decide(
      state: { readonly wallets: readonly Wallet[]; readonly payments: readonly Payment[] },
      refunds: readonly Refund[],
      pastOf: (key: string) => Outcome | undefined,
    ) {
      const debitOutcomeOf = (orderId: string) => pastOf(debitKey(orderId));
      const { outcomes, changes, barred } = decideRefunds(state, refunds, debitOutcomeOf, newId);
      const tombstones = barred.map(({ orderId, outcome }) => ({ key: debitKey(orderId), outcome }));
      return { outcomes, changes, tombstones };
    },
  };
}

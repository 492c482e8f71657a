import {
  debitWallet,
  done,
  refundWallet,
  refuse,
  type Money,
  type Outcome,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import { WalletBook, type Wallet, type WalletChanges } from './wallet-book.js';

/** What an order took out of a wallet, as the ledger has it. */
export interface Payment {
  readonly orderId: string;
  readonly userId: string;
  /** Positive, in minor units. */
  readonly amount: Money;
}

export type Debit = PayloadOf<typeof debitWallet>;
type DebitOutcome = OutcomeOf<typeof debitWallet>;
export type Refund = PayloadOf<typeof refundWallet>;
type RefundOutcome = OutcomeOf<typeof refundWallet>;

/** Takes the price of each order out of its wallet, as long as the balance covers it. */
export function decideDebits(
  wallets: readonly Wallet[],
  debits: readonly Debit[],
  newId: () => string,
): { outcomes: DebitOutcome[]; changes: WalletChanges } {
  const userIds = debits.map(({ userId }) => userId);
  const book = new WalletBook(userIds, wallets, newId);
  const outcomes = debits.map(({ orderId, userId, amount }): DebitOutcome => {
    const balance = book.balanceOf(userId);
    if (balance < amount) return refuse('INSUFFICIENT_BALANCE', `${amount} is due, ${balance} is there`);
    return done({ balanceAfter: book.move(userId, 'PAYMENT', -amount, { orderId }) });
  });
  return { outcomes, changes: { wallets: book.changedWallets(), movements: book.movements } };
}

/**
 * Undoes debits; never refused. Gives back what the ledger says that the order took, not what the command
 * says. A debit that was not decided yet is barred: it gets the tombstone's refusal when it comes.
 *
 * @param payments the payments of these orders that were made
 * @param debitOutcomeOf what became of an order's debit, `undefined` while it was not decided
 */
export function decideRefunds(
  { wallets, payments }: { wallets: readonly Wallet[]; payments: readonly Payment[] },
  refunds: readonly Refund[],
  debitOutcomeOf: (orderId: string) => Outcome | undefined,
  newId: () => string,
): { outcomes: RefundOutcome[]; changes: WalletChanges; barred: { orderId: string; outcome: Outcome }[] } {
  const userIds = refunds.map(({ userId }) => userId);
  const book = new WalletBook(userIds, wallets, newId);
  const paymentOf = new Map(payments.map((payment) => [payment.orderId, payment]));
  const barred: { orderId: string; outcome: Outcome }[] = [];
  const outcomes = refunds.map(({ orderId }): RefundOutcome => {
    const payment = paymentOf.get(orderId);
    if (payment !== undefined) {
      book.move(payment.userId, 'REFUND', payment.amount, { orderId });
      return done({ refunded: payment.amount });
    }
    if (debitOutcomeOf(orderId) === undefined) {
      barred.push({ orderId, outcome: refuse('ORDER_TIMED_OUT', 'the order was given up') });
    }
    return done({ refunded: 0 });
  });
  return { outcomes, changes: { wallets: book.changedWallets(), movements: book.movements }, barred };
}

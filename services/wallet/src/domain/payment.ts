import {
  debitWallet,
  done,
  refundWallet,
  refuse,
  type Money,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import { WalletBook, type Wallet, type WalletChanges } from './wallet-book.js';

/** An amount that an order took out of a wallet, as the ledger has it. */
export interface OrderPayment {
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
 * Undoes debits; never refused. Gives back what the ledger says that the order took, not what the command says.
 *
 * @param payments the payments of these orders that were made
 */
export function decideRefunds(
  { wallets, payments }: { wallets: readonly Wallet[]; payments: readonly OrderPayment[] },
  refunds: readonly Refund[],
  newId: () => string,
): { outcomes: RefundOutcome[]; changes: WalletChanges } {
  const userIds = refunds.map(({ userId }) => userId);
  const book = new WalletBook(userIds, wallets, newId);
  const paymentOf = new Map(payments.map((payment) => [payment.orderId, payment]));
  const outcomes = refunds.map(({ orderId }): RefundOutcome => {
    const payment = paymentOf.get(orderId);
    if (payment === undefined) return done({ refunded: 0 });
    book.move(payment.userId, 'REFUND', payment.amount, { orderId });
    return done({ refunded: payment.amount });
  });
  return { outcomes, changes: { wallets: book.changedWallets(), movements: book.movements } };
}

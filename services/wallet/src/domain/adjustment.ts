import {
  done,
  refuse,
  type adjustWallet,
  type Money,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import { WalletBook, type Wallet, type WalletChanges } from './wallet-book.js';

type AdjustOutcome = OutcomeOf<typeof adjustWallet>;

/** The largest balance, in minor units, and the time that rows of adjustments get. */
export interface AdjustmentTerms {
  readonly balanceMax: Money;
  readonly now: Date;
  newId(): string;
}

/**
 * Puts balances right, each in full or not at all: never below 0, and never above the largest one, what is held for
 * charges counted.
 *
 * @param wallets of the users that the requests name, locked
 */
export function decideAdjustments(
  wallets: readonly Wallet[],
  requests: readonly PayloadOf<typeof adjustWallet>[],
  { balanceMax, now, newId }: AdjustmentTerms,
): { outcomes: AdjustOutcome[]; changes: WalletChanges } {
  const book = new WalletBook(
    requests.map(({ userId }) => userId),
    wallets,
    newId,
  );
  const outcomes = requests.map(({ userId, adjustment, actorId }): AdjustOutcome => {
    const { amount, reason } = adjustment;
    const balanceBefore = book.balanceOf(userId);
    if (balanceBefore + amount < 0) {
      return refuse('INSUFFICIENT_BALANCE', `${-amount} is due, ${balanceBefore} is there`);
    }
    // An order that was given back may have lifted it above: taking away is fine even then.
    if (amount > 0 && amount > book.roomUnder(balanceMax, userId)) return refuse('BALANCE_LIMIT_EXCEEDED');
    const adjustmentId = newId();
    const balanceAfter = book.move(userId, 'ADJUSTMENT', amount, { adjustmentId, reason, actorId });
    const { transactionId } = book.movements.at(-1) as { transactionId: string };
    return done({
      transactionId,
      transactionType: 'ADJUSTMENT',
      amount,
      balanceBefore,
      balanceAfter,
      reason,
      ...(actorId === undefined ? {} : { actorId }),
      createdAt: now.toISOString(),
    });
  });
  return { outcomes, changes: { wallets: book.changedWallets(), movements: book.movements } };
}

import { Injectable } from '@nestjs/common';
import {
  debitWallet,
  done,
  lookAtBalances,
  readBalance,
  readHistory,
  refundWallet,
  type OutcomeOf,
  type PayloadOf,
  type WalletTransaction,
} from '@jangteo/contracts';
import { cutPage, Database, decideOnce, decodeCursor, refuseCursor } from '@jangteo/database';
import { newId, payloadsOf, type Batch } from '@jangteo/messaging';
import { debiting, refunding } from './domain/steps.js';
import {
  lockWallets,
  readBalances,
  readLedgerPages,
  readPayments,
  saveWalletChanges,
  type LedgerPage,
  type LedgerRow,
} from './wallet.queries.js';

/** Everything that is done with wallets, charging apart, a batch at a time. */
@Injectable()
export class WalletHandler {
  constructor(private readonly database: Database) {}

  async debit(batch: Batch<typeof debitWallet>): Promise<OutcomeOf<typeof debitWallet>[]> {
    return await decideOnce(this.database, payloadsOf(batch), {
      ...debiting(newId),
      load: (tx, debits) => lockWallets(tx, usersOf(debits)),
      save: saveWalletChanges,
    });
  }

  async refund(batch: Batch<typeof refundWallet>): Promise<OutcomeOf<typeof refundWallet>[]> {
    return await decideOnce(this.database, payloadsOf(batch), {
      ...refunding(newId),
      async load(tx, refunds) {
        const orderIds = refunds.map(({ orderId }) => orderId);
        // The lock first: a debit that held it until a moment ago must be seen.
        const [wallets, payments] = await Promise.all([
          lockWallets(tx, usersOf(refunds)),
          readPayments(tx, orderIds),
        ]);
        return { wallets, payments };
      },
      save: saveWalletChanges,
    });
  }

  async balance(batch: Batch<typeof readBalance>): Promise<OutcomeOf<typeof readBalance>[]> {
    const balanceOf = await this.balancesOf(usersOf(payloadsOf(batch)));
    return payloadsOf(batch).map(({ userId }) => done({ userId, currentBalance: balanceOf(userId) }));
  }

  async look(batch: Batch<typeof lookAtBalances>): Promise<OutcomeOf<typeof lookAtBalances>[]> {
    const payloads = payloadsOf(batch);
    const balanceOf = await this.balancesOf(payloads.flatMap(({ userIds }) => userIds));
    return payloads.map(({ userIds }) => done({ balances: userIds.map(balanceOf) }));
  }

  async history(batch: Batch<typeof readHistory>): Promise<OutcomeOf<typeof readHistory>[]> {
    const pages = payloadsOf(batch).map(pageOf);
    const readable = pages.filter((page) => page !== undefined);
    const rows = await readLedgerPages(this.database, readable);
    const rowsOf = Map.groupBy(rows, ({ page }) => readable[page]);
    return pages.map((page) => {
      if (page === undefined) return refuseCursor();
      const cut = cutPage(rowsOf.get(page) ?? [], page.rowsMax - 1, ({ position }) => [position]);
      return done({ transactions: cut.rows.map(transactionOf), next: cut.next });
    });
  }

  private async balancesOf(userIds: readonly string[]): Promise<(userId: string) => number> {
    const rows = await readBalances(this.database, [...new Set(userIds)]);
    const balances = new Map(rows.map(({ userId, balance }) => [userId, balance]));
    return (userId) => balances.get(userId) ?? 0;
  }
}

function usersOf(payloads: readonly { readonly userId: string }[]): string[] {
  return payloads.map(({ userId }) => userId);
}

/** The page that a request asks for, one row longer; `undefined` when its cursor is none of ours. */
function pageOf({ userId, limit, cursor }: PayloadOf<typeof readHistory>): LedgerPage | undefined {
  if (cursor === undefined) return { userId, below: null, rowsMax: limit + 1 };
  const [below] = decodeCursor(cursor, ['number']) ?? [];
  return Number.isSafeInteger(below) ? { userId, below: Number(below), rowsMax: limit + 1 } : undefined;
}

function transactionOf(row: LedgerRow): WalletTransaction {
  return {
    transactionId: row.transactionId,
    transactionType: row.type,
    amount: row.amount,
    balanceBefore: row.balanceBefore,
    balanceAfter: row.balanceAfter,
    ...(row.orderId === null ? {} : { orderId: row.orderId }),
    createdAt: row.createdAt.toISOString(),
  };
}

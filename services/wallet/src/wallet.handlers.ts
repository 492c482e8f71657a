import {
  chargeWallet,
  debitWallet,
  done,
  lookAtBalances,
  readBalance,
  readCharge,
  readHistory,
  readWallet,
  refundWallet,
  refuse,
  type OutcomeOf,
  type PayloadOf,
  type WalletTransaction,
} from '@jangteo/contracts';
import { cutPage, decodeCursor, refuseCursor, type Database } from '@jangteo/database';
import { answer, newId, type Handler } from '@jangteo/messaging';
import { once, orderRowsHandler, read } from '@jangteo/service';
import { ChargeHandler } from './charge.handler.js';
import { readCharges } from './charge.queries.js';
import { decideDebits, decideRefunds } from './domain/payment.js';
import {
  lockWallets,
  readBalances,
  readLedgerOf,
  readLedgerPages,
  readPayments,
  saveWalletChanges,
  type LedgerPage,
  type LedgerRow,
} from './wallet.queries.js';

export const walletHandlers: readonly Handler[] = [
  answer(chargeWallet, ChargeHandler, (charges, batch) => charges.charge(batch)),
  read(readCharge, chargesOf),
  once(debitWallet, {
    load: (tx, debits) => lockWallets(tx, usersOf(debits)),
    decide: (wallets, debits) => decideDebits(wallets, debits, newId),
    save: saveWalletChanges,
  }),
  once(refundWallet, {
    async load(tx, refunds) {
      const orderIds = refunds.map(({ orderId }) => orderId);
      // The lock first: a debit that held it until a moment ago must be seen.
      const [wallets, payments] = await Promise.all([
        lockWallets(tx, usersOf(refunds)),
        readPayments(tx, orderIds),
      ]);
      return { wallets, payments };
    },
    decide: (state, refunds) => decideRefunds(state, refunds, newId),
    save: saveWalletChanges,
  }),
  read(readBalance, async (payloads, database) => {
    const balanceOf = await balancesOf(usersOf(payloads), database);
    return payloads.map(({ userId }) => done({ userId, currentBalance: balanceOf(userId) }));
  }),
  read(readWallet, async (payloads, database) => {
    const rows = await readBalances(database, usersOf(payloads));
    const wallets = new Map(rows.map((row) => [row.userId, row]));
    return payloads.map(({ userId }) => {
      const { balance = 0, held = 0 } = wallets.get(userId) ?? {};
      return done({ currentBalance: balance, pendingCharges: held });
    });
  }),
  read(lookAtBalances, async (payloads, database) => {
    const ids = payloads.flatMap(({ userIds }) => userIds);
    const balanceOf = await balancesOf(ids, database);
    return payloads.map(({ userIds }) => done({ balances: userIds.map(balanceOf) }));
  }),
  read(readHistory, historyOf),
  orderRowsHandler('wallet', readLedgerOf),
];

async function chargesOf(
  payloads: readonly PayloadOf<typeof readCharge>[],
  database: Database,
): Promise<OutcomeOf<typeof readCharge>[]> {
  const ids = payloads.map(({ chargeId }) => chargeId);
  const rows = await readCharges(database, ids);
  const charges = new Map(rows.map((row) => [row.chargeId, row]));
  return payloads.map(({ chargeId, userId }) => {
    const charge = charges.get(chargeId);
    if (charge === undefined || (userId !== undefined && userId !== charge.userId)) {
      return refuse('CHARGE_NOT_FOUND');
    }
    const { amount, status, createdAt, actorId } = charge;
    const by = actorId === null || actorId === charge.userId ? {} : { actorId };
    return done({ chargeId, amount, status, createdAt: createdAt.toISOString(), ...by });
  });
}

async function historyOf(
  payloads: readonly PayloadOf<typeof readHistory>[],
  database: Database,
): Promise<OutcomeOf<typeof readHistory>[]> {
  const pages = payloads.map(pageOf);
  const readable = pages.filter((page) => page !== undefined);
  const rows = await readLedgerPages(database, readable);
  const rowsOf = Map.groupBy(rows, ({ page }) => readable[page]);
  return pages.map((page) => {
    if (page === undefined) return refuseCursor();
    const cut = cutPage(rowsOf.get(page) ?? [], page.rowsMax - 1, ({ position }) => [position]);
    return done({ transactions: cut.rows.map(transactionOf), next: cut.next });
  });
}

async function balancesOf(
  userIds: readonly string[],
  database: Database,
): Promise<(userId: string) => number> {
  const rows = await readBalances(database, [...new Set(userIds)]);
  const balances = new Map(rows.map(({ userId, balance }) => [userId, balance]));
  return (userId) => balances.get(userId) ?? 0;
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

import {
  adjustWallet,
  chargeWallet,
  debitWallet,
  done,
  listCharges,
  lookAtBalances,
  present,
  readBalance,
  readCharge,
  readHistory,
  readWallet,
  refundWallet,
  refuse,
  titleOf,
  type Charge,
  type FoundThing,
  type OutcomeOf,
  type Pasted,
  type PayloadOf,
  type WalletTransaction,
} from '@jangteo/contracts';
import { answerPages, cutLookedAt, decodeCursor, type Database } from '@jangteo/database';
import { answer, newId, payloadsOf, type Handler } from '@jangteo/messaging';
import {
  findHandler,
  once,
  operationHandler,
  orderRowsHandler,
  OUTCOME_OF_COMMAND,
  read,
} from '@jangteo/service';
import { AdjustmentHandler } from './adjustment.handler.js';
import { ChargeHandler } from './charge.handler.js';
import { readChargePages, readCharges, type ChargePage, type ChargeRow } from './charge.queries.js';
import { decideDebits, decideRefunds } from './domain/payment.js';
import {
  lockWallets,
  readBalances,
  readLedgerOf,
  readLedgerPages,
  readPayments,
  readWallets,
  saveWalletChanges,
  type LedgerPage,
  type LedgerRow,
} from './wallet.queries.js';

export const walletHandlers: readonly Handler[] = [
  answer(chargeWallet, ChargeHandler, (charges, batch) => charges.charge(batch)),
  answer(adjustWallet, AdjustmentHandler, (adjustments, batch) => adjustments.adjust(payloadsOf(batch))),
  read(readCharge, chargesOf),
  read(listCharges, chargeListsOf),
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
    const rows = await readWallets(database, usersOf(payloads));
    const wallets = new Map(rows.map((row) => [row.userId, row]));
    return payloads.map(({ userId }) => {
      const { balance = 0, held = 0, hasCharged = false } = wallets.get(userId) ?? {};
      return done({ currentBalance: balance, pendingCharges: held, hasCharged });
    });
  }),
  read(lookAtBalances, async (payloads, database) => {
    const ids = payloads.flatMap(({ userIds }) => userIds);
    const balanceOf = await balancesOf(ids, database);
    return payloads.map(({ userIds }) => done({ balances: userIds.map(balanceOf) }));
  }),
  read(readHistory, historyOf),
  orderRowsHandler('wallet', readLedgerOf),
  operationHandler('wallet', OUTCOME_OF_COMMAND),
  findHandler('wallet', { find: findCharges, complete: ofTheirOwners }),
];

async function findCharges({ id }: Pasted, database: Database): Promise<FoundThing[]> {
  const charges = id === undefined ? [] : await readCharges(database, [id]);
  return charges.map(({ chargeId, userId, amount, status }) => ({
    kind: 'charge',
    id: chargeId,
    title: titleOf(status, amount),
    of: userId,
  }));
}

/** Says whose the charges are that were made under a key: an admin makes them for others. */
async function ofTheirOwners(found: FoundThing[], database: Database): Promise<FoundThing[]> {
  const charges = found.filter(({ kind }) => kind === 'charge').map(({ id }) => id);
  if (charges.length === 0) return found;
  const rows = await readCharges(database, charges);
  const owners = new Map(rows.map(({ chargeId, userId }) => [chargeId, userId]));
  return found.map((thing) => (thing.kind === 'charge' ? { ...thing, of: owners.get(thing.id) } : thing));
}

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
    return done(chargeAnswer(charge));
  });
}

function chargeAnswer({ chargeId, userId, amount, status, createdAt, actorId }: ChargeRow): Charge {
  const by = actorId === null || actorId === userId ? {} : { actorId };
  return { chargeId, amount, status, createdAt: createdAt.toISOString(), ...by };
}

/** Rows that are looked at for a page, where not every one is on it: whoever looks for what is rare goes on. */
const LOOKED_AT_MAX = 2_000;

async function chargeListsOf(
  payloads: readonly PayloadOf<typeof listCharges>[],
  database: Database,
): Promise<OutcomeOf<typeof listCharges>[]> {
  return await answerPages(payloads.map(chargePageOf), async (pages) => {
    const rowsOf = Map.groupBy(await readChargePages(database, pages), ({ page }) => page);
    return pages.map(({ rowsMax, bound }, index) => {
      const bounds = { limit: rowsMax - 1, bound };
      const cut = cutLookedAt(rowsOf.get(index) ?? [], bounds, ({ chargeId }) => [chargeId]);
      return done({ charges: cut.rows.map(chargeAnswer), next: cut.next });
    });
  });
}

function chargePageOf(asked: PayloadOf<typeof listCharges>): ChargePage | undefined {
  const { userId, status = null, limit, cursor } = asked;
  const [before] = cursor === undefined ? [null] : (decodeCursor(cursor, ['id']) ?? []);
  if (before === undefined) return undefined;
  const rowsMax = limit + 1;
  const bound = status === null ? rowsMax : LOOKED_AT_MAX;
  return { userId, status, rowsMax, bound, before: before === null ? null : String(before) };
}

async function historyOf(
  payloads: readonly PayloadOf<typeof readHistory>[],
  database: Database,
): Promise<OutcomeOf<typeof readHistory>[]> {
  return await answerPages(payloads.map(pageOf), async (pages) => {
    const rowsOf = Map.groupBy(await readLedgerPages(database, pages), ({ page }) => page);
    return pages.map(({ rowsMax, bound }, index) => {
      const bounds = { limit: rowsMax - 1, bound };
      const cut = cutLookedAt(rowsOf.get(index) ?? [], bounds, ({ position }) => [position]);
      return done({ transactions: cut.rows.map(transactionOf), next: cut.next });
    });
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

/** As PostgreSQL takes it, of whatever year. */
function momentOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}

/** The page that a request asks for, one row longer; `undefined` when its cursor is none of ours. */
function pageOf(asked: PayloadOf<typeof readHistory>): LedgerPage | undefined {
  const { userId, limit, cursor, type, from, to } = asked;
  const rowsMax = limit + 1;
  const isFiltered = type !== undefined || from !== undefined || to !== undefined;
  const page = {
    userId,
    rowsMax,
    bound: isFiltered ? LOOKED_AT_MAX : rowsMax,
    type: type ?? null,
    from: momentOf(from),
    to: momentOf(to),
  };
  if (cursor === undefined) return { ...page, below: null };
  const [below] = decodeCursor(cursor, ['number']) ?? [];
  return Number.isSafeInteger(below) ? { ...page, below: Number(below) } : undefined;
}

function transactionOf(row: LedgerRow): WalletTransaction {
  return {
    transactionId: row.transactionId,
    transactionType: row.type,
    amount: row.amount,
    balanceBefore: row.balanceBefore,
    balanceAfter: row.balanceAfter,
    ...present({ orderId: row.orderId, reason: row.reason, actorId: row.actorId }),
    createdAt: row.createdAt.toISOString(),
  };
}

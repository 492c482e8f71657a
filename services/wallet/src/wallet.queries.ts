import { columnsOf, onlyOf, table, type Statement, type Statements } from '@jangteo/database';
import type { RowOfOrder } from '@jangteo/service';
import type { OrderPayment } from './domain/payment.js';
import type { Movement, Wallet, WalletChanges } from './domain/wallet-book.js';
import { LedgerEntity, WalletEntity } from './wallet.entities.js';

const ledger = table(LedgerEntity);

/** A row of the ledger, as it is read for a user. */
export type LedgerRow = Omit<Movement, 'orderId' | 'chargeId' | 'adjustmentId' | 'reason' | 'actorId'> & {
  readonly orderId: string | null;
  readonly reason: string | null;
  readonly actorId: string | null;
  readonly createdAt: Date;
  /** False for one that was only looked at, the last one that a page goes as far as. */
  readonly isFound: boolean;
  /** Its place among those that were looked at for the page, 1 first. */
  readonly place: number;
};

/** One user's page of the ledger: rows below a position, newest first, of a type and of a time. */
export interface LedgerPage {
  readonly userId: string;
  readonly type: Movement['type'] | null;
  readonly from: Date | null;
  /** Rows of this moment are left out already. */
  readonly to: Date | null;
  /** The most rows that are looked at. */
  readonly bound: number;
  /** Rows with this position or a higher one are left out; `null` for none. */
  readonly below: number | null;
  readonly rowsMax: number;
}

/** The time that rows of this transaction get. */
export async function readNow(tx: Statements): Promise<Date> {
  const row = await onlyOf<{ now: Date }>(tx, 'SELECT now() AS now');
  return row.now;
}

/** Makes the wallets that do not exist yet, in key order, so that two batches cannot wait for each other. */
export async function createWallets(tx: Statements, userIds: readonly string[]): Promise<void> {
  await tx.rows(
    `INSERT INTO wallets (user_id, balance, held, movements)
     SELECT user_id, 0, 0, 0 FROM unnest($1::uuid[]) AS asked (user_id) GROUP BY user_id ORDER BY user_id
     ON CONFLICT DO NOTHING`,
    [userIds],
  );
}

const LOCKED_WALLETS = `SELECT user_id AS "userId", balance, held, movements FROM wallets
  WHERE user_id = ANY($1::uuid[]) ORDER BY user_id FOR NO KEY UPDATE`;

/** Locks wallets in key order and reads them; a wallet that does not exist is left out. */
export async function lockWallets(tx: Statements, userIds: readonly string[]): Promise<Wallet[]> {
  return await tx.rows<Wallet>(LOCKED_WALLETS, [userIds]);
}

/** Locks and reads those of them that nobody else has locked. */
export async function lockFreeWallets(tx: Statements, userIds: readonly string[]): Promise<Wallet[]> {
  return await tx.rows<Wallet>(`${LOCKED_WALLETS} SKIP LOCKED`, [userIds]);
}

/** Reads the payments of orders; those that paid nothing are left out. */
export async function readPayments(tx: Statements, orderIds: readonly string[]): Promise<OrderPayment[]> {
  return await tx.rows<OrderPayment>(
    `SELECT order_id AS "orderId", user_id AS "userId", -amount AS amount FROM ledger
     WHERE order_id = ANY($1::uuid[]) AND type = 'PAYMENT'`,
    [orderIds],
  );
}

const saveWallets = table(WalletEntity).update({
  by: ['userId'],
  set: ['balance', 'held', 'movements'],
  sql: { updatedAt: 'now()' },
});
const insertMovements = ledger.insert({ sql: { createdAt: 'now()' } });

/** Writes what a decision changed in locked wallets, and the ledger rows of it. */
export function saveWalletChanges({ wallets, movements }: WalletChanges): Statement[] {
  return [...saveWallets(wallets), ...insertMovements(movements)];
}

/** Reads the balances of users; one who never charged is left out. */
export async function readBalances(
  database: Statements,
  userIds: readonly string[],
): Promise<Pick<Wallet, 'userId' | 'balance'>[]> {
  return await database.rows<Pick<Wallet, 'userId' | 'balance'>>(
    'SELECT user_id AS "userId", balance FROM wallets WHERE user_id = ANY($1::uuid[])',
    [userIds],
  );
}

/** Reads wallets, and whether a charge has succeeded: the first that did tells, however many payments there are. */
export async function readWallets(
  database: Statements,
  userIds: readonly string[],
): Promise<(Pick<Wallet, 'userId' | 'balance' | 'held'> & { readonly hasCharged: boolean })[]> {
  return await database.rows(
    `SELECT wallets.user_id AS "userId", balance, held, charge.user_id IS NOT NULL AS "hasCharged"
     FROM wallets
     LEFT JOIN LATERAL (
       SELECT user_id FROM charges WHERE charges.user_id = wallets.user_id AND status = 'SUCCEEDED' LIMIT 1
     ) AS charge ON true
     WHERE wallets.user_id = ANY($1::uuid[])`,
    [userIds],
  );
}

/**
 * Reads many pages of ledgers at once.
 *
 * @returns the rows of all pages, newest first in each; `page` is the index of the page
 */
export async function readLedgerPages(
  database: Statements,
  pages: readonly LedgerPage[],
): Promise<(LedgerRow & { page: number })[]> {
  return await database.rows<LedgerRow & { page: number }>(
    `SELECT (asked.number - 1)::int AS page, is_found AS "isFound", place,
       ${ledger.columns({ of: 'entry', omit: ['chargeId', 'adjustmentId'] })}
     FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::int[], $5::text[], $6::timestamptz[], $7::timestamptz[])
       WITH ORDINALITY AS asked (user_id, below, rows_max, bound, type, since, until, number)
     CROSS JOIN LATERAL (
       SELECT * FROM (
         SELECT *, row_number() OVER (ORDER BY position DESC) AS place, type = coalesce(asked.type, type)
           AND created_at >= coalesce(asked.since, '-infinity') AND created_at < coalesce(asked.until, 'infinity')
           AS is_found
         FROM (
           SELECT * FROM ledger
           WHERE ledger.user_id = asked.user_id
             AND ledger.position < coalesce(asked.below, ${Number.MAX_SAFE_INTEGER})
           ORDER BY ledger.position DESC LIMIT asked.bound
         ) AS looked_at
       ) AS looked_at
       WHERE is_found OR place = asked.bound ORDER BY position DESC LIMIT asked.rows_max
     ) AS entry
     ORDER BY asked.number, entry.position DESC`,
    columnsOf(pages, ['userId', 'below', 'rowsMax', 'bound', 'type', 'from', 'to']),
  );
}

/** The rows of the ledger that payments and refunds of orders made. */
export async function readLedgerOf(database: Statements, orderIds: readonly string[]): Promise<RowOfOrder[]> {
  const rows = await database.rows<LedgerEntity & { readonly orderId: string }>(
    `SELECT ${ledger.columns()} FROM ledger WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, position`,
    [orderIds],
  );
  return rows.map(({ orderId, transactionId, createdAt, amount, balanceBefore, balanceAfter }) => ({
    orderId,
    table: 'ledger',
    id: transactionId,
    writtenAt: createdAt.toISOString(),
    amount,
    balanceBefore,
    balanceAfter,
  }));
}

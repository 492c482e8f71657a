import { table, type Statement, type Statements } from '@jangteo/database';
import type { Charge } from './domain/charge.js';
import type { ChargeChange } from './domain/settlement.js';
import { ChargeEntity } from './wallet.entities.js';

const charges = table(ChargeEntity);

const CHARGE_COLUMNS = `${charges.columns({ omit: ['createdAt', 'askAgainAt'] })},
  extract(epoch FROM now() - created_at)::float8 * 1000 AS "ageMs"`;

/** Charges that are pending at one provider. */
export interface PendingCharges {
  readonly provider: string;
  readonly charges: number;
  readonly oldestAgeSeconds: number;
}

/** A charge as its user reads it, and whose it is. */
export type ChargeRow = Pick<Charge, 'chargeId' | 'userId' | 'amount' | 'status' | 'actorId'> & {
  readonly createdAt: Date;
};

const insert = charges.insert({
  omit: ['answer'],
  numbers: ['leaseMs'],
  sql: { createdAt: 'now()', askAgainAt: `now() + n.lease_ms * interval '1 millisecond'` },
});

/**
 * Stores pending charges.
 *
 * @param leaseMs when the sweeper may ask about them, from now: whoever stored them asks first
 */
export function insertCharges(begun: readonly Charge[], leaseMs: number): Statement[] {
  return insert(begun.map((charge) => ({ ...charge, leaseMs })));
}

/** Locks charges in key order and reads them; after their wallets, where both are locked. */
export async function lockCharges(tx: Statements, chargeIds: readonly string[]): Promise<Charge[]> {
  return await tx.rows<Charge>(
    `SELECT ${CHARGE_COLUMNS} FROM charges
     WHERE charge_id = ANY($1::uuid[]) ORDER BY charge_id FOR NO KEY UPDATE`,
    [chargeIds],
  );
}

const update = charges.update({
  by: ['chargeId'],
  set: ['status', 'answer', 'waiters'],
  numbers: ['askAgainInMs'],
  sql: {
    askAgainAt: `CASE WHEN n.status <> 'PENDING' THEN NULL
      ELSE coalesce(now() + n.ask_again_in_ms * interval '1 millisecond', charges.ask_again_at) END`,
  },
});

export function updateCharges(changes: readonly ChargeChange[]): Statement[] {
  return update(changes.map(({ charge, askAgainInMs }) => ({ ...charge, askAgainInMs })));
}

/**
 * Takes charges that it is time to ask their provider about, the longest waiting first. What another replica
 * is taking is skipped, and what is taken is nobody else's until the lease ends.
 *
 * @param leaseMs how long asking and settling may take
 */
export async function takeChargesToAskAbout(
  database: Statements,
  { provider, leaseMs, limit }: { provider: string; leaseMs: number; limit: number },
): Promise<Charge[]> {
  return await database.rows<Charge>(
    `WITH due AS MATERIALIZED (
       SELECT charge_id AS due_id FROM charges WHERE ask_again_at <= now() AND provider = $1
       ORDER BY ask_again_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
     UPDATE charges SET attempts = attempts + 1, ask_again_at = now() + $2::float8 * interval '1 millisecond'
     FROM due WHERE charge_id = due_id
     RETURNING ${CHARGE_COLUMNS}`,
    [provider, leaseMs, limit],
  );
}

export async function readCharges(database: Statements, chargeIds: readonly string[]): Promise<ChargeRow[]> {
  return await database.rows<ChargeRow>(
    `SELECT ${charges.columns({ only: ['chargeId', 'userId', 'amount', 'status', 'createdAt', 'actorId'] })}
     FROM charges WHERE charge_id = ANY($1::uuid[])`,
    [chargeIds],
  );
}

export async function readPendingCharges(database: Statements): Promise<PendingCharges[]> {
  return await database.rows<PendingCharges>(
    `SELECT provider, count(*) AS charges,
       extract(epoch FROM now() - min(created_at))::float8 AS "oldestAgeSeconds"
     FROM charges WHERE ask_again_at IS NOT NULL GROUP BY provider`,
  );
}

import { columnsOf, type Statement, type Statements } from '@jangteo/database';
import type { Charge } from './domain/charge.js';
import type { ChargeChange } from './domain/settlement.js';

const CHARGE_COLUMNS = `charge_id AS "chargeId", user_id AS "userId", amount, currency, provider,
  payment_method AS "paymentMethod", actor_id AS "actorId", status, attempts, answer, waiters,
  extract(epoch FROM now() - created_at)::float8 * 1000 AS "ageMs"`;

/** What is pending at one provider. */
export interface PendingCharges {
  readonly provider: string;
  readonly charges: number;
  readonly oldestAgeSeconds: number;
}

/** A charge as its user reads it, and whose it is. */
export type ChargeRow = Pick<Charge, 'chargeId' | 'userId' | 'amount' | 'status' | 'actorId'> & {
  readonly createdAt: Date;
};

/** Empty columns of the json type stay SQL's null, which a text of "null" would not be. */
function rowOf(charge: Charge) {
  const { answer, waiters } = charge;
  return {
    ...charge,
    answer: answer === null ? null : JSON.stringify(answer),
    waiters: JSON.stringify(waiters),
  };
}

/**
 * Stores pending charges.
 *
 * @param leaseMs when the sweeper may ask about them, from now: whoever stored them asks first
 */
export function insertCharges(charges: readonly Charge[], leaseMs: number): Statement[] {
  if (charges.length === 0) return [];
  return [
    {
      text: `INSERT INTO charges (charge_id, user_id, amount, currency, provider, payment_method, status, attempts,
       waiters, actor_id, created_at, ask_again_at)
     SELECT n.*, now(), now() + $11::float8 * interval '1 millisecond'
     FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::int[], $9::json[], $10::uuid[]) AS n`,
      values: [
        ...columnsOf(charges.map(rowOf), [
          'chargeId',
          'userId',
          'amount',
          'currency',
          'provider',
          'paymentMethod',
          'status',
          'attempts',
          'waiters',
          'actorId',
        ]),
        leaseMs,
      ],
    },
  ];
}

/** Locks charges in key order and reads them; after their wallets, where both are locked. */
export async function lockCharges(tx: Statements, chargeIds: readonly string[]): Promise<Charge[]> {
  return await tx.rows<Charge>(
    `SELECT ${CHARGE_COLUMNS} FROM charges
     WHERE charge_id = ANY($1::uuid[]) ORDER BY charge_id FOR NO KEY UPDATE`,
    [chargeIds],
  );
}

export function updateCharges(changes: readonly ChargeChange[]): Statement[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ charge, askAgainInMs }) => ({ ...rowOf(charge), askAgainInMs }));
  return [
    {
      text: `UPDATE charges SET status = n.status, answer = n.answer, waiters = n.waiters,
       ask_again_at = CASE WHEN n.status <> 'PENDING' THEN NULL
         ELSE coalesce(now() + n.ask_again_in_ms * interval '1 millisecond', charges.ask_again_at) END
     FROM unnest($1::uuid[], $2::text[], $3::json[], $4::json[], $5::float8[])
       AS n (charge_id, status, answer, waiters, ask_again_in_ms)
     WHERE charges.charge_id = n.charge_id AND charges.charge_id = ANY($1::uuid[])`,
      values: columnsOf(rows, ['chargeId', 'status', 'answer', 'waiters', 'askAgainInMs']),
    },
  ];
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
    `SELECT charge_id AS "chargeId", user_id AS "userId", amount, status, created_at AS "createdAt",
       actor_id AS "actorId"
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

import { columnsOf, table, type Statement, type Statements } from '@jangteo/database';
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

/** A user's pending charges; beyond `most` they are not counted. */
export interface PendingOfUser {
  readonly userId: string;
  readonly charges: number;
}

/**
 * Counts pending charges of users whose wallets are locked; who has none is left out. Those of a provider that is not
 * asked any more stay pending, and keep nobody from charging.
 */
export async function countPending(
  tx: Statements,
  userIds: readonly string[],
  { provider, most }: { readonly provider: string; readonly most: number },
): Promise<PendingOfUser[]> {
  return await tx.rows<PendingOfUser>(
    `SELECT user_id AS "userId", pending.charges FROM unnest($1::uuid[]) AS asked (user_id)
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS charges FROM (
         SELECT FROM (
           -- By the user alone: a provider has very many of others.
           SELECT provider FROM charges WHERE charges.user_id = asked.user_id AND ask_again_at IS NOT NULL OFFSET 0
         ) AS of_user WHERE provider = $3 LIMIT $2
       ) AS counted
     ) AS pending
     WHERE pending.charges > 0`,
    [userIds, most, provider],
  );
}

/** Among so many of those that have waited longest, users take turns. */
const TURNS_AMONG = 1_000;

/**
 * Takes charges that it is time to ask their provider about: the longest waiting one of each user, then the next of
 * each. What another replica is taking is skipped, and what is taken is nobody else's until the lease ends.
 *
 * @param leaseMs how long asking and settling may take
 */
export async function takeChargesToAskAbout(
  database: Statements,
  { provider, leaseMs, limit }: { provider: string; leaseMs: number; limit: number },
): Promise<Charge[]> {
  return await database.rows<Charge>(
    `WITH longest AS MATERIALIZED (
       SELECT charge_id, user_id, ask_again_at FROM charges WHERE ask_again_at <= now() AND provider = $1
       ORDER BY ask_again_at LIMIT ${TURNS_AMONG}),
     by_turns AS (
       SELECT charge_id, ask_again_at AS since,
         row_number() OVER (PARTITION BY user_id ORDER BY ask_again_at, charge_id) AS turn
       FROM longest),
     due AS MATERIALIZED (
       SELECT charge_id AS due_id FROM charges JOIN by_turns USING (charge_id) WHERE ask_again_at <= now()
       ORDER BY turn, since LIMIT $3 FOR NO KEY UPDATE OF charges SKIP LOCKED)
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

/** One user's page of charges behind one of them, newest first, of a status. */
export interface ChargePage {
  readonly userId: string;
  readonly before: string | null;
  readonly rowsMax: number;
  /** The most charges that are looked at. */
  readonly bound: number;
  readonly status: Charge['status'] | null;
}

/** A charge that was looked at; false in `isFound` for the last one that a page goes as far as. */
export type ListedCharge = ChargeRow & {
  readonly page: number;
  readonly isFound: boolean;
  readonly place: number;
};

const LISTED = charges.columns({
  of: 'charge',
  only: ['chargeId', 'userId', 'amount', 'status', 'createdAt', 'actorId'],
});

/** Reads many pages of users' charges at once, newest first in each; `page` is the index of the page. */
export async function readChargePages(
  database: Statements,
  pages: readonly ChargePage[],
): Promise<ListedCharge[]> {
  return await database.rows<ListedCharge>(
    `SELECT (asked.number - 1)::int AS page, is_found AS "isFound", place, ${LISTED}
     FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::text[])
       WITH ORDINALITY AS asked (user_id, before, rows_max, bound, status, number)
     CROSS JOIN LATERAL (
       SELECT * FROM (
         SELECT *, row_number() OVER (ORDER BY charge_id DESC) AS place,
           status = coalesce(asked.status, status) AS is_found
         FROM (
           SELECT * FROM charges
           WHERE charges.user_id = asked.user_id
             AND charge_id < coalesce(asked.before, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
           ORDER BY charge_id DESC LIMIT asked.bound
         ) AS looked_at
       ) AS looked_at
       WHERE is_found OR place = asked.bound ORDER BY charge_id DESC LIMIT asked.rows_max
     ) AS charge
     ORDER BY asked.number, charge.charge_id DESC`,
    columnsOf(pages, ['userId', 'before', 'rowsMax', 'bound', 'status']),
  );
}

/** Pending charges of a provider that are counted: those that are asked about first. */
const COUNTED_MAX = 10_000;

/** Counts the pending charges of each provider up to {@link COUNTED_MAX}; who has none is left out. */
export async function readPendingCharges(database: Statements): Promise<PendingCharges[]> {
  return await database.rows<PendingCharges>(
    `WITH RECURSIVE providers AS (
       (SELECT provider FROM charges WHERE ask_again_at IS NOT NULL ORDER BY provider LIMIT 1)
       UNION ALL
       SELECT (
         SELECT provider FROM charges WHERE ask_again_at IS NOT NULL AND provider > providers.provider
         ORDER BY provider LIMIT 1)
       FROM providers WHERE provider IS NOT NULL
     )
     SELECT providers.provider, pending.* FROM providers
     CROSS JOIN LATERAL (
       SELECT count(*) AS charges, extract(epoch FROM now() - min(created_at))::float8 AS "oldestAgeSeconds"
       FROM (
         SELECT created_at FROM charges WHERE provider = providers.provider AND ask_again_at IS NOT NULL
         ORDER BY ask_again_at LIMIT ${COUNTED_MAX}
       ) AS counted
     ) AS pending
     WHERE providers.provider IS NOT NULL`,
  );
}

import { firstOf, table, type Statements } from '@jangteo/database';
import type { NumberedOrder, SoldOrder } from '../domain/data-platform.js';
import { readInOrder } from '../saga/order.queries.js';
import { PlatformEntryEntity } from './relay.entities.js';

/** The state that the leading replica finds when its turn comes. */
export interface RelayTurn {
  /** The last number that was given. */
  readonly numberedSeq: number;
  /** The mark: up to here the data platform has confirmed. */
  readonly sentSeq: number;
  /** Failures since the last success. */
  readonly failures: number;
  /** After a failure: it is not yet time for the next try. */
  readonly isPausing: boolean;
  /** The database's time. */
  readonly now: Date;
}

export interface PlatformBacklog {
  readonly records: number;
  readonly oldestAgeSeconds: number;
}

/** Notes what the data platform is owed, in the transaction that brings it about. Numbers come later. */
export const insertEntries = table(PlatformEntryEntity).insert({ omit: ['entryId'] });

/**
 * Leads for so long from now, unless another replica does; also keeps others from numbering until the
 * transaction ends.
 *
 * @returns undefined where another one leads
 */
export async function lead(
  tx: Statements,
  replicaId: string,
  leaseMs: number,
): Promise<RelayTurn | undefined> {
  return await firstOf<RelayTurn>(
    tx,
    `UPDATE platform_relay SET leader = $1, leads_until = now() + $2 * interval '1 ms'
     WHERE leader = $1 OR leads_until <= now()
     RETURNING numbered_seq AS "numberedSeq", sent_seq AS "sentSeq", failures,
       coalesce(retry_at > now(), false) AS "isPausing", now() AS now`,
    [replicaId, leaseMs],
  );
}

/** Lets another replica lead at once. */
export async function stepDown(database: Statements, replicaId: string): Promise<void> {
  await database.rows('UPDATE platform_relay SET leads_until = now() WHERE leader = $1', [replicaId]);
}

/**
 * Gives committed entries the next numbers, oldest first. An order's cancellation comes after its success:
 * its entry was made in a later transaction.
 *
 * @param limit entries at most
 * @returns how many there were
 */
export async function numberEntries(tx: Statements, limit: number): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(
    `WITH taken AS (
       DELETE FROM platform_entries WHERE entry_id = ANY(ARRAY(
         SELECT entry_id FROM platform_entries ORDER BY entry_id LIMIT $1))
       RETURNING entry_id, order_id, type
     ), numbered AS (
       INSERT INTO platform_records (seq, order_id, type)
       SELECT numbered_seq + row_number() OVER (ORDER BY entry_id), order_id, type
       FROM taken CROSS JOIN platform_relay RETURNING seq
     ), counted AS (
       UPDATE platform_relay SET numbered_seq = (SELECT max(seq) FROM numbered)
       WHERE EXISTS (SELECT FROM numbered)
     )
     SELECT count(*) AS count FROM numbered`,
    [limit],
  );
  return row?.count ?? 0;
}

/** Reads the records after a number, in order, with their orders: as far as `bytesMax` go, but at least one. */
export async function readRecords(
  database: Statements,
  afterSeq: number,
  { limit, bytesMax }: { readonly limit: number; readonly bytesMax: number },
): Promise<NumberedOrder[]> {
  const kept = await database.rows<Pick<NumberedOrder, 'sequence' | 'type' | 'orderId'>>(
    `SELECT seq AS sequence, type, order_id AS "orderId" FROM platform_records
     WHERE seq > $1 ORDER BY seq LIMIT $2`,
    [afterSeq, limit],
  );
  const ids = kept.map(({ orderId }) => orderId);
  const orders = (await readInOrder(database, ids, bytesMax)) as unknown as SoldOrder[];
  return orders.map((order, index) => ({ ...order, ...kept[index]! }));
}

/** Reads the records after a number, and which numbers there are at all. */
export async function readRecordPage(
  database: Statements,
  afterSeq: number,
  bounds: Parameters<typeof readRecords>[2],
): Promise<{ prunedSeq: number; numberedSeq: number; records: NumberedOrder[] }> {
  const records = await readRecords(database, afterSeq, bounds);
  // After the records: what was deleted meanwhile is not missed, but what is missing is told.
  const { prunedSeq, numberedSeq } = await readMark(database);
  return { prunedSeq, numberedSeq, records };
}

/** Moves the mark on. @returns false where it was moved meanwhile, or another replica leads */
export async function moveMark(
  database: Statements,
  replicaId: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<boolean> {
  const moved = await database.rows(
    `UPDATE platform_relay SET sent_seq = $3, failures = 0, retry_at = NULL, last_failure = NULL
     WHERE leader = $1 AND sent_seq = $2 RETURNING 1 AS one`,
    [replicaId, from, to],
  );
  return moved.length > 0;
}

/** Notes that a batch failed, and how long to wait: a restart changes nothing about that. */
export async function noteFailure(
  database: Statements,
  replicaId: string,
  { reason, pauseMs }: { readonly reason: string; readonly pauseMs: number },
): Promise<void> {
  await database.rows(
    `UPDATE platform_relay SET failures = failures + 1, retry_at = now() + $2 * interval '1 ms',
       last_failure = $3 WHERE leader = $1`,
    [replicaId, pauseMs, reason],
  );
}

/**
 * Moves the mark back, so that everything from a number on is sent again, at once.
 *
 * @returns what is sent again; undefined, and nothing changed, where that number was not sent yet or its record was
 *   deleted
 */
export async function sendAgainFrom(
  database: Statements,
  fromSeq: number,
): Promise<{ lastSeq: number } | undefined> {
  return await firstOf<{ lastSeq: number }>(
    database,
    `UPDATE platform_relay SET sent_seq = $1::bigint - 1, failures = 0, retry_at = NULL
     WHERE $1 BETWEEN pruned_seq + 1 AND sent_seq RETURNING numbered_seq AS "lastSeq"`,
    [fromSeq],
  );
}

/** The mark, the last number, and the last whose record was deleted. */
export async function readMark(
  database: Statements,
): Promise<Pick<RelayTurn, 'numberedSeq' | 'sentSeq'> & { readonly prunedSeq: number }> {
  const [row] = await database.rows<
    Pick<RelayTurn, 'numberedSeq' | 'sentSeq'> & { readonly prunedSeq: number }
  >(
    `SELECT numbered_seq AS "numberedSeq", sent_seq AS "sentSeq", pruned_seq AS "prunedSeq"
     FROM platform_relay`,
  );
  if (row === undefined) throw new Error('the relay has no row: has its migration run?');
  return row;
}

export async function readBacklog(database: Statements): Promise<PlatformBacklog> {
  const [row] = await database.rows<PlatformBacklog>(
    `WITH waiting AS (SELECT count(*) AS records, min(entry_id) AS oldest FROM platform_entries),
     unsent AS (
       SELECT order_id, type FROM platform_records WHERE seq = (SELECT sent_seq + 1 FROM platform_relay)
       UNION ALL
       SELECT order_id, type FROM platform_entries WHERE entry_id = (SELECT oldest FROM waiting)
     )
     SELECT numbered_seq - sent_seq + waiting.records AS records,
       greatest(0, extract(epoch FROM now() - (
         SELECT min(CASE type WHEN 'order.cancelled' THEN o.cancelled_at ELSE o.completed_at END)
         FROM unsent JOIN orders AS o USING (order_id))))::float8 AS "oldestAgeSeconds"
     FROM platform_relay CROSS JOIN waiting`,
  );
  return row ?? { records: 0, oldestAgeSeconds: 0 };
}

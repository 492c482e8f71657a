import { firstIdSql, oldestOf, PRUNING, sealedIn, type Statements } from '@jangteo/database';

/**
 * Deletes sagas that ended long ago, with who had them send again. The time of placing leads to them, in the order
 * of the primary key; what was cancelled of late is kept for that.
 */
export const OLD_SAGAS = `
  WITH ${PRUNING}, gone AS (
    DELETE FROM sagas WHERE order_id = ANY(ARRAY(
      SELECT order_id FROM sagas
      WHERE order_id < ${firstIdSql('now() - make_interval(secs => $1)')} AND order_id <= ${sealedIn('sagas')} AND look_again_at IS NULL AND sent_at < now() - make_interval(secs => $1)
      ORDER BY order_id LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING order_id
  ), nudges AS (
    DELETE FROM saga_nudges WHERE order_id = ANY(ARRAY(SELECT order_id FROM gone))
  ) SELECT count(*) AS deleted FROM gone CROSS JOIN pruning`;

/** Deletes what is known of commands that were sent again by hand. */
export const OLD_REDRIVES = oldestOf('redrives', { by: 'redriven_at' });

/**
 * Deletes records that the data platform confirmed and that are of long ago, from the first number on and without a
 * gap. Under the lock of the relay's row, so that nobody moves the mark back to one of them meanwhile.
 */
export const OLD_RECORDS = `
  WITH ${PRUNING}, relay AS (
    SELECT sent_seq, pruned_seq FROM platform_relay FOR NO KEY UPDATE
  ), first AS (
    SELECT r.seq, r.order_id, (SELECT CASE r.type WHEN 'order.cancelled' THEN cancelled_at ELSE completed_at END
      FROM orders AS o WHERE o.order_id = r.order_id) AS happened_at
    FROM platform_records AS r
    WHERE r.seq > (SELECT pruned_seq FROM relay) AND r.seq <= (SELECT sent_seq FROM relay)
    ORDER BY r.seq LIMIT $2
  ), young AS (
    SELECT min(seq) AS seq FROM first WHERE happened_at >= now() - make_interval(secs => $1)
      OR order_id > ${sealedIn('platform_records')}
  ), gone AS (
    DELETE FROM platform_records WHERE seq = ANY(ARRAY(
      SELECT first.seq FROM first CROSS JOIN young WHERE young.seq IS NULL OR first.seq < young.seq))
    RETURNING seq
  ), noted AS (
    UPDATE platform_relay SET pruned_seq = (SELECT max(seq) FROM gone),
      pruned_until = greatest(pruned_until, (SELECT max(happened_at) FROM first JOIN gone USING (seq)))
    WHERE EXISTS (SELECT FROM gone)
  ) SELECT count(*) AS deleted FROM gone CROSS JOIN pruning`;

/**
 * Makes the sagas of ended orders anew that were deleted by now, as they were but for who had waited and the traces.
 * Those that are there stay as they are.
 */
export async function reviveSagas(tx: Statements, orderIds: readonly string[]): Promise<void> {
  const revived = tx.rows(
    `WITH ${PRUNING}
     INSERT INTO sagas (order_id, user_id, state, awaits, owed_events, waiters, deadline_at, sent_at, attempts,
       history_length)
     SELECT order_id, user_id, status, '{}', '{}', '[]', created_at, coalesce(cancelled_at, completed_at, created_at), 0,
       (SELECT max(seq) FROM order_history AS h WHERE h.order_id = o.order_id)
     FROM orders AS o CROSS JOIN pruning WHERE order_id = ANY($1::uuid[]) AND status <> 'PENDING'
     ORDER BY order_id ON CONFLICT (order_id) DO NOTHING`,
    [orderIds],
  );
  // What the same transaction changes after this is a change.
  const changing = tx.rows(`SELECT set_config('books.pruning', 'off', true)`);
  await Promise.all([revived, changing]);
}

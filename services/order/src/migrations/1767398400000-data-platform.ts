import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/**
 * What the data platform is owed and has no number yet, in the order in which it happened. Soon emptied: hence
 * no more indexes than one, and no wait for a tenth of it to be dead.
 */
const ENTRIES = `
  CREATE TABLE platform_entries (
    entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id uuid NOT NULL,
    type text NOT NULL CHECK (type IN ('order.completed', 'order.cancelled'))
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`;

/** Numbered without a gap, and kept: any of it may be asked for again. */
const RECORDS = `
  CREATE TABLE platform_records (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    order_id uuid NOT NULL,
    type text NOT NULL,
    UNIQUE (order_id, type)
  )`;

/** One row. Whoever numbers holds its lock; the orders never touch it. */
const RELAY = `
  CREATE TABLE platform_relay (
    is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    numbered_seq bigint NOT NULL DEFAULT 0,
    sent_seq bigint NOT NULL DEFAULT 0,
    leader uuid,
    leads_until timestamptz NOT NULL DEFAULT '-infinity',
    failures int NOT NULL DEFAULT 0 CHECK (failures >= 0),
    retry_at timestamptz,
    last_failure text,
    CHECK (sent_seq BETWEEN 0 AND numbered_seq)
  ) WITH (fillfactor = 50)`;

/** What happened before there was a relay is owed too. */
const ENTRIES_SO_FAR = `
  INSERT INTO platform_entries (order_id, type)
  SELECT order_id, type FROM (
    SELECT order_id, 'order.completed' AS type, 1 AS place, completed_at AS happened_at FROM orders
    WHERE completed_at IS NOT NULL
    UNION ALL
    SELECT order_id, 'order.cancelled', 2, cancelled_at FROM orders WHERE cancelled_at IS NOT NULL
  ) AS past ORDER BY happened_at, place, order_id`;

export class DataPlatform1767398400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ENTRIES);
    await runner.query(RECORDS);
    await runner.query(RELAY);
    await runner.query('INSERT INTO platform_relay DEFAULT VALUES');
    await runner.query(ENTRIES_SO_FAR);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE platform_relay, platform_records, platform_entries');
  }
}

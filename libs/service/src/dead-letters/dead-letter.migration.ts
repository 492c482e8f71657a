import type { MigrationInterface, QueryRunner } from '@jangteo/database';

const TABLE = `
  CREATE TABLE dead_letters (
    dead_letter_id uuid PRIMARY KEY,
    queue text NOT NULL,
    type text NOT NULL,
    message_id text,
    correlation_id text,
    body bytea NOT NULL,
    properties json NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    parked_at timestamptz(3) NOT NULL DEFAULT now(),
    earlier_id uuid,
    is_sendable boolean NOT NULL,
    state text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'SENT_AGAIN', 'DROPPED')),
    settled_at timestamptz(3),
    settled_by text,
    settled_reason text,
    CHECK ((state = 'WAITING') = (settled_at IS NULL)),
    CHECK ((state = 'WAITING') = (settled_by IS NULL)),
    CHECK ((state = 'DROPPED') = (settled_reason IS NOT NULL))
  )`;

const BY_TIME = 'CREATE INDEX dead_letters_by_time ON dead_letters (parked_at, dead_letter_id)';

/** For all that is done again and again. */
const WAITING = `
  CREATE INDEX dead_letters_waiting ON dead_letters (parked_at, dead_letter_id) WHERE state = 'WAITING'`;

/**
 * The table of dead letters, for the migrations of every service that reads queues. A settled row is kept for long:
 * it says who sent a message again or dropped it, when, and why.
 */
export class DeadLetters1767744000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    await runner.query(BY_TIME);
    await runner.query(WAITING);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dead_letters');
  }
}

/** For the end of their keeping. */
const SETTLED = `
  CREATE INDEX dead_letters_settled ON dead_letters (settled_at) WHERE state <> 'WAITING'`;

export class DeadLettersKept1768348800002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SETTLED);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX dead_letters_settled');
  }
}

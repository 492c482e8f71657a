import {
  buildLiveIndex,
  dropLiveIndex,
  IMPATIENT,
  VACUUMED,
  type MigrationInterface,
  type QueryRunner,
} from '@jangteo/database';

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

const FOUND_BY = {
  dead_letters_of_message: 'dead_letters (message_id) WHERE length(message_id) <= 64',
  dead_letters_of_request: 'dead_letters (request_id) WHERE request_id IS NOT NULL',
  dead_letters_of_trace: 'dead_letters (trace_id) WHERE trace_id IS NOT NULL',
};

/** To find them by what people have at hand. There are few, so that it costs little. */
export class DeadLettersFound1769472000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `${IMPATIENT};
       ALTER TABLE dead_letters ADD COLUMN IF NOT EXISTS request_id text, ADD COLUMN IF NOT EXISTS trace_id text`,
    );
    for (const [name, on] of Object.entries(FOUND_BY)) await buildLiveIndex(runner, name, on);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(FOUND_BY)) await dropLiveIndex(runner, name);
    await runner.query('ALTER TABLE dead_letters DROP COLUMN request_id, DROP COLUMN trace_id');
  }
}

const GROUPS = `
  CREATE TABLE dead_letter_groups (
    type text,
    reason text,
    note text,
    is_muted boolean NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (type, reason)
  ) WITH (${VACUUMED})`;

/** Notes about dead letters, a row for each type and reason of which somebody has said something. */
export class DeadLetterGroups1769472000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(GROUPS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dead_letter_groups');
  }
}

const OF_OPERATIONS = {
  dead_letters_of_operation: 'dead_letters (operation_id) WHERE operation_id IS NOT NULL',
  dead_letters_that_came_back: 'dead_letters (earlier_id) WHERE earlier_id IS NOT NULL',
};

/** To tell what became of those that one call has sent again. */
export class DeadLettersOfOperations1769472000006 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${IMPATIENT}; ALTER TABLE dead_letters ADD COLUMN IF NOT EXISTS operation_id uuid`);
    for (const [name, on] of Object.entries(OF_OPERATIONS)) await buildLiveIndex(runner, name, on);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(OF_OPERATIONS)) await dropLiveIndex(runner, name);
    await runner.query('ALTER TABLE dead_letters DROP COLUMN operation_id');
  }
}

const WAITING_BY = {
  dead_letters_alike: `dead_letters (queue, type, reason, is_sendable, parked_at, dead_letter_id)
    WHERE state = 'WAITING'`,
  dead_letters_caught: `dead_letters (parked_at, dead_letter_id)
    WHERE state = 'WAITING' AND reason = 'given-up-together' AND earlier_id IS NULL
      AND (is_sendable AND queue NOT LIKE '%.requests')`,
};

/** No page of an index takes a row of more than 2,704 bytes. */
const CUT = `
  UPDATE dead_letters SET type = left(type, 255), reason = left(reason, 255)
  WHERE state = 'WAITING' AND (length(type) > 255 OR length(reason) > 255)`;

/** To count and send those that wait by what they have in common, however many wait. */
export class DeadLettersAlike1769731200000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CUT);
    for (const [name, on] of Object.entries(WAITING_BY)) await buildLiveIndex(runner, name, on);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(WAITING_BY)) await dropLiveIndex(runner, name);
  }
}

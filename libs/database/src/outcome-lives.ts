import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Statements } from './database.js';
import { oldestOf } from './forgetting.js';
import { buildLiveIndex, dropLiveIndex } from './live-index.js';
import type { KeptOutcome } from './outcomes.js';

/** A write without an Idempotency-Key is named by an id alone: only a redelivery can ask for it. */
const UNKEYED = `key NOT LIKE '%/%'`;
/** Only what a client may ask for again has a fingerprint. */
const KEYED = `fingerprint <> ''`;

/**
 * Deletes outcomes that nobody can ask for any more. Those of orders' steps, which are neither, are kept as long as
 * the orders: an undo may be sent again after years.
 */
export const OLD_UNKEYED_OUTCOMES = oldestOf('outcomes', { by: 'created_at', where: UNKEYED });
export const OLD_KEYED_OUTCOMES = oldestOf('outcomes', { by: 'created_at', where: KEYED });

const INDEXES = { outcomes_unkeyed: UNKEYED, outcomes_keyed: KEYED };

/** For the services that have stored outcomes. */
export class OutcomeLives1768348800000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, where] of Object.entries(INDEXES)) {
      await buildLiveIndex(runner, name, `outcomes (created_at) WHERE ${where}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(INDEXES)) await dropLiveIndex(runner, name);
  }
}

/**
 * The client's part of an operation's key, behind who called and what was asked: a UUID, and a type without a slash. Every
 * keyed write pays for it, so it is no regular expression.
 */
const CLIENT_KEY = `substr(key, 38 + strpos(substr(key, 38), '/'))`;

/** For whoever has an Idempotency-Key and does not know whose it is. */
export class OutcomesByClientKey1769472000001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, 'outcomes_by_client_key', `outcomes ((${CLIENT_KEY})) WHERE ${KEYED}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'outcomes_by_client_key');
  }
}

/** Reads the latest outcomes of requests under any of these Idempotency-Keys, whoever called: `rowsMax` of them. */
export async function readOutcomesUnder(
  database: Statements,
  clientKeys: readonly string[],
  rowsMax: number,
): Promise<Pick<KeptOutcome, 'key' | 'outcome'>[]> {
  return await database.rows(
    `SELECT key, outcome FROM (
       SELECT key, outcome, created_at FROM outcomes WHERE ${KEYED} AND ${CLIENT_KEY} = ANY($1::text[]) LIMIT 100
     ) AS its ORDER BY created_at DESC LIMIT $2`,
    [clientKeys, rowsMax],
  );
}

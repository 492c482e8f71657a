import type { MigrationInterface, QueryRunner } from 'typeorm';
import { oldestOf } from './forgetting.js';
import { buildLiveIndex, dropLiveIndex } from './live-index.js';

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

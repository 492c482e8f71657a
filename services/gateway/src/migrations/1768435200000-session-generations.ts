import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/**
 * A session is one row, with the number of its newest refresh token. `refresh_tokens`, which kept every token
 * that was ever spent, is what gateways of the release before go by: it goes in a release after this one.
 */
export class SessionGenerations1768435200000 implements MigrationInterface {
  readonly name = 'SessionGenerations1768435200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sessions
        -- What its tokens have in common, hashed; null while they are of the release before.
        ADD COLUMN family_hash bytea,
        -- Together with the family it gives the secret of each generation.
        ADD COLUMN salt bytea,
        ADD COLUMN generation integer NOT NULL DEFAULT 0,
        ADD COLUMN rotated_at timestamptz,
        ADD CONSTRAINT sessions_family_with_salt CHECK ((family_hash IS NULL) = (salt IS NULL)) NOT VALID,
        SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sessions RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor),
        DROP COLUMN family_hash, DROP COLUMN salt, DROP COLUMN generation, DROP COLUMN rotated_at`);
  }
}

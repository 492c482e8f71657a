import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/**
 * Accounts that are suspended, or deleted: of those the row stays, without name and e-mail, since the books of other
 * services name its id. And the tokens with which a password is set anew, one of each user.
 */
export class Accounts1769126400001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(`
      ALTER TABLE users ADD COLUMN state text NOT NULL DEFAULT 'ACTIVE',
        ADD CONSTRAINT users_state_check CHECK (state IN ('ACTIVE', 'SUSPENDED', 'DELETED')) NOT VALID`);
    await runner.query('ALTER TABLE sessions ADD COLUMN user_agent text');
    await runner.query(`
      CREATE TABLE password_resets (
        user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
        token_hash bytea NOT NULL UNIQUE,
        expires_at timestamptz NOT NULL
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`);
    await runner.query('CREATE INDEX password_resets_by_end ON password_resets (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE password_resets');
    await runner.query('ALTER TABLE sessions DROP COLUMN user_agent');
    await runner.query('ALTER TABLE users DROP COLUMN state');
  }
}

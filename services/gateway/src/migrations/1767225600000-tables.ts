import type { MigrationInterface, QueryRunner } from '@jangteo/database';

export class Tables1767225600000 implements MigrationInterface {
  readonly name = 'Tables1767225600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        user_id uuid PRIMARY KEY,
        email text NOT NULL UNIQUE CHECK (email = lower(email)),
        name text NOT NULL,
        role text NOT NULL CHECK (role IN ('customer', 'admin')),
        password_hash text NOT NULL,
        -- The Idempotency-Key of the registration, so that it can be asked again.
        registration_key text,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    // One login and all that was refreshed from it: it ends as a whole.
    await runner.query(`
      CREATE TABLE sessions (
        session_id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX sessions_of_user ON sessions (user_id)');
    await runner.query(`
      CREATE TABLE refresh_tokens (
        token_hash bytea PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
        expires_at timestamptz NOT NULL,
        spent_at timestamptz
      )`);
    await runner.query('CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id)');
    // Column names and types are those that rate-limiter-flexible expects.
    await runner.query(`
      CREATE TABLE login_attempts (
        key varchar(255) PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire bigint
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE login_attempts, refresh_tokens, sessions, users');
  }
}

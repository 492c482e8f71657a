import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Links by which staff log in to the console, once. */
export class ConsoleLinks1769558400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(`
      CREATE TABLE console_links (
        token_hash bytea PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        expires_at timestamptz NOT NULL
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`);
    await runner.query('CREATE INDEX console_links_of_user ON console_links (user_id, expires_at)');
    await runner.query('CREATE INDEX console_links_by_end ON console_links (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE console_links');
  }
}

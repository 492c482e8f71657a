import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Whoever is signed in has a row, and does not wait for these. */
export class SessionIndexes1768435200002 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, 'sessions_family_hash', 'sessions (family_hash)', 'UNIQUE INDEX');
    await buildLiveIndex(runner, 'sessions_of_user_by_end', 'sessions (user_id, expires_at)');
    await dropLiveIndex(runner, 'sessions_of_user');
    await buildLiveIndex(runner, 'sessions_by_end', 'sessions (expires_at)');
    await buildLiveIndex(runner, 'refresh_tokens_by_end', 'refresh_tokens (expires_at)');
    await runner.query('ALTER TABLE sessions VALIDATE CONSTRAINT sessions_family_with_salt');
  }

  async down(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, 'sessions_of_user', 'sessions (user_id)');
    for (const name of [
      'refresh_tokens_by_end',
      'sessions_by_end',
      'sessions_of_user_by_end',
      'sessions_family_hash',
    ]) {
      await dropLiveIndex(runner, name);
    }
  }
}

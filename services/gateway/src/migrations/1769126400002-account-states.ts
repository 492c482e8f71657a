import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Nobody waits while it is looked whether all rows fit, and who is an admin. */
export class AccountStates1769126400002 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users VALIDATE CONSTRAINT users_state_check');
    await buildLiveIndex(runner, 'users_newest', 'users (role, state, user_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'users_newest');
  }
}

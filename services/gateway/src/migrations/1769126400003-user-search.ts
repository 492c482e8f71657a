import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/**
 * Users by how their e-mails and names begin, of each role and state by itself: any filters together are one range. Role
 * and state are written otherwise in each index, so that a plan that was made while there was nobody takes no other.
 */
export class UserSearch1769126400003 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, 'users_by_email', `users ((role || ' ' || state), (email COLLATE "C"))`);
    await buildLiveIndex(
      runner,
      'users_by_name',
      `users ((state || ' ' || role), (lower(name) COLLATE "C"), user_id)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'users_by_name');
    await dropLiveIndex(runner, 'users_by_email');
  }
}

import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** So that attempts that count no more are found without a look at those that do. */
export class AttemptsByEnd1768780800001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, 'login_attempts_by_end', 'login_attempts (expire)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'login_attempts_by_end');
  }
}

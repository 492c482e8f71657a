import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/** What code of the release before has answered is not known: as before, its repeats get the order's end. */
const IS_ANSWERED_PENDING = 'ALTER TABLE sagas ADD COLUMN is_answered_pending boolean NOT NULL DEFAULT false';

export class PendingAnswers1767571200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IS_ANSWERED_PENDING);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sagas DROP COLUMN is_answered_pending');
  }
}

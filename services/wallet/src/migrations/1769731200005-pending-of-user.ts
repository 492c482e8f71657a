import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

export class PendingOfUser1769731200005 implements MigrationInterface {
  readonly name = 'PendingOfUser1769731200005';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(
      runner,
      'charges_pending_of_user',
      'charges (user_id) WHERE ask_again_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'charges_pending_of_user');
  }
}

import {
  buildLiveIndex,
  dropLiveIndex,
  IMPATIENT,
  type MigrationInterface,
  type QueryRunner,
} from '@jangteo/database';

/** Sagas of the release before have neither: nothing was known beforehand, and nobody counts them. */
export class TermsOfOrders1768521600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE sagas ADD COLUMN terms json, ADD COLUMN user_id uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sagas DROP COLUMN user_id, DROP COLUMN terms');
  }
}

/** To count what is on its way of a user. Nothing is in it that has ended, so it does not grow. */
export class SagasOfUsers1768521600001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(
      runner,
      'sagas_of_users',
      'sagas (user_id, order_id) WHERE look_again_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'sagas_of_users');
  }
}

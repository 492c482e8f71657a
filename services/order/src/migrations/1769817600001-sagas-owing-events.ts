import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** For the oldest sagas that have ended and owe events: with those in flight they are all that a person may push. */
export class SagasOwingEvents1769817600001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(
      runner,
      'sagas_owing_events',
      `sagas (order_id) WHERE state IN ('SUCCESS', 'FAILED', 'CANCELLED') AND look_again_at IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'sagas_owing_events');
  }
}

import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/**
 * For the oldest sagas that have not ended. The sweeper's index goes by when it is time for them, and has those as well
 * that have ended and owe events, of which there may be many.
 */
export class SagasInFlight1769731200001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(
      runner,
      'sagas_in_flight',
      `sagas (order_id) WHERE state NOT IN ('SUCCESS', 'FAILED', 'CANCELLED')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'sagas_in_flight');
  }
}

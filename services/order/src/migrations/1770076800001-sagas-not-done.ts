import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

const IN_FLIGHT = `sagas (order_id) WHERE state NOT IN ('SUCCESS', 'FAILED', 'CANCELLED')`;
const OWING = `sagas (order_id) WHERE state IN ('SUCCESS', 'FAILED', 'CANCELLED') AND look_again_at IS NOT NULL`;

/**
 * One index for the oldest sagas that have not ended or owe events. The two before had the state in their conditions: each
 * step of each order wrote an entry to every index of the table.
 */
export class SagasNotDone1770076800001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, 'sagas_not_done', 'sagas (order_id) WHERE look_again_at IS NOT NULL');
    await dropLiveIndex(runner, 'sagas_in_flight');
    await dropLiveIndex(runner, 'sagas_owing_events');
  }

  async down(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, 'sagas_in_flight', IN_FLIGHT);
    await buildLiveIndex(runner, 'sagas_owing_events', OWING);
    await dropLiveIndex(runner, 'sagas_not_done');
  }
}

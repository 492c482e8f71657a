import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** To find what was done by a request. What staff do is little, so that it costs little. */
export class AdminLogByRequest1769472000002 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, 'admin_log_of_request', 'admin_log (request_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'admin_log_of_request');
  }
}

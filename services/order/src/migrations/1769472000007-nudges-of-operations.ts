import {
  buildLiveIndex,
  dropLiveIndex,
  IMPATIENT,
  type MigrationInterface,
  type QueryRunner,
} from '@jangteo/database';

/** To tell what became of the sagas that one call has nudged. */
export class NudgesOfOperations1769472000007 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${IMPATIENT}; ALTER TABLE saga_nudges ADD COLUMN IF NOT EXISTS operation_id uuid`);
    await buildLiveIndex(
      runner,
      'saga_nudges_of_operation',
      'saga_nudges (operation_id) WHERE operation_id IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'saga_nudges_of_operation');
    await runner.query('ALTER TABLE saga_nudges DROP COLUMN operation_id');
  }
}

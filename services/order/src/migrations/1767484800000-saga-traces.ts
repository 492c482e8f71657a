import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/** Sagas that code of the release before begins do not have one. */
const TRACE = 'ALTER TABLE sagas ADD COLUMN trace json';

export class SagaTraces1767484800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TRACE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sagas DROP COLUMN trace');
  }
}

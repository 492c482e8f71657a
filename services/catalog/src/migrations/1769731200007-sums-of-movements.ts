import {
  forgetSums,
  noteChanges,
  type MigrationInterface,
  type QueryRunner,
  type SummedTable,
} from '@jangteo/database';

/** A movement has no id of its own that tells its time: it is summed with its option, and noted where that is older. */
const MOVEMENTS: SummedTable = {
  table: 'stock_movements',
  idColumns: ['option_id'],
  columns: ['option_id', 'quantity'],
  entries: `SELECT 'received', r.option_id::text, 1, r.quantity::numeric, 0::numeric`,
};

/** What is there already is summed by the service at work, some thousand rows at a time. */
export class SumsOfMovements1769731200007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of noteChanges(MOVEMENTS)) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of forgetSums(MOVEMENTS, ['received'])) await runner.query(statement);
  }
}

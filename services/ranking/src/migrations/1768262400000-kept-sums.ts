import {
  digestSql,
  DROP_KEPT_SUMS,
  forgetChanges,
  KEPT_SUMS,
  noteChanges,
  partKeySql,
  type MigrationInterface,
  type QueryRunner,
  type SummedTable,
} from '@jangteo/database';

const COUNTED_STEPS: SummedTable = {
  table: 'counted_steps',
  idColumns: ['order_id'],
  columns: ['order_id', 'step'],
  entries: `
    SELECT 'steps', ${partKeySql('r.order_id')}, 1, 1::numeric,
      ${digestSql(['r.order_id'], `CASE r.step WHEN 'COMPLETED' THEN 1 ELSE 2 END`)}::numeric`,
};

export class KeptSums1768262400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...KEPT_SUMS, ...noteChanges(COUNTED_STEPS)]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [...forgetChanges(COUNTED_STEPS), ...DROP_KEPT_SUMS])
      await runner.query(statement);
  }
}

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

const RESERVATIONS: SummedTable = {
  table: 'reservations',
  idColumns: ['order_id'],
  columns: ['order_id', 'option_id', 'quantity', 'released_at'],
  entries: `
    SELECT 'stock', ${partKeySql('r.order_id')}, 1, r.quantity::numeric,
      ${digestSql(['r.order_id', 'r.option_id'], 'r.quantity')}::numeric
    WHERE r.released_at IS NULL
    UNION ALL
    SELECT 'taken', r.option_id::text, 1, r.quantity::numeric, 0::numeric WHERE r.released_at IS NULL`,
};

export class KeptSums1768262400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...KEPT_SUMS, ...noteChanges(RESERVATIONS)]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [...forgetChanges(RESERVATIONS), ...DROP_KEPT_SUMS])
      await runner.query(statement);
  }
}

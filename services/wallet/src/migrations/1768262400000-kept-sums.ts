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

const SIGN = `CASE r.type WHEN 'PAYMENT' THEN 1 ELSE -1 END`;

export const LEDGER: SummedTable = {
  table: 'ledger',
  idColumns: ['order_id', 'charge_id'],
  columns: [
    'order_id',
    'charge_id',
    'user_id',
    'type',
    'amount',
    'position',
    'balance_before',
    'balance_after',
  ],
  entries: `
    SELECT 'payments', ${partKeySql('r.order_id')}, ${SIGN}, -r.amount::numeric,
      (${SIGN} * ${digestSql(['r.order_id', 'r.user_id'], 'abs(r.amount)')})::numeric
    WHERE r.order_id IS NOT NULL
    UNION ALL
    SELECT 'balances', r.user_id::text, 1, r.amount::numeric,
      hashint8extended(r.position, r.balance_before)::numeric
        - hashint8extended(r.position + 1, r.balance_after)::numeric`,
};

export class KeptSums1768262400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...KEPT_SUMS, ...noteChanges(LEDGER)]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [...forgetChanges(LEDGER), ...DROP_KEPT_SUMS]) await runner.query(statement);
  }
}

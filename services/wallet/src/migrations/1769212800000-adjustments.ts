import {
  IMPATIENT,
  noteChangesAnew,
  type MigrationInterface,
  type QueryRunner,
  type SummedTable,
} from '@jangteo/database';
import { LEDGER_WITH_CREDITS } from './1768521500000-sums-of-charges.js';

export const LEDGER_WITH_ADJUSTMENTS: SummedTable = {
  ...LEDGER_WITH_CREDITS,
  idColumns: [...LEDGER_WITH_CREDITS.idColumns, 'adjustment_id'],
  columns: [...LEDGER_WITH_CREDITS.columns, 'adjustment_id'],
};

const OF_CHARGES_AND_ORDERS = `
  WHEN 'CHARGE' THEN amount > 0 AND charge_id IS NOT NULL AND order_id IS NULL
  WHEN 'PAYMENT' THEN amount < 0 AND order_id IS NOT NULL AND charge_id IS NULL
  WHEN 'REFUND' THEN amount > 0 AND order_id IS NOT NULL AND charge_id IS NULL`;

const COLUMNS = `
  ALTER TABLE ledger ADD COLUMN adjustment_id uuid, ADD COLUMN reason text, ADD COLUMN actor_id uuid,
    DROP CONSTRAINT ledger_check1,
    ADD CONSTRAINT ledger_check1 CHECK (CASE type ${OF_CHARGES_AND_ORDERS}
      WHEN 'ADJUSTMENT' THEN amount <> 0 AND adjustment_id IS NOT NULL AND reason IS NOT NULL
        AND order_id IS NULL AND charge_id IS NULL
      ELSE false END) NOT VALID`;

/**
 * Balances that people put right. A row of such has an id of its own, made with it, by which sums are kept as by those
 * of orders and charges; what is summed already stays so.
 */
export class Adjustments1769212800000 implements MigrationInterface {
  readonly name = 'Adjustments1769212800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(COLUMNS);
    for (const statement of noteChangesAnew(LEDGER_WITH_ADJUSTMENTS)) await runner.query(statement);
  }

  /** @throws where there are adjustments: the ledger keeps its rows */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(`
      ALTER TABLE ledger DROP CONSTRAINT ledger_check1,
        ADD CONSTRAINT ledger_check1 CHECK (CASE type ${OF_CHARGES_AND_ORDERS} ELSE false END)`);
    for (const statement of noteChangesAnew(LEDGER_WITH_CREDITS)) await runner.query(statement);
    await runner.query(
      'ALTER TABLE ledger DROP COLUMN adjustment_id, DROP COLUMN reason, DROP COLUMN actor_id',
    );
  }
}

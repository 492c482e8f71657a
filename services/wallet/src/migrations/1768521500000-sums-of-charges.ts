import {
  BEGIN_BOOKS_ANEW,
  digestSql,
  entriesFunction,
  forgetChanges,
  noteChanges,
  partKeySql,
  type MigrationInterface,
  type QueryRunner,
  type SummedTable,
} from '@jangteo/database';
import { LEDGER } from './1768262400000-kept-sums.js';

const DIGEST = `${digestSql(['r.charge_id', 'r.user_id'], 'r.amount')}::numeric`;
const entryOf = (book: string, condition: string): string => `
  SELECT '${book}', ${partKeySql('r.charge_id')}, 1, r.amount::numeric, ${DIGEST} WHERE ${condition}`;

const CHARGES: SummedTable = {
  table: 'charges',
  idColumns: ['charge_id'],
  columns: ['charge_id', 'user_id', 'status', 'amount'],
  entries: entryOf('due', `r.status = 'SUCCEEDED'`),
};

export const LEDGER_WITH_CREDITS: SummedTable = {
  ...LEDGER,
  entries: `${LEDGER.entries} UNION ALL ${entryOf('credited', 'r.charge_id IS NOT NULL')}`,
};

/** Everything is summed anew, since more is kept of the ledger's rows than before. */
export class SumsOfCharges1768521500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      ...noteChanges(CHARGES),
      entriesFunction(LEDGER_WITH_CREDITS),
      BEGIN_BOOKS_ANEW,
      'SELECT begin_books_anew()',
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const statements = [...forgetChanges(CHARGES), entriesFunction(LEDGER), 'SELECT begin_books_anew()'];
    for (const statement of statements) await runner.query(statement);
  }
}

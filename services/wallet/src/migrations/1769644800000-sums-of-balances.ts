import {
  BEGIN_BOOKS_ANEW,
  digestSql,
  entriesFunction,
  IMPATIENT,
  partKeySql,
  type MigrationInterface,
  type QueryRunner,
  type SummedTable,
} from '@jangteo/database';
import { LEDGER_WITH_ADJUSTMENTS } from './1769212800000-adjustments.js';

const at = (position: string, balance: string): string =>
  digestSql(['r.user_id'], `hashint8extended(${position}, ${balance})`);

/** The book `balances`, with a sum for each customer, is read by the release before alone. */
const LEDGER_BY_PARTS: SummedTable = {
  ...LEDGER_WITH_ADJUSTMENTS,
  entries: `${LEDGER_WITH_ADJUSTMENTS.entries} UNION ALL
    SELECT 'movements', ${partKeySql('r.user_id')}, 1, r.amount::numeric,
      (${at('r.position', 'r.balance_before')} - ${at('r.position + 1', 'r.balance_after')})::numeric`,
};

/** The ledger by parts of all customers, so that audits need no sum of each. Everything is summed anew. */
export class SumsOfBalances1769644800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.#sumAnew(runner, LEDGER_BY_PARTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await this.#sumAnew(runner, LEDGER_WITH_ADJUSTMENTS);
  }

  async #sumAnew(runner: QueryRunner, ledger: SummedTable): Promise<void> {
    const statements = [IMPATIENT, entriesFunction(ledger), BEGIN_BOOKS_ANEW, 'SELECT begin_books_anew()'];
    for (const statement of statements) await runner.query(statement);
  }
}

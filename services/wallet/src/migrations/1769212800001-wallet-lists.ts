import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

export class WalletLists1769212800001 implements MigrationInterface {
  readonly name = 'WalletLists1769212800001';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE ledger VALIDATE CONSTRAINT ledger_check1');
    await buildLiveIndex(
      runner,
      'ledger_once_an_adjustment',
      'ledger (adjustment_id) WHERE adjustment_id IS NOT NULL',
      'UNIQUE INDEX',
    );
    await buildLiveIndex(runner, 'charges_of_user', 'charges (user_id, charge_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'charges_of_user');
    await dropLiveIndex(runner, 'ledger_once_an_adjustment');
  }
}

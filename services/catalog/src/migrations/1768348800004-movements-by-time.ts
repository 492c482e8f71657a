import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/**
 * A client may use a key anew once its outcome was forgotten. That one use moves stock once is kept by the outcome;
 * this is the last net.
 */
export class MovementsByTime1768348800004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE stock_movements DROP CONSTRAINT stock_movements_pkey,
         ADD PRIMARY KEY (option_id, operation_key, created_at)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE stock_movements DROP CONSTRAINT stock_movements_pkey,
         ADD PRIMARY KEY (option_id, operation_key)`,
    );
  }
}

import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/** One row: when the next audit is due, whichever replica makes it, and what the last one found. */
const AUDITS = `
  CREATE TABLE audits (
    is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    next_at timestamptz NOT NULL DEFAULT '-infinity',
    report json
  )`;

export class Audits1767744000000 implements MigrationInterface {
  readonly name = 'Audits1767744000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(AUDITS);
    await runner.query('INSERT INTO audits DEFAULT VALUES');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audits');
  }
}

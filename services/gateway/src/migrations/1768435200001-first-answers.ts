import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/** What a client was shown after a change that it may ask for again, where the answer is made of what changes. */
const FIRST_ANSWERS = `
  CREATE TABLE first_answers (
    change_id uuid PRIMARY KEY,
    answer json NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now()
  ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`;

export class FirstAnswers1768435200001 implements MigrationInterface {
  readonly name = 'FirstAnswers1768435200001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FIRST_ANSWERS);
    await runner.query('CREATE INDEX first_answers_by_age ON first_answers (answered_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE first_answers');
  }
}

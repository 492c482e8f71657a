import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/**
 * Commands of ended orders that somebody had sent again, until they are answered; those that were refused stay,
 * for people.
 */
const REDRIVES = `
  CREATE TABLE redrives (
    order_id uuid NOT NULL,
    command text NOT NULL,
    redriven_by uuid NOT NULL,
    redriven_at timestamptz(3) NOT NULL DEFAULT now(),
    refusal json,
    PRIMARY KEY (order_id, command)
  )`;

export class Redrives1767830400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REDRIVES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE redrives');
  }
}

import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/** Who had a saga send again what it waits for, and when. No part of the order's history, which customers read. */
const NUDGES = `
  CREATE TABLE saga_nudges (
    order_id uuid NOT NULL REFERENCES orders,
    nudge_id bigint GENERATED ALWAYS AS IDENTITY,
    nudged_by uuid NOT NULL,
    nudged_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, nudge_id)
  )`;

export class SagaNudges1767744000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(NUDGES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE saga_nudges');
  }
}

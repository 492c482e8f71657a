import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Who changed the order, where a person did. */
export class Actors1768953600000 implements MigrationInterface {
  readonly name = 'Actors1768953600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE order_history ADD COLUMN actor_id uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_history DROP COLUMN actor_id');
  }
}

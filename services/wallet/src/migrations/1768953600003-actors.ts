import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Who had a charge made: its user, or an admin for them. */
export class Actors1768953600003 implements MigrationInterface {
  readonly name = 'Actors1768953600003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE charges ADD COLUMN actor_id uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE charges DROP COLUMN actor_id');
  }
}

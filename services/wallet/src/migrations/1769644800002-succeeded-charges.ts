import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

const NAME = 'charges_succeeded';

/** So that whether somebody was ever charged is found at once, however many charges of theirs were declined. */
export class SucceededCharges1769644800002 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, NAME, `charges (user_id) WHERE status = 'SUCCEEDED'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, NAME);
  }
}

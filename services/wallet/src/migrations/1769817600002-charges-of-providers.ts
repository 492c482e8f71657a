import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** Charges of a provider that is not asked any more stay pending, and nobody passes them who looks for those of another. */
export class ChargesOfProviders1769817600002 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(
      runner,
      'charges_of_provider_to_ask_about',
      'charges (provider, ask_again_at) WHERE ask_again_at IS NOT NULL',
    );
    await dropLiveIndex(runner, 'charges_to_ask_about');
  }

  async down(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(
      runner,
      'charges_to_ask_about',
      'charges (ask_again_at) WHERE ask_again_at IS NOT NULL',
    );
    await dropLiveIndex(runner, 'charges_of_provider_to_ask_about');
  }
}
